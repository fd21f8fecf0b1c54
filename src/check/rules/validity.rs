//! Dates.

use super::breach;
use crate::check::{Breach, Case};
use crate::validity::{Standing, format_date};

pub(super) fn expired(case: &Case<'_>) -> Option<Breach> {
    if case.certificate.standing != Standing::Expired {
        return None;
    }
    Some(breach(
        format!(
            "the certificate expired at {}",
            format_date(case.certificate.not_after)
        ),
        format!("xmppcert renew {}", case.question.source),
    ))
}

pub(super) fn not_yet_valid(case: &Case<'_>) -> Option<Breach> {
    if case.certificate.standing != Standing::NotYetValid {
        return None;
    }
    Some(breach(
        format!(
            "the certificate begins at {}",
            format_date(case.certificate.not_before)
        ),
        "wait until then, or set the clock right",
    ))
}

pub(super) fn expires_soon(case: &Case<'_>) -> Option<Breach> {
    let valid_at = case.question.valid_at?;
    let end = case.certificate.not_after;
    if Standing::at(valid_at, case.certificate.not_before, end) != Standing::Expired {
        return None;
    }
    Some(breach(
        format!(
            "the certificate ends at {}, before {}",
            format_date(end),
            format_date(valid_at)
        ),
        format!("xmppcert renew {}", case.question.source),
    ))
}
