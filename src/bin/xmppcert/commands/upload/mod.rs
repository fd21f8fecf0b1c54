//! `xmppcert upload`: a certificate onto the account, by whichever way the server has.

mod check;

use serde::Serialize;
use time::OffsetDateTime;
use xmppcert::online::OnlineError;
use xmppcert::online::session::Session;
use xmppcert::online::stored::{self, New, StoreError};
use xmppcert::stanza;

use self::check::Check;
use super::account::{self, Account};
use super::input;
use crate::cli::UploadArgs;
use crate::failure::{Exit, Failure};
use crate::terminal::{Output, Terminal};

/// The line that `--json` prints, for this and for removals.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<&'a str>,
    pub(super) action: &'static str,
    pub(super) confirmed: bool,
}

pub(crate) fn run(
    terminal: Terminal,
    args: &UploadArgs,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    let path = &args.certificate;
    let others = [
        &args.account.password_file,
        &args.account.cert,
        &args.account.key,
    ];
    let is_stdin = |other: &&Option<_>| other.as_deref().is_some_and(input::is_stdin);
    if input::is_stdin(path) && others.iter().any(is_stdin) {
        return Err(input::stdin_twice());
    }
    if let Some(name) = &args.name {
        see_name(name)?;
    }
    let output = if terminal.is_json() {
        Some(terminal.output()?)
    } else {
        None
    };
    input::recover(terminal, path);
    let file = input::certificate(terminal, path, now)?;
    let certificate = &file.certificate;
    let check = Check {
        path,
        file: &file,
        now,
        is_wanted: !args.no_check,
    };
    let account = Account::of(
        terminal,
        &args.account,
        &args.server,
        Some((path, certificate)),
        now,
        |jid| check.for_any_server(jid),
    )?;
    if file.form.has_private_key {
        terminal.warn(&format!(
            "{} also holds a private key; only the certificate is uploaded",
            input::name(path)
        ));
    }
    let default_name = || format!("{} {}", host_name(), now.date());
    let name = &args.name.clone().unwrap_or_else(default_name);

    let spinner = terminal.spinner(&format!("uploading to {}", account.jid()));
    let mut session = account.log_in().map_err(|error| account::failure(&error))?;
    check.for_server(account.jid(), &mut session)?;
    let sha256 = &certificate.subject.sha256;
    let action = action(standing(&mut session, name, sha256)?, name, args)?;
    if action != "already stored" {
        let new = New {
            name,
            certificate: &certificate.der,
            may_manage: !args.no_cert_management,
        };
        session = store(terminal, &account, session, new, sha256)?;
        if !standing(&mut session, name, sha256)?.is_stored() {
            return Err(Failure::new(
                Exit::Refused,
                format!("the server took '{name}', but does not list it"),
                "the server's log may say more",
            ));
        }
    }
    session.close();
    drop(spinner);

    if let Some(output) = output {
        let line = Line {
            name,
            sha256: Some(sha256),
            action,
            confirmed: true,
        };
        report(output, &[line])
            .map_err(|failure| failure.after(&format!("{action} as '{name}'")))?;
    }
    terminal.note(&format!(
        "{action} as '{name}' on {}, as its list confirms",
        account.jid()
    ));
    if !input::is_stdin(path) {
        terminal.hint(&format!(
            "'xmppcert login {}{}' proves that it logs in",
            input::shell_path(path),
            account::options(args.account.jid.as_deref(), &args.server)
        ));
    }
    Ok(Exit::Done)
}

/// What is to be said once it is done.
fn action(standing: Standing, name: &str, args: &UploadArgs) -> Result<&'static str, Failure> {
    Ok(match standing {
        Standing::Free => "uploaded",
        // Where the server does not list what is restricted, this only makes sure.
        Standing::Stored { may_manage } if args.force && may_manage == args.no_cert_management => {
            "replaced"
        }
        Standing::Stored { may_manage: true } if args.no_cert_management => {
            return Err(Failure::output(
                format!(
                    "'{name}' is stored already, and '--no-cert-management' was not applied to it"
                ),
                "store it again with '--force'",
            ));
        }
        Standing::Stored { .. } => "already stored",
        Standing::Taken if args.force => "replaced",
        Standing::Taken => {
            return Err(Failure::output(
                format!("the account has another certificate called '{name}'"),
                "choose another name with '--name', or replace it with '--force'",
            ));
        }
    })
}

