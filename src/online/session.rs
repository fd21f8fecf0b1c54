//! From a connection to a session: TLS, login, resource, requests and their answers.

use std::time::{Duration, Instant};

use super::connect::{Endpoint, Socket};
use super::error::{OnlineError, Refusal, Step};
use super::sasl::{Credentials, Exchange};
use super::stream::{CLIENT, Features, Stream, attribute, refusal};
use super::target::{Location, Target, begin_tls};
use super::tls::{TlsFacts, Versions};
use super::xml::Element;
use crate::jid::Jid;
use crate::stanza;

const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
const STANZA_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";

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
        let Location { lookup, endpoints } = target.locate()?;
        if endpoints.is_empty() {
            return Err(OnlineError::NoService(target.domain.clone()));
        }
        let (socket, endpoint) = Socket::connect(&endpoints, target.timeout).map_err(|error| {
            match lookup.and_then(|lookup| lookup.trouble) {
                Some(trouble) => OnlineError::NoAnswerOfDns {
                    trouble,
                    error: Box::new(error),
                },
                None => error,
            }
        })?;
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
        Exchange {
            stream: &mut self.stream,
            features: &self.features,
            tls_version: self.tls.version,
        }
        .log_in(jid, credentials)?;
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
