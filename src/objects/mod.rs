//! The objects a file holds: PEM blocks with text around them (RFC 7468), or DER. Of PKCS #7, it is the certificates.
//!
//! Objects are read one by one, so a bundle or a pipe may be of any length while memory stays at
//! the size of the largest object.

mod block;
mod der;
mod error;
mod openssl;
mod pkcs7;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::io::{self, Read};

use memchr::{memmem, memrchr};
use zeroize::Zeroizing;

pub use error::ObjectError;
pub use openssl::PemFault;

use block::{Block, Located};
use der::{Length, der_length, starts_like_der};

/// The most octets that one PEM block or one DER object may take.
pub const OBJECT_LIMIT: usize = 1 << 20;

/// The most octets that are read in search of a first or a next PEM block.
pub const SEARCH_LIMIT: usize = 16 << 20;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
const CERTIFICATE: &str = "CERTIFICATE";
/// RFC 7468 8, 9, and what OpenSSL reads besides.
const PKCS7_LABELS: [&str; 3] = ["PKCS7", "CMS", "PKCS #7 SIGNED DATA"];
const CHUNK: usize = 32 << 10;

/// One object as it stood in the file. Its octets are wiped when dropped: they may be a key.
#[derive(Debug)]
pub struct Object {
    /// The label of the PEM block (`CERTIFICATE`), or nothing for DER.
    pub label: Option<String>,
    /// Whether the block says that it is encrypted the way OpenSSL did before PKCS #8
    /// (`Proc-Type: 4,ENCRYPTED`, RFC 1421 4.6.1.1).
    pub is_encrypted: bool,
    /// What keeps OpenSSL from reading the block.
    pub pem_fault: Option<PemFault>,
    /// What the block encodes, or the DER object itself.
    pub der: Zeroizing<Vec<u8>>,
}

impl Object {
    /// A certificate that came by another way than a file.
    #[must_use]
    pub fn certificate(der: Vec<u8>) -> Self {
        Self {
            label: Some(CERTIFICATE.to_owned()),
            is_encrypted: false,
            pem_fault: None,
            der: Zeroizing::new(der),
        }
    }

    /// Those of PKCS #7, as if each stood for itself; none of anything else.
    fn certificates(&self) -> VecDeque<Self> {
        let may_hold = match self.label.as_deref() {
            Some(label) => PKCS7_LABELS.contains(&label),
            None => true,
        };
        let certificates = pkcs7::certificates(&self.der).filter(|_| may_hold);
        let certificates = certificates.unwrap_or_default().into_iter();
        let certificates = certificates.map(|der| Self {
            label: self.label.as_ref().map(|_| CERTIFICATE.to_owned()),
            is_encrypted: false,
            pem_fault: self.pem_fault.or(Some(PemFault::Pkcs7)),
            der: Zeroizing::new(der.to_vec()),
        });
        certificates.collect()
    }
}

/// Iterates over the objects of a stream.
///
/// A malformed PEM block is an error in its place, and the blocks behind it are still read; a
/// malformed DER object, or a stream that cannot be read, ends the iteration.
#[derive(Debug)]
pub struct Objects<R> {
    source: R,
    /// What has been read, of which `consumed` octets are done with.
    buffer: Zeroizing<Vec<u8>>,
    consumed: usize,
    /// All octets that are done with.
    position: u64,
    form: Form,
    outside: Outside,
    /// Certificates of the last object, which held several.
    pending: VecDeque<Object>,
    found_any: bool,
    at_end: bool,
}

/// What stands outside the blocks.
#[derive(Debug)]
struct Outside {
    /// Whether it was text other than white space.
    has_text: bool,
    /// How many octets of a line are done with that goes on in the window.
    column: usize,
    /// Whether OpenSSL would just begin to search for a block.
    at_search: bool,
    /// Whether a line began with a NUL octet, where OpenSSL gives up.
    has_nul: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Unknown,
    Pem,
    Der,
    Done,
}

