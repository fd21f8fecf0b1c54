//! From what was typed to a session with an account: which one, by what means, and whom to believe.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use time::OffsetDateTime;
use xmppcert::check::shell_word;
use xmppcert::files::Input;
use xmppcert::inspection::{CertificateInspection, Kind};
use xmppcert::jid::Jid;
use xmppcert::key::KeyAlgorithm;
use xmppcert::online::session::{Connection, Session};
use xmppcert::online::{
    Credentials, Identity, OnlineError, Password, Target, Trust, authorization_identity,
};
use xmppcert::private_key_info::PrivateKeyInfo;
use zeroize::Zeroizing;

use super::input::{self, CertificateFile};
use crate::cli::{AccountArgs, ServerArgs};
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

/// More than any password.
const PASSWORD_LIMIT: usize = 1 << 16;

/// An account and what it takes to log in, as often as needed.
pub(super) struct Account {
    jid: Jid,
    target: Target,
    login: Login,
}

enum Login {
    Password(Password),
    Certificate {
        authzid: Option<Jid>,
        sha256: String,
    },
}

impl Account {
    /// By the options, or else that of `certificate`. `see` sees which it is, before the password is read or asked for.
    pub(super) fn of(
        terminal: Terminal,
        args: &AccountArgs,
        server: &ServerArgs,
        certificate: Option<(&Path, &CertificateInspection)>,
        now: OffsetDateTime,
        see: impl FnOnce(&Jid) -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        if let Some(path) = &args.cert {
            if input::is_stdin(path) && args.key.as_deref().is_some_and(input::is_stdin) {
                return Err(input::stdin_twice());
            }
            input::recover(terminal, path);
            let mut file = input::certificate(terminal, path, now)?;
            let jid = jid(args.jid.as_deref(), path, &file.certificate)?.to_bare();
            see(&jid)?;
            let identity = identity(path, args.key.as_ref(), &mut file)?;
            return Self::by_certificate(server, jid, &file.certificate, identity);
        }
        let jid = match (&args.jid, certificate) {
            (Some(typed), _) => input::jid(typed)?,
            (None, Some((path, certificate))) => jid(None, path, certificate)?,
            (None, None) => {
                return Err(Failure::usage(
                    "no account is named",
                    "name it with '--jid JID', or log in with '--cert FILE'",
                ));
            }
        }
        .to_bare();
        see(&jid)?;
        let target = target(server, jid.domainpart(), None)?;
        let login = Login::Password(password(terminal, args, &jid)?);
        Ok(Self { jid, target, login })
    }

    /// The account that `certificate` and its key log in to.
    pub(super) fn by_certificate(
        server: &ServerArgs,
        jid: Jid,
        certificate: &CertificateInspection,
        identity: Identity,
    ) -> Result<Self, Failure> {
        Ok(Self {
            target: target(server, jid.domainpart(), Some(identity))?,
            login: Login::Certificate {
                authzid: authorization_identity(certificate, &jid),
                sha256: certificate.subject.sha256.clone(),
            },
            jid,
        })
    }

    pub(super) fn jid(&self) -> &Jid {
        &self.jid
    }

    /// Its server.
    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    pub(super) fn log_in(&self) -> Result<Session, OnlineError> {
        let credentials = match &self.login {
            Login::Password(password) => Credentials::Password(password),
            Login::Certificate { authzid, .. } => Credentials::External {
                authzid: authzid.clone(),
            },
        };
        Connection::open(&self.target)?.log_in(&self.jid, &credentials)
    }

    /// Whether it logs in with the certificate of this fingerprint.
    pub(super) fn logs_in_with(&self, fingerprint: &str) -> bool {
        matches!(&self.login, Login::Certificate { sha256, .. } if sha256 == fingerprint)
    }
}

fn password(terminal: Terminal, args: &AccountArgs, jid: &Jid) -> Result<Password, Failure> {
    let Some(path) = &args.password_file else {
        return ask_for_password(terminal, jid);
    };
    let input = if input::is_stdin(path) {
        Input::standard()
    } else {
        Input::open(path)
    };
    let octets = input
        .and_then(|input| input.read_limited(PASSWORD_LIMIT))
        .map_err(|error| Failure::input(error.to_string(), error.hint()))?;
    if !input::is_stdin(path)
        && fs::metadata(path)
            .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o077 != 0)
    {
        terminal.warn(&format!(
            "others may read the password in '{}'; 'chmod 600' prevents that",
            path.display()
        ));
    }
    let bad = |what: &str| {
        Failure::input(
            format!("the password in {} {what}", input::name(path)),
            "give a file with the password on one line, in UTF-8",
        )
    };
    let text = std::str::from_utf8(&octets).map_err(|_| bad("is not UTF-8"))?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(bad("is empty"));
    }
    Ok(Password::new(Zeroizing::new(text.to_owned())))
}

fn ask_for_password(terminal: Terminal, jid: &Jid) -> Result<Password, Failure> {
    let missing = |reason: &str| {
        Failure::usage(
            format!("the password of '{jid}' is needed{reason}"),
            "give a file with '--password-file FILE', or log in with '--cert FILE'",
        )
    };
    if !terminal.is_attended() {
        return Err(missing(", and there is no terminal to ask on"));
    }
    let answer = dialoguer::Password::new()
        .with_prompt(format!(
            "Password of {}",
            crate::escaping::escape(jid.as_str())
        ))
        // Ctrl-D looks like this, and whoever types it does not want to be asked again.
        .allow_empty_password(true)
        .interact();
    match answer {
        Ok(password) if password.is_empty() => Err(missing(", and none was typed")),
        Ok(password) => Ok(Password::new(Zeroizing::new(password))),
        Err(dialoguer::Error::IO(error))
            if matches!(
                error.kind(),
                ErrorKind::Interrupted | ErrorKind::UnexpectedEof
            ) =>
        {
            Err(Failure::interrupted())
        }
        Err(dialoguer::Error::IO(error)) => Err(missing(&format!(
            ", and cannot be asked: {}",
            xmppcert::files::reason(&error)
        ))),
    }
}

