//! What makes a server the one it should be.
//!
//! The name is the domainpart of the JID, as a dNSName or iPAddress of the certificate (RFC 6120 13.7.2), whatever SRV
//! records or an option say about where the server is. The signature of the handshake is always verified, so whoever
//! shows a certificate also has its key.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::error::OnlineError;
use crate::fingerprint::sha256;

/// Which servers to believe.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Those with a certificate from one of these roots, or whose certificate is itself among `exact`.
    Roots {
        /// The roots.
        roots: Arc<RootCertStore>,
        /// Certificates that are believed as they are, octet for octet, whoever signed them and whether or not they say
        /// that they are a CA's. Name and dates still have to be right.
        exact: Vec<Vec<u8>>,
    },
    /// The one whose certificate has this key, whoever signed it and whatever else it says (as RFC 7671 5.1 has it).
    Pin(Pin),
}

impl Trust {
    /// The roots of the system.
    ///
    /// # Errors
    /// [`OnlineError::NoRoots`]
    pub fn system() -> Result<Self, OnlineError> {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        let (taken, _unusable) = roots.add_parsable_certificates(found.certs);
        if taken == 0 {
            let reason = found
                .errors
                .first()
                .map_or_else(|| "the system has none".to_owned(), ToString::to_string);
            return Err(OnlineError::NoRoots(reason));
        }
        Ok(Self::Roots {
            roots: Arc::new(roots),
            exact: Vec::new(),
        })
    }

    /// These certificates, as roots and as they are.
    #[must_use]
    pub fn only(certificates: Vec<Vec<u8>>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(
            certificates
                .iter()
                .map(|der| CertificateDer::from(der.clone())),
        );
        Self::Roots {
            roots: Arc::new(roots),
            exact: certificates,
        }
    }
}

/// The SHA-256 of a SubjectPublicKeyInfo, written `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin(String);

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0)
    }
}

impl FromStr for Pin {
    type Err = BadPin;

    fn from_str(text: &str) -> Result<Self, BadPin> {
        let digits = text.strip_prefix("sha256:").ok_or(BadPin)?;
        // openssl and others write pairs of digits with colons between.
        let digits = digits.replace(':', "").to_ascii_lowercase();
        if digits.len() != 64 || !digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(BadPin);
        }
        Ok(Self(digits))
    }
}

/// A text that is no [`Pin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPin;

impl fmt::Display for BadPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a pin is 'sha256:' and the 64 hexadecimal digits of the SHA-256 of the server's public key")
    }
}

impl std::error::Error for BadPin {}

/// Why a server's certificate is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distrust {
    /// What is wrong with it.
    pub reason: Reason,
    /// SHA-256 of the key that the certificate is for, as [`Pin`] takes it; nothing where it cannot be read.
    pub spki_sha256: Option<String>,
}

/// What is wrong with a server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It is signed by itself, or by nobody who is trusted.
    UnknownIssuer,
    /// It says that it is a CA's, and is not among those that are believed as they are.
    CaCertificate,
    /// notAfter has passed.
    Expired,
    /// notBefore is to come.
    NotYetValid,
    /// It is for other names.
    WrongName {
        /// The name it should have.
        wanted: String,
        /// The names it has.
        names: Vec<String>,
    },
    /// It has another key than the one pinned.
    OtherKey,
    /// Something else, in the words of the verifier.
    Other(String),
}

impl Distrust {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match (&self.reason, &self.spki_sha256) {
            (Reason::UnknownIssuer | Reason::CaCertificate, Some(pin)) => format!(
                "name the roots, or the certificate itself, with '--ca FILE', or compare the server's key with what its administrator says and give '--pin sha256:{pin}'"
            ),
            (Reason::Expired | Reason::NotYetValid, _) => {
                "tell the server's administrator, and see that the clock here is right".to_owned()
            }
            (Reason::WrongName { .. }, _) => {
                "see that the JID is right; the certificate has to name the domain of the JID, not the host"
                    .to_owned()
            }
            (Reason::OtherKey, Some(pin)) => format!(
                "someone may be in between; if the server has a new key, its administrator can confirm '--pin sha256:{pin}'"
            ),
            _ => "tell the server's administrator".to_owned(),
        }
    }
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::UnknownIssuer => {
                f.write_str("nobody who is trusted here signed its certificate")
            }
            Reason::CaCertificate => {
                f.write_str("its certificate is that of a CA, and not known here")
            }
            Reason::Expired => f.write_str("its certificate has expired"),
            Reason::NotYetValid => f.write_str("its certificate is not yet valid"),
            Reason::WrongName { wanted, names } if names.is_empty() => {
                write!(f, "its certificate does not name '{wanted}', nor any other")
            }
            Reason::WrongName { wanted, names } => write!(
                f,
                "its certificate does not name '{wanted}' but '{}'",
                names.join("', '")
            ),
            Reason::OtherKey => f.write_str("its certificate has another key than the one pinned"),
            Reason::Other(reason) => write!(f, "its certificate is refused: {reason}"),
        }
    }
}

