//! XEP-0257 elements as text.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The namespace of XEP-0257.
pub const NAMESPACE: &str = "urn:xmpp:saslcert:1";

/// `<append/>`, which stores a certificate on the account under `name` (XEP-0257 3.1). Sessions that log in with it may store
/// and remove certificates, or else carry on without.
///
/// # Errors
/// [`NotXml`] where the name has a character that XML cannot carry.
pub fn append(name: &str, certificate: &[u8], may_manage: bool) -> Result<String, NotXml> {
    Ok(format!(
        "<append xmlns='{NAMESPACE}'><name>{}</name><x509cert>{}</x509cert>{}</append>",
        escape(name)?,
        base64(certificate),
        if may_manage {
            ""
        } else {
            "<no-cert-management/>"
        }
    ))
}

/// The base64 of a certificate as `<x509cert/>` carries it: without line breaks or PEM lines.
#[must_use]
pub fn base64(certificate: &[u8]) -> String {
    STANDARD.encode(certificate)
}

/// Character data (XML 1.0 2.2 and 2.4).
pub(crate) fn escape(text: &str) -> Result<String, NotXml> {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // Read back as a line feed if it stood there as itself (XML 1.0 2.11).
            '\r' => escaped.push_str("&#xD;"),
            '\t' | '\n' => escaped.push(character),
            '\u{fffe}' | '\u{ffff}' | '\0'..'\u{20}' => return Err(NotXml(character)),
            _ => escaped.push(character),
        }
    }
    Ok(escaped)
}

/// A character that XML 1.0 cannot carry, not even escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotXml(pub char);

impl fmt::Display for NotXml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "XML cannot carry the character U+{:04X}",
            u32::from(self.0)
        )
    }
}

impl std::error::Error for NotXml {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stanza_has_its_name_escaped_and_its_certificate_on_one_line() {
        assert_eq!(
            append("Hamlet's <phone> & co", &[0xff; 60], true).as_deref(),
            Ok(format!(
                "<append xmlns='urn:xmpp:saslcert:1'>\
                 <name>Hamlet's &lt;phone&gt; &amp; co</name>\
                 <x509cert>{}</x509cert></append>",
                "/".repeat(80)
            )
            .as_str())
        );
    }

    #[test]
    fn a_certificate_may_be_kept_from_managing_others() {
        let append = append("n", &[], false);
        assert!(append.is_ok_and(|text| text.ends_with("<no-cert-management/></append>")));
    }

    #[test]
    fn characters_outside_xml_are_refused() {
        for character in ['\0', '\u{1b}', '\u{ffff}'] {
            assert_eq!(
                append(&character.to_string(), &[], true),
                Err(NotXml(character))
            );
        }
        assert_eq!(escape("a\tb\r").as_deref(), Ok("a\tb&#xD;"));
    }
}
