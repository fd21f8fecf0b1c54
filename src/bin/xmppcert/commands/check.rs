//! `xmppcert check`: the verdict on a certificate.

use std::path::Path;

use serde::Serialize;
use time::OffsetDateTime;
use xmppcert::check::{
    Consumer, Login, Outlook, Question, Report, Severity, Tls12, Upload, Verdict,
};
use xmppcert::validity::{Period, ValidityError};

use super::input;
use crate::cli::CheckArgs;
use crate::escaping::escape;
use crate::failure::{Exit, Failure};
use crate::terminal::{BAD, BOLD, GOOD, Output, Terminal, WARNING};

#[derive(Serialize)]
struct Line<'a> {
    source: &'a str,
    #[serde(flatten)]
    report: &'a Report,
}

pub(crate) fn run(
    terminal: Terminal,
    args: &CheckArgs,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    let path = &args.certificate;
    if input::is_stdin(path) && args.key.as_deref().is_some_and(input::is_stdin) {
        return Err(input::stdin_twice());
    }
    let jid = args.jid.as_deref().map(input::jid).transpose()?;
    let valid_at = args
        .expires_in
        .as_deref()
        .map(|text| expires_in(text, now))
        .transpose()?;
    let consumers = consumers(&args.consumers);
    let mut output = terminal.output()?;

    input::recover(terminal, path);
    let file = input::certificate(terminal, path, now)?;
    let key = key_fingerprint(terminal, args)?;
    let source = path.to_string_lossy();
    let report = Report::on(
        &file.certificate,
        &Question {
            source: &source,
            now,
            form: file.form,
            jid: jid.as_ref(),
            key: key.as_deref(),
            valid_at,
            consumers: &consumers,
        },
    );
    if terminal.is_json() {
        output.json(&Line {
            source: &source,
            report: &report,
        })?;
    } else if !terminal.is_quiet() {
        print(&mut output, path, &report)?;
    }
    output.finish()?;
    Ok(match report.verdict {
        Verdict::Reject => Exit::No,
        Verdict::Warn if args.strict => Exit::No,
        Verdict::Warn | Verdict::Accept => Exit::Done,
    })
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

/// The fingerprint of the key that was named, or of the one that lies beside the certificate. About
/// the latter nobody asked, so one that cannot be read is left out.
fn key_fingerprint(terminal: Terminal, args: &CheckArgs) -> Result<Option<String>, Failure> {
    if let Some(path) = &args.key {
        return fingerprint_of_key(path).map(Some);
    }
    let beside = input::key_beside(&args.certificate);
    if input::is_stdin(&args.certificate) || beside == args.certificate || !beside.exists() {
        return Ok(None);
    }
    match fingerprint_of_key(&beside) {
        Ok(fingerprint) => Ok(Some(fingerprint)),
        Err(failure) => {
            terminal.warn(&format!("no key was compared: {}", failure.message));
            Ok(None)
        }
    }
}

fn fingerprint_of_key(path: &Path) -> Result<String, Failure> {
    let key = input::private_key(path)?;
    let spki = key
        .spki()
        .ok_or_else(|| input::key_failure(path, &xmppcert::key::KeyError::NoPublicPart))?;
    Ok(xmppcert::fingerprint::sha256(spki))
}

fn print(output: &mut Output, path: &Path, report: &Report) -> Result<(), Failure> {
    let style = match report.verdict {
        Verdict::Accept => GOOD,
        Verdict::Warn => WARNING,
        Verdict::Reject => BAD,
    };
    let source = input::name(path);
    output.line(&format!(
        "{BOLD}{}{BOLD:#}: {style}{}{style:#}",
        escape(&source),
        report.verdict
    ))?;
    for finding in &report.findings {
        let style = match finding.severity {
            Severity::Error => BAD,
            Severity::Warning => WARNING,
            Severity::Note => BOLD,
        };
        output.line("")?;
        output.line(&format!(
            "{style}{}{style:#} ({}): {}",
            finding.severity,
            finding.rule,
            escape(&finding.message)
        ))?;
        output.line(&format!("  hint: {}", escape(&finding.hint)))?;
        output.line(&format!("  see: {}", finding.reference))?;
    }
    output.line("")?;
    for outlook in &report.consumers {
        output.line(&outlook_line(outlook))?;
    }
    Ok(())
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
