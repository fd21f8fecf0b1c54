//! id-on-xmppAddr: a JID as an otherName of the subject alternative names (RFC 6120 13.7.1.4).

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use x509_parser::asn1_rs::{Any, Class, FromBer as _, Tag};

use crate::jid::Jid;

/// The object identifier id-on-xmppAddr as numbers, for encoders.
const ARCS: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 8, 5];

/// The object identifier id-on-xmppAddr in dotted form.
pub const ID_ON_XMPP_ADDR: &str = "1.3.6.1.5.5.7.8.5";

/// A JID as it stands in a certificate, right or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmppAddr {
    /// The octets of the string, which is what Prosody compares.
    pub octets: Vec<u8>,
    /// The kind of string; only [`StringType::Utf8`] is right.
    pub string_type: StringType,
}

impl XmppAddr {
    /// The subject alternative name for `jid`.
    pub(crate) fn encode(jid: &Jid) -> rcgen::SanType {
        rcgen::SanType::OtherName((ARCS.to_vec(), jid.as_str().into()))
    }

    /// Reads the value of an otherName, `[0] EXPLICIT ANY`, whatever it holds.
    ///
    /// Returns nothing where even that frame is damaged.
    pub(crate) fn decode(value: &[u8]) -> Option<Self> {
        let (rest, frame) = Any::from_ber(value).ok()?;
        let is_frame = frame.class() == Class::ContextSpecific && frame.tag() == Tag(0);
        if !rest.is_empty() || !is_frame || !frame.header.is_constructed() {
            return None;
        }
        let (rest, content) = Any::from_ber(frame.data).ok()?;
        rest.is_empty().then(|| Self {
            octets: string_octets(&content),
            string_type: StringType::of(&content),
        })
    }

    /// The address as text; octets that do not fit the type of string become U+FFFD.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        self.string_type.decode(&self.octets)
    }

    /// The address as the JID it spells, normalised.
    ///
    /// # Errors
    /// As [`Jid::parse`].
    pub fn to_jid(&self) -> Result<Jid, crate::jid::JidError> {
        Jid::parse(&self.text())
    }
}

/// What libraries hand on as the content of a string: the segments of a constructed one joined,
/// and of a BIT STRING what follows the number of unused bits.
fn string_octets(content: &Any<'_>) -> Vec<u8> {
    let is_collection = matches!(content.tag(), Tag::Sequence | Tag::Set);
    if content.header.is_constructed() && !is_collection {
        let (mut octets, mut rest) = (Vec::new(), content.data);
        while let Ok((following, segment)) = Any::from_ber(rest) {
            octets.extend_from_slice(segment.data);
            rest = following;
        }
        return octets;
    }
    match content.tag() {
        Tag::BitString => content.data.get(1..).unwrap_or_default().to_vec(),
        _ => content.data.to_vec(),
    }
}

/// The ASN.1 types that certificates carry text in (X.680 41).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StringType {
    /// UTF8String
    Utf8,
    /// IA5String: ASCII.
    Ia5,
    /// PrintableString: a part of ASCII without `@`.
    Printable,
    /// VisibleString: printing ASCII.
    Visible,
    /// GeneralString
    General,
    /// NumericString
    Numeric,
    /// TeletexString, in practice Latin-1.
    Teletex,
    /// BMPString: UTF-16, big-endian.
    Bmp,
    /// UniversalString: UTF-32, big-endian.
    Universal,
    /// OCTET STRING, which is not text at all.
    OctetString,
    /// Something else, by the number of its universal tag, or 0 where that is not universal.
    Other(u32),
}

impl StringType {
    pub(crate) fn of(value: &Any<'_>) -> Self {
        if value.class() != Class::Universal {
            return Self::Other(0);
        }
        match value.tag() {
            Tag::Utf8String => Self::Utf8,
            Tag::Ia5String => Self::Ia5,
            Tag::PrintableString => Self::Printable,
            Tag::VisibleString => Self::Visible,
            Tag::GeneralString => Self::General,
            Tag::NumericString => Self::Numeric,
            Tag::TeletexString => Self::Teletex,
            Tag::BmpString => Self::Bmp,
            Tag::UniversalString => Self::Universal,
            Tag::OctetString => Self::OctetString,
            Tag(other) => Self::Other(other),
        }
    }

