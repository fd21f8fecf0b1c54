//! From what was typed for `generate` to the parameters of a certificate.

use time::OffsetDateTime;
use xmppcert::certificate::{ClientCertificateParams, CommonName, EmailAddress, Jids, NameError};
use xmppcert::jid::Jid;
use xmppcert::validity::{CLOCK_TOLERANCE, Period, Standing, Validity, ValidityError, parse_date};

use super::input;
use crate::cli::{GenerateArgs, ValidityArgs};
use crate::failure::Failure;
use crate::terminal::Terminal;

const DEFAULT_PERIOD: Period = Period::days(365);

/// Everything that was asked for, or the first thing wrong with it.
pub(super) fn params(
    terminal: Terminal,
    args: &GenerateArgs,
    now: OffsetDateTime,
) -> Result<ClientCertificateParams, Failure> {
    let jids = jids(&args.jids)?;
    let params = ClientCertificateParams {
        common_name: match &args.name {
            Some(name) => name.parse().map_err(|error| bad_name("--name", &error))?,
            None => CommonName::of(&jids),
        },
        email: match &args.email {
            Some(email) => Some(email.parse().map_err(|error| bad_name("--email", &error))?),
            None if args.no_email => None,
            None => EmailAddress::of(jids.first()),
        },
        validity: validity(&args.validity, now)?,
        jids,
    };
    warn(terminal, args, &params, now);
    Ok(params)
}

fn jids(typed: &[String]) -> Result<Jids, Failure> {
    let jids: Vec<Jid> = typed
        .iter()
        .map(|typed| input::jid(typed))
        .collect::<Result<_, _>>()?;
    Jids::new(jids).ok_or_else(|| Failure::usage("no account is given", "name it with '--jid'"))
}

fn bad_name(option: &str, error: &NameError) -> Failure {
    Failure::usage(format!("'{option}': {error}"), error.hint())
}

pub(super) fn validity(args: &ValidityArgs, now: OffsetDateTime) -> Result<Validity, Failure> {
    let named = |option: &'static str| {
        move |error: ValidityError| Failure::usage(format!("'{option}': {error}"), error.hint())
    };
    let not_before = match &args.not_before {
        Some(date) => parse_date(date).map_err(named("--not-before"))?,
        None => now - CLOCK_TOLERANCE,
    };
    let start = counted_from(not_before, now);
    let (option, not_after) = match (&args.days, &args.valid_for, &args.not_after) {
        (Some(days), _, _) => (
            "--days",
            Period::of_days(days).and_then(|period| period.after(start)),
        ),
        (_, Some(time), _) => (
            "--valid-for",
            time.parse().and_then(|period: Period| period.after(start)),
        ),
        (_, _, Some(date)) if date == "never" => ("--not-after", Ok(Validity::NEVER)),
        (_, _, Some(date)) => ("--not-after", parse_date(date)),
        (None, None, None) => ("--not-before", DEFAULT_PERIOD.after(start)),
    };
    not_after
        .and_then(|not_after| Validity::new(not_before, not_after))
        .map_err(|error| {
            let is_start = matches!(error, ValidityError::TooEarly(date) if date == not_before);
            named(if is_start { "--not-before" } else { option })(error)
        })
}

/// The moment from which days count.
pub(super) fn counted_from(not_before: OffsetDateTime, now: OffsetDateTime) -> OffsetDateTime {
    now.max(not_before)
}

/// What works, but perhaps not as expected.
fn warn(
    terminal: Terminal,
    args: &GenerateArgs,
    params: &ClientCertificateParams,
    now: OffsetDateTime,
) {
    for typed in &args.jids {
        let Ok(jid) = input::jid(typed) else { continue };
        if jid.as_str() != typed {
            terminal.warn(&format!(
                "'{typed}' is stored as '{jid}', the form that servers compare"
            ));
        }
        if jid.has_a_label() {
            terminal.warn(&format!(
                "'{}' has a label in its ASCII form (xn--), which servers do not take for the same as its letters; see that yours is configured with this form",
                jid.domainpart()
            ));
        }
        if let Some(resource) = jid.resourcepart() {
            terminal.warn(&format!(
                "Prosody does not hold a login with '{jid}' to the resource '{resource}'"
            ));
        }
    }
    if params.jids.as_slice().len() > 1 {
        terminal.warn(
            "with several JIDs, Prosody refuses clients that do not say which one they mean, as slixmpp and poezio do not",
        );
    }
    let account = params.jids.first().to_bare();
    match &params.email {
        Some(email) if email.as_str() != account.as_str() => terminal.warn(&format!(
            "Conversations would log in as '{}', the e-mail address, not as '{account}'",
            email.as_str()
        )),
        None if !args.no_email => terminal.note(&format!(
            "'{account}' cannot be an e-mail address, so there is none in the certificate"
        )),
        _ => {}
    }
    if args.name.is_none() && params.common_name.as_str() != account.as_str() {
        terminal.note(&format!(
            "'{account}' is longer than the 64 characters of a common name, which is '{}' instead",
            params.common_name.as_str()
        ));
    }
    let validity = params.validity;
    match Standing::at(now, validity.not_before(), validity.not_after()) {
        Standing::Current => {}
        Standing::Expired => terminal.warn("the certificate has expired already"),
        Standing::NotYetValid => {
            terminal.warn("until the certificate begins, servers offer no login with it");
        }
    }
}
