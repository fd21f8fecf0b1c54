//! Where a DER object ends (X.690 8.1.3).

/// Whether these first octets are those of a DER SEQUENCE rather than of text, which may as well
/// begin with the digit `0` (0x30).
pub(super) fn starts_like_der(first: &[u8]) -> bool {
    matches!(
        first,
        // Short lengths are told by a first element that is INTEGER, OBJECT IDENTIFIER or an
        // AlgorithmIdentifier.
        [0x30, 0x80..=0x84, ..]
            | [0x30, 0..0x80, 0x02 | 0x06, ..]
            | [0x30, 0..0x80, 0x30, 0..0x80, 0x06, ..]
    )
}

pub(super) enum Length {
    /// At least so many octets are needed; exactly so many where there are enough to tell.
    Needs(usize),
    NotDer,
}

pub(super) fn der_length(window: &[u8]) -> Length {
    match window {
        [] | [0x30] => Length::Needs(2),
        [0x30, short @ 0..=0x7f, ..] => Length::Needs(2 + usize::from(*short)),
        [0x30, form @ 0x81..=0x84, rest @ ..] => {
            let count = usize::from(form & 0x7f);
            match rest.get(..count) {
                None => Length::Needs(2 + count),
                Some(octets) => {
                    let value = octets
                        .iter()
                        .fold(0, |value, octet| value << 8 | usize::from(*octet));
                    Length::Needs(value.saturating_add(2 + count))
                }
            }
        }
        _ => Length::NotDer,
    }
}
