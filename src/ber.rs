//! The Basic Encoding Rules (X.690 8), as far as OpenSSL reads them.
//!
//! Certificates ought to be in DER, which has one encoding for each value. Where they are not, OpenSSL does not mind, and
//! neither do the servers on it.

use std::borrow::Cow;

/// One element: identifier, length and content (X.690 8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    /// 0 universal, 1 application, 2 context-specific, 3 private.
    pub(crate) class: u8,
    pub(crate) tag: u32,
    pub(crate) is_constructed: bool,
    /// Of an indefinite length, without the octets that mark its end.
    pub(crate) content: &'a [u8],
    /// Identifier, length and content.
    pub(crate) whole: &'a [u8],
}

/// How deep elements of indefinite length and segments of strings may nest, so that nobody exhausts the stack.
const MOST_NESTED: usize = 30;
/// `ASN1_MAX_STRING_NEST` of OpenSSL.
const MOST_NESTED_SEGMENTS: usize = 5;

impl<'a> Element<'a> {
    /// The first element of `octets` and what follows it.
    pub(crate) fn first(octets: &'a [u8]) -> Option<(Self, &'a [u8])> {
        Self::first_within(octets, MOST_NESTED)
    }

    fn first_within(octets: &'a [u8], depth: usize) -> Option<(Self, &'a [u8])> {
        let (&identifier, mut rest) = octets.split_first()?;
        let mut tag = u32::from(identifier & 0x1f);
        if tag == 0x1f {
            tag = 0;
            loop {
                let (&octet, following) = rest.split_first()?;
                rest = following;
                tag = tag.checked_mul(128)?.checked_add(u32::from(octet & 0x7f))?;
                if octet & 0x80 == 0 {
                    break;
                }
            }
        }
        let is_constructed = identifier & 0x20 != 0;
        let (&length, mut rest) = rest.split_first()?;
        let is_indefinite = length == 0x80;
        let (content, following) = if is_indefinite {
            if !is_constructed {
                return None;
            }
            until_end(rest, depth.checked_sub(1)?)?
        } else {
            let mut count = usize::from(length);
            if length & 0x80 != 0 {
                let (digits, following) = rest.split_at_checked(usize::from(length & 0x7f))?;
                rest = following;
                count = digits.iter().try_fold(0usize, |value, digit| {
                    value.checked_mul(256)?.checked_add(usize::from(*digit))
                })?;
            }
            rest.split_at_checked(count)?
        };
        let element = Self {
            class: identifier >> 6,
            tag,
            is_constructed,
            content,
            whole: &octets[..octets.len() - following.len()],
        };
        Some((element, following))
    }

    pub(crate) fn is_universal(&self) -> bool {
        self.class == 0
    }

    /// Whether its tag is the context-specific one of this number.
    pub(crate) fn is_context(&self, tag: u32) -> bool {
        self.class == 2 && self.tag == tag
    }

    /// The elements within; nothing where one of them is damaged.
    pub(crate) fn parts(&self) -> Option<Vec<Self>> {
        elements(self.content).collect()
    }

    /// The content of a string, the segments of a constructed one joined (X.690 8.14).
    pub(crate) fn joined(&self) -> Option<Cow<'a, [u8]>> {
        if !self.is_constructed {
            return Some(Cow::Borrowed(self.content));
        }
        let mut octets = Vec::new();
        self.join_into(&mut octets, MOST_NESTED_SEGMENTS)?;
        Some(Cow::Owned(octets))
    }

    fn join_into(&self, octets: &mut Vec<u8>, depth: usize) -> Option<()> {
        if !self.is_constructed {
            octets.extend_from_slice(self.content);
            return Some(());
        }
        for segment in self.parts()? {
            segment.join_into(octets, depth.checked_sub(1)?)?;
        }
        Some(())
    }
}

