//! The login of a stream: SCRAM, PLAIN and EXTERNAL (RFC 6120 6, RFC 5802, RFC 4616, XEP-0178).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::error::{OnlineError, Step};
use super::scram::{Binding, Hash, Scram};
use super::stream::{Features, Stream, refusal};
use crate::inspection::CertificateInspection;
use crate::jid::Jid;

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";

/// The types of channel binding that can be had, the best first.
const CHANNEL_BINDINGS: [&str; 2] = ["tls-exporter", "tls-server-end-point"];

/// The mechanisms of SCRAM, the best first. A server has those whose hash it keeps of the password, so each may be the only one.
const HASHES: [(Hash, &str); 3] = [
    (Hash::Sha512, "SCRAM-SHA-512"),
    (Hash::Sha256, "SCRAM-SHA-256"),
    (Hash::Sha1, "SCRAM-SHA-1"),
];

/// A password, wiped when it is dropped.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes it over.
    #[must_use]
    pub fn new(password: Zeroizing<String>) -> Self {
        Self(password)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// How to log in.
#[derive(Debug)]
pub enum Credentials<'a> {
    /// By SCRAM, or else PLAIN.
    Password(&'a Password),
    /// By the certificate of the TLS connection (SASL EXTERNAL, XEP-0178).
    External {
        /// The account to be, or nothing where the certificate says it (`=`).
        authzid: Option<Jid>,
    },
}

/// The authorization identity with which `certificate` becomes `jid`: none where that is the one JID it has, as servers
/// then know, and else the bare JID (XEP-0178 2).
#[must_use]
pub fn authorization_identity(certificate: &CertificateInspection, jid: &Jid) -> Option<Jid> {
    let bare = jid.to_bare();
    let addresses = certificate.subject.extensions.xmpp_addrs.as_slice();
    match addresses {
        [only] if only.to_jid().is_ok_and(|jid| jid.to_bare() == bare) => None,
        _ => Some(bare),
    }
}

/// The messages of a login, over a stream inside verified TLS.
pub(super) struct Exchange<'a> {
    pub(super) stream: &'a mut Stream,
    pub(super) features: &'a Features,
    pub(super) tls_version: &'static str,
}

