//! id-on-xmppAddr: a JID as an otherName of the subject alternative names (RFC 6120 13.7.1.4).

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::ber::Element;
use crate::jid::Jid;
use crate::object_identifier::dotted;

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
        let (frame, rest) = Element::first(value)?;
        let is_frame = frame.is_context(0) && frame.is_constructed;
        if !rest.is_empty() || !is_frame {
            return None;
        }
        let (content, rest) = Element::first(frame.content)?;
        let string_type = StringType::of(content.is_universal(), content.tag);
        rest.is_empty().then(|| Self {
            octets: string_type.octets(&content),
            string_type,
        })
    }

    /// Whether `LuaSec`, which Prosody reads certificates with, takes for the pointer to a string what
    /// is none: a BOOLEAN, or what OpenSSL has to say about an OBJECT IDENTIFIER that it knows.
    pub(crate) fn crashes_luasec(&self) -> bool {
        match self.string_type {
            StringType::Other(1) => !self.is_nothing(),
            StringType::Other(6) => is_known_to_openssl(&self.octets),
            _ => false,
        }
    }

    /// Whether it comes to nothing at all in libraries: NULL, or a BOOLEAN that is FALSE.
    pub(crate) fn is_nothing(&self) -> bool {
        match self.string_type {
            StringType::Other(1) => self.octets == [0],
            StringType::Other(5) => true,
            _ => false,
        }
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

/// The object identifiers of OpenSSL 3.0, from 'openssl list -objects', of which later versions have some more.
const OPENSSL_OBJECTS: &str = include_str!("xmpp_addr/openssl_objects.txt");

fn is_known_to_openssl(object_identifier: &[u8]) -> bool {
    let dotted = dotted(object_identifier);
    OPENSSL_OBJECTS.lines().any(|known| known == dotted)
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
    /// Something else, by the number of its universal tag.
    Other(u32),
    /// Something with a tag that is not universal.
    Tagged,
}

impl StringType {
    pub(crate) fn of(is_universal: bool, tag: u32) -> Self {
        if !is_universal {
            return Self::Tagged;
        }
        match tag {
            12 => Self::Utf8,
            22 => Self::Ia5,
            19 => Self::Printable,
            26 => Self::Visible,
            27 => Self::General,
            18 => Self::Numeric,
            20 => Self::Teletex,
            30 => Self::Bmp,
            28 => Self::Universal,
            4 => Self::OctetString,
            other => Self::Other(other),
        }
    }

    /// Whether OpenSSL keeps the content as a string, so that servers which look at octets alone
    /// see it.
    #[must_use]
    pub const fn is_string(self) -> bool {
        // Tags of X.680 8.4: BOOLEAN, NULL, OBJECT IDENTIFIER, SEQUENCE and SET.
        !matches!(self, Self::Tagged | Self::Other(1 | 5 | 6 | 16 | 17))
    }

    /// What libraries hand on as the content of a string: the segments of a constructed one joined,
    /// of a BIT STRING what follows the number of unused bits, and of a number its magnitude.
    fn octets(self, value: &Element<'_>) -> Vec<u8> {
        if !self.is_string() {
            return value.content.to_vec();
        }
        if matches!(self, Self::Other(2 | 10)) {
            return magnitude(value.content);
        }
        let mut octets = value.joined().unwrap_or_default().into_owned();
        if self == Self::BIT_STRING && !octets.is_empty() {
            let unused = octets.remove(0);
            if let Some(last) = octets.last_mut() {
                *last &= 0xffu8.checked_shl(unused.into()).unwrap_or_default();
            }
        }
        octets
    }

    const BIT_STRING: Self = Self::Other(3);

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

/// The absolute value of a number in two's complement, without the zero that marks it as positive.
fn magnitude(number: &[u8]) -> Vec<u8> {
    match number {
        [0, magnitude @ ..] if !magnitude.is_empty() => magnitude.to_vec(),
        [0x80..=0xff, ..] => {
            let mut octets: Vec<u8> = number.iter().map(|octet| !octet).collect();
            for octet in octets.iter_mut().rev() {
                *octet = octet.wrapping_add(1);
                if *octet != 0 {
                    break;
                }
            }
            if let [0, magnitude @ ..] = octets.as_slice() {
                return magnitude.to_vec();
            }
            octets
        }
        _ => number.to_vec(),
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
            Self::Other(3) => "BIT STRING",
            Self::Other(5) => "NULL",
            Self::Other(6) => "OBJECT IDENTIFIER",
            Self::Other(10) => "ENUMERATED",
            Self::Other(16) => "SEQUENCE",
            Self::Other(17) => "SET",
            Self::Other(21) => "VideotexString",
            Self::Other(23) => "UTCTime",
            Self::Other(24) => "GeneralizedTime",
            Self::Other(25) => "GraphicString",
            Self::Other(_) | Self::Tagged => "not a string",
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
    fn of_a_number_libraries_hand_on_the_magnitude() {
        for (value, octets) in [
            (&b"\xa0\x05\x02\x03a@b"[..], &b"a@b"[..]),
            (b"\xa0\x06\x02\x04\0\xc3\xbcb", b"\xc3\xbcb"),
            (b"\xa0\x05\x0a\x03\x9e\xbf\x9e", b"a@b"),
            (b"\xa0\x06\x02\x04\xff\x3c\x43\x9e", b"\xc3\xbcb"),
            (b"\xa0\x05\x0a\x03\x9e\xc0\0", b"a@\0"),
            (b"\xa0\x03\x02\x01\x80", b"\x80"),
            (b"\xa0\x03\x02\x01\0", b"\0"),
        ] {
            let addr = XmppAddr::decode(value);
            assert_eq!(
                addr.map(|addr| addr.octets).as_deref(),
                Some(octets),
                "{value:x?}"
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
