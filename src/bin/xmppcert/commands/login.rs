//! `xmppcert login`: the proof that a certificate gets in, or what keeps it out.

use serde::Serialize;
use time::OffsetDateTime;
use xmppcert::inspection::CertificateInspection;
use xmppcert::jid::Jid;
use xmppcert::online::session::{Connection, Session};
use xmppcert::online::{
    Credentials, OnlineError, Refusal, Target, TlsFacts, authorization_identity,
};
use xmppcert::validity::Standing;

use super::{account, input};
use crate::cli::LoginArgs;
use crate::escaping::escape;
use crate::failure::{Exit, Failure};
use crate::terminal::{BOLD, Terminal};

/// The line that `--json` prints.
#[derive(Serialize)]
struct Line<'a> {
    jid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authzid: Option<&'a str>,
    tls: &'a str,
    server: String,
}

pub(crate) fn run(
    terminal: Terminal,
    args: &LoginArgs,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    let path = &args.certificate;
    if input::is_stdin(path) && args.key.as_deref().is_some_and(input::is_stdin) {
        return Err(input::stdin_twice());
    }
    let mut output = terminal.output()?;
    input::recover(terminal, path);
    let mut file = input::certificate(terminal, path, now)?;
    let jid = account::jid(args.jid.as_deref(), path, &file.certificate)?;
    let identity = account::identity(path, args.key.as_ref(), &mut file)?;
    let target = account::target(&args.server, jid.domainpart(), Some(identity))?;
    let certificate = &file.certificate;
    let authzid = authorization_identity(certificate, &jid);

    let spinner = terminal.spinner(&format!("logging in as {jid}"));
    let session = log_in(&target, &jid, certificate, authzid.as_ref())?;
    drop(spinner);

    let line = Line {
        jid: session.jid(),
        authzid: authzid.as_ref().map(Jid::as_str),
        tls: session.tls().version,
        server: session.endpoint().to_string(),
    };
    if terminal.is_json() {
        output.json(&line)?;
    } else {
        output.line(&format!("{BOLD}{}{BOLD:#}", escape(line.jid)))?;
    }
    output.finish()?;
    terminal.note(&format!(
        "logged in by certificate at {} ({})",
        line.server, line.tls
    ));
    session.close();
    Ok(Exit::Done)
}

/// Logs in with the certificate of `target`, or tells what keeps it out.
pub(super) fn log_in(
    target: &Target,
    jid: &Jid,
    certificate: &CertificateInspection,
    authzid: Option<&Jid>,
) -> Result<Session, Failure> {
    let connection = Connection::open(target).map_err(|error| kept_out(&error))?;
    let tls = connection.tls().clone();
    let credentials = Credentials::External {
        authzid: authzid.cloned(),
    };
    connection
        .log_in(jid, &credentials)
        .map_err(|error| not_let_in(&error, &tls, certificate, authzid))
}

/// Before the login: with the server out of reach there is no answer, and with TLS refused it is no.
fn kept_out(error: &OnlineError) -> Failure {
    let failure = account::failure(error);
    match error {
        OnlineError::TlsRefused { .. } => Failure {
            exit: Exit::No,
            ..failure
        },
        _ => failure,
    }
}

fn not_let_in(
    error: &OnlineError,
    tls: &TlsFacts,
    certificate: &CertificateInspection,
    authzid: Option<&Jid>,
) -> Failure {
    match error {
        OnlineError::NoMechanism { .. } => not_offered(tls, certificate),
        OnlineError::LoginRefused(refusal) => refused(refusal, certificate, authzid),
        OnlineError::ResourceRefused(_) => Failure::new(
            Exit::No,
            error.to_string(),
            "the certificate gets in; log in with another resource, or '--jid' without one",
        ),
        OnlineError::TlsRefused { .. } => kept_out(error),
        _ => account::failure(error),
    }
}

fn not_offered(tls: &TlsFacts, certificate: &CertificateInspection) -> Failure {
    let (message, hint) = if !tls.certificate_requested {
        (
            "the server does not ask for a certificate in TLS, so EXTERNAL is not offered",
            "on Prosody give 'c2s_ssl' (for direct TLS 'c2s_direct_tls_ssl') verify = { \"peer\", \"client_once\" }, on 13 also verifyext = { \"lsec_continue\" }",
        )
    } else if !tls.certificate_sent {
        (
            "the server takes none of the signatures that the key can make, so EXTERNAL is not offered",
            "make a certificate with another kind of key, such as 'rsa-4096' or 'ecdsa-p256'",
        )
    } else {
        match certificate.standing {
            Some(Standing::Expired) => (
                "EXTERNAL is not offered: the certificate has expired",
                "make its successor with 'xmppcert renew', and upload that",
            ),
            Some(Standing::NotYetValid) => (
                "EXTERNAL is not offered: the certificate is not valid yet",
                "wait, or make another that begins earlier with '--not-before'",
            ),
            _ => (
                "the server saw the certificate, but does not offer EXTERNAL",
                "on Prosody see that mod_client_certs is loaded for this host (the one of Debian 12 fails to, its log says so), and that its clock is right; on ejabberd give the listener 'tls_verify: true'",
            ),
        }
    };
    Failure::new(Exit::No, message, hint)
}

fn refused(
    refusal: &Refusal,
    certificate: &CertificateInspection,
    authzid: Option<&Jid>,
) -> Failure {
    let many = certificate.subject.extensions.xmpp_addrs.len();
    let hint = match (refusal.condition.as_str(), authzid) {
        ("not-authorized" | "invalid-authzid", Some(jid)) if many != 1 => format!(
            "the certificate has {many} addresses, so '{jid}' was asked for; see that it is uploaded to that account ('xmppcert list')"
        ),
        ("not-authorized" | "invalid-authzid", Some(jid)) => format!(
            "the certificate is for another account than '{jid}'; see that it is uploaded to that account ('xmppcert list')"
        ),
        ("not-authorized", None) => "see that this very certificate is uploaded ('xmppcert list', 'xmppcert upload'), or on ejabberd that 'c2s_cafile' trusts it".to_owned(),
        _ => "the server's log may say more".to_owned(),
    };
    Failure::new(
        Exit::No,
        format!("the server refused the certificate: {refusal}"),
        hint,
    )
}
