//! Certificates in PKCS #7, which has become the Cryptographic Message Syntax: `.p7b` files are messages that nobody signed,
//! with certificates (RFC 5652 10.3).

use crate::ber::Element;

const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const OBJECT_IDENTIFIER: u32 = 6;
const SEQUENCE: u32 = 16;

/// The certificates of a message (RFC 5652 3, 5.1), DER; nothing where `der` is no message with some, or a damaged one.
pub(super) fn certificates(der: &[u8]) -> Option<Vec<&[u8]>> {
    let (message, rest) = Element::first(der)?;
    let [kind, content] = *message.parts().filter(|_| is(&message, SEQUENCE))? else {
        return None;
    };
    let is_signed_data = is(&kind, OBJECT_IDENTIFIER) && kind.content == SIGNED_DATA;
    if !is_signed_data || !content.is_context(0) || !rest.is_empty() {
        return None;
    }
    let (signed_data, _) =
        Element::first(content.content).filter(|(data, _)| is(data, SEQUENCE))?;
    let fields = signed_data.parts()?;
    let set = fields
        .iter()
        .find(|field| field.is_context(0) && field.is_constructed)?;
    let certificates = set.parts()?.into_iter();
    // The other choices are certificates of other kinds, with tags of their own.
    let certificates = certificates.filter(|choice| is(choice, SEQUENCE));
    let certificates: Vec<&[u8]> = certificates.map(|certificate| certificate.whole).collect();
    (!certificates.is_empty()).then_some(certificates)
}

fn is(element: &Element<'_>, tag: u32) -> bool {
    element.is_universal() && element.tag == tag
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).unwrap_or_default();
        [&[tag, length], content].concat()
    }

    /// With these octets where certificates belong.
    fn message(certificates: &[u8]) -> Vec<u8> {
        let nothing = tlv(
            0x30,
            &tlv(6, &[SIGNED_DATA[..8].to_vec(), vec![1]].concat()),
        );
        let fields = [
            tlv(2, &[1]),
            tlv(0x31, b""),
            nothing,
            certificates.to_vec(),
            tlv(0x31, b""),
        ];
        let content = tlv(0xa0, &tlv(0x30, &fields.concat()));
        tlv(0x30, &[tlv(6, SIGNED_DATA), content].concat())
    }

    #[test]
    fn certificates_are_taken_out_in_their_order() {
        let (one, other) = (tlv(0x30, b"\x02\x01\x01"), tlv(0x30, b"\x02\x01\x02"));
        let of_attributes = tlv(0xa2, b"\x02\x01\x03");
        let all = message(&tlv(0xa0, &[&*one, &of_attributes, &other].concat()));
        assert_eq!(certificates(&all), Some(vec![&*one, &*other]));
    }

    #[test]
    fn what_is_damaged_or_something_else_has_none() {
        let whole = message(&tlv(0xa0, &tlv(0x30, b"\x02\x01\x01")));
        assert!(certificates(&whole).is_some());
        for end in 0..whole.len() {
            assert_eq!(certificates(&whole[..end]), None, "{end}");
        }
        for position in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[position] ^= 0x80;
            // It need not be noticed, but it is survived.
            drop(certificates(&damaged));
        }
        assert_eq!(certificates(&message(b"")), None);
        assert_eq!(certificates(&message(&tlv(0xa0, b""))), None);
        assert_eq!(certificates(&message(&tlv(0xa0, b"\x30\x05\x02"))), None);
        assert_eq!(certificates(&tlv(0x30, &tlv(6, SIGNED_DATA))), None);
        assert_eq!(certificates(&[&*whole, b"\0"].concat()), None);
    }
}
