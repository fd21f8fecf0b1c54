//! Key pairs for client certificates: the algorithms on offer, and private keys that can sign.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;
use std::thread;

use rcgen::{PublicKeyData as _, SignatureAlgorithm};
use ring::rand::{SecureRandom as _, SystemRandom};
use rsa::pkcs8::EncodePrivateKey as _;
use zeroize::Zeroizing;

use crate::private_key_info::{DecodeError, PrivateKeyInfo};
use crate::public_key::KeyDescription;
use crate::rsa_keygen::{self, Watch};

const WEAK_RSA: &str = "clients on OpenSSL refuse RSA keys under 2048 bits";
const P_521: &str = "P-521 breaks TLS 1.2 logins on Prosody's default settings";
const OTHER_CURVE: &str = "TLS 1.3 logins need the curve P-256 or P-384";
const UNUSUAL: &str = "no XMPP client is known to log in with such a key";

/// The kinds of key that servers and clients take, by the names of `--key-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// RSA with a modulus of 2048 bits.
    Rsa2048,
    /// RSA with a modulus of 3072 bits.
    Rsa3072,
    /// RSA with a modulus of 4096 bits.
    Rsa4096,
    /// ECDSA on P-256 (FIPS 186-5).
    EcdsaP256,
    /// ECDSA on P-384 (FIPS 186-5).
    EcdsaP384,
    /// Ed25519 (RFC 8032).
    Ed25519,
}

impl KeyAlgorithm {
    /// All of them, the usual choice first.
    pub const ALL: [Self; 6] = [
        Self::Rsa4096,
        Self::Rsa3072,
        Self::Rsa2048,
        Self::EcdsaP256,
        Self::EcdsaP384,
        Self::Ed25519,
    ];

    /// Kinds that other programs make and this one does not, with the reason as half a sentence.
    pub const REFUSED: [(&str, &str); 6] = [
        ("rsa-1024", WEAK_RSA),
        ("ecdsa-p521", P_521),
        ("p521", P_521),
        ("ecdsa-secp256k1", OTHER_CURVE),
        ("ed448", UNUSUAL),
        ("dsa", UNUSUAL),
    ];

    /// The name on the command line: `rsa-4096`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa-2048",
            Self::Rsa3072 => "rsa-3072",
            Self::Rsa4096 => "rsa-4096",
            Self::EcdsaP256 => "ecdsa-p256",
            Self::EcdsaP384 => "ecdsa-p384",
            Self::Ed25519 => "ed25519",
        }
    }

    /// Whether the key can encrypt, which is what keyEncipherment permits (RFC 5280 4.2.1.3).
    #[must_use]
    pub const fn is_rsa(self) -> bool {
        self.modulus_bits().is_some()
    }

    const fn modulus_bits(self) -> Option<usize> {
        match self {
            Self::Rsa2048 => Some(2048),
            Self::Rsa3072 => Some(3072),
            Self::Rsa4096 => Some(4096),
            Self::EcdsaP256 | Self::EcdsaP384 | Self::Ed25519 => None,
        }
    }

    fn signature_algorithm(self) -> &'static SignatureAlgorithm {
        match self {
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => &rcgen::PKCS_RSA_SHA256,
            Self::EcdsaP256 => &rcgen::PKCS_ECDSA_P256_SHA256,
            Self::EcdsaP384 => &rcgen::PKCS_ECDSA_P384_SHA384,
            Self::Ed25519 => &rcgen::PKCS_ED25519,
        }
    }

    /// The algorithm of an existing key.
    ///
    /// # Errors
    /// The reason why it is not one of these, as half a sentence.
    pub fn of(key: &KeyDescription) -> Result<Self, &'static str> {
        match (key.algorithm.as_str(), key.bits, key.curve.as_deref()) {
            ("rsa", Some(2048), _) => Ok(Self::Rsa2048),
            ("rsa", Some(3072), _) => Ok(Self::Rsa3072),
            ("rsa", Some(4096), _) => Ok(Self::Rsa4096),
            ("rsa", Some(..2048), _) => Err(WEAK_RSA),
            ("rsa", _, _) => Err("only RSA keys of 2048, 3072 or 4096 bits can sign here"),
            ("ecdsa", _, Some("P-256")) => Ok(Self::EcdsaP256),
            ("ecdsa", _, Some("P-384")) => Ok(Self::EcdsaP384),
            ("ecdsa", _, Some("P-521")) => Err(P_521),
            ("ecdsa", _, _) => Err(OTHER_CURVE),
            ("ed25519", _, _) => Ok(Self::Ed25519),
            ("x25519" | "x448", _, _) => Err("such a key agrees on secrets but cannot sign"),
            _ => Err(UNUSUAL),
        }
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for KeyAlgorithm {
    type Err = KeyError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
            .ok_or_else(
                || match Self::REFUSED.iter().find(|(known, _)| *known == name) {
                    Some((_, reason)) => KeyError::Refused {
                        name: name.to_owned(),
                        reason,
                    },
                    None => KeyError::UnknownAlgorithm(name.to_owned()),
                },
            )
    }
}

/// A private key that can sign certificates and requests.
///
/// The encoded key is wiped when dropped; ring's copy of it, which signs, cannot be.
pub struct PrivateKey {
    algorithm: KeyAlgorithm,
    info: PrivateKeyInfo,
    pair: rcgen::KeyPair,
}

impl PrivateKey {
    /// Makes a new key. RSA keeps all cores busy for some hundredths of a second, or a second on old processors.
    ///
    /// # Errors
    /// [`KeyError::Generation`] where the system gives no random octets.
    pub fn generate(algorithm: KeyAlgorithm) -> Result<Self, KeyError> {
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self::generate_watched(algorithm, cores, &Watch::default())
    }

