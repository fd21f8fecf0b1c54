//! What a certificate, a request or a key says, as plain data.
//!
//! Nothing is judged here and nothing is verified but a certificate's own signature; a malformed
//! part is reported as such beside the parts that could be read.

mod alt_names;
mod certificate;
mod definition;
mod definitions;
mod extensions;
mod names;
mod signature;
mod tbs;

use std::fmt;

use serde::Serialize;
use time::OffsetDateTime;
use x509_parser::asn1_rs::{Any, FromDer as _, Tag};
use x509_parser::x509::SubjectPublicKeyInfo;

pub use alt_names::SubjectAltName;
pub use certificate::{CertificateInspection, RequestInspection, Subject};
pub use extensions::{Extension, ExtensionContent, Extensions};

use tbs::Parts;

use crate::fingerprint::sha256;
use crate::objects::Object;
use crate::private_key_info::{DecodeError, PrivateKeyInfo};
use crate::public_key::KeyDescription;

/// What one object of a file says.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Inspection {
    /// A certificate (RFC 5280).
    Certificate(Box<CertificateInspection>),
    /// A certificate request (PKCS #10, RFC 2986).
    Request(Box<RequestInspection>),
    /// A private key, of which only the public facts are told.
    PrivateKey(PrivateKeyInspection),
    /// A public key.
    PublicKey(PublicKeyInspection),
}

/// What may be told of a private key.
#[derive(Clone, Debug, Serialize)]
pub struct PrivateKeyInspection {
    /// Kind and size; left out of an encrypted key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyDescription>,
    /// Whether a passphrase protects it.
    pub encrypted: bool,
    /// SHA-256 of the SubjectPublicKeyInfo, where that can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spki_sha256: Option<String>,
}

/// What a public key file says.
#[derive(Clone, Debug, Serialize)]
pub struct PublicKeyInspection {
    /// Kind and size.
    pub key: KeyDescription,
    /// SHA-256 of the SubjectPublicKeyInfo.
    pub spki_sha256: String,
}

impl Inspection {
    /// Reads `object`. `now` decides on standing and days left.
    ///
    /// # Errors
    /// [`InspectError`], which names what the object is or claims to be.
    pub fn of(object: &Object, now: OffsetDateTime) -> Result<Self, InspectError> {
        Self::read(object, now, true)
    }

    /// The same without verifying any signature, which is most of the work where certificates are self-signed: of those,
    /// [`CertificateInspection::self_signed`] is not told.
    ///
    /// # Errors
    /// Those of [`Self::of`].
    pub fn unverified(object: &Object, now: OffsetDateTime) -> Result<Self, InspectError> {
        Self::read(object, now, false)
    }

    fn read(object: &Object, now: OffsetDateTime, verifies: bool) -> Result<Self, InspectError> {
        let der = object.der.as_slice();
        match Kind::of(object)? {
            Kind::Certificate => CertificateInspection::of(der, now, verifies)
                .map(|certificate| Self::Certificate(Box::new(certificate))),
            Kind::Request => {
                RequestInspection::of(der).map(|request| Self::Request(Box::new(request)))
            }
            Kind::PrivateKey if object.is_encrypted => Ok(Self::encrypted_private_key()),
            Kind::PrivateKey => match PrivateKeyInfo::decode(der) {
                Ok(info) => Ok(Self::PrivateKey(PrivateKeyInspection {
                    key: Some(info.description().clone()),
                    encrypted: false,
                    spki_sha256: info.spki().map(sha256),
                })),
                Err(DecodeError::Encrypted) => Ok(Self::encrypted_private_key()),
                Err(_) => Err(InspectError::Malformed(Kind::PrivateKey)),
            },
            Kind::EncryptedPrivateKey => Ok(Self::encrypted_private_key()),
            Kind::PublicKey => {
                let (_, spki) = SubjectPublicKeyInfo::from_der(der)
                    .map_err(|_| InspectError::Malformed(Kind::PublicKey))?;
                Ok(Self::PublicKey(PublicKeyInspection {
                    key: KeyDescription::of(&spki),
                    spki_sha256: sha256(spki.raw),
                }))
            }
        }
    }

    fn encrypted_private_key() -> Self {
        Self::PrivateKey(PrivateKeyInspection {
            key: None,
            encrypted: true,
            spki_sha256: None,
        })
    }
}

