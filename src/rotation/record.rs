//! What a rotation writes down before it touches the account.

use std::fmt;

use zeroize::Zeroizing;

const HEADER: &str = "xmppcert rotation 1";
const END: &str = "complete";

/// A rotation that has begun: which certificate goes, which one comes, and the key of the one that comes.
#[derive(Clone, PartialEq, Eq)]
pub struct Rotation {
    /// SHA-256 of the certificate that is to be retired.
    pub old_sha256: String,
    /// The name of its item on the account.
    pub old_name: String,
    /// The item name of the successor.
    pub new_name: String,
    /// The private key of the successor, PEM.
    pub key: Zeroizing<String>,
    /// The successor, PEM.
    pub certificate: String,
}

impl Rotation {
    /// The most octets that [`Self::encode`] makes of names and an RSA key of any size that is made here.
    pub const LIMIT: u64 = 1 << 20;

    /// As text that ends with a mark, so that a part of it cannot pass for the whole.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let fields = [
            HEADER,
            &self.old_sha256,
            &self.old_name,
            &self.new_name,
            &self.key,
            &self.certificate,
            END,
        ];
        let length = fields.iter().map(|field| field.len() + 1).sum();
        // Room for all of it: growing would leave copies of the key behind.
        let mut content = Zeroizing::new(Vec::with_capacity(length));
        for field in fields {
            content.extend_from_slice(field.as_bytes());
            // Neither XML nor PEM has a NUL.
            content.push(0);
        }
        content
    }

    /// What was written down; nothing where it was not written to its end.
    #[must_use]
    pub fn decode(content: &[u8]) -> Option<Self> {
        let text = str::from_utf8(content).ok()?;
        let fields: Vec<&str> = text.split('\0').collect();
        let [
            HEADER,
            old_sha256,
            old_name,
            new_name,
            key,
            certificate,
            END,
            "",
        ] = fields[..]
        else {
            return None;
        };
        Some(Self {
            old_sha256: old_sha256.to_owned(),
            old_name: old_name.to_owned(),
            new_name: new_name.to_owned(),
            key: Zeroizing::new(key.to_owned()),
            certificate: certificate.to_owned(),
        })
    }
}

impl fmt::Debug for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotation")
            .field("old_sha256", &self.old_sha256)
            .field("old_name", &self.old_name)
            .field("new_name", &self.new_name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rotation() -> Rotation {
        Rotation {
            old_sha256: "00ff".to_owned(),
            old_name: "laptop\nof Jürgen".to_owned(),
            new_name: String::new(),
            key: Zeroizing::new("-----BEGIN PRIVATE KEY-----\n".to_owned()),
            certificate: "-----BEGIN CERTIFICATE-----\n".to_owned(),
        }
    }

    #[test]
    fn it_is_read_as_it_was_written_and_a_part_of_it_counts_for_nothing() {
        let content = rotation().encode();
        assert_eq!(Rotation::decode(&content), Some(rotation()));
        for end in 0..content.len() {
            assert_eq!(Rotation::decode(&content[..end]), None, "at {end}");
        }
    }

    #[test]
    fn the_key_is_not_in_its_debug_form() {
        assert!(!format!("{:?}", rotation()).contains("PRIVATE"));
    }
}
