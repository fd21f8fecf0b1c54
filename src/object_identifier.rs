//! Object identifiers (X.680 32) in the dotted form that tables and reports have them in.

use std::fmt::Write as _;

use x509_parser::asn1_rs::Oid;

/// The dotted form of the content octets of an OBJECT IDENTIFIER (X.690 8.19).
///
/// A certificate has some thirty of them, so this allocates once. What does not fit 64 bits, or is damaged, is told as
/// `asn1_rs` does it.
pub(crate) fn dotted(octets: &[u8]) -> String {
    ordinary(octets).unwrap_or_else(|| Oid::new(octets.into()).to_id_string())
}

fn ordinary(octets: &[u8]) -> Option<String> {
    if octets.last()? & 0x80 != 0 {
        return None;
    }
    let mut text = String::with_capacity(3 * octets.len());
    for (position, arc) in octets
        .split_inclusive(|octet| octet & 0x80 == 0)
        .enumerate()
    {
        let number = arc.iter().try_fold(0u64, |number, octet| {
            number.checked_mul(128)?.checked_add((octet & 0x7f).into())
        })?;
        let written = if position == 0 {
            // The first two arcs share a number.
            let root = (number / 40).min(2);
            write!(text, "{root}.{}", number - 40 * root)
        } else {
            write!(text, ".{number}")
        };
        written.ok()?;
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dotted_form_is_that_of_x_690() {
        for (octets, text) in [
            (
                &b"\x2b\x06\x01\x05\x05\x07\x08\x05"[..],
                "1.3.6.1.5.5.7.8.5",
            ),
            (
                b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b",
                "1.2.840.113549.1.1.11",
            ),
            (b"\x55\x1d\x25\x00", "2.5.29.37.0"),
            (b"\x09\x92\x26", "0.9.2342"),
            // The example of X.690 8.19.5.
            (b"\x88\x37\x03", "2.999.3"),
            (
                b"\x2a\x81\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
                "1.2.18446744073709551615",
            ),
        ] {
            assert_eq!(dotted(octets), text);
        }
    }

    #[test]
    fn what_is_damaged_or_too_great_is_told_somehow() {
        for octets in [
            &b""[..],
            b"\x80",
            b"\x2a\x86",
            b"\x2a\x83\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
        ] {
            assert_eq!(dotted(octets), Oid::new(octets.into()).to_id_string());
        }
    }
}
