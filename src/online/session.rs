//! From a connection to a session: TLS, login, resource, requests and their answers.

use std::fmt;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::connect::{Endpoint, Socket, Transport};
use super::dns::{self, Lookup};
use super::error::{OnlineError, Refusal, Step};
use super::scram::{Binding, Hash, Scram};
use super::stream::{CLIENT, Features, Stream, attribute, refusal};
use super::tls::{Handshake, Identity, TlsFacts, TlsSocket, Versions};
use super::trust::Trust;
use super::xml::Element;
use crate::inspection::CertificateInspection;
use crate::jid::Jid;
use crate::stanza;

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
const STANZA_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";

/// The types of channel binding that can be had, the best first.
const CHANNEL_BINDINGS: [&str; 2] = ["tls-exporter", "tls-server-end-point"];

/// Where to connect to, and whom to believe.
#[derive(Clone, Debug)]
pub struct Target {
    /// The domainpart of the account, whose name the server's certificate has to prove.
    pub domain: String,
    /// Where the server is, instead of what DNS says; without a port, the usual one.
    pub server: Option<(String, Option<u16>)>,
    /// TLS from the first octet, where `server` is given or DNS has nothing else (XEP-0368).
    pub direct_tls: bool,
    /// Whom to believe.
    pub trust: Trust,
    /// What is shown to a server that asks for a certificate.
    pub identity: Option<Identity>,
    /// How long each step may take.
    pub timeout: Duration,
}

impl Target {
    /// Finds out where to connect to. Asks DNS, unless `server` is given.
    ///
    /// # Errors
    /// [`OnlineError::BadDomain`]
    pub fn locate(&self) -> Result<Location, OnlineError> {
        let direct_port = if self.direct_tls { 5223 } else { 5222 };
        let transport = if self.direct_tls {
            Transport::DirectTls
        } else {
            Transport::StartTls
        };
        if let Some((host, port)) = &self.server {
            return Ok(Location {
                lookup: None,
                endpoints: vec![Endpoint {
                    host: ascii(host)?,
                    port: port.unwrap_or(direct_port),
                    transport,
                }],
            });
        }
        let domain = ascii(&self.domain)?;
        let lookup = dns::look_up(&domain, Instant::now() + self.timeout);
        let mut endpoints = lookup.endpoints.clone();
        if self.direct_tls && !endpoints.is_empty() {
            endpoints.retain(|endpoint| endpoint.transport == Transport::DirectTls);
            if endpoints.is_empty() {
                endpoints.push(Endpoint {
                    host: domain,
                    port: direct_port,
                    transport,
                });
            }
        }
        Ok(Location {
            lookup: Some(lookup),
            endpoints,
        })
    }
}

/// Where the server of a [`Target`] is.
#[derive(Clone, Debug)]
pub struct Location {
    /// What DNS said, if it was asked.
    pub lookup: Option<Lookup>,
    /// The places to try, in order (RFC 6120 3.2); none where DNS says that there is no such service.
    pub endpoints: Vec<Endpoint>,
}

/// The form in which DNS and TLS know a domain (RFC 5891 4.4), or the address without brackets.
fn ascii(domain: &str) -> Result<String, OnlineError> {
    let bad = || OnlineError::BadDomain(domain.to_owned());
    let address = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Some(address) = address {
        return Ok(address.to_owned());
    }
    let ascii = idna::domain_to_ascii(domain).map_err(|_| bad())?;
    if ascii.is_empty() {
        Err(bad())
    } else {
        Ok(ascii)
    }
}

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

/// Begins TLS on a connection: at once, or when both sides have said so. For a probe the server need not be trusted.
pub(super) fn begin_tls(
    socket: Socket,
    transport: Transport,
    target: &Target,
    identity: Option<&Identity>,
    versions: Versions,
    is_probe: bool,
) -> Result<TlsSocket, OnlineError> {
    let mut socket = match transport {
        Transport::DirectTls => socket,
        Transport::StartTls => {
            let mut stream = Stream::plain(socket, &target.domain, target.timeout);
            let features = stream.open(Step::FirstFeatures)?;
            if !features.start_tls {
                return Err(OnlineError::NoStartTls);
            }
            stream.start_tls()?
        }
    };
    socket.set_deadline(Instant::now() + target.timeout);
    TlsSocket::handshake(
        socket,
        &Handshake {
            domain: &ascii(&target.domain)?,
            trust: &target.trust,
            identity,
            is_direct: transport == Transport::DirectTls,
            versions,
            is_probe,
        },
    )
}