/// Content of an indefinite length and what follows its end (X.690 8.1.5).
fn until_end(octets: &[u8], depth: usize) -> Option<(&[u8], &[u8])> {
    let mut rest = octets;
    loop {
        if let Some(following) = rest.strip_prefix(&[0, 0]) {
            return Some((&octets[..octets.len() - rest.len()], following));
        }
        rest = Element::first_within(rest, depth)?.1;
    }
}

/// Whether these octets are elements, and what is constructed of them is made of elements as well.
pub(crate) fn is_sound(octets: &[u8]) -> bool {
    is_sound_within(octets, MOST_NESTED)
}

fn is_sound_within(octets: &[u8], depth: usize) -> bool {
    elements(octets).all(|element| {
        element.is_some_and(|element| {
            let is_sound = |depth: usize| is_sound_within(element.content, depth);
            !element.is_constructed || depth.checked_sub(1).is_some_and(is_sound)
        })
    })
}

/// One element after the other; nothing for one that is damaged, and for whatever stands behind it.
fn elements(octets: &[u8]) -> impl Iterator<Item = Option<Element<'_>>> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let element = Element::first(rest);
        rest = element.map_or(&[], |(_, following)| following);
        Some(element.map(|(element, _)| element))
    })
}

/// The same certificate with definite lengths, and with strings in one piece: what stricter readers than OpenSSL take.
pub(crate) fn to_der(octets: &[u8]) -> Option<Cow<'_, [u8]>> {
    let (element, _) = Element::first(octets)?;
    // Most are in DER already.
    if is_der(&element, MOST_NESTED) {
        return Some(Cow::Borrowed(element.whole));
    }
    let mut der = Vec::with_capacity(octets.len());
    write(&element, &mut der, MOST_NESTED)?;
    Some(Cow::Owned(der))
}

const BIT_STRING: u32 = 3;

fn is_string(element: &Element<'_>) -> bool {
    element.class == 0 && matches!(element.tag, 3 | 4 | 12 | 18..=30)
}

/// Whether [`write`] would write the element as it is.
fn is_der(element: &Element<'_>, depth: usize) -> bool {
    if !has_shortest_length(element) {
        return false;
    }
    if is_string(element) {
        let has_unused_bits = || matches!(element.content.first(), Some(1..=7));
        return !(element.is_constructed || element.tag == BIT_STRING && has_unused_bits());
    }
    if !element.is_constructed {
        return true;
    }
    depth.checked_sub(1).is_some_and(|depth| {
        elements(element.content).all(|part| part.is_some_and(|part| is_der(&part, depth)))
    })
}

/// X.690 10.1: a definite length in as few octets as can be.
fn has_shortest_length(element: &Element<'_>) -> bool {
    let frame = element.whole.len() - element.content.len();
    match element.whole.get(identifier_length(element.whole)..frame) {
        Some([length]) => *length < 0x80,
        Some([count, digits @ ..]) => match digits {
            [] | [0, ..] => false,
            [digit] => *count == 0x81 && *digit >= 0x80,
            _ => usize::from(count & 0x7f) == digits.len(),
        },
        _ => false,
    }
}

fn write(element: &Element<'_>, der: &mut Vec<u8>, depth: usize) -> Option<()> {
    let is_string = is_string(element);
    let mut content = Vec::with_capacity(element.content.len());
    if is_string {
        content = element.joined()?.into_owned();
        if element.tag == BIT_STRING {
            // Unused bits are ignored in keys and signatures, which are whole octets.
            if let Some(unused @ 1..=7) = content.first_mut() {
                *unused = 0;
            }
        }
    } else if let Some(parts) = element.parts().filter(|_| element.is_constructed) {
        for part in parts {
            write(&part, &mut content, depth.checked_sub(1)?)?;
        }
    } else {
        // What is damaged within stays so, for whoever looks into it.
        content.extend_from_slice(element.content);
    }
    // The identifier is all that stands before the length.
    let identifier = element.whole.iter().take(identifier_length(element.whole));
    let mut identifier: Vec<u8> = identifier.copied().collect();
    if is_string {
        *identifier.first_mut()? &= !0x20;
    }
    der.extend_from_slice(&identifier);
    let length = content.len().to_be_bytes();
    let significant = length
        .iter()
        .position(|octet| *octet != 0)
        .unwrap_or(length.len() - 1);
    let length = &length[significant..];
    if length.len() > 1 || length[0] >= 0x80 {
        der.push(0x80 | u8::try_from(length.len()).ok()?);
    }
    der.extend_from_slice(length);
    der.extend_from_slice(&content);
    Some(())
}

