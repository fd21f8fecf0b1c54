//! TLS with ring, a client certificate, and what was seen on the way.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ring::digest::{SHA256, SHA384, SHA512, digest};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use rustls::sign::{CertifiedKey, SigningKey};
use rustls::{
    AlertDescription, ClientConfig, ClientConnection, Error, ProtocolVersion, SignatureScheme,
    StreamOwned,
};

use super::connect::Socket;
use super::error::{OnlineError, Step};
use super::trust::{Distrust, Trust, Verifier};
use crate::object_identifier::dotted;
use crate::private_key_info::PrivateKeyInfo;

/// A client certificate and its key, to be shown to servers that ask for one.
#[derive(Clone)]
pub struct Identity {
    certificate: CertificateDer<'static>,
    key: Arc<dyn SigningKey>,
}

impl Identity {
    /// That they belong to each other is for the caller to have seen.
    ///
    /// # Errors
    /// Where TLS cannot use a key of this kind here; the words follow "the key".
    pub fn new(certificate: &[u8], key: &PrivateKeyInfo) -> Result<Self, UnusableKey> {
        let pkcs8 = PrivatePkcs8KeyDer::from(key.pkcs8());
        let key = rustls::crypto::ring::sign::any_supported_type(&pkcs8.into())
            .map_err(|_| UnusableKey)?;
        Ok(Self {
            certificate: certificate.to_vec().into(),
            key,
        })
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// A private key that cannot sign in TLS here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnusableKey;

impl fmt::Display for UnusableKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is of a kind that TLS is not done with here")
    }
}

impl std::error::Error for UnusableKey {}

/// What was seen of TLS.
#[derive(Clone, Debug)]
pub struct TlsFacts {
    /// `TLS 1.2` or `TLS 1.3`
    pub version: &'static str,
    /// The cipher suite by its IANA name.
    pub cipher_suite: String,
    /// Whether the server asked for a client certificate.
    pub certificate_requested: bool,
    /// Whether it was sent one; not where it takes none of the signatures that the key can make.
    pub certificate_sent: bool,
    /// The server's own certificate, in DER.
    pub server_certificate: Vec<u8>,
}

/// Shows the certificate, and remembers whether the server asked.
#[derive(Debug)]
struct Resolver {
    identity: Option<Identity>,
    requested: AtomicBool,
    sent: AtomicBool,
}

impl ResolvesClientCert for Resolver {
    fn resolve(
        &self,
        _root_hint_subjects: &[&[u8]],
        schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        self.requested.store(true, Ordering::Relaxed);
        // Servers that know self-signed certificates name authorities all the same, so these are not minded.
        let identity = self.identity.as_ref()?;
        identity.key.choose_scheme(schemes)?;
        self.sent.store(true, Ordering::Relaxed);
        Some(Arc::new(CertifiedKey::new(
            vec![identity.certificate.clone()],
            Arc::clone(&identity.key),
        )))
    }

    fn has_certs(&self) -> bool {
        self.identity.is_some()
    }
}

/// How to shake hands.
pub(super) struct Handshake<'a> {
    /// Whose certificate it has to be: an A-label or address.
    pub(super) domain: &'a str,
    pub(super) trust: &'a Trust,
    pub(super) identity: Option<&'a Identity>,
    pub(super) is_direct: bool,
    pub(super) versions: Versions,
    /// Whether to go on with a server that is not to be trusted, of which only a probe makes use.
    pub(super) is_probe: bool,
}

/// Which versions of TLS to offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Versions {
    All,
    Tls12,
}

/// A connection inside TLS.
pub(super) struct TlsSocket {
    pub(super) stream: StreamOwned<ClientConnection, Socket>,
    verifier: Arc<Verifier>,
    resolver: Arc<Resolver>,
}

impl TlsSocket {
    /// Shakes hands over `socket`.
    pub(super) fn handshake(socket: Socket, how: &Handshake<'_>) -> Result<Self, OnlineError> {
        let name = ServerName::try_from(how.domain.to_owned())
            .map_err(|_| OnlineError::BadDomain(how.domain.to_owned()))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = Arc::new(Verifier::new(
            how.trust.clone(),
            provider.signature_verification_algorithms,
            how.is_probe,
        ));
        let resolver = Arc::new(Resolver {
            identity: how.identity.cloned(),
            requested: AtomicBool::new(false),
            sent: AtomicBool::new(false),
        });
        let config = config(provider, &verifier, &resolver, how)?;
        let connection = ClientConnection::new(Arc::new(config), name)
            .map_err(|error| OnlineError::TlsFailed(error.to_string()))?;
        let mut this = Self {
            stream: StreamOwned::new(connection, socket),
            verifier,
            resolver,
        };
        while this.stream.conn.is_handshaking() {
            match this.stream.conn.complete_io(&mut this.stream.sock) {
                Ok((0, 0)) => return Err(OnlineError::Closed(Step::Handshake)),
                Ok(_) => {}
                Err(error) => return Err(this.last_words(Step::Handshake, error)),
            }
        }
        Ok(this)
    }

