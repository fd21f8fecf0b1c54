//! Private keys as files hold them: PKCS #8 (RFC 5208, RFC 5958), PKCS #1 (RFC 8017 A.1.2) and
//! SEC 1 (RFC 5915), brought into the one form that every reader takes, PKCS #8 version 1.

use std::fmt;

use ring::signature::{Ed25519KeyPair, KeyPair as _};
use rsa::pkcs1::RsaPrivateKeyRef;
use rsa::pkcs8::der::asn1::{AnyRef, BitStringRef, OctetStringRef};
use rsa::pkcs8::der::{self, Decode as _, Encode as _, Reader as _, SliceReader};
use rsa::pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use rsa::pkcs8::{self, ObjectIdentifier, PrivateKeyInfoRef, SecretDocument};
use sec1::{EcParameters, EcPrivateKey};
use zeroize::Zeroizing;

use crate::ber::Element;
use crate::public_key::KeyDescription;

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// An unencrypted private key of any algorithm, in PKCS #8 version 1.
pub struct PrivateKeyInfo {
    pkcs8: SecretDocument,
    description: KeyDescription,
    spki: Option<Vec<u8>>,
    form: KeyForm,
}

/// The form in which a private key was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyForm {
    /// PKCS #8, version 1 (RFC 5208).
    Pkcs8,
    /// PKCS #8 with the public key in it (RFC 5958).
    OneAsymmetricKey,
    /// PKCS #1 (RFC 8017 A.1.2).
    Pkcs1,
    /// SEC 1 (RFC 5915).
    Sec1,
}

impl PrivateKeyInfo {
    /// Reads a key in PKCS #8, PKCS #1 or SEC 1 form, whichever it is.
    ///
    /// # Errors
    /// [`DecodeError`], without any of the key in it.
    pub fn decode(der: &[u8]) -> Result<Self, DecodeError> {
        // OpenSSL does not mind what follows.
        let der = Element::first(der).map_or(der, |(key, _)| key.whole);
        if let Ok(key) = PrivateKeyInfoRef::from_der(der) {
            let form = match key.public_key {
                Some(_) => KeyForm::OneAsymmetricKey,
                None => KeyForm::Pkcs8,
            };
            let key = Self::from_pkcs8(key.algorithm, key.private_key.as_bytes())?;
            return Ok(Self { form, ..key });
        }
        if let Some(seed) = ring_ed25519_seed(der) {
            let form = KeyForm::OneAsymmetricKey;
            let key = Self::from_ed25519_seed(seed)?;
            return Ok(Self { form, ..key });
        }
        if RsaPrivateKeyRef::from_der(der).is_ok() {
            let algorithm = AlgorithmIdentifierRef {
                oid: RSA_ENCRYPTION,
                parameters: Some(AnyRef::NULL),
            };
            let form = KeyForm::Pkcs1;
            let key = Self::from_pkcs8(algorithm, der)?;
            return Ok(Self { form, ..key });
        }
        if let Ok(key) = EcPrivateKey::from_der(der) {
            let Some(EcParameters::NamedCurve(curve)) = key.parameters else {
                return Err(DecodeError::NoCurve);
            };
            let algorithm = AlgorithmIdentifierRef {
                oid: EC_PUBLIC_KEY,
                parameters: Some((&curve).into()),
            };
            let form = KeyForm::Sec1;
            let key = Self::from_pkcs8(algorithm, der)?;
            return Ok(Self { form, ..key });
        }
        Err(if is_encrypted(der) {
            DecodeError::Encrypted
        } else {
            DecodeError::Malformed
        })
    }

    fn from_pkcs8(
        algorithm: AlgorithmIdentifierRef<'_>,
        private_key: &[u8],
    ) -> Result<Self, DecodeError> {
        match algorithm.oid {
            RSA_ENCRYPTION => Self::from_rsa(algorithm, private_key),
            EC_PUBLIC_KEY => Self::from_ec(algorithm, private_key),
            ED25519 => match <&OctetStringRef>::from_der(private_key) {
                Ok(seed) => Self::from_ed25519_seed(seed.as_bytes()),
                Err(_) => Err(DecodeError::Malformed),
            },
            other => Ok(Self {
                description: KeyDescription::new(&other.to_string(), None, None),
                pkcs8: encode(algorithm, private_key)?,
                spki: None,
                form: KeyForm::Pkcs8,
            }),
        }
    }

    fn from_rsa(
        algorithm: AlgorithmIdentifierRef<'_>,
        private_key: &[u8],
    ) -> Result<Self, DecodeError> {
        let key = RsaPrivateKeyRef::from_der(private_key)?;
        let oid = algorithm.oid.to_string();
        Ok(Self {
            description: KeyDescription::new(&oid, None, Some(key.modulus.as_bytes())),
            spki: Some(encode_spki(algorithm, &key.public_key().to_der()?)?),
            pkcs8: encode(algorithm, private_key)?,
            form: KeyForm::Pkcs8,
        })
    }

    fn from_ec(
        algorithm: AlgorithmIdentifierRef<'_>,
        private_key: &[u8],
    ) -> Result<Self, DecodeError> {
        let mut key = EcPrivateKey::from_der(private_key)?;
        let curve = algorithm.parameters_oid().ok();
        // PKCS #8 states the curve outside; stated again inside, some readers stumble.
        key.parameters = None;
        let scalar = key
            .public_key
            .map(|point| padded(key.private_key, point.len() / 2));
        if let Some(scalar) = &scalar {
            key.private_key = scalar;
        }
        let inner = Zeroizing::new(key.to_der()?);
        let public_key = key.public_key.map(|point| encode_spki(algorithm, point));
        Ok(Self {
            description: KeyDescription::new(
                &algorithm.oid.to_string(),
                curve.map(|curve| curve.to_string()).as_deref(),
                None,
            ),
            spki: public_key.transpose()?,
            pkcs8: encode(algorithm, &inner)?,
            form: KeyForm::Pkcs8,
        })
    }

