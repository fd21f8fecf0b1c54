//! Why a rotation does not begin.

use std::path::Path;

use xmppcert::inspection::CertificateInspection;
use xmppcert::jid::Jid;
use xmppcert::validity::Standing;

use super::super::account;
use super::Run;
use crate::failure::{Exit, Failure};

/// The account, which has to be the only one of the certificate: its successor would be missing on the others.
pub(super) fn account(
    typed: Option<&str>,
    path: &Path,
    certificate: &CertificateInspection,
) -> Result<Jid, Failure> {
    let mut accounts: Vec<Jid> = Vec::new();
    for jid in account::jids(certificate) {
        let jid = jid.to_bare();
        if !accounts.contains(&jid) {
            accounts.push(jid);
        }
    }
    if accounts.len() > 1 {
        let names: Vec<&str> = accounts.iter().map(Jid::as_str).collect();
        return Err(Failure::input(
            format!(
                "'{}' is for several accounts, and its successor would be on one of them",
                path.display()
            ),
            format!(
                "make a certificate for each, or make one successor with 'xmppcert renew' and upload it to each: {}",
                names.join(", ")
            ),
        ));
    }
    let jid = account::jid(typed, path, certificate)?.to_bare();
    match accounts.first() {
        Some(only) if *only != jid => Err(Failure::input(
            format!("'{}' is for {only}, not for '{jid}'", path.display()),
            "leave '--jid' out, or name the certificate of that account",
        )),
        _ => Ok(jid),
    }
}

/// A certificate that may not store its successor, as the server's list says.
pub(super) fn restricted(name: &str) -> Failure {
    Failure::new(
        Exit::Refused,
        format!("'{name}' may log in but not store certificates, so it cannot store its successor"),
        "make a new one with 'xmppcert renew' and upload it with the password: 'xmppcert upload'",
    )
}

impl Run<'_> {
    /// A certificate that no server lets in any more, or not yet, cannot store another one.
    pub(super) fn see_dates(&self) -> Result<(), Failure> {
        let (what, hint) = match self.current.certificate.standing {
            Some(Standing::Expired) => (
                "has expired",
                "make its successor with 'xmppcert renew', and upload that with the password: 'xmppcert upload'",
            ),
            Some(Standing::NotYetValid) => ("is not valid yet", "wait until it is"),
            _ => return Ok(()),
        };
        Err(Failure::input(
            format!(
                "'{}' {what}, so it cannot store its successor",
                self.pair.path.display()
            ),
            hint,
        ))
    }

    pub(super) fn not_stored(&self) -> Failure {
        Failure::new(
            Exit::Refused,
            format!(
                "'{}' logs in, but is not among the certificates of {}",
                self.pair.path.display(),
                self.jid
            ),
            "upload it first with 'xmppcert upload'",
        )
    }
}
