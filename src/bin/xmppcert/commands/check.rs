//! `xmppcert check`: the verdict on a certificate.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use time::OffsetDateTime;
use xmppcert::check::{
    Consumer, FileForm, KeyFault, KeyFile, Login, Outlook, Question, Report, Severity, Tls12,
    Upload, Verdict,
};
use xmppcert::inspection::{CertificateInspection, InspectError, Inspection, Kind};
use xmppcert::jid::Jid;
use xmppcert::objects::{Object, ObjectError};
use xmppcert::public_key::is_same;
use xmppcert::validity::{Period, ValidityError};

use super::bulk::{self, Division, Part, Piece};
use super::input::{self, CertificateFile};
use crate::cli::CheckArgs;
use crate::escaping::escape;
use crate::failure::{Exit, Failure};
use crate::terminal::{BAD, BOLD, GOOD, Look, Terminal, WARNING};

#[derive(Serialize)]
struct Line<'a> {
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    #[serde(flatten)]
    report: &'a Report,
}

pub(crate) fn run(
    terminal: Terminal,
    args: &CheckArgs,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    let output = terminal.output()?;
    input::refuse_stdin_twice(args.certificates.iter().chain(&args.key))?;
    let checker = Checker {
        terminal,
        args,
        now,
        look: output.look(),
        jid: args.jid.as_deref().map(input::jid).transpose()?,
        // Read once, and first: nothing can be said of any certificate without it.
        key: args.key.as_deref().map(key_file).transpose()?,
        valid_at: args
            .expires_in
            .as_deref()
            .map(|text| expires_in(text, now))
            .transpose()?,
        consumers: consumers(&args.consumers),
        says_no: AtomicBool::new(false),
    };
    let division = if args.each {
        Division::Objects
    } else {
        Division::Files
    };
    let tally = bulk::run(
        terminal,
        &args.certificates,
        division,
        output,
        |part, pieces| {
            checker.check(part, pieces);
        },
    )?;
    Ok(if tally.has_errors {
        Exit::Input
    } else if checker.says_no.into_inner() {
        Exit::No
    } else {
        Exit::Done
    })
}

/// What is asked of every certificate.
struct Checker<'a> {
    terminal: Terminal,
    args: &'a CheckArgs,
    now: OffsetDateTime,
    look: Look,
    jid: Option<Jid>,
    key: Option<KeyFile>,
    valid_at: Option<OffsetDateTime>,
    consumers: Vec<Consumer>,
    says_no: AtomicBool,
}

impl Checker<'_> {
    fn check(&self, part: Part<'_>, pieces: &mut Vec<Piece>) {
        match part {
            Part::File(path) => {
                input::recover(self.terminal, path);
                if !self.args.each {
                    self.check_file(path, pieces)
                        .unwrap_or_else(|failure| pieces.push(Piece::Error(failure)));
                    return;
                }
                match input::objects(path) {
                    Ok(objects) => self.check_each(path, 0, objects, pieces),
                    Err(failure) => pieces.push(Piece::Error(failure)),
                }
            }
            Part::Stretch {
                path,
                first,
                objects,
            } => self.check_each(path, first, objects, pieces),
            Part::Unopened(failure) => pieces.push(Piece::Error(failure)),
        }
    }

    /// The first certificate of a file, with the key beside it.
    fn check_file(&self, path: &Path, pieces: &mut Vec<Piece>) -> Result<(), Failure> {
        let file = input::first_certificate(path, self.now)?;
        pieces.extend(file.warning.clone().map(Piece::Warning));
        let key = match &self.key {
            Some(key) => Some(key.clone()),
            None if file.form.has_private_key => key_file_within(path, &file),
            None => key_file_beside(path, pieces),
        };
        let key = key.map(|key| KeyFile {
            owner: owner(path, &file, &key, self.now),
            ..key
        });
        let report = self.report(path, &file.certificate, file.form, key.as_ref());
        pieces.extend(self.say(path, None, &report));
        Ok(())
    }

    fn check_each(
        &self,
        path: &Path,
        first: usize,
        objects: impl IntoIterator<Item = Result<Object, ObjectError>>,
        pieces: &mut Vec<Piece>,
    ) {
        for (place, object) in input::placed(path, first, objects) {
            let object = match object {
                Ok(object) => object,
                Err(error) => {
                    pieces.push(Piece::Error(place.object_failure(&error)));
                    continue;
                }
            };
            match Inspection::of(&object, self.now) {
                Ok(Inspection::Certificate(certificate)) => {
                    let form = FileForm {
                        is_pem: object.label.is_some(),
                        pem_fault: object.pem_fault,
                        ..FileForm::default()
                    };
                    let report = self.report(path, &certificate, form, self.key.as_ref());
                    pieces.extend(self.say(path, Some(place.index), &report));
                }
                Ok(_) => {
                    let kind = Kind::of(&object).ok();
                    pieces.push(Piece::PassedOver(input::no_certificate(
                        path,
                        kind.as_ref(),
                    )));
                }
                Err(error @ InspectError::Unsupported(_)) => {
                    pieces.push(Piece::Foreign(place.inspect_failure(&error)));
                }
                Err(error) => pieces.push(Piece::Error(place.inspect_failure(&error))),
            }
        }
    }

    fn report(
        &self,
        path: &Path,
        certificate: &CertificateInspection,
        form: FileForm,
        key: Option<&KeyFile>,
    ) -> Report {
        let report = Report::on(
            certificate,
            &Question {
                source: &path.to_string_lossy(),
                now: self.now,
                form,
                jid: self.jid.as_ref(),
                key,
                valid_at: self.valid_at,
                consumers: &self.consumers,
            },
        );
        let says_no = match report.verdict {
            Verdict::Reject => true,
            Verdict::Warn => self.args.strict,
            Verdict::Accept => false,
        };
        if says_no {
            self.says_no.store(true, Ordering::Relaxed);
        }
        report
    }

    fn say(&self, path: &Path, index: Option<usize>, report: &Report) -> Option<Piece> {
        if self.terminal.is_json() {
            let line = Line {
                source: &path.to_string_lossy(),
                index,
                report,
            };
            return Some(Piece::Result(self.look.json(&line)));
        }
        let source = match index {
            Some(index) => format!("{}, object {index}", input::name(path)),
            None => input::name(path),
        };
        (!self.terminal.is_quiet()).then(|| Piece::Result(self.look.lines(&lines(&source, report))))
    }
}