/// What was typed to name account and server, for a command in a hint that has to name the same ones.
pub(super) fn options(jid: Option<&str>, server: &ServerArgs) -> String {
    let ca = server.ca.as_deref().map(input::shell_path);
    let pin = server.pin.as_ref().map(ToString::to_string);
    let valued = [
        ("--jid", jid.map(shell_word)),
        ("--server", server.server.as_deref().map(shell_word)),
        ("--ca", ca),
        ("--pin", pin),
    ];
    let direct_tls = server.direct_tls.then(|| " --direct-tls".to_owned());
    let valued = valued.into_iter();
    valued
        .filter_map(|(option, value)| Some(format!(" {option} {}", value?)))
        .chain(direct_tls)
        .collect()
}

/// The server of `domain`, by the options.
pub(super) fn target(
    args: &ServerArgs,
    domain: &str,
    identity: Option<Identity>,
) -> Result<Target, Failure> {
    let trust = match (&args.ca, &args.pin) {
        (Some(path), _) => Trust::only(certificates(path)?),
        (None, Some(pin)) => Trust::Pin(pin.clone()),
        (None, None) => Trust::system().map_err(|error| failure(&error))?,
    };
    Ok(Target {
        domain: domain.to_owned(),
        server: args.server.as_deref().map(host_and_port).transpose()?,
        direct_tls: args.direct_tls,
        trust,
        identity,
        timeout: Duration::from_secs(args.timeout),
    })
}

fn certificates(path: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    let mut certificates = Vec::new();
    for object in input::objects(path)? {
        let object = object.map_err(|error| input::object_failure(path, &error))?;
        if Kind::of(&object) == Ok(Kind::Certificate) {
            certificates.push(object.der.to_vec());
        }
    }
    if certificates.is_empty() {
        return Err(Failure::input(
            format!("{} holds no certificate", input::name(path)),
            "give a file with root certificates, or with the server's own",
        ));
    }
    Ok(certificates)
}

/// `HOST`, `HOST:PORT`, `[ADDRESS]:PORT`; an IPv6 address without brackets has no port.
fn host_and_port(typed: &str) -> Result<(String, Option<u16>), Failure> {
    let bad = || {
        Failure::usage(
            format!("'{typed}' is not a server"),
            "give HOST, HOST:PORT or [ADDRESS]:PORT",
        )
    };
    let (host, port) = match typed.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
        _ => (typed, None),
    };
    let port = match port {
        Some(port) => Some(
            port.parse()
                .ok()
                .filter(|port| *port != 0)
                .ok_or_else(bad)?,
        ),
        None => None,
    };
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').ok_or_else(bad)?,
        None => host,
    };
    if host.is_empty() {
        return Err(bad());
    }
    // An address keeps its brackets, by which it is known from a name.
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    Ok((host, port))
}

/// The certificate and its key, ready for TLS.
pub(super) fn identity(
    path: &Path,
    key: Option<&PathBuf>,
    file: &mut CertificateFile,
) -> Result<Identity, Failure> {
    let (key, key_path) = input::key_of(path, key, file)?;
    input::require_match(&key_path, &key, path, &file.certificate)?;
    usable(&file.certificate, &key, &key_path)
}

/// A certificate and a key that belongs to it, ready for TLS.
pub(super) fn usable(
    certificate: &CertificateInspection,
    key: &PrivateKeyInfo,
    key_path: &Path,
) -> Result<Identity, Failure> {
    Identity::new(&certificate.der, key).map_err(|error| {
        let kinds = KeyAlgorithm::ALL.map(KeyAlgorithm::name);
        Failure::input(
            format!("the key in {} {error}", input::name(key_path)),
            format!("use one of {}", kinds.join(", ")),
        )
    })
}

/// The account: the one that was named, or the one that the certificate is for.
pub(super) fn jid(
    typed: Option<&str>,
    path: &Path,
    certificate: &CertificateInspection,
) -> Result<Jid, Failure> {
    if let Some(typed) = typed {
        return input::jid(typed);
    }
    let jids = jids(certificate);
    let Some(first) = jids.first() else {
        return Err(Failure::usage(
            format!("{} names no account", input::name(path)),
            "name the account with '--jid JID'",
        ));
    };
    if jids.iter().any(|jid| jid.to_bare() != first.to_bare()) {
        let names: Vec<&str> = jids.iter().map(Jid::as_str).collect();
        return Err(Failure::usage(
            format!("{} is for several accounts", input::name(path)),
            format!("name one with '--jid': {}", names.join(", ")),
        ));
    }
    Ok(first.clone())
}

/// Whom the certificate is for; addresses that are no JIDs are nobody's.
pub(super) fn jids(certificate: &CertificateInspection) -> Vec<Jid> {
    let addresses = certificate.subject.extensions.xmpp_addrs.iter();
    addresses
        .filter_map(|address| address.to_jid().ok())
        .collect()
}

pub(super) fn failure(error: &OnlineError) -> Failure {
    let exit = match error {
        OnlineError::BadDomain(_) => Exit::Usage,
        OnlineError::PasswordNotPreparable | OnlineError::NoRoots(_) => Exit::Input,
        error if error.is_refusal() => Exit::Refused,
        _ => Exit::Unreachable,
    };
    Failure::new(exit, error.to_string(), error.hint())
}