fn identifier_length(octets: &[u8]) -> usize {
    if octets.first().is_some_and(|octet| octet & 0x1f == 0x1f) {
        let more = octets
            .iter()
            .skip(1)
            .take_while(|octet| **octet & 0x80 != 0);
        more.count() + 2
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_length_is_read() {
        for octets in [
            &b"\x0c\x01a"[..],
            b"\x0c\x81\x01a",
            b"\x0c\x83\0\0\x01a",
            b"\x2c\x80\x0c\x01a\0\0",
            b"\x2c\x03\x0c\x01a",
            b"\x2c\x05\x2c\x03\x0c\x01a",
        ] {
            let read = Element::first(octets);
            let whole = read.filter(|(_, rest)| rest.is_empty());
            let string = whole.map(|(element, _)| (element.class, element.tag, element.joined()));
            let text = Cow::Borrowed(&b"a"[..]);
            assert_eq!(string, Some((0, 12, Some(text))), "{octets:x?}");
            assert_eq!(to_der(octets).as_deref(), Some(&b"\x0c\x01a"[..]));
        }
    }

    #[test]
    fn damaged_elements_are_none() {
        for octets in [
            &b""[..],
            b"\x0c",
            b"\x0c\x02a",
            b"\x0c\x80a\0\0",
            b"\x2c\x80\x0c\x01a",
            b"\x0c\x89\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x1f\xff\xff\xff\xff\xff\xff\x01a",
        ] {
            assert_eq!(Element::first(octets), None, "{octets:x?}");
        }
        let endless = b"\x2c\x80".repeat(100_000);
        assert_eq!(Element::first(&endless), None);
    }

    #[test]
    fn what_is_der_stays_as_it_is() {
        let long = [&b"\x30\x82\x01\x04\x04\x82\x01\x00"[..], &[7; 256]].concat();
        for octets in [
            &b"\x30\x06\x02\x01\x05\x9f\x21\0"[..],
            b"\x03\x02\0\x80",
            &long,
        ] {
            assert_eq!(to_der(octets), Some(Cow::Borrowed(octets)));
            // The shortcut for most, and the long way.
            let mut der = Vec::new();
            let whole = Element::first(octets).map(|(element, _)| element);
            let written = whole.and_then(|whole| write(&whole, &mut der, MOST_NESTED));
            assert!(written.is_some() && der == octets);
        }
    }

    #[test]
    fn what_is_not_der_becomes_so() {
        // Of a size that makes its frame as long as that of a definite length.
        let of_300 = [&b"\x04\x82\x01\x2c"[..], &[7; 300]].concat();
        let indefinite = [&b"\x30\x80"[..], &of_300, b"\0\0"].concat();
        let definite = [&b"\x30\x82\x01\x30"[..], &of_300].concat();
        for (octets, der) in [
            (&indefinite[..], &definite[..]),
            (b"\x30\x82\0\x03\x02\x01\x05", b"\x30\x03\x02\x01\x05"),
            (b"\x30\x04\x02\x81\x01\x05", b"\x30\x03\x02\x01\x05"),
            (b"\x03\x02\x07\x80", b"\x03\x02\0\x80"),
            (b"\x30\x80\x24\x03\x04\x01a\0\0", b"\x30\x03\x04\x01a"),
        ] {
            assert_eq!(to_der(octets).as_deref(), Some(der), "{octets:x?}");
        }
    }
}
