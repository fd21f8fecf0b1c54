//! An XML stream over a connection (RFC 6120 4): opened, read element by element, opened again.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use super::connect::Socket;
use super::error::{OnlineError, Refusal, Step};
use super::tls::{TlsSocket, io_error};
use super::xml::{Element, Piece, Reader};
use crate::stanza;

pub(super) const CLIENT: &str = "jabber:client";
const STREAMS: &str = "http://etherx.jabber.org/streams";
const STREAM_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-streams";
const TLS: &str = "urn:ietf:params:xml:ns:xmpp-tls";
const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
const SASL2: &str = "urn:xmpp:sasl:2";
const CHANNEL_BINDING: &str = "urn:xmpp:sasl-cb:0";
const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";

/// How much is read at once.
const CHUNK: usize = 1 << 14;

/// What the server offers at this point of the stream (RFC 6120 4.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// TLS is offered.
    pub start_tls: bool,
    /// SASL mechanisms, in the server's order (RFC 6120 6.3.3).
    pub mechanisms: Vec<String>,
    /// SASL mechanisms of the newer protocol (XEP-0388).
    pub sasl2_mechanisms: Vec<String>,
    /// Types of channel binding (XEP-0440).
    pub channel_bindings: Vec<String>,
    /// A resource can be bound (RFC 6120 7).
    pub bind: bool,
}

impl Features {
    fn of(element: &Element) -> Self {
        let texts = |parent: Option<&Element>, name: &str, namespace: &str| {
            let children = parent.into_iter().flat_map(|parent| &parent.children);
            children
                .filter(|child| child.is(name, namespace))
                .map(|child| child.text.trim().to_owned())
                .collect()
        };
        let bindings = element.child("sasl-channel-binding", CHANNEL_BINDING);
        Self {
            start_tls: element.child("starttls", TLS).is_some(),
            mechanisms: texts(element.child("mechanisms", SASL), "mechanism", SASL),
            sasl2_mechanisms: texts(element.child("authentication", SASL2), "mechanism", SASL2),
            channel_bindings: bindings
                .into_iter()
                .flat_map(|bindings| bindings.children_named("channel-binding", CHANNEL_BINDING))
                .filter_map(|binding| Some(binding.attribute("type")?.to_owned()))
                .collect(),
            bind: element.child("bind", BIND).is_some(),
        }
    }
}

enum Connection {
    Plain(Socket),
    Tls(Box<TlsSocket>),
}

/// A stream as this side has it.
pub(super) struct Stream {
    connection: Connection,
    reader: Reader,
    buffer: Vec<u8>,
    /// The part of the buffer that is not read yet.
    unread: std::ops::Range<usize>,
    /// The domainpart, which the stream is opened to.
    domain: String,
    timeout: Duration,
}

impl Stream {
    pub(super) fn plain(socket: Socket, domain: &str, timeout: Duration) -> Self {
        Self::over(Connection::Plain(socket), domain, timeout)
    }

    pub(super) fn tls(socket: TlsSocket, domain: &str, timeout: Duration) -> Self {
        Self::over(Connection::Tls(Box::new(socket)), domain, timeout)
    }

    fn over(connection: Connection, domain: &str, timeout: Duration) -> Self {
        Self {
            connection,
            reader: Reader::new(),
            buffer: vec![0; CHUNK],
            unread: 0..0,
            domain: domain.to_owned(),
            timeout,
        }
    }

    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(super) fn socket(&self) -> Option<&TlsSocket> {
        match &self.connection {
            Connection::Plain(_) => None,
            Connection::Tls(socket) => Some(socket),
        }
    }

    /// Begins a step, which has the whole time-out to itself.
    pub(super) fn begin(&mut self) -> Instant {
        let deadline = Instant::now() + self.timeout;
        self.set_deadline(deadline);
        deadline
    }

    pub(super) fn set_deadline(&mut self, deadline: Instant) {
        match &mut self.connection {
            Connection::Plain(socket) => socket.set_deadline(deadline),
            Connection::Tls(socket) => socket.stream.sock.set_deadline(deadline),
        }
    }

    /// Opens the stream, or opens it anew after a login, and reads what is offered.
    pub(super) fn open(&mut self, step: Step) -> Result<Features, OnlineError> {
        self.begin();
        self.reader = Reader::new();
        let header = format!(
            "<?xml version='1.0'?><stream:stream to='{}' version='1.0' xml:lang='en' xmlns='{CLIENT}' xmlns:stream='{STREAMS}'>",
            attribute(&self.domain, step)?
        );
        self.send(&header, step)?;
        match self.piece(step)? {
            Piece::Opened(stream) if stream.is("stream", STREAMS) => {}
            Piece::Opened(other) => {
                return Err(OnlineError::NotXmpp(
                    step,
                    format!("it opens with '{}', not a stream", other.name),
                ));
            }
            Piece::Element(_) | Piece::Closed => return Err(OnlineError::Closed(step)),
        }
        let element = self.next(step)?;
        if !element.is("features", STREAMS) {
            return Err(OnlineError::NotXmpp(
                step,
                format!("'{}' comes instead of features", element.name),
            ));
        }
        Ok(Features::of(&element))
    }