/// The kinds of object that can be inspected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `CERTIFICATE` and its older labels.
    Certificate,
    /// `CERTIFICATE REQUEST`
    Request,
    /// Every label that ends in `PRIVATE KEY`.
    PrivateKey,
    /// `ENCRYPTED PRIVATE KEY`
    EncryptedPrivateKey,
    /// `PUBLIC KEY`
    PublicKey,
}

impl Kind {
    /// What `object` is by its label, or by its structure where it has none.
    ///
    /// # Errors
    /// [`InspectError::Unsupported`] for anything else.
    pub fn of(object: &Object) -> Result<Self, InspectError> {
        let Some(label) = &object.label else {
            return Self::of_der(&object.der);
        };
        match label.as_str() {
            // "TRUSTED" certificates carry OpenSSL's settings behind the certificate.
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => Ok(Self::Certificate),
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Ok(Self::Request),
            "PUBLIC KEY" => Ok(Self::PublicKey),
            "ENCRYPTED PRIVATE KEY" => Ok(Self::EncryptedPrivateKey),
            "OPENSSH PRIVATE KEY" => Err(InspectError::Unsupported(label.clone())),
            _ if label.ends_with("PRIVATE KEY") => Ok(Self::PrivateKey),
            _ => Err(InspectError::Unsupported(label.clone())),
        }
    }

    /// Tells the kinds apart by the tags of the first elements, as their definitions have them.
    fn of_der(der: &[u8]) -> Result<Self, InspectError> {
        let elements: Vec<Any<'_>> = match Parts(der).next() {
            Some(outer) => Parts(outer.any.data).map(|element| element.any).collect(),
            None => Vec::new(),
        };
        let tags: Vec<Tag> = elements.iter().map(Any::tag).collect();
        let unsupported = |what: &str| Err(InspectError::Unsupported(what.to_owned()));
        match tags.as_slice() {
            [Tag::Sequence, Tag::Sequence, Tag::BitString] => {
                // Both are SIGNED; a request is version, subject, key and [0] attributes.
                let inner: Vec<Tag> = Parts(elements[0].data)
                    .map(|element| element.any.tag())
                    .collect();
                match inner.as_slice() {
                    [Tag::Integer, Tag::Sequence, Tag::Sequence, Tag(0), ..]
                    | [Tag::Integer, Tag::Sequence, Tag::Sequence] => Ok(Self::Request),
                    _ => Ok(Self::Certificate),
                }
            }
            [Tag::Sequence, Tag::BitString] => Ok(Self::PublicKey),
            [Tag::Sequence, Tag::OctetString] => Ok(Self::EncryptedPrivateKey),
            [Tag::Integer, Tag::Sequence, Tag::OctetString, ..]
            | [Tag::Integer, Tag::OctetString, ..]
            | [Tag::Integer, Tag::Integer, _, _, ..] => Ok(Self::PrivateKey),
            [Tag::Integer, Tag::Sequence, ..] => unsupported("PKCS #12"),
            [Tag::Oid, ..] => unsupported("PKCS #7"),
            _ => Err(InspectError::Unknown),
        }
    }
}

impl fmt::Display for Kind {
    /// The alternate form has an article.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            f.write_str(match self {
                Self::EncryptedPrivateKey => "an ",
                _ => "a ",
            })?;
        }
        f.write_str(match self {
            Self::Certificate => "certificate",
            Self::Request => "certificate request",
            Self::PrivateKey => "private key",
            Self::EncryptedPrivateKey => "encrypted private key",
            Self::PublicKey => "public key",
        })
    }
}

/// Why an object says nothing. Worded to follow the name of the file it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InspectError {
    /// The object is not what it claims or seems to be, or it is damaged.
    Malformed(Kind),
    /// An object of this name, which is not read here.
    Unsupported(String),
    /// DER of no known structure.
    Unknown,
}

impl fmt::Display for InspectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(kind) => write!(f, "holds a malformed {kind}"),
            Self::Unsupported(what) => write!(f, "holds '{what}', which is not read here"),
            Self::Unknown => f.write_str("holds DER that is neither a certificate nor a key"),
        }
    }
}

impl std::error::Error for InspectError {}
