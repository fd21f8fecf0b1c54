//! XMPP addresses, and the e-mail address that stands in for one.

use super::breach;
use crate::check::{Address, Breach, Case, Consumer};
use crate::jid::Jid;
use crate::xmpp_addr::StringType;

/// A breach that keeps Prosody from finding the account only if no other address is right, and the same
/// for ejabberd, which sees others.
fn breach_unless_usable(case: &Case<'_>, message: String) -> Breach {
    let is_spared = |consumer: &Consumer| match consumer {
        Consumer::Ejabberd => case.seen_by_ejabberd() > 0,
        _ => case.has_usable_address(),
    };
    Breach {
        message,
        hint: case.remake(),
        spares: Consumer::ALL.into_iter().filter(is_spared).collect(),
    }
}

/// A breach that is none to ejabberd where `condition` holds.
fn breach_unless_ejabberd(condition: bool, message: String, hint: String) -> Breach {
    Breach {
        spares: if condition {
            vec![Consumer::Ejabberd]
        } else {
            Vec::new()
        },
        message,
        hint,
    }
}

pub(super) fn none(case: &Case<'_>) -> Option<Breach> {
    if !case.addresses.is_empty() {
        return None;
    }
    Some(breach(
        "the certificate holds no XMPP address",
        case.remake(),
    ))
}

pub(super) fn malformed(case: &Case<'_>) -> Option<Breach> {
    let (address, error) = case.addresses.iter().find_map(|address| {
        Jid::parse(&address.text)
            .err()
            .map(|error| (address, error))
    })?;
    Some(breach_unless_usable(
        case,
        format!(
            "the XMPP address '{}' is no account's JID: {error}",
            address.text
        ),
    ))
}

pub(super) fn not_normalised(case: &Case<'_>) -> Option<Breach> {
    let is_otherwise = |address: &&Address<'_>| address.jid.is_some() && !address.is_normalised();
    let address = case.addresses.iter().find(is_otherwise)?;
    let jid = address.jid.as_ref()?;
    Some(breach_unless_usable(
        case,
        if address.text == jid.as_str() {
            format!("the octets of the XMPP address '{jid}' are not those of the JID in UTF-8")
        } else {
            format!(
                "the XMPP address is spelt '{}', and servers store '{jid}'",
                address.text
            )
        },
    ))
}

pub(super) fn string_type(case: &Case<'_>) -> Option<Breach> {
    let addrs = &case.certificate.subject.extensions.xmpp_addrs;
    let wrong = addrs
        .iter()
        .find(|addr| addr.string_type != StringType::Utf8)?;
    let is_right = addrs
        .iter()
        .any(|addr| addr.string_type == StringType::Utf8);
    Some(Breach {
        message: format!(
            "the XMPP address '{}' is of type {}, and must be a UTF8String",
            wrong.text(),
            wrong.string_type
        ),
        hint: case.remake(),
        spares: if is_right {
            Consumer::ALL.to_vec()
        } else {
            Vec::new()
        },
    })
}

pub(super) fn several(case: &Case<'_>) -> Option<Breach> {
    let count = case.addresses.len();
    if count < 2 {
        return None;
    }
    Some(breach_unless_ejabberd(
        case.seen_by_ejabberd() < 2,
        format!(
            "the certificate holds {count} XMPP addresses, so a login has to say which one it means"
        ),
        format!("make one certificate for each account: {}", case.remake()),
    ))
}

pub(super) fn jid_absent(case: &Case<'_>) -> Option<Breach> {
    let asked = case.question.jid?.to_bare();
    let mut found = case
        .addresses
        .iter()
        .flat_map(|address| [&address.jid, &address.verbatim])
        .flatten();
    if case.addresses.is_empty() || found.any(|jid| case.is_asked_for(jid)) {
        return None;
    }
    Some(breach_unless_ejabberd(
        // It lets in as anybody who has no address that it sees.
        case.seen_by_ejabberd() == 0,
        format!("none of the XMPP addresses in the certificate is '{asked}'"),
        case.remake(),
    ))
}

pub(super) fn full_jid(case: &Case<'_>) -> Option<Breach> {
    let mut jids = case
        .addresses
        .iter()
        .filter_map(|address| address.jid.as_ref());
    let full = jids.find(|jid| jid.is_full())?;
    Some(breach(
        format!("Prosody does not hold a login with '{full}' to its resource"),
        format!(
            "expect logins with any resource, or use the bare JID '{}'",
            full.to_bare()
        ),
    ))
}

pub(super) fn a_label(case: &Case<'_>) -> Option<Breach> {
    let mut jids = case
        .addresses
        .iter()
        .filter_map(|address| address.jid.as_ref());
    let jid = jids.find(|jid| jid.has_a_label())?;
    Some(breach(
        format!(
            "the domain '{}' has a label in its ASCII form (xn--)",
            jid.domainpart()
        ),
        "see that the server is configured with this form, and not with its letters",
    ))
}

pub(super) fn conversations_account(case: &Case<'_>) -> Option<Breach> {
    let subject = &case.certificate.subject;
    let names = &subject.extensions.subject_alt_names;
    let rfc822_name = names.iter().find(|name| name.kind == "rfc822Name");
    let email_address = || subject.email_addresses.first().map(String::as_str);
    let common_name = || {
        let name = subject.common_name.as_deref();
        name.filter(|name| Jid::parse(name).is_ok())
    };
    let account = rfc822_name
        .map(|name| name.value.as_str())
        .or_else(email_address)
        .or_else(common_name);
    let hint = case.remake();
    let Some(account) = account else {
        return Some(breach(
            "Conversations finds no account in the certificate",
            hint,
        ));
    };
    let jid = Jid::parse(account).ok();
    let is_account = jid.as_ref().is_some_and(|jid| {
        let mut jids = case
            .addresses
            .iter()
            .filter_map(|address| address.jid.as_ref());
        jids.any(|address| address.to_bare() == jid.to_bare())
    });
    if is_account {
        return None;
    }
    Some(breach(
        format!("Conversations would log in as '{account}', which is none of the XMPP addresses"),
        hint,
    ))
}

pub(super) fn crashes_luasec(case: &Case<'_>) -> Option<Breach> {
    if !case.certificate.subject.extensions.crashes_luasec {
        return None;
    }
    Some(breach(
        "an XMPP address is no string, and Prosody crashes when it reads it",
        case.remake(),
    ))
}