/// A stream inside verified TLS, before any login.
pub struct Connection {
    stream: Stream,
    endpoint: Endpoint,
    tls: TlsFacts,
    features: Features,
}

impl Connection {
    /// Connects, begins TLS, verifies the server, and reads what it offers.
    ///
    /// # Errors
    /// [`OnlineError`], which tells what was seen last.
    pub fn open(target: &Target) -> Result<Self, OnlineError> {
        let endpoints = target.locate()?.endpoints;
        if endpoints.is_empty() {
            return Err(OnlineError::NoService(target.domain.clone()));
        }
        let (socket, endpoint) = Socket::connect(&endpoints, target.timeout)?;
        let tls = begin_tls(
            socket,
            endpoint.transport,
            target,
            target.identity.as_ref(),
            Versions::All,
            false,
        )?;
        let facts = tls.facts();
        let mut stream = Stream::tls(tls, &target.domain, target.timeout);
        let features = stream.open(Step::Features)?;
        Ok(Self {
            stream,
            endpoint,
            tls: facts,
            features,
        })
    }

    /// Where the server is.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// What was seen of TLS.
    #[must_use]
    pub fn tls(&self) -> &TlsFacts {
        &self.tls
    }

    /// What the server offers before the login.
    #[must_use]
    pub fn features(&self) -> &Features {
        &self.features
    }