impl Exchange<'_> {
    pub(super) fn log_in(
        mut self,
        jid: &Jid,
        credentials: &Credentials<'_>,
    ) -> Result<(), OnlineError> {
        match credentials {
            Credentials::Password(password) => self.by_password(jid, password),
            Credentials::External { authzid } => self.by_certificate(authzid.as_ref()),
        }
    }

    fn by_certificate(&mut self, authzid: Option<&Jid>) -> Result<(), OnlineError> {
        if !self.offers("EXTERNAL") {
            return Err(OnlineError::NoMechanism {
                offered: self.features.mechanisms.clone(),
            });
        }
        // An empty text is written so (RFC 6120 6.4.2).
        let initial = authzid.map_or_else(|| "=".to_owned(), |jid| STANDARD.encode(jid.as_str()));
        self.authenticate("EXTERNAL", &initial)?;
        loop {
            match self.answer()? {
                Answer::Success(_) => return Ok(()),
                Answer::Challenge(_) => self.respond(&initial)?,
            }
        }
    }

    fn by_password(&mut self, jid: &Jid, password: &Password) -> Result<(), OnlineError> {
        let binding = self.binding();
        let suffix = if matches!(binding, Binding::Used { .. }) {
            "-PLUS"
        } else {
            ""
        };
        for (hash, name) in HASHES {
            let name = format!("{name}{suffix}");
            if self.offers(&name) {
                let mut octets = [0; 24];
                getrandom::fill(&mut octets).map_err(|_| OnlineError::NoRandom)?;
                let nonce = STANDARD.encode(octets);
                let scram = Scram::new(hash, binding, jid.localpart(), nonce)?;
                return self.by_scram(&name, scram, password);
            }
        }
        if self.offers("PLAIN") {
            // RFC 4616
            let message = Zeroizing::new(format!("\0{}\0{}", jid.localpart(), *password.0));
            let message = Zeroizing::new(STANDARD.encode(message.as_bytes()));
            self.authenticate("PLAIN", &message)?;
            return match self.answer()? {
                Answer::Success(_) => Ok(()),
                Answer::Challenge(_) => Err(OnlineError::NotXmpp(
                    Step::Login,
                    "PLAIN has no challenges".to_owned(),
                )),
            };
        }
        Err(OnlineError::NoMechanism {
            offered: self.features.mechanisms.clone(),
        })
    }

    fn by_scram(
        &mut self,
        name: &str,
        scram: Scram,
        password: &Password,
    ) -> Result<(), OnlineError> {
        self.authenticate(name, &STANDARD.encode(scram.first()))?;
        let Answer::Challenge(server_first) = self.answer()? else {
            return Err(OnlineError::ServerUnproved);
        };
        let (last, proof) = scram.last(&server_first, &password.0)?;
        self.respond(&STANDARD.encode(last))?;
        match self.answer()? {
            Answer::Success(server_final) if proof.is_given_by(&server_final) => Ok(()),
            // The proof may come as a challenge of its own (RFC 6120 6.4.5).
            Answer::Challenge(server_final) if proof.is_given_by(&server_final) => {
                self.respond("")?;
                match self.answer()? {
                    Answer::Success(_) => Ok(()),
                    Answer::Challenge(_) => Err(OnlineError::ServerUnproved),
                }
            }
            _ => Err(OnlineError::ServerUnproved),
        }
    }

    fn offers(&self, mechanism: &str) -> bool {
        self.features
            .mechanisms
            .iter()
            .any(|offered| offered == mechanism)
    }

    /// The binding that the server names and that can be had; without a name it could be any (XEP-0440).
    fn binding(&self) -> Binding {
        let is_offered = HASHES
            .iter()
            .any(|(_, name)| self.offers(&format!("{name}-PLUS")));
        if !is_offered {
            return Binding::Unoffered;
        }
        for kind in CHANNEL_BINDINGS {
            // Only with TLS 1.3 is the exporter bound to the whole handshake for certain (RFC 9266 3).
            let is_safe = kind != "tls-exporter" || self.tls_version == "TLS 1.3";
            let is_named = self
                .features
                .channel_bindings
                .iter()
                .any(|named| named == kind);
            let data = || self.stream.socket()?.channel_binding(kind);
            if is_safe
                && is_named
                && let Some(data) = data()
            {
                return Binding::Used { kind, data };
            }
        }
        Binding::Unused
    }

    fn authenticate(&mut self, mechanism: &str, initial: &str) -> Result<(), OnlineError> {
        self.stream.begin();
        let auth = Zeroizing::new(format!(
            "<auth xmlns='{SASL}' mechanism='{mechanism}'>{initial}</auth>"
        ));
        self.stream.send(&auth, Step::Login)
    }

    fn respond(&mut self, response: &str) -> Result<(), OnlineError> {
        let response = Zeroizing::new(format!("<response xmlns='{SASL}'>{response}</response>"));
        self.stream.send(&response, Step::Login)
    }

    fn answer(&mut self) -> Result<Answer, OnlineError> {
        let element = self.stream.next(Step::Login)?;
        let data = || match element.text.trim() {
            // Nothing, which is written so (RFC 6120 6.4.2).
            "" | "=" => Ok(String::new()),
            text => STANDARD
                .decode(text)
                .ok()
                .and_then(|octets| String::from_utf8(octets).ok())
                .ok_or_else(|| {
                    OnlineError::NotXmpp(Step::Login, "a challenge is no base64".to_owned())
                }),
        };
        if element.is("success", SASL) {
            Ok(Answer::Success(data()?))
        } else if element.is("challenge", SASL) {
            Ok(Answer::Challenge(data()?))
        } else if element.is("failure", SASL) {
            Err(OnlineError::LoginRefused(refusal(&element, SASL)))
        } else {
            Err(OnlineError::NotXmpp(
                Step::Login,
                format!("'{}' is no answer to a login", element.name),
            ))
        }
    }
}

/// What follows a step of SASL.
enum Answer {
    Challenge(String),
    Success(String),
}
