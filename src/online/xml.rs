//! The XML of a stream (RFC 6120 11): elements read within limits, and text written so that it stays text.
//!
//! rxml refuses what RFC 6120 11.1 forbids: comments, processing instructions, DTDs and entities of one's own.

use std::fmt;

use rxml::error::EndOrError;
use rxml::{Event, Namespace, Parse as _, Parser};

/// The most octets of one element at the top of a stream, its start tag included. Some five hundred certificates fit in.
pub const ELEMENT_LIMIT: usize = 1 << 20;

/// The most elements in one at the top of a stream, as the shortest take fifty times as much memory as octets.
const COUNT_LIMIT: usize = 1 << 14;

/// The most elements within one another.
const DEPTH_LIMIT: usize = 64;

/// An element as it came, without what is not needed: attributes in namespaces, and the order of text and elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// The local name.
    pub name: String,
    /// The namespace name; empty where there is none. All elements that inherit a long one share it.
    pub(super) namespace: Namespace<'static>,
    attributes: Vec<(String, String)>,
    /// The elements inside.
    pub children: Vec<Self>,
    /// All character data directly inside.
    pub text: String,
}

impl Element {
    /// Whether it has this name in this namespace.
    #[must_use]
    pub fn is(&self, name: &str, namespace: &str) -> bool {
        self.name == name && self.namespace == *namespace
    }

    /// The first element directly inside of this name.
    #[must_use]
    pub fn child(&self, name: &str, namespace: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(name, namespace))
    }

    /// The elements directly inside of this name.
    pub fn children_named<'a>(
        &'a self,
        name: &'a str,
        namespace: &'a str,
    ) -> impl Iterator<Item = &'a Self> {
        self.children
            .iter()
            .filter(move |child| child.is(name, namespace))
    }

    /// The value of an attribute that is in no namespace.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What a stream consists of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// The start tag of the stream.
    Opened(Element),
    /// A whole element at its top.
    Element(Element),
    /// The end tag of the stream.
    Closed,
}

/// Takes octets, gives pieces.
pub(super) struct Reader {
    parser: Parser,
    /// The elements that are open, below the stream's own.
    open: Vec<Element>,
    is_opened: bool,
    /// Octets of the piece so far.
    size: usize,
    /// Elements of the piece so far.
    count: usize,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self {
            parser: Parser::new(),
            open: Vec::new(),
            is_opened: false,
            size: 0,
            count: 0,
        }
    }

    /// Reads on until a piece is whole; nothing where all octets are used up before.
    pub(super) fn read(&mut self, octets: &mut &[u8]) -> Result<Option<Piece>, XmlError> {
        if !self.is_opened && self.size == 0 && octets.first().is_some_and(|first| *first != b'<') {
            // Other text would be taken in up to the next tag, which may never come.
            return Err(XmlError::NoTag);
        }
        loop {
            let before = octets.len();
            let event = self.parser.parse(octets, false);
            self.size += before - octets.len();
            if self.size > ELEMENT_LIMIT {
                return Err(XmlError::TooLarge);
            }
            let piece = match event {
                Ok(Some(event)) => self.take(event)?,
                Ok(None) => Some(Piece::Closed),
                Err(EndOrError::NeedMoreData) => return Ok(None),
                Err(EndOrError::Error(error)) => {
                    return Err(XmlError::Malformed(error.to_string()));
                }
            };
            if piece.is_some() {
                self.size = 0;
                self.count = 0;
                return Ok(piece);
            }
        }
    }

    fn take(&mut self, event: Event) -> Result<Option<Piece>, XmlError> {
        match event {
            Event::XmlDeclaration(..) => Ok(None),
            Event::StartElement(_, (namespace, name), attributes) => {
                let element = Element {
                    name: name.to_string(),
                    namespace,
                    attributes: attributes
                        .into_iter()
                        .filter(|((namespace, _), _)| namespace.is_none())
                        .map(|((_, name), value)| (name.to_string(), value))
                        .collect(),
                    children: Vec::new(),
                    text: String::new(),
                };
                if !self.is_opened {
                    self.is_opened = true;
                    return Ok(Some(Piece::Opened(element)));
                }
                if self.open.len() == DEPTH_LIMIT {
                    return Err(XmlError::TooDeep);
                }
                self.count += 1;
                if self.count > COUNT_LIMIT {
                    return Err(XmlError::TooMany);
                }
                self.open.push(element);
                Ok(None)
            }
            Event::Text(_, text) => {
                match self.open.last_mut() {
                    Some(element) => element.text.push_str(&text),
                    // White space that keeps the connection open (RFC 6120 4.6.1).
                    None => self.size = 0,
                }
                Ok(None)
            }
            Event::EndElement(_) => Ok(match (self.open.pop(), self.open.last_mut()) {
                (None, _) => Some(Piece::Closed),
                (Some(element), None) => Some(Piece::Element(element)),
                (Some(element), Some(parent)) => {
                    parent.children.push(element);
                    None
                }
            }),
        }
    }
}