    /// Logs in as `jid` and binds its resource, or one of the server's choice.
    ///
    /// # Errors
    /// [`OnlineError`]
    pub fn log_in(
        mut self,
        jid: &Jid,
        credentials: &Credentials<'_>,
    ) -> Result<Session, OnlineError> {
        match credentials {
            Credentials::Password(password) => self.by_password(jid, password)?,
            Credentials::External { authzid } => self.by_certificate(authzid.as_ref())?,
        }
        self.stream.open(Step::FeaturesAfterLogin)?;
        let mut session = Session {
            stream: self.stream,
            endpoint: self.endpoint,
            tls: self.tls,
            jid: String::new(),
            domain: jid.domainpart().to_owned(),
            requests: 0,
        };
        session.bind(jid.resourcepart())?;
        Ok(session)
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
        for (hash, name) in [
            (Hash::Sha256, format!("SCRAM-SHA-256{suffix}")),
            (Hash::Sha1, format!("SCRAM-SHA-1{suffix}")),
        ] {
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
        let is_offered = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"]
            .iter()
            .any(|name| self.offers(name));
        if !is_offered {
            return Binding::Unoffered;
        }
        for kind in CHANNEL_BINDINGS {
            // Only with TLS 1.3 is the exporter bound to the whole handshake for certain (RFC 9266 3).
            let is_safe = kind != "tls-exporter" || self.tls.version == "TLS 1.3";
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

/// A session with a bound resource.
pub struct Session {
    stream: Stream,
    endpoint: Endpoint,
    tls: TlsFacts,
    jid: String,
    domain: String,
    requests: u32,
}

impl Session {
    /// The full JID that the server bound (RFC 6120 7.6), verbatim.
    #[must_use]
    pub fn jid(&self) -> &str {
        &self.jid
    }

    /// The domainpart of the account.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Where the server is.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// What was seen of TLS.
    #[must_use]
    pub fn tls(&self) -> &TlsFacts {
        &self.tls
    }

    /// How long a step may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.stream.timeout()
    }

    fn bind(&mut self, resource: Option<&str>) -> Result<(), OnlineError> {
        let deadline = Instant::now() + self.timeout();
        let resource = match resource {
            Some(resource) => {
                let resource = stanza::escape(resource)
                    .map_err(|error| OnlineError::NotXmpp(Step::Binding, error.to_string()))?;
                format!("<resource>{resource}</resource>")
            }
            None => String::new(),
        };
        let payload = format!("<bind xmlns='{BIND}'>{resource}</bind>");
        let sent = self.send(Kind::Set, None, &payload, Step::Binding, deadline)?;
        let answer = match self.wait(&sent, Step::Binding, deadline) {
            Err(OnlineError::RequestRefused(refusal)) => {
                return Err(OnlineError::ResourceRefused(refusal));
            }
            other => other?,
        };
        let jid = answer
            .child("bind", BIND)
            .and_then(|bind| bind.child("jid", BIND));
        match jid {
            Some(jid) => jid.text.trim().clone_into(&mut self.jid),
            None => {
                return Err(OnlineError::NotXmpp(
                    Step::Binding,
                    "no JID is bound".to_owned(),
                ));
            }
        }
        Ok(())
    }

    /// Sends a request and waits for its answer, at most the time-out. `payload` is an element as text; without `to` it is
    /// for the account itself.
    ///
    /// # Errors
    /// [`OnlineError`], [`OnlineError::RequestRefused`] where the answer is an error.
    pub fn request(
        &mut self,
        kind: Kind,
        to: Option<&str>,
        payload: &str,
    ) -> Result<Element, OnlineError> {
        let deadline = Instant::now() + self.timeout();
        let sent = self.send(kind, to, payload, Step::Answer, deadline)?;
        self.wait(&sent, Step::Answer, deadline)
    }

    /// As [`Session::request`] for the account itself, but where the server answers a request that was sent after this one,
    /// its own answer has only `grace` left to come. Servers work on requests in their order (RFC 6120 10.1).
    pub(super) fn request_overtaken(
        &mut self,
        kind: Kind,
        payload: &str,
        grace: Duration,
    ) -> Result<Element, OnlineError> {
        let deadline = Instant::now() + self.timeout();
        let sent = self.send(kind, None, payload, Step::Answer, deadline)?;
        // Any answer will do, and a server that knows no ping gives an error (XEP-0199 4.2).
        let domain = self.domain.clone();
        let ping = "<ping xmlns='urn:xmpp:ping'/>";
        let later = self.send(Kind::Get, Some(&domain), ping, Step::Answer, deadline)?;
        self.stream.set_deadline(deadline);
        loop {
            let element = self.stream.next(Step::Answer)?;
            if let Some(answer) = self.answer(&sent, &element) {
                return answer.map(|()| element);
            }
            if self.answer(&later, &element).is_some() {
                self.stream
                    .set_deadline(deadline.min(Instant::now() + grace));
            }
        }
    }

    fn send(
        &mut self,
        kind: Kind,
        to: Option<&str>,
        payload: &str,
        step: Step,
        deadline: Instant,
    ) -> Result<Sent, OnlineError> {
        self.requests += 1;
        let id = format!("xmppcert{}", self.requests);
        let to_attribute = match to {
            Some(to) => format!(" to='{}'", attribute(to, step)?),
            None => String::new(),
        };
        let kind = match kind {
            Kind::Get => "get",
            Kind::Set => "set",
        };
        self.stream.set_deadline(deadline);
        self.stream.send(
            &format!("<iq type='{kind}' id='{id}'{to_attribute}>{payload}</iq>"),
            step,
        )?;
        Ok(Sent {
            id,
            to: to.map(str::to_owned),
        })
    }

    /// The `<iq/>` that answers; whatever else comes is not for us.
    fn wait(&mut self, sent: &Sent, step: Step, deadline: Instant) -> Result<Element, OnlineError> {
        self.stream.set_deadline(deadline);
        loop {
            let element = self.stream.next(step)?;
            if let Some(answer) = self.answer(sent, &element) {
                return answer.map(|()| element);
            }
        }
    }

    /// Whether `element` is the answer, and which.
    fn answer(&self, sent: &Sent, element: &Element) -> Option<Result<(), OnlineError>> {
        if !element.is("iq", CLIENT)
            || element.attribute("id") != Some(&sent.id)
            || !self.may_answer(element.attribute("from"), sent.to.as_deref())
        {
            return None;
        }
        match element.attribute("type") {
            Some("result") => Some(Ok(())),
            Some("error") => {
                let refusal = element
                    .child("error", CLIENT)
                    .map_or_else(Refusal::default, |error| refusal(error, STANZA_ERRORS));
                Some(Err(OnlineError::RequestRefused(refusal)))
            }
            _ => None,
        }
    }

    /// Whether an answer from there is one to a request to `to` (RFC 6120 8.1.2.1, 10.3.3).
    fn may_answer(&self, from: Option<&str>, to: Option<&str>) -> bool {
        let Some(from) = from else {
            return true;
        };
        let bare = self
            .jid
            .split_once('/')
            .map_or(self.jid.as_str(), |(bare, _)| bare);
        match to {
            Some(to) => from == to,
            None => self.jid.is_empty() || [bare, &self.jid, &self.domain].contains(&from),
        }
    }

    /// Ends the session in good order.
    pub fn close(self) {
        self.stream.close();
    }
}

/// The two kinds of request (RFC 6120 8.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Asks.
    Get,
    /// Changes.
    Set,
}

/// A request that is under way.
struct Sent {
    id: String,
    to: Option<String>,
}