impl<R: Read> Objects<R> {
    /// Reads from `source`, which needs no buffer of its own.
    pub fn new(source: R) -> Self {
        Self {
            source,
            buffer: Zeroizing::new(Vec::new()),
            consumed: 0,
            position: 0,
            form: Form::Unknown,
            outside: Outside {
                has_text: false,
                column: 0,
                at_search: true,
                has_nul: false,
            },
            pending: VecDeque::new(),
            found_any: false,
            at_end: false,
        }
    }

    /// Whether text other than white space has so far stood before, between or behind the blocks.
    pub fn text_seen(&self) -> bool {
        self.outside.has_text
    }

    /// How many octets of the stream the objects so far took, with the text between them.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// What has been read but not yet consumed.
    fn window(&self) -> &[u8] {
        &self.buffer[self.consumed..]
    }

    /// Reads more; false at the end of the stream.
    fn fill(&mut self) -> Result<bool, ObjectError> {
        let left = self.buffer.len() - self.consumed;
        if self.buffer.capacity() < left + CHUNK {
            // Growing in place would leave a copy of what may be a key behind.
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * left + CHUNK));
            larger.extend_from_slice(self.window());
            self.buffer = larger;
        } else {
            self.buffer.copy_within(self.consumed.., 0);
        }
        self.consumed = 0;
        // What stays behind the end was there before and will be written over.
        self.buffer.resize(left + CHUNK, 0);
        let count = loop {
            match self.source.read(&mut self.buffer[left..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        self.buffer.truncate(left + *count.as_ref().unwrap_or(&0));
        match count {
            Ok(count) => {
                self.at_end = count == 0;
                Ok(count > 0)
            }
            Err(error) => {
                self.form = Form::Done;
                Err(ObjectError::Unreadable(error))
            }
        }
    }

    fn consume(&mut self, count: usize) {
        self.consumed += count;
        self.position += u64::try_from(count).unwrap_or(0);
    }

    fn recognise(&mut self) -> Result<(), ObjectError> {
        while self.window().len() < 5 && self.fill()? {}
        self.form = if starts_like_der(self.window()) {
            Form::Der
        } else {
            Form::Pem
        };
        Ok(())
    }

    fn next_der(&mut self) -> Option<Result<Object, ObjectError>> {
        let length = loop {
            match der_length(self.window()) {
                Length::Needs(octets) if octets > OBJECT_LIMIT => {
                    self.form = Form::Done;
                    return Some(Err(ObjectError::TooLarge));
                }
                Length::Needs(octets) if octets > self.window().len() => match self.fill() {
                    Ok(true) => {}
                    Ok(false) if self.window().is_empty() => {
                        self.form = Form::Done;
                        return None;
                    }
                    Ok(false) => {
                        self.form = Form::Done;
                        return Some(Err(ObjectError::Truncated));
                    }
                    Err(error) => return Some(Err(error)),
                },
                Length::Needs(octets) => break octets,
                Length::NotDer if self.window().is_empty() => {
                    self.form = Form::Done;
                    return None;
                }
                Length::NotDer => {
                    self.form = Form::Done;
                    return Some(Err(if self.found_any {
                        ObjectError::TrailingOctets
                    } else {
                        ObjectError::NothingFound
                    }));
                }
            }
        };
        let der = Zeroizing::new(self.window()[..length].to_vec());
        self.consume(length);
        Some(Ok(Object {
            label: None,
            is_encrypted: false,
            pem_fault: None,
            der,
        }))
    }

    /// Passes over a byte order mark, which OpenSSL does in the first line that it reads in search of a block.
    fn skip_byte_order_mark(&mut self) -> Result<(), ObjectError> {
        while self.window().len() < BYTE_ORDER_MARK.len() && self.fill()? {}
        if self.outside.at_search && self.window().starts_with(BYTE_ORDER_MARK) {
            self.outside.has_text = true;
            self.consume(BYTE_ORDER_MARK.len());
        }
        Ok(())
    }

    /// Skips to the next `-----BEGIN `; false where the stream ends before one.
    fn find_begin(&mut self) -> Result<bool, ObjectError> {
        let mut skipped = 0;
        loop {
            if let Some(start) = find(self.window(), BEGIN) {
                self.note_text(start);
                self.consume(start);
                return Ok(true);
            }
            // The marker may straddle what has been read and what comes next.
            let settled = self.window().len().saturating_sub(BEGIN.len() - 1);
            self.note_text(settled);
            self.consume(settled);
            skipped += settled;
            if skipped > SEARCH_LIMIT {
                self.form = Form::Done;
                return Err(ObjectError::NoBlockWithin);
            }
            if !self.fill()? {
                self.note_text(self.window().len());
                return Ok(false);
            }
        }
    }

    fn note_text(&mut self, count: usize) {
        let text = &self.window()[..count];
        let is_text = |octet: &u8| !octet.is_ascii_whitespace() && *octet != b'-';
        let has_text = text.iter().any(is_text);
        let starts_with_nul = self.outside.column == 0 && text.first() == Some(&0);
        let has_nul = starts_with_nul || find(text, b"\n\0").is_some();
        let column = match memrchr(b'\n', text) {
            Some(last) => text.len() - last - 1,
            None => self.outside.column + text.len(),
        };
        self.outside.has_text |= has_text;
        self.outside.has_nul |= has_nul;
        self.outside.column = column;
    }

    fn next_block(&mut self) -> Option<Result<Object, ObjectError>> {
        match self.skip_byte_order_mark().and_then(|()| self.find_begin()) {
            Ok(true) => {}
            Ok(false) => {
                self.form = Form::Done;
                return (!self.found_any).then_some(Err(ObjectError::NothingFound));
            }
            Err(error) => return Some(Err(error)),
        }
        let mut searched = BEGIN.len();
        loop {
            match Block::locate(self.window(), searched, self.at_end) {
                Located::Whole(block) => {
                    let pem_fault = self.fault(&block);
                    let object = block.decode(self.window());
                    self.consume(block.end);
                    let has_line = block.line_end == block.end;
                    self.outside.column = usize::from(!has_line);
                    self.outside.at_search =
                        has_line && !pem_fault.is_some_and(PemFault::passes_over);
                    let object = object.map(|object| Object {
                        pem_fault,
                        ..object
                    });
                    return Some(object);
                }
                Located::Broken { skip, error } => {
                    self.consume(skip);
                    return Some(Err(error));
                }
                Located::NeedsMore { searched: so_far } => searched = so_far,
            }
            if self.window().len() > OBJECT_LIMIT {
                self.consume(BEGIN.len());
                return Some(Err(ObjectError::TooLarge));
            }
            if self.at_end {
                self.form = Form::Done;
                return Some(Err(ObjectError::NoEndLine));
            }
            if let Err(error) = self.fill() {
                return Some(Err(error));
            }
        }
    }

    /// What keeps OpenSSL from the block at the start of the window.
    fn fault(&self, block: &Block) -> Option<PemFault> {
        if !self.outside.column.is_multiple_of(openssl::LINE) {
            Some(PemFault::BeginLine)
        } else if self.outside.has_nul {
            Some(PemFault::NulBefore)
        } else {
            PemFault::of(&self.window()[..block.line_end], &block.label)
        }
    }
}

impl<R: Read> Iterator for Objects<R> {
    type Item = Result<Object, ObjectError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(certificate) = self.pending.pop_front() {
            return Some(Ok(certificate));
        }
        if self.form == Form::Unknown
            && let Err(error) = self.recognise()
        {
            return Some(Err(error));
        }
        if self.window().is_empty() && self.at_end && !self.found_any && self.form != Form::Done {
            self.form = Form::Done;
            return Some(Err(ObjectError::Empty));
        }
        let next = match self.form {
            Form::Der => self.next_der(),
            Form::Pem => self.next_block(),
            Form::Unknown | Form::Done => None,
        };
        self.found_any |= next.is_some();
        let Some(Ok(object)) = next else {
            return next;
        };
        self.pending = object.certificates();
        let certificate = self.pending.pop_front();
        Some(Ok(certificate.unwrap_or(object)))
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memmem::find(haystack, needle)
}
