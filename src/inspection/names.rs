//! Distinguished names as text (RFC 4514).

use std::borrow::Cow;

use x509_parser::asn1_rs::{Any, Class, ToDer as _};
use x509_parser::x509::{AttributeTypeAndValue, RelativeDistinguishedName, X509Name};

use crate::fingerprint::hex;
use crate::object_identifier::dotted;
use crate::xmpp_addr::StringType;

pub(super) const COMMON_NAME: &str = "2.5.4.3";
pub(super) const EMAIL_ADDRESS: &str = "1.2.840.113549.1.9.1";

/// The short names of RFC 4514 3, and others that readers show as well.
const ATTRIBUTES: &[(&str, &str)] = &[
    (COMMON_NAME, "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.42", "GN"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    (EMAIL_ADDRESS, "emailAddress"),
];

/// `CN=hamlet@shakespeare.lit,O=Elsinore`: last part first, special characters escaped.
pub(super) fn rfc4514(name: &X509Name<'_>) -> String {
    let parts: Vec<String> = name
        .iter_rdn()
        .map(|part| part.iter().map(attribute).collect::<Vec<_>>().join("+"))
        .collect();
    parts.into_iter().rev().collect::<Vec<_>>().join(",")
}

/// Whether two names are the same but for capitals and white space (RFC 5280 7.1).
pub(super) fn same(one: &X509Name<'_>, other: &X509Name<'_>) -> bool {
    let part = |(one, other): (
        &RelativeDistinguishedName<'_>,
        &RelativeDistinguishedName<'_>,
    )| { one.iter().map(folded).eq(other.iter().map(folded)) };
    one.as_raw() == other.as_raw()
        || one.iter_rdn().count() == other.iter_rdn().count()
            && one.iter_rdn().zip(other.iter_rdn()).all(part)
}

fn folded(attribute: &AttributeTypeAndValue<'_>) -> String {
    let value = attribute.attr_value();
    let value = match text(value) {
        Some(text) => {
            let words: Vec<&str> = text.split_ascii_whitespace().collect();
            words.join(" ").to_ascii_lowercase()
        }
        None => format!("#{}", hex(value.data)),
    };
    format!("{}={value}", dotted(attribute.attr_type().as_bytes()))
}

/// The values of one type of attribute, in order.
pub(super) fn attributes(name: &X509Name<'_>, oid: &str) -> Vec<String> {
    name.iter_attributes()
        .filter(|attribute| dotted(attribute.attr_type().as_bytes()) == oid)
        .map(|attribute| {
            text(attribute.attr_value())
                .unwrap_or_default()
                .into_owned()
        })
        .collect()
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let oid = dotted(attribute.attr_type().as_bytes());
    let value = attribute.attr_value();
    let short = ATTRIBUTES.iter().find(|(known, _)| *known == oid);
    match (short, text(value)) {
        (Some((_, short)), Some(text)) => format!("{short}={}", escape(&text)),
        // RFC 4514 2.4: the encoded value, where the type has no short name or it is not text.
        (short, _) => format!(
            "{}=#{}",
            short.map_or(oid.as_str(), |(_, short)| *short),
            hex(&value.to_der_vec().unwrap_or_default())
        ),
    }
}

/// The value as text, where it is of a type that holds text.
pub(super) fn text<'a>(value: &'a Any<'_>) -> Option<Cow<'a, str>> {
    match StringType::of(value.class() == Class::Universal, value.tag().0) {
        StringType::OctetString | StringType::Other(_) | StringType::Tagged => None,
        string_type => Some(string_type.decode(value.data)),
    }
}

/// RFC 4514 2.4. Control characters are left to whoever shows the text.
fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (position, character) in value.chars().enumerate() {
        let special = match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => true,
            '#' => position == 0,
            ' ' => position == 0 || position == last,
            _ => false,
        };
        if special {
            escaped.push('\\');
        }
        if character == '\0' {
            escaped.push_str("\\00");
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_escaped_where_rfc_4514_says() {
        let cases = [
            ("hamlet@shakespeare.lit", "hamlet@shakespeare.lit"),
            ("James \"Jim\" Smith, III", "James \\\"Jim\\\" Smith\\, III"),
            (" a ", "\\ a\\ "),
            (" ", "\\ "),
            ("#a#", "\\#a#"),
            ("a\0b", "a\\00b"),
            ("d\\27artagnan", "d\\\\27artagnan"),
            ("Lučić", "Lučić"),
        ];
        for (value, escaped) in cases {
            assert_eq!(escape(value), escaped);
        }
    }
}