    /// Whether OpenSSL keeps the content as a string, so that servers which look at octets alone
    /// see it.
    #[must_use]
    pub const fn is_string(self) -> bool {
        // Tags of X.680 8.4: BOOLEAN, INTEGER, NULL, OBJECT IDENTIFIER, SEQUENCE and SET.
        !matches!(self, Self::Other(0 | 1 | 2 | 5 | 6 | 16 | 17))
    }

    /// `octets` as text of this type; what does not fit becomes U+FFFD.
    #[must_use]
    pub fn decode(self, octets: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Teletex => octets.iter().copied().map(char::from).collect(),
            Self::Bmp => {
                let units = octets.chunks(2).map(|unit| match unit {
                    [high, low] => u16::from_be_bytes([*high, *low]),
                    _ => 0xfffd,
                });
                char::decode_utf16(units)
                    .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect()
            }
            Self::Universal => octets
                .chunks(4)
                .map(|unit| <[u8; 4]>::try_from(unit).ok().map(u32::from_be_bytes))
                .map(|unit| {
                    unit.and_then(char::from_u32)
                        .unwrap_or(char::REPLACEMENT_CHARACTER)
                })
                .collect(),
            _ => String::from_utf8_lossy(octets),
        }
    }
}

impl fmt::Display for StringType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF8String",
            Self::Ia5 => "IA5String",
            Self::Printable => "PrintableString",
            Self::Visible => "VisibleString",
            Self::General => "GeneralString",
            Self::Numeric => "NumericString",
            Self::Teletex => "TeletexString",
            Self::Bmp => "BMPString",
            Self::Universal => "UniversalString",
            Self::OctetString => "OCTET STRING",
            Self::Other(1) => "BOOLEAN",
            Self::Other(2) => "INTEGER",
            Self::Other(5) => "NULL",
            Self::Other(6) => "OBJECT IDENTIFIER",
            Self::Other(16) => "SEQUENCE",
            Self::Other(17) => "SET",
            Self::Other(_) => "not a string",
        })
    }
}

impl Serialize for StringType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_string_is_read_with_its_octets() {
        let cases: [(&[u8], StringType, &str); 6] = [
            (b"\xa0\x05\x0c\x03a@b", StringType::Utf8, "a@b"),
            (b"\xa0\x05\x16\x03a@b", StringType::Ia5, "a@b"),
            (b"\xa0\x05\x14\x03a\xe9b", StringType::Teletex, "aéb"),
            (b"\xa0\x06\x1e\x04\0a\0@", StringType::Bmp, "a@"),
            (b"\xa0\x06\x1c\x04\0\0\0a", StringType::Universal, "a"),
            (b"\xa0\x05\x04\x03a@b", StringType::OctetString, "a@b"),
        ];
        for (value, string_type, text) in cases {
            let addr = XmppAddr::decode(value);
            assert_eq!(
                addr.as_ref().map(|addr| addr.string_type),
                Some(string_type)
            );
            assert_eq!(
                addr.map(|addr| addr.text().into_owned()).as_deref(),
                Some(text)
            );
        }
    }

    #[test]
    fn a_damaged_frame_is_no_address() {
        let cases: [&[u8]; 5] = [
            b"",
            b"\x0c\x03a@b",
            b"\xa1\x05\x0c\x03a@b",
            b"\xa0\x05\x0c\x04a@b",
            b"\xa0\x06\x0c\x03a@bx",
        ];
        for value in cases {
            assert_eq!(XmppAddr::decode(value), None, "{value:x?}");
        }
    }

    #[test]
    fn text_that_does_not_fit_its_type_is_marked() {
        assert_eq!(StringType::Utf8.decode(b"a\xff"), "a\u{fffd}");
        assert_eq!(StringType::Bmp.decode(b"\0ab"), "a\u{fffd}");
        assert_eq!(StringType::Universal.decode(b"\0\x11\0\0"), "\u{fffd}");
    }
}