    /// Makes a new key, as [`generate`](Self::generate) does. If it is one of RSA, so many threads search, and `watch` says how
    /// far they are, and can end the search.
    ///
    /// # Errors
    /// [`KeyError::Generation`] where the system gives no random octets, [`KeyError::Rsa`] after [`Watch::cancel`].
    pub fn generate_watched(
        algorithm: KeyAlgorithm,
        threads: NonZeroUsize,
        watch: &Watch,
    ) -> Result<Self, KeyError> {
        let info = match algorithm.modulus_bits() {
            Some(bits) => {
                let key =
                    rsa_keygen::generate(bits, threads, watch).map_err(|error| match error {
                        rsa_keygen::Error::Random => KeyError::Generation,
                        error => KeyError::Rsa(error),
                    })?;
                let pkcs8 = key.to_pkcs8_der().map_err(|_| KeyError::Generation)?;
                PrivateKeyInfo::decode(pkcs8.as_bytes())
            }
            None if algorithm == KeyAlgorithm::Ed25519 => {
                let mut seed = Zeroizing::new([0; 32]);
                SystemRandom::new()
                    .fill(&mut *seed)
                    .map_err(|_| KeyError::Generation)?;
                PrivateKeyInfo::from_ed25519_seed(&*seed)
            }
            None => {
                let pair = rcgen::KeyPair::generate_for(algorithm.signature_algorithm())
                    .map_err(|_| KeyError::Generation)?;
                PrivateKeyInfo::decode(&Zeroizing::new(pair.serialize_der()))
            }
        };
        Self::try_from(info.map_err(KeyError::Unreadable)?)
    }

    /// Its algorithm.
    #[must_use]
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// Its kind and size.
    #[must_use]
    pub fn description(&self) -> &KeyDescription {
        self.info.description()
    }

    /// Its SubjectPublicKeyInfo, DER (RFC 5280 4.1.2.7).
    #[must_use]
    pub fn spki(&self) -> Vec<u8> {
        self.pair.subject_public_key_info()
    }

    /// The key as a `PRIVATE KEY` block of PKCS #8 version 1, unencrypted (RFC 7468 10).
    ///
    /// # Errors
    /// [`KeyError::Unreadable`] should it be too large to encode, which no key that signs is.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        self.info.to_pem().map_err(KeyError::Unreadable)
    }

    #[cfg(feature = "online")]
    pub(crate) fn info(&self) -> &PrivateKeyInfo {
        &self.info
    }

    pub(crate) fn pair(&self) -> &rcgen::KeyPair {
        &self.pair
    }
}

impl TryFrom<PrivateKeyInfo> for PrivateKey {
    type Error = KeyError;

    fn try_from(info: PrivateKeyInfo) -> Result<Self, Self::Error> {
        let algorithm =
            KeyAlgorithm::of(info.description()).map_err(|reason| KeyError::Unsupported {
                key: info.description().clone(),
                reason,
            })?;
        if info.spki().is_none() {
            return Err(KeyError::NoPublicPart);
        }
        let pair = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(
            &info.pkcs8().into(),
            algorithm.signature_algorithm(),
        )
        .map_err(|error| KeyError::Rejected(error.to_string()))?;
        Ok(Self {
            algorithm,
            info,
            pair,
        })
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// Why there is no key to sign with. Worded to follow the name of the file it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// `--key-type` names no known algorithm.
    UnknownAlgorithm(String),
    /// A kind of key that is known and not offered.
    Refused {
        /// Its name in [`KeyAlgorithm::REFUSED`].
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// The system's random number generator failed.
    Generation,
    /// There is no new RSA key.
    Rsa(rsa_keygen::Error),
    /// The file does not hold a key that can be read.
    Unreadable(DecodeError),
    /// A key of a kind that would not work.
    Unsupported {
        /// What it is.
        key: KeyDescription,
        /// Why that would not work.
        reason: &'static str,
    },
    /// An elliptic curve key without its public half.
    NoPublicPart,
    /// The parts of the key contradict each other, or it is not of the usual make.
    Rejected(String),
}

impl KeyError {
    /// What to do about it, in one line.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::UnknownAlgorithm(_) | Self::Refused { .. } => format!(
                "give one of {}",
                KeyAlgorithm::ALL.map(KeyAlgorithm::name).join(", ")
            ),
            Self::Generation => "see that the system's random number generator works".to_owned(),
            Self::Rsa(error) => error.hint().to_owned(),
            Self::Unreadable(DecodeError::Encrypted) => {
                "decrypt it with 'openssl pkey -in KEY -out NEW'".to_owned()
            }
            Self::Unreadable(_) => "give an unencrypted PKCS #8, PKCS #1 or SEC 1 key".to_owned(),
            Self::Unsupported { .. } => "leave out '--key' to make a new key".to_owned(),
            Self::NoPublicPart => "have it added with 'openssl pkey -in KEY -out NEW'".to_owned(),
            Self::Rejected(_) => "check it with 'openssl pkey -check -noout -in KEY'".to_owned(),
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAlgorithm(name) => write!(f, "'{name}' is not a kind of key"),
            Self::Refused { name, reason } => write!(f, "'{name}' keys are not made: {reason}"),
            Self::Generation => {
                f.write_str("no key could be made: the system gave no random octets")
            }
            Self::Rsa(error) => write!(f, "no key could be made: {error}"),
            Self::Unreadable(error) => write!(f, "{error}"),
            Self::Unsupported { key, reason } => write!(f, "is an {key} key, and {reason}"),
            Self::NoPublicPart => f.write_str("lacks its public part"),
            Self::Rejected(reason) => write!(f, "is not a sound key: {reason}"),
        }
    }
}

impl std::error::Error for KeyError {}
