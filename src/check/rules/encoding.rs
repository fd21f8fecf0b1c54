//! How the certificate is encoded and signed, and what its file holds.

use super::breach;
use crate::check::{Breach, Case, Consumer};
use crate::inspection::ExtensionContent;

/// Extensions that OpenSSL knows, and so every server on it (`X509_supported_extension(3)`).
const KNOWN_TO_OPENSSL: &[&str] = &[
    "2.5.29.15",             // keyUsage
    "2.5.29.17",             // subjectAltName
    "2.5.29.19",             // basicConstraints
    "2.5.29.30",             // nameConstraints
    "2.5.29.31",             // cRLDistributionPoints
    "2.5.29.32",             // certificatePolicies
    "2.5.29.33",             // policyMappings
    "2.5.29.36",             // policyConstraints
    "2.5.29.37",             // extKeyUsage
    "2.5.29.54",             // inhibitAnyPolicy
    "2.16.840.1.113730.1.1", // netscape-cert-type
    "1.3.6.1.5.5.7.1.7",     // sbgp-ipAddrBlock
    "1.3.6.1.5.5.7.1.8",     // sbgp-autonomousSysNum
    "1.3.6.1.5.5.7.1.14",    // proxyCertInfo
    "1.3.6.1.5.5.7.48.1.5",  // id-pkix-ocsp-nocheck
];

/// Extensions that OpenSSL looks into whenever a certificate is used (`X509_check_purpose(3)`).
const READ_BY_OPENSSL: &[&str] = &[
    "2.5.29.14", // subjectKeyIdentifier
    KEY_USAGE,
    SUBJECT_ALT_NAME,
    "2.5.29.19",             // basicConstraints
    "2.5.29.30",             // nameConstraints
    "2.5.29.31",             // cRLDistributionPoints
    "2.5.29.35",             // authorityKeyIdentifier
    "2.5.29.37",             // extKeyUsage
    "2.16.840.1.113730.1.1", // netscape-cert-type
    "1.3.6.1.5.5.7.1.7",     // sbgp-ipAddrBlock
    "1.3.6.1.5.5.7.1.8",     // sbgp-autonomousSysNum
    PROXY_CERT_INFO,
];
const KEY_USAGE: &str = "2.5.29.15";
const SUBJECT_ALT_NAME: &str = "2.5.29.17";
const PROXY_CERT_INFO: &str = "1.3.6.1.5.5.7.1.14";

pub(super) fn malformed_extension(case: &Case<'_>) -> Option<Breach> {
    let extensions = &case.certificate.subject.extensions;
    let mut harmless = None;
    for (position, extension) in extensions.all.iter().enumerate() {
        let oid = extension.oid.as_str();
        let mut earlier = extensions.all[..position].iter();
        let message = if earlier.any(|earlier| earlier.oid == oid) {
            format!("the extension {oid} is there twice")
        } else if extension.content == ExtensionContent::Malformed && oid != SUBJECT_ALT_NAME {
            format!("the extension {oid} is malformed")
        } else if oid == KEY_USAGE && extensions.key_usage.is_empty() {
            "keyUsage permits nothing".to_owned()
        } else if oid == PROXY_CERT_INFO && extensions.has(SUBJECT_ALT_NAME) {
            "a proxy certificate may have no alternative names (RFC 3820 3.5)".to_owned()
        } else {
            continue;
        };
        if READ_BY_OPENSSL.contains(&oid) {
            return Some(breach(message, case.remake()));
        }
        // Erlang decodes every extension that it knows.
        let spares = Consumer::ALL.into_iter().filter(|consumer| {
            *consumer != Consumer::Ejabberd || extension.content != ExtensionContent::Malformed
        });
        harmless.get_or_insert_with(|| Breach {
            message,
            hint: case.remake(),
            spares: spares.collect(),
        });
    }
    harmless
}

pub(super) fn malformed_names(case: &Case<'_>) -> Option<Breach> {
    let mut extensions = case.certificate.subject.extensions.all.iter();
    extensions
        .find(|extension| extension.oid == SUBJECT_ALT_NAME)
        .filter(|names| names.content == ExtensionContent::Malformed)?;
    Some(breach(
        "the subject alternative names are malformed, so that nobody finds an address in them",
        case.remake(),
    ))
}

