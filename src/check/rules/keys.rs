//! The key, and what the certificate permits to do with it.

use super::breach;
use crate::check::{Breach, Case, Consumer, KeyFault, shell_word};
use crate::public_key::{is_off_curve, is_same, rsa_fault};

const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const KEY_USAGE: &str = "2.5.29.15";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";

pub(super) fn mismatch(case: &Case<'_>) -> Option<Breach> {
    let key = case.question.key?;
    if is_same(&key.spki, &case.certificate.subject.spki) {
        return None;
    }
    Some(match key.owner {
        Some(number) => breach(
            format!(
                "the private key belongs to certificate {number} of the file, and clients take the first for theirs"
            ),
            "put the certificate of the key first, and those of its issuers behind it",
        ),
        None => breach(
            "the private key does not belong to the certificate",
            "name the right key with '--key FILE'",
        ),
    })
}

/// Clients that are known to read PEM only; others may do without.
const READ_PEM_ONLY: [Consumer; 2] = [Consumer::Slixmpp, Consumer::Libstrophe];

pub(super) fn file_unreadable(case: &Case<'_>) -> Option<Breach> {
    let key = case.question.key?;
    let fault = key.fault.as_ref()?;
    let mut spares = Consumer::ALL.to_vec();
    spares.retain(|consumer| *fault == KeyFault::NotPem && !READ_PEM_ONLY.contains(consumer));
    Some(Breach {
        message: format!("clients on OpenSSL cannot load the file of the key: {fault}"),
        hint: format!(
            "xmppcert export {} --format combined --key {} --out NEW.pem",
            case.source(),
            shell_word(&key.source)
        ),
        spares,
    })
}

pub(super) fn weak_rsa(case: &Case<'_>) -> Option<Breach> {
    let key = &case.certificate.subject.key;
    let least = match key.algorithm.as_str() {
        // OpenSSL rounds their strength up to 112 bits (NIST SP 800-56B, Appendix D).
        "rsa" | "rsa-pss" => 1963,
        "dsa" => 2048,
        _ => return None,
    };
    if key.bits? >= least {
        return None;
    }
    Some(breach(
        format!("{key} are too few for clients on OpenSSL"),
        case.remake(),
    ))
}

pub(super) fn not_for_tls(case: &Case<'_>) -> Option<Breach> {
    let key = &case.certificate.subject.key;
    let can_sign = match (key.algorithm.as_str(), key.curve.as_deref()) {
        // Of DSA another rule tells.
        ("rsa" | "rsa-pss" | "ed25519" | "ed448" | "dsa", _) => true,
        ("ecdsa", curve) => matches!(curve, Some("P-256" | "P-384" | "P-521")),
        _ => false,
    };
    if can_sign {
        return None;
    }
    Some(breach(
        format!("TLS 1.3 has no signatures with {key} keys"),
        case.remake(),
    ))
}

pub(super) fn tls12_only(case: &Case<'_>) -> Option<Breach> {
    let key = &case.certificate.subject.key;
    if key.algorithm != "dsa" {
        return None;
    }
    Some(breach(
        format!("TLS 1.3 has no signatures with {key} keys"),
        case.remake(),
    ))
}

pub(super) fn explicit_curve(case: &Case<'_>) -> Option<Breach> {
    let key = &case.certificate.subject.key;
    if !key.has_explicit_curve {
        return None;
    }
    Some(breach(
        "the key spells its curve out instead of naming it",
        case.remake(),
    ))
}

pub(super) fn tls12_curve(case: &Case<'_>) -> Option<Breach> {
    if case.certificate.subject.key.curve.as_deref() != Some("P-521") {
        return None;
    }
    Some(breach(
        "with a key on P-521, logins under TLS 1.2 break on Prosody's default settings",
        format!("{} --key-type ecdsa-p384", case.remake()),
    ))
}

pub(super) fn no_client_auth(case: &Case<'_>) -> Option<Breach> {
    let extensions = &case.certificate.subject.extensions;
    let usages = &extensions.extended_key_usage;
    if !extensions.has(EXTENDED_KEY_USAGE) || usages.iter().any(|usage| usage == "clientAuth") {
        return None;
    }
    Some(breach(
        format!(
            "the certificate is for {}, not for clientAuth",
            usages.join(", ")
        ),
        case.remake(),
    ))
}

pub(super) fn no_digital_signature(case: &Case<'_>) -> Option<Breach> {
    let extensions = &case.certificate.subject.extensions;
    let usages = &extensions.key_usage;
    if !extensions.has(KEY_USAGE) || usages.contains(&"digitalSignature") {
        return None;
    }
    let message = format!(
        "the key may be used for {}, but not to sign",
        usages.join(", ")
    );
    Some(Breach {
        // OpenSSL thinks of the key agreements of TLS 1.2 here.
        spares: if usages.contains(&"keyAgreement") {
            vec![Consumer::Ejabberd]
        } else {
            Vec::new()
        },
        ..breach(message, case.remake())
    })
}

pub(super) fn no_client_cert_type(case: &Case<'_>) -> Option<Breach> {
    const SSL_CLIENT: u8 = 0x80;
    let types = case.certificate.subject.extensions.netscape_cert_type?;
    if types & SSL_CLIENT != 0 {
        return None;
    }
    Some(breach(
        "netscape-cert-type does not say that this is a client's certificate",
        case.remake(),
    ))
}

pub(super) fn names_another_issuer(case: &Case<'_>) -> Option<Breach> {
    let certificate = case.certificate;
    if !certificate.self_issued || certificate.looks_self_signed {
        return None;
    }
    Some(breach(
        "the certificate names itself as its issuer, and another key or an algorithm that is not of its key",
        case.remake(),
    ))
}

pub(super) fn usage_for_rsa(case: &Case<'_>) -> Option<Breach> {
    let subject = &case.certificate.subject;
    let enciphers = ["keyEncipherment", "dataEncipherment"];
    let usage = subject
        .extensions
        .key_usage
        .iter()
        .find(|usage| enciphers.contains(usage))?;
    if subject.key.algorithm.starts_with("rsa") {
        return None;
    }
    Some(breach(
        format!("{usage} is nothing that an {} key can do", subject.key),
        case.remake(),
    ))
}

pub(super) fn may_issue(case: &Case<'_>) -> Option<Breach> {
    let certificate = case.certificate;
    let extensions = &certificate.subject.extensions;
    let may_sign = !extensions.has(KEY_USAGE) || extensions.key_usage.contains(&"keyCertSign");
    let is_version_1 = certificate.version == 1 && !extensions.has(BASIC_CONSTRAINTS);
    if !(extensions.is_ca && may_sign || is_version_1 && certificate.self_issued) {
        return None;
    }
    Some(breach(
        "a server that trusts this certificate trusts whatever its key signs, for any account",
        case.remake(),
    ))
}

pub(super) fn malformed(case: &Case<'_>) -> Option<Breach> {
    let subject = &case.certificate.subject;
    let key = &subject.key;
    let message = if key.is_malformed {
        format!("the {key} key in the certificate is damaged")
    } else if is_off_curve(&subject.spki, key) {
        format!("the {key} key in the certificate is no point of its curve")
    } else {
        return None;
    };
    Some(breach(message, case.remake()))
}

pub(super) fn unusable_rsa(case: &Case<'_>) -> Option<Breach> {
    let subject = &case.certificate.subject;
    let fault = rsa_fault(&subject.spki, &subject.key)?;
    Some(breach(
        format!("nobody can log in with the {} key: {fault}", subject.key),
        case.remake(),
    ))
}
