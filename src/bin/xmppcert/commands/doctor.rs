//! `xmppcert doctor`: what stands between the users of a server and logins by certificate.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::time::Instant;

use dialoguer::Confirm;
use serde::Serialize;
use time::OffsetDateTime;
use xmppcert::check::Severity;
use xmppcert::diagnosis::{AccountSurvey, Diagnosis, Fact, Finding, Place, Survey};
use xmppcert::jid::Jid;

use super::account::{self, Account};
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
    seen: &'a str,
}

pub(crate) fn run(
    terminal: Terminal,
    args: &DoctorArgs,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    let started = Instant::now();
    let domain = domain(&args.domain)?;
    let mut output = terminal.output()?;
    let account = account(terminal, args, &domain, now)?;
    let own_target;
    let target = if let Some(account) = &account {
        account.target()
    } else {
        own_target = account::target(&args.server, &domain, None)?;
        &own_target
    };
    let tries_upload = account.is_some() && consents(terminal, args)?;
    // Questions take their time, and the certificates to be shown are made for now.
    let now = now.saturating_add(started.elapsed().try_into().unwrap_or_default());

    let spinner = terminal.spinner(&format!("looking at {}", escape(&domain)));
    let mut survey = Survey::of(target, now).map_err(|error| account::failure(&error))?;
    let mut kept_out = None;
    if let (Some(account), None) = (&account, survey.unreachable()) {
        let seen = account.log_in().and_then(|mut session| {
            let seen = AccountSurvey::of(&mut session, account.jid(), tries_upload, now)?;
            session.close();
            Ok(seen)
        });
        match seen {
            Ok(seen) => survey.account = Some(seen),
            Err(error) => kept_out = Some(account::failure(&error)),
        }
    }
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
    let is_healthy = diagnosis.count(Severity::Error) == 0;
    match kept_out {
        // The findings may well be the reason.
        Some(failure) if !is_healthy => {
            terminal.warn(&format!(
                "nothing was seen with the account: {}",
                failure.message
            ));
        }
        Some(failure) => return Err(failure),
        None => {}
    }
    Ok(if is_healthy { Exit::Done } else { Exit::No })
}

/// The account to look from, if there is to be one.
fn account(
    terminal: Terminal,
    args: &DoctorArgs,
    domain: &str,
    now: OffsetDateTime,
) -> Result<Option<Account>, Failure> {
    let typed = &args.account;
    if typed.jid.is_none() && typed.cert.is_none() && typed.password_file.is_none() {
        if args.try_upload {
            return Err(Failure::usage(
                "'--try-upload' needs an account",
                "name one with '--jid JID' or '--cert FILE'",
            ));
        }
        return Ok(None);
    }
    let see = |jid: &Jid| see_domain(jid, domain);
    Account::of(terminal, typed, &args.server, None, now, see).map(Some)
}

fn see_domain(jid: &Jid, domain: &str) -> Result<(), Failure> {
    if jid.domainpart() == domain {
        return Ok(());
    }
    Err(Failure::usage(
        format!("the account '{jid}' is not of '{domain}'"),
        format!("give the domain '{}', or another account", jid.domainpart()),
    ))
}

/// Whether a test certificate may be stored for a moment.
fn consents(terminal: Terminal, args: &DoctorArgs) -> Result<bool, Failure> {
    if args.try_upload || !terminal.is_attended() {
        return Ok(args.try_upload);
    }
    let answer = Confirm::new()
        .with_prompt("Store a test certificate on the account, and remove it again?")
        .default(false)
        .interact();
    answer.map_err(|dialoguer::Error::IO(error)| match error.kind() {
        ErrorKind::Interrupted | ErrorKind::UnexpectedEof => Failure::interrupted(),
        _ => Failure::usage(
            format!("cannot ask: {}", xmppcert::files::reason(&error)),
            "say so with '--try-upload', or do without a terminal",
        ),
    })
}

/// The domainpart as servers know it.
fn domain(typed: &str) -> Result<String, Failure> {
    let bad = |why: String| {
        Failure::usage(
            format!("'{typed}' is not a domain{why}"),
            "give what is behind the '@' of the accounts, such as shakespeare.lit",
        )
    };
    if typed.contains(['@', '/']) {
        return Err(bad(String::new()));
    }
    match Jid::parse(&format!("a@{typed}")) {
        Ok(jid) => Ok(jid.domainpart().to_owned()),
        Err(error) => Err(bad(format!(": {error}"))),
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
            seen: says,
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
