//! From what was typed to a session with an account: which one, by what means, and whom to believe.

use std::path::{Path, PathBuf};
use std::time::Duration;

use xmppcert::inspection::{CertificateInspection, Kind};
use xmppcert::jid::Jid;
use xmppcert::key::KeyAlgorithm;
use xmppcert::online::session::Target;
use xmppcert::online::{Identity, OnlineError, Trust};

use super::input::{self, CertificateFile};
use crate::cli::ServerArgs;
use crate::failure::{Exit, Failure};

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
    Identity::new(&file.certificate.der, &key).map_err(|error| {
        let kinds = KeyAlgorithm::ALL.map(KeyAlgorithm::name);
        Failure::input(
            format!("the key in {} {error}", input::name(&key_path)),
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
    let addresses = &certificate.subject.extensions.xmpp_addrs;
    let jids: Vec<Jid> = addresses
        .iter()
        .filter_map(|address| address.to_jid().ok())
        .collect();
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

pub(super) fn failure(error: &OnlineError) -> Failure {
    let exit = if error.is_refusal() {
        Exit::Refused
    } else {
        Exit::Unreachable
    };
    Failure::new(exit, error.to_string(), error.hint())
}