/// Prints what was done, which is done whether or not this can be printed.
pub(super) fn report(mut output: Output, lines: &[impl Serialize]) -> Result<(), Failure> {
    for line in lines {
        output.json(line)?;
    }
    output.finish()
}

/// Before anybody is asked for a password.
fn see_name(name: &str) -> Result<(), Failure> {
    if name.is_empty() {
        return Err(Failure::usage(
            "the name is empty",
            "give one that tells this certificate from others, such as that of the device",
        ));
    }
    match stanza::append(name, &[], true) {
        Ok(_) => Ok(()),
        Err(error) => Err(store_failure(&error.into())),
    }
}

/// What has a name on the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Free,
    /// This very certificate.
    Stored {
        /// See [`Item::may_manage`](stored::Item::may_manage).
        may_manage: bool,
    },
    /// Another one.
    Taken,
}

impl Standing {
    pub(super) fn is_stored(self) -> bool {
        matches!(self, Self::Stored { .. })
    }
}

pub(super) fn standing(
    session: &mut Session,
    name: &str,
    sha256: &str,
) -> Result<Standing, Failure> {
    let items = stored::items(session).map_err(|error| no_list(&error))?;
    let mut same = items.iter().filter(|item| item.name == name).peekable();
    if same.peek().is_none() {
        return Ok(Standing::Free);
    }
    Ok(
        match same.find(|item| item.sha256().as_deref() == Some(sha256)) {
            Some(item) => Standing::Stored {
                may_manage: item.may_manage,
            },
            None => Standing::Taken,
        },
    )
}

/// A server without XEP-0257 refuses the list already.
pub(super) fn no_list(error: &OnlineError) -> Failure {
    let failure = account::failure(error);
    match error {
        OnlineError::RequestRefused(refusal)
            if matches!(
                refusal.condition.as_str(),
                "service-unavailable" | "feature-not-implemented"
            ) =>
        {
            Failure::new(
                Exit::Refused,
                "the server stores no certificates for its users (XEP-0257)",
                "on Prosody load mod_client_certs; on ejabberd its administrator adds the certificate to 'c2s_cafile'",
            )
        }
        _ => failure,
    }
}

/// By `<append/>`, or where that is not answered by the ad-hoc command, on a new session if need be.
pub(super) fn store(
    terminal: Terminal,
    account: &Account,
    mut session: Session,
    new: New<'_>,
    sha256: &str,
) -> Result<Session, Failure> {
    match stored::append(&mut session, new) {
        Ok(()) => return Ok(session),
        Err(StoreError::Online(OnlineError::Silence(_))) => {}
        Err(error) => return Err(store_failure(&error)),
    }
    // It may have arrived all the same.
    if standing(&mut session, new.name, sha256).is_ok_and(Standing::is_stored) {
        return Ok(session);
    }
    terminal.note("the server did not answer; trying its ad-hoc command");
    let mut result = stored::append_by_command(&mut session, new);
    if let Err(StoreError::Online(OnlineError::Closed(_) | OnlineError::Broken(..))) = result {
        session = account.log_in().map_err(|error| account::failure(&error))?;
        result = stored::append_by_command(&mut session, new);
    }
    match result {
        Ok(()) => Ok(session),
        Err(StoreError::NoCommand) => Err(unanswered("has no ad-hoc command for certificates")),
        Err(StoreError::Online(OnlineError::Silence(_))) => {
            Err(unanswered("does not answer its ad-hoc command either"))
        }
        Err(error) => Err(store_failure(&error)),
    }
}

fn unanswered(other_way: &str) -> Failure {
    Failure::new(
        Exit::Unreachable,
        format!(
            "the server does not answer uploads, as Prosody on Lua 5.3 and later, and {other_way}"
        ),
        "its administrator can mend it in 'der2pem' of Prosody's util/x509.lua, where '(#data-1)/64' has to be '(#data-1)//64': sed -i 's|(#data-1)/64|(#data-1)//64|' /usr/lib/prosody/util/x509.lua",
    )
}

pub(super) fn store_failure(error: &StoreError) -> Failure {
    match error {
        StoreError::Name(_) => Failure::usage(error.to_string(), error.hint()),
        StoreError::Online(error) => account::failure(error),
        StoreError::NoCommand | StoreError::CommandFailed(_) => {
            Failure::new(Exit::Refused, error.to_string(), error.hint())
        }
    }
}

fn host_name() -> String {
    let name = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    let short = name.split('.').next().unwrap_or_default();
    if short.is_empty() {
        "xmppcert".to_owned()
    } else {
        short.to_owned()
    }
}
