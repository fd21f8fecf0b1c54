//! Fingerprints: digests of certificates and keys in the form in which people and programs compare them.

use ring::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};

/// SHA-256 (FIPS 180-4) in lower-case hexadecimal without colons.
#[must_use]
pub fn sha256(octets: &[u8]) -> String {
    of(&SHA256, octets)
}

/// SHA-1 in the same form, which some servers still show; it proves nothing.
#[must_use]
pub fn sha1(octets: &[u8]) -> String {
    of(&SHA1_FOR_LEGACY_USE_ONLY, octets)
}

fn of(algorithm: &'static Algorithm, octets: &[u8]) -> String {
    hex(digest(algorithm, octets).as_ref())
}

/// Lower-case hexadecimal.
pub(crate) fn hex(octets: &[u8]) -> String {
    let mut text = String::with_capacity(2 * octets.len());
    for octet in octets {
        for digit in [octet >> 4, octet & 0x0f] {
            text.push(char::from(
                if digit < 10 { b'0' } else { b'a' - 10 } + digit,
            ));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_fips_180_4() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(sha1(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }
}
