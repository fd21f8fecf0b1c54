//! `xmppcert doctor`: what stands between the users of a server and logins by certificate.

use std::collections::BTreeMap;

use serde::Serialize;
use time::OffsetDateTime;
use xmppcert::check::Severity;
use xmppcert::diagnosis::{Diagnosis, Fact, Finding, Place, Survey};
use xmppcert::jid::Jid;

use super::account;
use crate::cli::DoctorArgs;
use crate::escaping::escape;
use crate::failure::{Exit, Failure};
use crate::terminal::{BAD, BOLD, GOOD, Output, Terminal, WARNING};

/// The line that `--json` prints of a finding.
#[derive(Serialize)]
struct FindingLine<'a> {
    finding: &'a str,
    severity: Severity,
    seen: &'a str,
    means: &'a str,
    mend: BTreeMap<&'a str, &'a str>,
}

/// The line that `--json` prints of what is fine.
#[derive(Serialize)]
struct FactLine<'a> {
    finding: &'a str,
    severity: &'a str,
    means: &'a str,
}

pub(crate) fn run(
    terminal: Terminal,
    args: &DoctorArgs,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    let domain = domain(&args.domain)?;
    let mut output = terminal.output()?;
    let target = account::target(&args.server, &domain, None)?;
    let spinner = terminal.spinner(&format!("looking at {}", escape(&domain)));
    let survey = Survey::of(&target, now).map_err(|error| account::failure(&error))?;
    drop(spinner);
    let diagnosis = Diagnosis::of(&survey, now);

    if terminal.is_json() {
        print_json(&mut output, &diagnosis)?;
    } else {
        print(&mut output, &domain, &diagnosis)?;
    }
    output.finish()?;
    if let Some(error) = survey.unreachable() {
        return Err(account::failure(error));
    }
    Ok(match diagnosis.count(Severity::Error) {
        0 => Exit::Done,
        _ => Exit::No,
    })
}

/// The domainpart as servers know it.
fn domain(typed: &str) -> Result<String, Failure> {
    if typed.contains(['@', '/']) {
        return Err(Failure::usage(
            format!("'{typed}' is not a domain"),
            "give what is behind the '@' of the accounts, such as shakespeare.lit",
        ));
    }
    match Jid::parse(&format!("a@{typed}")) {
        Ok(jid) => Ok(jid.domainpart().to_owned()),
        Err(error) => Err(Failure::usage(
            format!("'{typed}' is not a domain: {error}"),
            error.hint(),
        )),
    }
}

fn print_json(output: &mut Output, diagnosis: &Diagnosis) -> Result<(), Failure> {
    for finding in &diagnosis.findings {
        output.json(&FindingLine {
            finding: finding.obstacle.id,
            severity: finding.obstacle.severity,
            seen: &finding.seen,
            means: finding.obstacle.means,
            mend: finding
                .mends
                .iter()
                .map(|(place, lines)| (place.name(), lines.as_str()))
                .collect(),
        })?;
    }
    for Fact { id, says } in &diagnosis.facts {
        output.json(&FactLine {
            finding: id,
            severity: "fine",
            means: says,
        })?;
    }
    Ok(())
}

fn print(output: &mut Output, domain: &str, diagnosis: &Diagnosis) -> Result<(), Failure> {
    let (style, summary) = summary(diagnosis);
    output.line(&format!(
        "{BOLD}{}{BOLD:#}: {style}{summary}{style:#}",
        escape(domain)
    ))?;
    for finding in &diagnosis.findings {
        print_finding(output, finding)?;
    }
    if !diagnosis.facts.is_empty() {
        output.line("")?;
    }
    for Fact { id, says } in &diagnosis.facts {
        output.line(&format!("{GOOD}fine{GOOD:#} ({id}): {}", escape(says)))?;
    }
    Ok(())
}

fn summary(diagnosis: &Diagnosis) -> (anstyle::Style, String) {
    let count = |severity: Severity| match diagnosis.count(severity) {
        0 => None,
        1 => Some(format!("1 {severity}")),
        number => Some(format!("{number} {severity}s")),
    };
    let parts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .filter_map(count)
        .collect();
    let style = match diagnosis
        .findings
        .first()
        .map(|worst| worst.obstacle.severity)
    {
        Some(Severity::Error) => BAD,
        Some(Severity::Warning) => WARNING,
        Some(Severity::Note) | None => GOOD,
    };
    let summary = match style {
        GOOD if parts.is_empty() => "nothing stands in the way".to_owned(),
        GOOD => format!("nothing stands in the way, {}", parts.join(", ")),
        _ => parts.join(", "),
    };
    (style, summary)
}

fn print_finding(output: &mut Output, finding: &Finding) -> Result<(), Failure> {
    let style = match finding.obstacle.severity {
        Severity::Error => BAD,
        Severity::Warning => WARNING,
        Severity::Note => BOLD,
    };
    output.line("")?;
    output.line(&format!(
        "{style}{}{style:#} ({}): {}",
        finding.obstacle.severity,
        finding.obstacle.id,
        escape(&finding.seen)
    ))?;
    output.line(&format!("  {}", finding.obstacle.means))?;
    let mut mends = finding.mends.iter().peekable();
    while let Some((place, lines)) = mends.next() {
        let mut places = title(*place).to_owned();
        // The same lines are printed once.
        while let Some((other, _)) = mends.next_if(|(_, other)| other == lines) {
            places = format!("{places}, {}", title(*other));
        }
        output.line(&format!("  {BOLD}{places}{BOLD:#}:"))?;
        for line in lines.lines() {
            output.line(&format!("    {}", escape(line)))?;
        }
    }
    Ok(())
}

const fn title(place: Place) -> &'static str {
    match place {
        Place::Dns => "DNS",
        Place::Prosody012 => "Prosody 0.12",
        Place::Prosody13 => "Prosody 13",
        Place::Ejabberd => "ejabberd",
    }
}