    /// Ed25519 from the 32 octets of RFC 8032 5.1.5.
    pub(crate) fn from_ed25519_seed(seed: &[u8]) -> Result<Self, DecodeError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| DecodeError::Malformed)?;
        let algorithm = AlgorithmIdentifierRef {
            oid: ED25519,
            parameters: None,
        };
        let octets = Zeroizing::new(OctetStringRef::new(seed)?.to_der()?);
        Ok(Self {
            description: KeyDescription::new(&ED25519.to_string(), None, None),
            spki: Some(encode_spki(algorithm, pair.public_key().as_ref())?),
            pkcs8: encode(algorithm, &octets)?,
            form: KeyForm::Pkcs8,
        })
    }

    /// The key in PKCS #8 version 1, DER.
    #[must_use]
    pub fn pkcs8(&self) -> &[u8] {
        self.pkcs8.as_bytes()
    }

    /// The key as a `PRIVATE KEY` block (RFC 7468 10).
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] should the key be too large to encode.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, DecodeError> {
        self.pkcs8
            .to_pem("PRIVATE KEY", der::pem::LineEnding::LF)
            .map_err(DecodeError::from)
    }

    /// Its kind and size.
    #[must_use]
    pub fn description(&self) -> &KeyDescription {
        &self.description
    }

    /// The form in which it was read, which is not that of [`Self::pkcs8`].
    #[must_use]
    pub fn form(&self) -> KeyForm {
        self.form
    }

    /// The SubjectPublicKeyInfo that belongs to it, where it can be told from the file.
    #[must_use]
    pub fn spki(&self) -> Option<&[u8]> {
        self.spki.as_deref()
    }
}

impl fmt::Debug for PrivateKeyInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKeyInfo")
            .field("description", &self.description)
            .finish_non_exhaustive()
    }
}

/// The private key at the length of the curve's field, which RFC 5915 3 asks for. GnuTLS writes the
/// octets of an INTEGER instead, which may be one more or fewer.
fn padded(scalar: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let leading = scalar.iter().take_while(|octet| **octet == 0).count();
    let value = &scalar[leading..];
    let mut padded = Zeroizing::new(vec![0; length.saturating_sub(value.len())]);
    padded.reserve_exact(value.len());
    padded.extend_from_slice(value);
    padded
}

fn encode(
    algorithm: AlgorithmIdentifierRef<'_>,
    private_key: &[u8],
) -> Result<SecretDocument, DecodeError> {
    let octets = OctetStringRef::new(private_key)?;
    Ok(SecretDocument::try_from(PrivateKeyInfoRef::new(
        algorithm, octets,
    ))?)
}

fn encode_spki(
    algorithm: AlgorithmIdentifierRef<'_>,
    public_key: &[u8],
) -> Result<Vec<u8>, DecodeError> {
    let subject_public_key = BitStringRef::from_bytes(public_key)?;
    let spki = SubjectPublicKeyInfoRef {
        algorithm,
        subject_public_key,
    };
    Ok(spki.to_der()?)
}

/// Whether these octets are an EncryptedPrivateKeyInfo (RFC 5958 3).
fn is_encrypted(der: &[u8]) -> bool {
    let Ok(mut reader) = SliceReader::new(der) else {
        return false;
    };
    let parts = reader.sequence(|inner| {
        AlgorithmIdentifierRef::decode(inner)?;
        <&OctetStringRef>::decode(inner)
    });
    parts.is_ok()
}

/// The seed of an Ed25519 key as ring writes it: version 2 with a public key that is tagged
/// against RFC 5958 (briansmith/ring#1464), which a careful PKCS #8 reader refuses.
fn ring_ed25519_seed(der: &[u8]) -> Option<&[u8]> {
    const PREFIX: &[u8] = b"\x30\x53\x02\x01\x01\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
    let is_ring_s = der.starts_with(PREFIX) && Ed25519KeyPair::from_pkcs8(der).is_ok();
    is_ring_s.then(|| der.get(PREFIX.len()..PREFIX.len() + 32))?
}

/// Why octets could not be read as a private key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// They are not a private key, or a damaged one.
    Malformed,
    /// The key is encrypted.
    Encrypted,
    /// An elliptic curve key that names no curve.
    NoCurve,
}

impl From<der::Error> for DecodeError {
    fn from(_: der::Error) -> Self {
        Self::Malformed
    }
}

impl From<pkcs8::Error> for DecodeError {
    fn from(_: pkcs8::Error) -> Self {
        Self::Malformed
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "is malformed",
            Self::Encrypted => "is encrypted",
            Self::NoCurve => "does not name its curve",
        })
    }
}

impl std::error::Error for DecodeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scalar_is_brought_to_the_length_of_the_field() {
        assert_eq!(*padded(&[0, 0xff, 1], 2), [0xff, 1]);
        assert_eq!(*padded(&[7], 3), [0, 0, 7]);
        assert_eq!(*padded(&[1, 2], 2), [1, 2]);
        // Too long for its curve: left for ring to refuse.
        assert_eq!(*padded(&[1, 2, 3], 2), [1, 2, 3]);
    }
}
