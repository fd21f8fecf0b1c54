//! IP address blocks and AS identifiers (RFC 3779), as far as to tell whether they are well-formed.
//!
//! No XMPP certificate needs them, but OpenSSL refuses one in which they are damaged.

use x509_parser::asn1_rs::{Any, Class, FromDer as _, Tag};

/// id-pe-ipAddrBlocks
pub(super) const IP_ADDR_BLOCKS: &str = "1.3.6.1.5.5.7.1.7";
/// id-pe-autonomousSysIds
pub(super) const AUTONOMOUS_SYS_IDS: &str = "1.3.6.1.5.5.7.1.8";

/// `SEQUENCE OF SEQUENCE { addressFamily OCTET STRING, choice }` (RFC 3779 2.2.3)
pub(super) fn are_ip_addr_blocks(value: &[u8]) -> bool {
    let Some(families) = sole_sequence(value) else {
        return false;
    };
    families.iter().all(|family| {
        let parts = elements_of(family);
        matches!(parts.as_deref(), Some([kind, choice])
            if is(kind, Tag::OctetString) && is_choice(choice, Tag::BitString))
    })
}

/// `SEQUENCE { asnum [0] EXPLICIT choice OPTIONAL, rdi [1] EXPLICIT choice OPTIONAL }` (RFC 3779 3.2.3)
pub(super) fn are_autonomous_sys_ids(value: &[u8]) -> bool {
    let Some(fields) = sole_sequence(value) else {
        return false;
    };
    let is_ascending = fields
        .windows(2)
        .all(|pair| pair[0].tag().0 < pair[1].tag().0);
    is_ascending
        && fields.iter().all(|field| {
            let is_field = field.class() == Class::ContextSpecific
                && field.header.is_constructed()
                && field.tag().0 <= 1;
            let content = elements(field.data);
            is_field
                && matches!(content.as_deref(), Some([choice]) if is_choice(choice, Tag::Integer))
        })
}

/// NULL for "inherit", or a sequence of single values and ranges.
fn is_choice(choice: &Any<'_>, single: Tag) -> bool {
    if is(choice, Tag::Null) {
        return true;
    }
    let Some(values) = elements_of(choice) else {
        return false;
    };
    values.iter().all(|value| {
        is(value, single)
            || elements_of(value)
                .is_some_and(|ends| ends.len() == 2 && ends.iter().all(|end| is(end, single)))
    })
}

fn is(value: &Any<'_>, tag: Tag) -> bool {
    value.class() == Class::Universal && value.tag() == tag
}

fn sole_sequence(value: &[u8]) -> Option<Vec<Any<'_>>> {
    let (_, sequence) = Any::from_der(value).ok()?;
    if is(&sequence, Tag::Sequence) {
        elements(sequence.data)
    } else {
        None
    }
}

fn elements_of<'a>(value: &Any<'a>) -> Option<Vec<Any<'a>>> {
    if is(value, Tag::Sequence) {
        elements(value.data)
    } else {
        None
    }
}

fn elements(mut rest: &[u8]) -> Option<Vec<Any<'_>>> {
    let mut elements = Vec::new();
    while !rest.is_empty() {
        let (following, element) = Any::from_der(rest).ok()?;
        elements.push(element);
        rest = following;
    }
    Some(elements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_3779_are_well_formed() {
        // Appendix B: 10.0.32/20, 10.0.64/24, 10.1/16, ...; and inherited IPv6.
        let blocks = b"\x30\x18\x30\x0e\x04\x03\0\x01\x01\x30\x07\x03\x05\x04\x0a\0\x20\0\x30\x06\x04\x02\0\x02\x05\0";
        assert!(are_ip_addr_blocks(blocks));
        let range = b"\x30\x12\x30\x10\x04\x02\0\x01\x30\x0a\x30\x08\x03\x02\0\x0a\x03\x02\0\x0b";
        assert!(are_ip_addr_blocks(range));
        // Appendix C: 135 and 3000 to 3999; rdi inherited.
        let numbers =
            b"\x30\x14\xa0\x0e\x30\x0c\x02\x02\0\x87\x30\x06\x02\x01\x01\x02\x01\x05\xa1\x02\x05\0";
        assert!(are_autonomous_sys_ids(numbers));
    }

    #[test]
    fn anything_else_is_not() {
        for value in [
            &b""[..],
            b"\x05\0",
            b"\x30\x02\x05\0",
            b"\x30\x03\x02\x01\x01",
            b"\x30\x04\x30\x02\x04\0",
        ] {
            assert!(!are_ip_addr_blocks(value), "{value:x?}");
        }
        for value in [
            &b""[..],
            b"\x05\0",
            b"\x30\x02\x05\0",
            b"\x30\x04\xa2\x02\x05\0",
            b"\x30\x08\xa1\x02\x05\0\xa0\x02\x05\0",
        ] {
            assert!(!are_autonomous_sys_ids(value), "{value:x?}");
        }
    }
}
