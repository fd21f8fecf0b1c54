//! Certificates, requests and keys in words, for people.

use time::OffsetDateTime;
use xmppcert::inspection::{
    CertificateInspection, ExtensionContent, Extensions, Inspection, PrivateKeyInspection, Subject,
};
use xmppcert::validity::{Standing, Validity, format_date};

use crate::escaping::escape;
use crate::terminal::{BAD, BOLD, GOOD, WARNING};

/// Where the values begin.
const COLUMN: usize = 16;

/// The lines that describe `inspection`, the most wanted first.
pub(super) fn of(source: &str, inspection: &Inspection, now: OffsetDateTime) -> Vec<String> {
    match inspection {
        Inspection::Certificate(certificate) => certificate_lines(source, certificate, now),
        Inspection::Request(request) => {
            let mut lines = vec![title(source, "certificate request")];
            subject_lines(&mut lines, &request.subject);
            lines.push(field("Subject", &request.subject.name));
            extension_lines(&mut lines, &request.subject.extensions);
            lines
        }
        Inspection::PrivateKey(key) => private_key_lines(source, key),
        Inspection::PublicKey(key) => vec![
            title(source, "public key"),
            field("Key", &key.key.to_string()),
            field("SHA-256 of key", &key.spki_sha256),
        ],
    }
}

fn certificate_lines(
    source: &str,
    certificate: &CertificateInspection,
    now: OffsetDateTime,
) -> Vec<String> {
    let mut lines = vec![title(source, "certificate")];
    address_lines(&mut lines, &certificate.subject);
    lines.push(format!(
        "  {BOLD}{:COLUMN$}{BOLD:#}{}",
        "Validity",
        standing(certificate, now)
    ));
    lines.push(field("", &period(certificate)));
    key_lines(&mut lines, &certificate.subject);
    lines.push(field("Subject", &certificate.subject.name));
    lines.push(match certificate.self_signed {
        Some(true) => field("Issuer", "itself (self-signed)"),
        Some(false) if certificate.self_issued => {
            field("Issuer", "itself, but the signature is not from its key")
        }
        None => field("Issuer", "itself (the signature was not verified)"),
        Some(false) => field("Issuer", &certificate.issuer),
    });
    lines.push(field("Signature", &certificate.subject.signature_algorithm));
    lines.push(field("Serial number", &certificate.serial));
    if certificate.version != 3 {
        lines.push(field("Version", &certificate.version.to_string()));
    }
    lines.push(field("SHA-1", &certificate.sha1));
    extension_lines(&mut lines, &certificate.subject.extensions);
    lines
}

fn private_key_lines(source: &str, key: &PrivateKeyInspection) -> Vec<String> {
    let mut lines = vec![title(source, "private key")];
    match &key.key {
        Some(key) => lines.push(field("Key", &key.to_string())),
        None => lines.push(field("Key", "encrypted, so nothing else can be told")),
    }
    if let Some(fingerprint) = &key.spki_sha256 {
        lines.push(field("SHA-256 of key", fingerprint));
    }
    lines
}

fn subject_lines(lines: &mut Vec<String>, subject: &Subject) {
    address_lines(lines, subject);
    key_lines(lines, subject);
}

fn address_lines(lines: &mut Vec<String>, subject: &Subject) {
    match subject.extensions.jids.as_slice() {
        [] => lines.push(field("XMPP address", "none")),
        jids => lines.extend(jids.iter().map(|jid| field("XMPP address", jid))),
    }
}

fn key_lines(lines: &mut Vec<String>, subject: &Subject) {
    let extensions = &subject.extensions;
    lines.push(field("Key", &subject.key.to_string()));
    lines.push(field("Purpose", &purpose(extensions)));
    lines.push(field("SHA-256", &subject.sha256));
    lines.push(field("SHA-256 of key", &subject.spki_sha256));
}

fn purpose(extensions: &Extensions) -> String {
    let mut purposes = extensions.extended_key_usage.clone();
    if purposes.is_empty() {
        purposes.push("any".to_owned());
    }
    let usages = if extensions.key_usage.is_empty() {
        "any key usage".to_owned()
    } else {
        extensions.key_usage.join(", ")
    };
    let authority = if extensions.is_ca {
        "; may issue certificates"
    } else {
        ""
    };
    format!("{} ({usages}){authority}", purposes.join(", "))
}

/// Other names, and the extensions that nothing above tells of.
fn extension_lines(lines: &mut Vec<String>, extensions: &Extensions) {
    for name in &extensions.subject_alt_names {
        if name.kind != "xmppAddr" {
            lines.push(field(
                "Other name",
                &format!("{}: {}", name.kind, name.value),
            ));
        } else if name.string_type.is_none() {
            lines.push(field("Other name", &format!("malformed {}", name.value)));
        }
    }
    for extension in &extensions.all {
        let what = match extension.content {
            ExtensionContent::Decoded => continue,
            ExtensionContent::Opaque => "",
            ExtensionContent::Malformed => "malformed, ",
        };
        let critical = if extension.critical { "critical, " } else { "" };
        lines.push(field(
            "Extension",
            &format!(
                "{} ({what}{critical}{} octets)",
                extension.oid, extension.size
            ),
        ));
    }
}

fn title(source: &str, kind: &str) -> String {
    format!("{BOLD}{}{BOLD:#}: {kind}", escape(source))
}

fn field(label: &str, value: &str) -> String {
    format!("  {BOLD}{label:COLUMN$}{BOLD:#}{}", escape(value))
}

fn period(certificate: &CertificateInspection) -> String {
    let begin = certificate
        .not_before
        .map_or_else(|| "a malformed date".to_owned(), format_date);
    let end = match certificate.not_after {
        Some(end) if end == Validity::NEVER => "for ever".to_owned(),
        Some(end) => format!("to {}", format_date(end)),
        None => "to a malformed date".to_owned(),
    };
    format!("from {begin} {end}")
}

/// The standing in words, in a colour that says the same.
fn standing(certificate: &CertificateInspection, now: OffsetDateTime) -> String {
    let dates = (
        certificate.standing,
        certificate.not_before,
        certificate.days_left,
    );
    let (Some(standing), Some(not_before), Some(days)) = dates else {
        return format!("{BAD}malformed{BAD:#}");
    };
    let (style, words) = match standing {
        Standing::Expired => (BAD, format!("expired {}", ago(-days - 1))),
        Standing::NotYetValid => {
            let days = (not_before - now).whole_days();
            (BAD, format!("begins {}", ahead(days)))
        }
        Standing::Current if certificate.not_after == Some(Validity::NEVER) => {
            (GOOD, "never expires".to_owned())
        }
        Standing::Current if days < 30 => (WARNING, format!("expires {}", ahead(days))),
        Standing::Current => (GOOD, format!("expires {}", ahead(days))),
    };
    format!("{style}{words}{style:#}")
}

fn ahead(days: i64) -> String {
    match days {
        ..=0 => "within a day".to_owned(),
        1 => "in 1 day".to_owned(),
        _ => format!("in {days} days"),
    }
}

fn ago(days: i64) -> String {
    match days {
        ..=0 => "less than a day ago".to_owned(),
        1 => "1 day ago".to_owned(),
        _ => format!("{days} days ago"),
    }
}
