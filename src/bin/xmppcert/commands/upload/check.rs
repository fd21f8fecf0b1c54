//! Whether a certificate is worth its upload: what `xmppcert check` says of it for the server at hand.

use std::path::Path;

use time::OffsetDateTime;
use xmppcert::check::{Consumer, FileForm, Finding, Question, Report, Severity};
use xmppcert::diagnosis::Software;
use xmppcert::jid::Jid;
use xmppcert::online::session::Session;

use super::super::account;
use super::super::input::{self, CertificateFile};
use crate::failure::Failure;

pub(super) struct Check<'a> {
    pub(super) path: &'a Path,
    pub(super) file: &'a CertificateFile,
    pub(super) now: OffsetDateTime,
    pub(super) is_wanted: bool,
}

impl Check<'_> {
    /// What no server takes need not be brought to any.
    pub(super) fn for_any_server(&self, jid: &Jid) -> Result<(), Failure> {
        let rejections = [Consumer::Prosody, Consumer::Ejabberd]
            .map(|server| self.rejection(jid, &[Consumer::Xep0257, server]));
        match rejections {
            [Some(finding), Some(_)] => Err(self.of_no_use("", &finding)),
            _ => Ok(()),
        }
    }

    /// What this server takes. One that does not tell what it is, or that is not known here, counts as what `xmppcert check`
    /// takes for granted.
    pub(super) fn for_server(&self, jid: &Jid, session: &mut Session) -> Result<(), Failure> {
        if !self.is_wanted {
            return Ok(());
        }
        let software = Software::of(session).map_err(|error| account::failure(&error))?;
        let known = software.and_then(|software| Some((software.consumer()?, software.name)));
        let (rejection, place) = match known {
            Some((consumer, name)) => (
                self.rejection(jid, &[Consumer::Xep0257, consumer]),
                format!(" on {name}"),
            ),
            None => (self.rejection(jid, &Consumer::DEFAULT), String::new()),
        };
        match rejection {
            Some(finding) => Err(self.of_no_use(&place, &finding)),
            None => Ok(()),
        }
    }

    /// The worst finding, where these consumers make the verdict a refusal.
    fn rejection(&self, jid: &Jid, consumers: &[Consumer]) -> Option<Finding> {
        if !self.is_wanted {
            return None;
        }
        let report = Report::on(
            &self.file.certificate,
            &Question {
                source: &self.path.to_string_lossy(),
                now: self.now,
                // What is uploaded is the certificate, and not the file.
                form: FileForm {
                    pem_fault: None,
                    ..self.file.form
                },
                jid: Some(jid),
                key: None,
                valid_at: None,
                consumers,
            },
        );
        let mut findings = report.findings.into_iter();
        findings.find(|finding| finding.severity == Severity::Error)
    }

    fn of_no_use(&self, place: &str, finding: &Finding) -> Failure {
        Failure::input(
            format!(
                "{} would be of no use{place}: {}",
                input::name(self.path),
                finding.message
            ),
            format!("{}; '--no-check' uploads it all the same", finding.hint),
        )
    }
}
