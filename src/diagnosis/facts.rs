//! What is as it should be.

use super::account::{AccountSurvey, Upload};
use super::survey::{Survey, Visit, offers_external};
use crate::online::{Answer, Endpoint, Lookup, Transport};
use crate::validity::format_date;

/// Something that was looked at and is fine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What was looked at.
    pub id: &'static str,
    /// How it is, with names verbatim as the server gives them.
    pub says: String,
}

pub(super) fn all(survey: &Survey) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(says) = survey.lookup.as_ref().and_then(dns) {
        facts.push(Fact { id: "dns", says });
    }
    for (id, look) in [
        ("tls", tls as fn(&Visit) -> Option<String>),
        ("server-certificate", server_certificate),
        ("client-certificate", client_certificate),
        ("mechanisms", mechanisms),
        ("clock", clock),
    ] {
        let says = survey.visits.iter().filter_map(|visit| {
            let says = look(visit)?;
            Some(Fact {
                id,
                says: format!("{says}, at {}", place(&visit.endpoint)),
            })
        });
        facts.extend(says);
    }
    let account = survey.account.iter();
    facts.extend(account.flat_map(inside));
    facts
}

fn inside(account: &AccountSurvey) -> Vec<Fact> {
    let fact = |id, says: String| Fact { id, says };
    let mut facts = Vec::new();
    if let Some(software) = &account.software {
        facts.push(fact("software", software.to_string()));
    }
    if account.stores_certificates {
        facts.push(fact(
            "certificate-management",
            "users can store certificates on their accounts".to_owned(),
        ));
    }
    if account.has_command {
        facts.push(fact(
            "command",
            "the ad-hoc command for certificates is there".to_owned(),
        ));
    }
    if account.upload == Some(Upload::Works) {
        facts.push(fact(
            "upload",
            "a test certificate was stored, listed and removed again".to_owned(),
        ));
    }
    facts
}

/// How a place is called in reports.
pub(super) fn place(endpoint: &Endpoint) -> String {
    let transport = match endpoint.transport {
        Transport::DirectTls => "direct TLS",
        Transport::StartTls => "STARTTLS",
    };
    format!("'{endpoint}' ({transport})")
}

fn dns(lookup: &Lookup) -> Option<String> {
    let number = |answer, what: &str| match answer {
        Answer::Records(1) => Some(format!("1 server for {what}")),
        Answer::Records(number) => Some(format!("{number} servers for {what}")),
        _ => None,
    };
    let parts: Vec<String> = [
        number(lookup.start_tls, "STARTTLS"),
        number(lookup.direct_tls, "direct TLS"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn tls(visit: &Visit) -> Option<String> {
    let seen = visit.seen()?;
    Some(match &visit.tls12 {
        Some(Ok(_)) => "TLS 1.3 and TLS 1.2".to_owned(),
        _ => seen.tls.version.to_owned(),
    })
}

fn server_certificate(visit: &Visit) -> Option<String> {
    let seen = visit.seen()?;
    if seen.distrust.is_some() {
        return None;
    }
    let end = super::obstacles::not_after(&seen.tls.server_certificate)?;
    Some(format!("trusted, valid to {}", format_date(end)))
}

fn client_certificate(visit: &Visit) -> Option<String> {
    match &visit.shown {
        Some(Ok(probe)) if probe.tls.certificate_sent => {
            Some("asked for, and a self-signed one passes TLS".to_owned())
        }
        _ => None,
    }
}

fn mechanisms(visit: &Visit) -> Option<String> {
    let list = |mechanisms: &[String]| match mechanisms {
        [] => "none".to_owned(),
        _ => mechanisms.join(", "),
    };
    let seen = visit.seen()?;
    let mut says = list(&seen.features.mechanisms);
    if !seen.features.sasl2_mechanisms.is_empty() {
        says = format!("{says}; SASL2: {}", list(&seen.features.sasl2_mechanisms));
    }
    if let Some(Ok(shown)) = &visit.shown
        && offers_external(shown)
        && !offers_external(seen)
    {
        says.push_str("; with a certificate also EXTERNAL");
    }
    Some(says)
}

fn clock(visit: &Visit) -> Option<String> {
    match &visit.brief {
        Some(Ok(probe)) if offers_external(probe) => {
            Some("within five minutes of the one here".to_owned())
        }
        _ => None,
    }
}