    /// Asks for TLS and gives the bare connection back.
    pub(super) fn start_tls(mut self) -> Result<Socket, OnlineError> {
        self.begin();
        self.send(&format!("<starttls xmlns='{TLS}'/>"), Step::StartTls)?;
        let answer = self.next(Step::StartTls)?;
        if !answer.is("proceed", TLS) {
            return Err(OnlineError::NoStartTls);
        }
        // Whatever came in the clear must not count as having come inside TLS.
        if !self.unread.is_empty() {
            return Err(OnlineError::NotXmpp(
                Step::StartTls,
                "there is more before TLS begins".to_owned(),
            ));
        }
        match self.connection {
            Connection::Plain(socket) => Ok(socket),
            Connection::Tls(_) => Err(OnlineError::NoStartTls),
        }
    }

    pub(super) fn send(&mut self, text: &str, step: Step) -> Result<(), OnlineError> {
        match &mut self.connection {
            Connection::Plain(socket) => {
                let sent = socket.write_all(text.as_bytes());
                sent.map_err(|error| io_error(step, error))
            }
            Connection::Tls(socket) => {
                let sent = socket.stream.write_all(text.as_bytes());
                sent.and_then(|()| socket.stream.flush())
                    .map_err(|error| socket.last_words(step, error))
            }
        }
    }

    /// The next element at the top of the stream; a stream error is an error.
    pub(super) fn next(&mut self, step: Step) -> Result<Element, OnlineError> {
        match self.piece(step)? {
            Piece::Element(element) if element.is("error", STREAMS) => {
                Err(OnlineError::StreamRefused(refusal(&element, STREAM_ERRORS)))
            }
            Piece::Element(element) => Ok(element),
            Piece::Opened(_) | Piece::Closed => Err(OnlineError::Closed(step)),
        }
    }

    fn piece(&mut self, step: Step) -> Result<Piece, OnlineError> {
        loop {
            let mut octets = self.buffer.get(self.unread.clone()).unwrap_or_default();
            let piece = self.reader.read(&mut octets);
            self.unread.start = self.unread.end - octets.len();
            match piece {
                Ok(Some(piece)) => return Ok(piece),
                Ok(None) => {}
                Err(error) => return Err(OnlineError::NotXmpp(step, error.to_string())),
            }
            let length = match &mut self.connection {
                Connection::Plain(socket) => socket
                    .read(&mut self.buffer)
                    .map_err(|error| io_error(step, error))?,
                Connection::Tls(socket) => match socket.stream.read(&mut self.buffer) {
                    Ok(length) => length,
                    Err(error) => return Err(socket.error(step, error)),
                },
            };
            if length == 0 {
                return Err(OnlineError::Closed(step));
            }
            self.unread = 0..length;
        }
    }

    /// Says good-bye; whether it is heard matters to nobody.
    pub(super) fn close(mut self) {
        self.set_deadline(Instant::now() + Duration::from_secs(1));
        let _unheard = self.send("</stream:stream>", Step::Answer);
        if let Connection::Tls(mut socket) = self.connection {
            socket.stream.conn.send_close_notify();
            let _unheard = socket.stream.flush();
        }
    }
}

/// Text for the value of an attribute, with either kind of quotation mark around.
pub(super) fn attribute(text: &str, step: Step) -> Result<String, OnlineError> {
    let escaped =
        stanza::escape(text).map_err(|error| OnlineError::NotXmpp(step, error.to_string()))?;
    Ok(escaped.replace('\'', "&apos;").replace('"', "&quot;"))
}

/// The condition in an error of any kind: the first element in `namespace` that is not the text.
pub(super) fn refusal(error: &Element, namespace: &str) -> Refusal {
    let inner = error
        .children
        .iter()
        .filter(|child| child.namespace == *namespace);
    let mut refusal = Refusal {
        condition: "undefined-condition".to_owned(),
        text: String::new(),
    };
    for child in inner {
        if child.name == "text" {
            child.text.trim().clone_into(&mut refusal.text);
        } else {
            refusal.condition.clone_from(&child.name);
        }
    }
    refusal
}