pub(super) fn malformed_serial_number(case: &Case<'_>) -> Option<Breach> {
    let is_number = match case.certificate.serial_octets.as_slice() {
        [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => false,
        [_, ..] => true,
    };
    if is_number {
        return None;
    }
    Some(breach(
        "the serial number is encoded with octets too many, or none",
        case.remake(),
    ))
}

pub(super) fn malformed_parameters(case: &Case<'_>) -> Option<Breach> {
    if case.certificate.has_sound_parameters {
        return None;
    }
    Some(breach(
        "the parameters of an algorithm in the certificate are damaged",
        case.remake(),
    ))
}

pub(super) fn malformed_certificate(case: &Case<'_>) -> Option<Breach> {
    if case.certificate.meets_definition || malformed_serial_number(case).is_some() {
        return None;
    }
    Some(breach(
        "some field of the certificate is of another type or in another place than defined",
        case.remake(),
    ))
}

/// What OpenSSL takes in a handshake unless told otherwise (`SSL_CTX_set_max_cert_list(3)`), less
/// what TLS 1.3 puts around a certificate.
const HANDSHAKE_LIMIT: usize = 100 * 1024 - 9;
/// Prosody's limit for a stanza (`c2s_stanza_size_limit`), less what XEP-0257 puts around the
/// certificate.
const STANZA_LIMIT: usize = 256 * 1024 - 300;

pub(super) fn too_large_to_log_in(case: &Case<'_>) -> Option<Breach> {
    too_large(case.certificate.der.len(), HANDSHAKE_LIMIT, case)
}

pub(super) fn too_large_to_upload(case: &Case<'_>) -> Option<Breach> {
    let base64 = case.certificate.der.len().div_ceil(3) * 4;
    too_large(base64, STANZA_LIMIT, case)
}

fn too_large(size: usize, limit: usize, case: &Case<'_>) -> Option<Breach> {
    if size <= limit {
        return None;
    }
    Some(breach(
        format!("the certificate takes {size} octets, and servers take {limit}"),
        case.remake(),
    ))
}

pub(super) fn unknown_critical_extension(case: &Case<'_>) -> Option<Breach> {
    let mut extensions = case.certificate.subject.extensions.all.iter();
    let unknown = extensions.find(|extension| {
        extension.critical && !KNOWN_TO_OPENSSL.contains(&extension.oid.as_str())
    })?;
    Some(breach(
        format!("servers do not know the critical extension {}", unknown.oid),
        case.remake(),
    ))
}

pub(super) fn trailing_octets(case: &Case<'_>) -> Option<Breach> {
    let count = case.certificate.trailing_octets;
    if count == 0 {
        return None;
    }
    Some(breach(
        format!("{count} octets follow the certificate inside its block"),
        format!("xmppcert export {}", case.source()),
    ))
}

pub(super) fn bad_signature(case: &Case<'_>) -> Option<Breach> {
    if !case.certificate.self_issued || case.certificate.self_signed != Some(false) {
        return None;
    }
    Some(breach(
        "the signature is not from the certificate's own key",
        case.remake(),
    ))
}

pub(super) fn weak_signature(case: &Case<'_>) -> Option<Breach> {
    let certificate = case.certificate;
    if certificate.has_strong_signature {
        return None;
    }
    Some(Breach {
        message: format!(
            "the certificate is signed with {}, which OpenSSL does not hold to be safe",
            certificate.subject.signature_algorithm
        ),
        hint: case.remake(),
        // OpenSSL does not look at the signature of what it takes for self-signed.
        spares: if certificate.looks_self_signed {
            Consumer::ALL.to_vec()
        } else {
            Vec::new()
        },
    })
}

pub(super) fn serial_number(case: &Case<'_>) -> Option<Breach> {
    let octets = &case.certificate.serial_octets;
    let what = if octets.is_empty() {
        return None;
    } else if octets.iter().all(|octet| *octet == 0) {
        "zero"
    } else if octets[0] >= 0x80 {
        "negative"
    } else if octets.len() > 20 {
        "longer than 20 octets"
    } else {
        return None;
    };
    Some(breach(
        format!("the serial number is {what}"),
        case.remake(),
    ))
}

pub(super) fn file_unreadable(case: &Case<'_>) -> Option<Breach> {
    let fault = case.question.form.pem_fault?;
    Some(breach(
        format!("clients on OpenSSL cannot load the certificate from this file: {fault}"),
        rewrite(case),
    ))
}

pub(super) fn file_not_pem(case: &Case<'_>) -> Option<Breach> {
    if case.question.form.is_pem {
        return None;
    }
    Some(breach(
        "the file is not PEM, and many clients load nothing else",
        rewrite(case),
    ))
}

/// The command that writes the certificate anew.
fn rewrite(case: &Case<'_>) -> String {
    format!("xmppcert export {} --out NEW.crt", case.source())
}

pub(super) fn file_not_bare(case: &Case<'_>) -> Option<Breach> {
    let form = case.question.form;
    let message = if form.has_private_key {
        "the file holds a private key as well, which poezio's /cert_add would send to the server"
    } else if form.other_objects > 0 {
        "the file holds more than the certificate, and poezio's /cert_add would send all of it"
    } else if form.has_text {
        "text stands beside the certificate, and poezio's /cert_add would send all of it"
    } else if !form.is_pem {
        "the file is not PEM, which poezio's /cert_add asks for"
    } else {
        return None;
    };
    Some(breach(message, rewrite(case)))
}