    /// What a failed write means. A server that refuses the certificate has said so and gone by the time of the next write,
    /// which fails before that is read.
    pub(super) fn last_words(&mut self, step: Step, error: io::Error) -> OnlineError {
        let Self { stream, .. } = self;
        // What TLS itself objects to leaves the connection open, and nothing to wait for.
        let is_cut_off = error.get_ref().is_none();
        while is_cut_off && matches!(stream.conn.read_tls(&mut stream.sock), Ok(1..)) {
            if let Err(told) = stream.conn.process_new_packets() {
                return self.error(step, io::Error::other(told));
            }
        }
        self.error(step, error)
    }

    pub(super) fn facts(&self) -> TlsFacts {
        let connection = &self.stream.conn;
        let suite = connection.negotiated_cipher_suite();
        let certificates = connection.peer_certificates().unwrap_or_default();
        TlsFacts {
            version: match connection.protocol_version() {
                Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
                _ => "TLS 1.3",
            },
            cipher_suite: suite
                .and_then(|suite| suite.suite().as_str())
                .unwrap_or_default()
                // The names of TLS 1.3 are IANA's but for this.
                .replace("TLS13_", "TLS_"),
            certificate_requested: self.resolver.requested.load(Ordering::Relaxed),
            certificate_sent: self.resolver.sent.load(Ordering::Relaxed),
            server_certificate: certificates
                .first()
                .map_or_else(Vec::new, |certificate| certificate.to_vec()),
        }
    }

    /// Why the server is not to be trusted, where a probe went on all the same.
    pub(super) fn distrust(&self) -> Option<Distrust> {
        self.verifier.distrust()
    }

    /// The data of the channel binding of this type; nothing for types that cannot be had here.
    pub(super) fn channel_binding(&self, kind: &str) -> Option<Vec<u8>> {
        let connection = &self.stream.conn;
        match kind {
            // RFC 9266
            "tls-exporter" => connection
                .export_keying_material([0; 32], b"EXPORTER-Channel-Binding", Some(b""))
                .ok()
                .map(|material| material.to_vec()),
            "tls-server-end-point" => end_point(connection.peer_certificates()?.first()?),
            _ => None,
        }
    }

    /// What a failed operation means.
    pub(super) fn error(&self, step: Step, error: io::Error) -> OnlineError {
        match error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<Error>())
        {
            Some(Error::AlertReceived(alert)) => OnlineError::TlsRefused {
                alert: alert_name(*alert),
                certificate_requested: self.resolver.requested.load(Ordering::Relaxed),
                certificate_sent: self.resolver.sent.load(Ordering::Relaxed),
            },
            Some(error @ Error::InvalidCertificate(_)) => match self.verifier.distrust() {
                Some(distrust) => OnlineError::Untrusted(distrust),
                None => OnlineError::TlsFailed(error.to_string()),
            },
            Some(error) => OnlineError::TlsFailed(error.to_string()),
            None => io_error(step, error),
        }
    }
}

/// What a failed operation of a connection means.
pub(super) fn io_error(step: Step, error: io::Error) -> OnlineError {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => OnlineError::Silence(step),
        io::ErrorKind::UnexpectedEof => OnlineError::Closed(step),
        _ => OnlineError::Broken(step, error),
    }
}

fn config(
    provider: Arc<CryptoProvider>,
    verifier: &Arc<Verifier>,
    resolver: &Arc<Resolver>,
    how: &Handshake<'_>,
) -> Result<ClientConfig, OnlineError> {
    let versions = match how.versions {
        Versions::All => rustls::ALL_VERSIONS,
        Versions::Tls12 => &[&rustls::version::TLS12],
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(|error| OnlineError::TlsFailed(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(verifier) as _)
        .with_client_cert_resolver(Arc::clone(resolver) as _);
    // A resumed session shows no certificate.
    config.resumption = Resumption::disabled();
    if how.is_direct {
        config.alpn_protocols = vec![b"xmpp-client".to_vec()];
    }
    Ok(config)
}

/// The hash of the server's certificate, by the hash of its signature (RFC 5929 4.1).
fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let algorithm = match dotted(parsed.signature_algorithm.algorithm.as_bytes()).as_str() {
        // md5, sha1, sha256 with RSA; ECDSA with SHA-1, SHA-256
        "1.2.840.113549.1.1.4"
        | "1.2.840.113549.1.1.5"
        | "1.2.840.113549.1.1.11"
        | "1.2.840.10045.4.1"
        | "1.2.840.10045.4.3.2" => &SHA256,
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => &SHA384,
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => &SHA512,
        _ => return None,
    };
    Some(digest(algorithm, certificate).as_ref().to_vec())
}

/// The name as RFC 8446 6 writes it.
fn alert_name(alert: AlertDescription) -> String {
    let AlertDescription::Unknown(number) = alert else {
        let mut name = String::new();
        let mut was_lower = false;
        for character in alert.as_str().unwrap_or_default().chars() {
            if was_lower && character.is_ascii_uppercase() {
                name.push('_');
            }
            was_lower = character.is_ascii_lowercase();
            name.push(character.to_ascii_lowercase());
        }
        return name;
    };
    format!("alert {number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_have_the_names_of_their_rfc() {
        for (alert, name) in [
            (AlertDescription::UnknownCA, "unknown_ca"),
            (
                AlertDescription::CertificateRequired,
                "certificate_required",
            ),
            (AlertDescription::BadCertificate, "bad_certificate"),
            (AlertDescription::Unknown(99), "alert 99"),
        ] {
            assert_eq!(alert_name(alert), name);
        }
    }
}
