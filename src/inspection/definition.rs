//! Whether octets meet an ASN.1 definition, as OpenSSL's decoder has it.
//!
//! OpenSSL refuses a certificate as a whole, or one of its extensions, over the smallest fault; servers and clients on it
//! do so, too. Its reading is lenient in the encoding (see [`crate::ber`]) and strict in the structure.

use crate::ber::Element;

/// A type (X.680), reduced to what certificates are made of.
pub(super) enum Definition {
    Boolean,
    Integer,
    Null,
    ObjectIdentifier,
    BitString,
    OctetString,
    Ia5String,
    /// One of several types of string, by their universal tags.
    OneOf(&'static [u32]),
    /// A SEQUENCE whose inside nobody looks at.
    OpaqueSequence,
    Any,
    Sequence(&'static [Field]),
    SequenceOf(&'static Self),
    SetOf(&'static Self),
    Choice(&'static [Field]),
    /// A definition, and a condition on the content that the definition does not express.
    Where(&'static Self, fn(&Element<'_>) -> bool),
}

/// A component of a SEQUENCE, or an alternative of a CHOICE.
pub(super) struct Field {
    pub(super) tagging: Tagging,
    pub(super) is_optional: bool,
    pub(super) definition: &'static Definition,
}

/// What stands in place of, or around, the tag of a type (X.680 31.2).
#[derive(Clone, Copy)]
pub(super) enum Tagging {
    Plain,
    Implicit(u32),
    Explicit(u32),
}

const SEQUENCE: u32 = 16;
const SET: u32 = 17;

/// Why there is no element of a type.
enum Mismatch {
    /// The element is of another type, which an OPTIONAL may be followed by.
    OtherTag,
    Malformed,
}

impl Definition {
    /// Whether `octets` begin with a value of this type. What follows it does not matter.
    pub(super) fn is_met_by(&self, octets: &[u8]) -> bool {
        self.read(octets, None).is_ok()
    }

    /// What follows the value. `implicit` is the context-specific tag that replaces the type's own.
    fn read<'a>(&self, octets: &'a [u8], implicit: Option<u32>) -> Result<&'a [u8], Mismatch> {
        if let Self::Choice(alternatives) = self {
            for alternative in *alternatives {
                match alternative.read(octets) {
                    Err(Mismatch::OtherTag) => {}
                    decided => return decided,
                }
            }
            return Err(Mismatch::OtherTag);
        }
        let (element, rest) = Element::first(octets).ok_or(Mismatch::Malformed)?;
        if let Self::Where(definition, condition) = self {
            definition.read(octets, implicit)?;
            return if condition(&element) {
                Ok(rest)
            } else {
                Err(Mismatch::Malformed)
            };
        }
        let is_tagged = match implicit {
            Some(tag) => element.is_context(tag),
            None => self.has_tag(&element),
        };
        if !is_tagged {
            return Err(Mismatch::OtherTag);
        }
        if self.admits(&element) {
            Ok(rest)
        } else {
            Err(Mismatch::Malformed)
        }
    }

    fn has_tag(&self, element: &Element<'_>) -> bool {
        let tag = match self {
            Self::Any => return true,
            Self::OneOf(tags) => {
                return element.is_universal() && tags.contains(&element.tag);
            }
            Self::Boolean => 1,
            Self::Integer => 2,
            Self::BitString => 3,
            Self::OctetString => 4,
            Self::Null => 5,
            Self::ObjectIdentifier => 6,
            Self::Ia5String => 22,
            Self::OpaqueSequence | Self::Sequence(_) | Self::SequenceOf(_) => SEQUENCE,
            Self::SetOf(_) => SET,
            Self::Choice(_) | Self::Where(..) => return false,
        };
        element.is_universal() && element.tag == tag
    }

    /// Whether the inside of an element of the right tag is right.
    fn admits(&self, element: &Element<'_>) -> bool {
        match self {
            Self::Boolean => !element.is_constructed && element.content.len() == 1,
            Self::Null => !element.is_constructed && element.content.is_empty(),
            Self::Integer => !element.is_constructed && is_integer(element.content),
            Self::ObjectIdentifier => !element.is_constructed && is_oid(element.content),
            Self::BitString => element
                .joined()
                .is_some_and(|octets| is_bit_string(&octets)),
            Self::OctetString | Self::Ia5String => element.joined().is_some(),
            Self::OneOf(_) => is_universal(element),
            Self::Any => !element.is_universal() || is_universal(element),
            Self::OpaqueSequence => element.is_constructed,
            Self::Sequence(fields) => element.is_constructed && has_fields(element.content, fields),
            // OpenSSL does not ask whether these are marked as constructed.
            Self::SequenceOf(item) | Self::SetOf(item) => {
                let mut rest = element.content;
                while !rest.is_empty() {
                    match item.read(rest, None) {
                        Ok(following) => rest = following,
                        Err(_) => return false,
                    }
                }
                true
            }
            Self::Choice(_) | Self::Where(..) => false,
        }
    }
}

impl Field {
    fn read<'a>(&self, octets: &'a [u8]) -> Result<&'a [u8], Mismatch> {
        match self.tagging {
            Tagging::Plain => self.definition.read(octets, None),
            Tagging::Implicit(tag) => self.definition.read(octets, Some(tag)),
            Tagging::Explicit(tag) => {
                let (element, rest) = Element::first(octets).ok_or(Mismatch::Malformed)?;
                if !element.is_context(tag) {
                    return Err(Mismatch::OtherTag);
                }
                let inner = self.definition.read(element.content, None);
                let is_whole = inner.is_ok_and(<[u8]>::is_empty);
                if element.is_constructed && is_whole {
                    Ok(rest)
                } else {
                    Err(Mismatch::Malformed)
                }
            }
        }
    }
}

fn has_fields(mut rest: &[u8], fields: &[Field]) -> bool {
    for field in fields {
        if rest.is_empty() {
            if field.is_optional {
                continue;
            }
            return false;
        }
        match field.read(rest) {
            Ok(following) => rest = following,
            Err(Mismatch::OtherTag) if field.is_optional => {}
            Err(_) => return false,
        }
    }
    rest.is_empty()
}

/// Whether the content fits a universal tag, known or not.
fn is_universal(element: &Element<'_>) -> bool {
    match element.tag {
        1 => Definition::Boolean.admits(element),
        2 | 10 => Definition::Integer.admits(element),
        3 => Definition::BitString.admits(element),
        5 => Definition::Null.admits(element),
        6 => Definition::ObjectIdentifier.admits(element),
        SEQUENCE | SET => element.is_constructed,
        // BMPString and UniversalString are of two and four octets a character.
        28 => element.joined().is_some_and(|octets| octets.len() % 4 == 0),
        30 => element.joined().is_some_and(|octets| octets.len() % 2 == 0),
        _ => element.joined().is_some(),
    }
}

/// X.690 8.3.2: no octet more than needed.
fn is_integer(octets: &[u8]) -> bool {
    match octets {
        [] => false,
        [0, second, ..] => *second >= 0x80,
        [0xff, second, ..] => *second < 0x80,
        _ => true,
    }
}

/// X.690 8.19: arcs that end, without padding.
pub(super) fn is_oid(octets: &[u8]) -> bool {
    let ends = octets.last().is_some_and(|octet| octet & 0x80 == 0);
    let mut arcs = octets.split_inclusive(|octet| octet & 0x80 == 0);
    ends && arcs.all(|arc| arc.first() != Some(&0x80))
}

fn is_bit_string(octets: &[u8]) -> bool {
    octets.first().is_some_and(|unused| *unused <= 7)
}