/// Why octets are not the XML of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum XmlError {
    NoTag,
    Malformed(String),
    TooLarge,
    TooMany,
    TooDeep,
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTag => f.write_str("it does not begin with a tag"),
            Self::Malformed(reason) => f.write_str(reason),
            Self::TooLarge => write!(f, "an element of more than {ELEMENT_LIMIT} octets"),
            Self::TooMany => write!(f, "an element of more than {COUNT_LIMIT} elements"),
            Self::TooDeep => write!(f, "more than {DEPTH_LIMIT} elements within one another"),
        }
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
mod tests {
    use super::*;

    const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
                          xmlns:stream='http://etherx.jabber.org/streams' id='1'>";

    /// Octet by octet, as a network may deliver them.
    fn read(text: &str) -> Result<Vec<Piece>, XmlError> {
        let mut reader = Reader::new();
        let mut pieces = Vec::new();
        for octet in text.as_bytes().chunks(1) {
            let mut octets = octet;
            while let Some(piece) = reader.read(&mut octets)? {
                let is_end = piece == Piece::Closed;
                pieces.push(piece);
                if is_end {
                    return Ok(pieces);
                }
            }
        }
        Ok(pieces)
    }

    #[test]
    fn a_stream_comes_in_pieces() {
        let pieces = read(&format!(
            "{HEADER} <a x='1' xml:lang='en'>t<b xmlns='urn:b'>&lt;</b>u</a>\n<c/></stream:stream>"
        ));
        let Ok(
            [
                Piece::Opened(stream),
                Piece::Element(a),
                Piece::Element(c),
                Piece::Closed,
            ],
        ) = pieces.as_deref()
        else {
            panic!("{pieces:?}");
        };
        assert!(stream.is("stream", "http://etherx.jabber.org/streams"));
        assert_eq!(stream.attribute("id"), Some("1"));
        assert!(a.is("a", "jabber:client") && c.is("c", "jabber:client"));
        assert_eq!((a.attribute("x"), a.attribute("lang")), (Some("1"), None));
        assert_eq!(a.text, "tu");
        assert_eq!(a.child("b", "urn:b").map(|b| b.text.as_str()), Some("<"));
    }

    #[test]
    fn what_xmpp_forbids_is_refused() {
        for forbidden in [
            "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
            "<!-- c --><a/>",
            "<?php ?><a/>",
            "<a>&bomb;</a>",
            "<a></b>",
            "<a x='1' x='2'/>",
            "<p:a/>",
            "<a>\u{1}</a>",
        ] {
            let result = read(&format!("{HEADER}{forbidden}"));
            assert!(
                matches!(result, Err(XmlError::Malformed(_))),
                "{forbidden}: {result:?}"
            );
        }
    }

    #[test]
    fn an_element_without_end_is_given_up_wherever_it_grows() {
        let filler = "x".repeat(4096);
        for (start, more, reason) in [
            ("<a>".to_owned(), filler.clone(), XmlError::TooLarge),
            ("<a>".to_owned(), "<b/>".to_owned(), XmlError::TooMany),
            (
                "<a".to_owned(),
                format!(" b='{filler}'"),
                XmlError::TooLarge,
            ),
        ] {
            let mut reader = Reader::new();
            let text = format!("{HEADER}{start}");
            let mut octets = text.as_bytes();
            assert!(matches!(reader.read(&mut octets), Ok(Some(_))));
            assert_eq!(reader.read(&mut octets), Ok(None));
            let mut fed = 0;
            let mut number = 0;
            let error = loop {
                number += 1;
                // Attributes must differ, or the second is refused for that.
                let text = more.replace(" b=", &format!(" b{number}="));
                fed += text.len();
                assert!(fed < 2 * ELEMENT_LIMIT);
                match reader.read(&mut text.as_bytes()) {
                    Ok(None) => {}
                    other => break other,
                }
            };
            assert_eq!(error, Err(reason));
        }
    }

    #[test]
    fn elements_within_one_another_are_counted() {
        let result = read(&format!("{HEADER}{}", "<a>".repeat(DEPTH_LIMIT + 1)));
        assert_eq!(result, Err(XmlError::TooDeep));
    }

    #[test]
    fn white_space_between_elements_is_without_limit() {
        let mut reader = Reader::new();
        assert!(matches!(reader.read(&mut HEADER.as_bytes()), Ok(Some(_))));
        let blanks = " ".repeat(4096);
        for _ in 0..2 * ELEMENT_LIMIT / blanks.len() {
            assert_eq!(reader.read(&mut blanks.as_bytes()), Ok(None));
        }
    }
}
