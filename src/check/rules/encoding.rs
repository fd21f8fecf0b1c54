//! How the certificate is encoded and signed, and what its file holds.

use super::breach;
use crate::check::{Breach, Case};
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

pub(super) fn malformed_extension(case: &Case<'_>) -> Option<Breach> {
    let extensions = &case.certificate.subject.extensions;
    for (position, extension) in extensions.all.iter().enumerate() {
        let oid = &extension.oid;
        let is_repeated = extensions.all[..position]
            .iter()
            .any(|earlier| earlier.oid == *oid);
        if is_repeated {
            return Some(breach(
                format!("the extension {oid} is there twice"),
                case.remake(),
            ));
        }
        if extension.content == ExtensionContent::Malformed {
            return Some(breach(
                format!("the extension {oid} is malformed"),
                case.remake(),
            ));
        }
    }
    if extensions.has("2.5.29.15") && extensions.key_usage.is_empty() {
        return Some(breach("keyUsage permits nothing", case.remake()));
    }
    None
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
        format!("xmppcert export {}", case.question.source),
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
    let algorithm = case.certificate.subject.signature_algorithm.as_str();
    let digest = algorithm.to_ascii_lowercase();
    let is_weak = ["md2", "md4", "md5", "sha1"]
        .iter()
        .any(|weak| digest.starts_with(weak) || digest.ends_with(weak));
    if !is_weak {
        return None;
    }
    Some(Breach {
        message: format!("the certificate is signed with {algorithm}, which can be forged"),
        hint: case.remake(),
        // Of a self-signed certificate OpenSSL does not look at the signature.
        takes_effect: !case.certificate.self_issued,
    })
}

pub(super) fn serial_number(case: &Case<'_>) -> Option<Breach> {
    let serial = &case.certificate.serial;
    let is_negative = serial.starts_with(['8', '9', 'a', 'b', 'c', 'd', 'e', 'f']);
    let what = if serial.bytes().all(|digit| digit == b'0') {
        "zero"
    } else if is_negative {
        "negative"
    } else if serial.len() > 40 {
        "longer than 20 octets"
    } else {
        return None;
    };
    Some(breach(
        format!("the serial number is {what}"),
        case.remake(),
    ))
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
    Some(breach(
        message,
        format!("xmppcert export {} --out NEW.crt", case.question.source),
    ))
}
