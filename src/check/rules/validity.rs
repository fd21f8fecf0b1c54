//! Dates.

use super::breach;
use crate::check::{Breach, Case};
use crate::validity::{Standing, format_date};

pub(super) fn malformed(case: &Case<'_>) -> Option<Breach> {
    let certificate = case.certificate;
    let which = match (certificate.not_before, certificate.not_after) {
        (Some(_), Some(_)) => return None,
        (None, _) => "notBefore",
        (_, None) => "notAfter",
    };
    Some(breach(
        format!("{which} is not a date with seconds, in UTC"),
        case.remake(),
    ))
}

pub(super) fn expired(case: &Case<'_>) -> Option<Breach> {
    let certificate = case.certificate;
    let end = certificate.not_after?;
    if certificate.standing != Some(Standing::Expired) {
        return None;
    }
    Some(breach(
        format!("the certificate expired at {}", format_date(end)),
        format!("xmppcert renew {}", case.source()),
    ))
}

pub(super) fn not_yet_valid(case: &Case<'_>) -> Option<Breach> {
    let certificate = case.certificate;
    let begin = certificate.not_before?;
    if certificate.standing != Some(Standing::NotYetValid) {
        return None;
    }
    Some(breach(
        format!("the certificate begins at {}", format_date(begin)),
        "wait until then, or set the clock right",
    ))
}

pub(super) fn expires_soon(case: &Case<'_>) -> Option<Breach> {
    let valid_at = case.question.valid_at?;
    let end = case.certificate.not_after?;
    if end >= valid_at {
        return None;
    }
    Some(breach(
        format!(
            "the certificate ends at {}, before {}",
            format_date(end),
            format_date(valid_at)
        ),
        format!("xmppcert renew {}", case.source()),
    ))
}