fn consumers(names: &[String]) -> Vec<Consumer> {
    if names.is_empty() {
        return Consumer::DEFAULT.to_vec();
    }
    names
        .iter()
        .filter_map(|name| Consumer::named(name))
        .collect()
}

fn expires_in(text: &str, now: OffsetDateTime) -> Result<OffsetDateTime, Failure> {
    let period: Result<Period, _> = text.parse();
    let moment = period.and_then(|period| period.after(now));
    moment.map_err(|error| match error {
        ValidityError::NoTime | ValidityError::TooLate => Failure::usage(
            format!("'--expires-in': '{text}' leads nowhere, or beyond the year 9999"),
            "give a time such as 30d; without '--expires-in', it need be valid now only",
        ),
        _ => Failure::usage(format!("'--expires-in': {error}"), error.hint()),
    })
}

/// Which other certificate of the file the key belongs to, where it does not belong to the first.
fn owner(path: &Path, file: &CertificateFile, key: &KeyFile, now: OffsetDateTime) -> Option<usize> {
    if is_same(&key.spki, &file.certificate.subject.spki)
        || file.warning.is_none()
        || input::is_stdin(path)
    {
        return None;
    }
    let objects = input::objects(path).ok()?.flatten();
    let certificates = objects.filter_map(|object| match Inspection::of(&object, now) {
        Ok(Inspection::Certificate(certificate)) => Some(certificate),
        _ => None,
    });
    let mut numbered = (1..).zip(certificates);
    let owner = numbered.find(|(_, certificate)| is_same(&key.spki, &certificate.subject.spki));
    owner.map(|(number, _)| number)
}

/// The key in the file of a certificate, if it can be read.
fn key_file_within(path: &Path, file: &CertificateFile) -> Option<KeyFile> {
    Some(KeyFile {
        source: path.to_string_lossy().into_owned(),
        spki: file.private_key.as_ref()?.spki()?.to_vec(),
        owner: None,
        fault: file.key_fault.clone(),
    })
}

/// The key beside a certificate. Nobody asked about it, so one that cannot be read is left out.
fn key_file_beside(certificate: &Path, pieces: &mut Vec<Piece>) -> Option<KeyFile> {
    let beside = input::key_beside(certificate);
    if input::is_stdin(certificate) || beside == certificate || !beside.exists() {
        return None;
    }
    match key_file(&beside) {
        Ok(key) => Some(key),
        Err(failure) => {
            let message = format!("no key was compared: {}", failure.message);
            pieces.push(Piece::Warning(message));
            None
        }
    }
}

fn key_file(path: &Path) -> Result<KeyFile, Failure> {
    let (key, object) = input::private_key_object(path)?;
    let spki = key
        .spki()
        .ok_or_else(|| input::key_failure(path, &xmppcert::key::KeyError::NoPublicPart))?;
    Ok(KeyFile {
        source: path.to_string_lossy().into_owned(),
        spki: spki.to_vec(),
        owner: None,
        fault: KeyFault::of(&object, &key),
    })
}

fn lines(source: &str, report: &Report) -> Vec<String> {
    let style = match report.verdict {
        Verdict::Accept => GOOD,
        Verdict::Warn => WARNING,
        Verdict::Reject => BAD,
    };
    let mut lines = vec![format!(
        "{BOLD}{}{BOLD:#}: {style}{}{style:#}",
        escape(source),
        report.verdict
    )];
    for finding in &report.findings {
        let style = match finding.severity {
            Severity::Error => BAD,
            Severity::Warning => WARNING,
            Severity::Note => BOLD,
        };
        lines.push(String::new());
        lines.push(format!(
            "{style}{}{style:#} ({}): {}",
            finding.severity,
            finding.rule,
            escape(&finding.message)
        ));
        lines.push(format!("  hint: {}", escape(&finding.hint)));
        lines.push(format!("  see: {}", finding.reference));
    }
    lines.push(String::new());
    lines.extend(report.consumers.iter().map(outlook_line));
    lines
}

fn outlook_line(outlook: &Outlook) -> String {
    let upload = match outlook.upload {
        Upload::Accept => "upload yes",
        Upload::Reject => "upload no",
        Upload::NotApplicable => "",
    };
    let login = match outlook.login {
        Login::Accept => "login yes",
        Login::AuthzidOnly => "login with authzid only",
        Login::Reject => "login no",
    };
    let tls12 = match outlook.tls12 {
        Tls12::Accept => "TLS 1.2 yes",
        Tls12::Reject => "TLS 1.2 no",
    };
    let because = if outlook.because.is_empty() {
        String::new()
    } else {
        format!("  ({})", outlook.because.join(", "))
    };
    format!(
        "  {:14}{upload:12}{login:25}{tls12:11}{because}",
        outlook.name
    )
    .trim_end()
    .to_owned()
}
