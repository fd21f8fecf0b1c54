//! What certificate and key came in, which some programs take in few forms only.

use std::fmt;

use crate::objects::{Object, PemFault};
use crate::private_key_info::{KeyForm, PrivateKeyInfo};

/// What the certificate came in. Some programs take a file that holds nothing else only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileForm {
    /// PEM rather than DER.
    pub is_pem: bool,
    /// What keeps OpenSSL from reading the file as far as the certificate, or from reading on to its end, as it does in
    /// search of the certificates of issuers.
    pub pem_fault: Option<PemFault>,
    /// A private key stands in the same file.
    pub has_private_key: bool,
    /// How many other objects stand in the same file.
    pub other_objects: usize,
    /// Text stands outside of the PEM blocks.
    pub has_text: bool,
}

/// The private key that should belong to a certificate, as its file holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFile {
    /// How the file is called in hints.
    pub source: String,
    /// The SubjectPublicKeyInfo, DER, that belongs to it.
    pub spki: Vec<u8>,
    /// Another certificate in the file of the first, counted from one, to which it belongs.
    pub owner: Option<usize>,
    /// What keeps clients on OpenSSL from loading it.
    pub fault: Option<KeyFault>,
}

/// What keeps clients on OpenSSL from loading the file of a key that is read here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFault {
    /// It is DER.
    NotPem,
    /// The PEM is not as OpenSSL reads it.
    Pem(PemFault),
    /// The block holds a key of another form than its label says.
    Label(String),
    /// The public key stands in it too (RFC 5958), which OpenSSL 3.0 does not know.
    HoldsPublicKey,
}

impl KeyFault {
    /// What is wrong with `object` as the file of `key`, which was read from it.
    #[must_use]
    pub fn of(object: &Object, key: &PrivateKeyInfo) -> Option<Self> {
        let Some(label) = &object.label else {
            return Some(Self::NotPem);
        };
        let fault = object.pem_fault.filter(|fault| match fault {
            // OpenSSL looks into headers only where they are longer than their first word has to be.
            PemFault::Headers(length) => *length > "Proc-Type:".len(),
            // In search of a key, it begins anew.
            PemFault::NulBefore => false,
            _ => true,
        });
        if let Some(fault) = fault {
            Some(Self::Pem(fault))
        } else if key.form() == KeyForm::OneAsymmetricKey {
            Some(Self::HoldsPublicKey)
        } else {
            (!fits(label, key)).then(|| Self::Label(label.clone()))
        }
    }
}

/// Whether OpenSSL looks for such a key in a block of this label.
fn fits(label: &str, key: &PrivateKeyInfo) -> bool {
    let is_pkcs8 = key.form() == KeyForm::Pkcs8;
    match (label, key.description().algorithm.as_str()) {
        ("PRIVATE KEY" | "ENCRYPTED PRIVATE KEY", _) => is_pkcs8,
        ("RSA PRIVATE KEY", "rsa") => is_pkcs8 || key.form() == KeyForm::Pkcs1,
        ("EC PRIVATE KEY", "ecdsa") => is_pkcs8 || key.form() == KeyForm::Sec1,
        _ => false,
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPem => f.write_str("it is not PEM"),
            Self::Pem(fault) => fault.fmt(f),
            Self::Label(label) => write!(f, "the label '{label}' is that of another form of key"),
            Self::HoldsPublicKey => f.write_str("the public key stands in it too (RFC 5958)"),
        }
    }
}