/// Verifies the server's certificate by `trust`, and keeps why it does not.
#[derive(Debug)]
pub(super) struct Verifier {
    trust: Trust,
    algorithms: WebPkiSupportedAlgorithms,
    /// Whether to keep what is wrong and say yes.
    is_probe: bool,
    distrust: Mutex<Option<Distrust>>,
}

impl Verifier {
    pub(super) fn new(trust: Trust, algorithms: WebPkiSupportedAlgorithms, is_probe: bool) -> Self {
        Self {
            trust,
            algorithms,
            is_probe,
            distrust: Mutex::new(None),
        }
    }

    /// Why the last certificate was not believed.
    pub(super) fn distrust(&self) -> Option<Distrust> {
        self.distrust.lock().ok()?.take()
    }

    fn verify(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Reason> {
        let parsed = ParsedCertificate::try_from(certificate).map_err(|error| reason(&error, name));
        match &self.trust {
            Trust::Pin(pin) => match spki_sha256(certificate) {
                Some(key) if key == pin.0 => Ok(()),
                Some(_) => Err(Reason::OtherKey),
                None => parsed.map(|_| ()),
            },
            Trust::Roots { roots, exact } => {
                let parsed = parsed?;
                if exact
                    .iter()
                    .any(|known| known.as_slice() == certificate.as_ref())
                {
                    within_dates(certificate, now)?;
                } else {
                    verify_server_cert_signed_by_trust_anchor(
                        &parsed,
                        roots,
                        intermediates,
                        now,
                        self.algorithms.all,
                    )
                    .map_err(|error| reason(&error, name))?;
                }
                verify_server_name(&parsed, name).map_err(|error| reason(&error, name))
            }
        }
    }
}

/// As a path would have it (RFC 5280 6.1.3), for a certificate that has no path.
fn within_dates(certificate: &[u8], now: UnixTime) -> Result<(), Reason> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate)
        .map_err(|error| Reason::Other(error.to_string()))?;
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let validity = certificate.validity();
    if now < validity.not_before.timestamp() {
        return Err(Reason::NotYetValid);
    }
    if now > validity.not_after.timestamp() {
        return Err(Reason::Expired);
    }
    Ok(())
}

fn spki_sha256(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Some(sha256(certificate.public_key().raw))
}

fn reason(error: &Error, name: &ServerName<'_>) -> Reason {
    let Error::InvalidCertificate(error) = error else {
        return Reason::Other(error.to_string());
    };
    match error {
        CertificateError::UnknownIssuer => Reason::UnknownIssuer,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Reason::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Reason::NotYetValid
        }
        CertificateError::NotValidForName => Reason::WrongName {
            wanted: name.to_str().into_owned(),
            names: Vec::new(),
        },
        CertificateError::NotValidForNameContext { presented, .. } => Reason::WrongName {
            wanted: name.to_str().into_owned(),
            names: presented.iter().map(|name| plain_name(name)).collect(),
        },
        // webpki has no name of its own for this in rustls.
        other if other.to_string().contains("CaUsedAsEndEntity") => Reason::CaCertificate,
        other => Reason::Other(other.to_string()),
    }
}

/// webpki shows names as `DnsName("example.org")`.
fn plain_name(shown: &str) -> String {
    let inner = shown.split_once('(').map_or(shown, |(_, inner)| inner);
    inner.trim_end_matches(')').trim_matches('"').to_owned()
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.verify(end_entity, intermediates, server_name, now) {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(reason) => {
                let alert = match reason {
                    Reason::Expired => CertificateError::Expired,
                    Reason::NotYetValid => CertificateError::NotValidYet,
                    Reason::WrongName { .. } => CertificateError::NotValidForName,
                    Reason::UnknownIssuer | Reason::CaCertificate => {
                        CertificateError::UnknownIssuer
                    }
                    _ => CertificateError::ApplicationVerificationFailure,
                };
                if let Ok(mut distrust) = self.distrust.lock() {
                    *distrust = Some(Distrust {
                        reason,
                        spki_sha256: spki_sha256(end_entity),
                    });
                }
                if self.is_probe {
                    return Ok(ServerCertVerified::assertion());
                }
                Err(alert.into())
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
