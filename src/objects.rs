//! The objects a file holds: PEM blocks with text around them (RFC 7468), or DER. Of PKCS #7, it is the certificates.
//!
//! Objects are read one by one, so a bundle or a pipe may be of any length while memory stays at
//! the size of the largest object.

mod openssl;
mod pkcs7;

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read};

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::{memchr, memmem, memrchr};
use zeroize::Zeroizing;

pub use openssl::PemFault;

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
const LABEL_LIMIT: usize = 64;
const CHUNK: usize = 32 << 10;

/// Some encoders leave out the padding or set the unused bits; the DER within tells if it is whole.
const LENIENT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

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

/// Where in the window the parts of a PEM block are.
struct Block {
    label: String,
    content: std::ops::Range<usize>,
    end: usize,
    /// Where the line ends on which the block ends; `end` as well, if nothing but white space is left of it.
    line_end: usize,
}

enum Located {
    Whole(Block),
    Broken { skip: usize, error: ObjectError },
    NeedsMore { searched: usize },
}

impl Block {
    /// The block at the start of `window`, whose first `searched` octets are known to hold no end.
    fn locate(window: &[u8], searched: usize, at_end: bool) -> Located {
        let after_begin = &window[BEGIN.len()..];
        let Some(length) = find(&after_begin[..after_begin.len().min(LABEL_LIMIT)], DASHES) else {
            return if after_begin.len() < LABEL_LIMIT {
                Located::NeedsMore { searched }
            } else {
                Located::Broken {
                    skip: BEGIN.len(),
                    error: ObjectError::NoLabel,
                }
            };
        };
        let label = String::from_utf8_lossy(&after_begin[..length]).into_owned();
        let start = BEGIN.len() + length + DASHES.len();
        let from = start.max(searched.saturating_sub(END.len()));
        let Some(end) = find(&window[from.min(window.len())..], END).map(|at| from + at) else {
            return Located::NeedsMore {
                searched: window.len(),
            };
        };
        if let Some(next) = find(&window[start..end], BEGIN) {
            return Located::Broken {
                skip: start + next,
                error: ObjectError::NoEndLine,
            };
        }
        let closing = [END, &after_begin[..length], DASHES].concat();
        let rest = &window[end..];
        if rest.len() < closing.len() && closing.starts_with(rest) {
            return Located::NeedsMore { searched: end };
        }
        let Some(behind) = rest.strip_prefix(closing.as_slice()) else {
            return Located::Broken {
                skip: end + END.len(),
                error: ObjectError::EndDiffers,
            };
        };
        let behind = &behind[..behind.len().min(openssl::LINE)];
        let line = match memchr(b'\n', behind) {
            Some(at) => &behind[..=at],
            None if behind.len() < openssl::LINE && !at_end => {
                return Located::NeedsMore { searched: end };
            }
            None => behind,
        };
        let closed = end + closing.len();
        let line_end = closed + line.len();
        Located::Whole(Self {
            label,
            content: start..end,
            end: if line.trim_ascii().is_empty() {
                line_end
            } else {
                closed
            },
            line_end,
        })
    }

    fn decode(&self, window: &[u8]) -> Result<Object, ObjectError> {
        let content = &window[self.content.clone()];
        let (headers, encoded) = split_headers(content);
        let mut compact = Zeroizing::new(Vec::with_capacity(encoded.len()));
        for line in encoded.split(|octet| *octet == b'\n') {
            let line = openssl::content(line).trim_ascii_start();
            // It ends base64 for OpenSSL.
            let (line, has_ended) = match memchr(b'-', line) {
                Some(at) => (&line[..at], true),
                None => (line, false),
            };
            if line.contains(&b' ') || line.contains(&b'\t') || line.contains(&b'\r') {
                compact.extend(line.iter().filter(|octet| !octet.is_ascii_whitespace()));
            } else {
                compact.extend_from_slice(line);
            }
            if has_ended {
                break;
            }
        }
        let mut der = Zeroizing::new(vec![0; base64::decoded_len_estimate(compact.len())]);
        let length = LENIENT_BASE64
            .decode_slice(&*compact, &mut der)
            .map_err(|_| ObjectError::NotBase64)?;
        der.truncate(length);
        Ok(Object {
            label: Some(self.label.clone()),
            is_encrypted: find(headers, b"ENCRYPTED").is_some(),
            pem_fault: None,
            der,
        })
    }
}

/// The `Name: value` lines at the head of a block (RFC 1421 4.4), and what follows them.
fn split_headers(content: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    let mut is_header = false;
    for line in content.split_inclusive(|octet| *octet == b'\n') {
        let is_blank = line.iter().all(u8::is_ascii_whitespace);
        // A header goes on in lines that begin with white space.
        let goes_on = is_header && line.first().is_some_and(u8::is_ascii_whitespace);
        is_header = line.contains(&b':') || goes_on;
        if !is_header && !is_blank {
            break;
        }
        end += line.len();
        if is_blank && end > line.len() {
            break;
        }
    }
    content.split_at(end)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memmem::find(haystack, needle)
}

/// Whether these first octets are those of a DER SEQUENCE rather than of text, which may as well
/// begin with the digit `0` (0x30).
fn starts_like_der(first: &[u8]) -> bool {
    matches!(
        first,
        // Short lengths are told by a first element that is INTEGER, OBJECT IDENTIFIER or an
        // AlgorithmIdentifier.
        [0x30, 0x80..=0x84, ..]
            | [0x30, 0..0x80, 0x02 | 0x06, ..]
            | [0x30, 0..0x80, 0x30, 0..0x80, 0x06, ..]
    )
}

enum Length {
    /// At least so many octets are needed; exactly so many where there are enough to tell.
    Needs(usize),
    NotDer,
}

fn der_length(window: &[u8]) -> Length {
    match window {
        [] | [0x30] => Length::Needs(2),
        [0x30, short @ 0..=0x7f, ..] => Length::Needs(2 + usize::from(*short)),
        [0x30, form @ 0x81..=0x84, rest @ ..] => {
            let count = usize::from(form & 0x7f);
            match rest.get(..count) {
                None => Length::Needs(2 + count),
                Some(octets) => {
                    let value = octets
                        .iter()
                        .fold(0, |value, octet| value << 8 | usize::from(*octet));
                    Length::Needs(value.saturating_add(2 + count))
                }
            }
        }
        _ => Length::NotDer,
    }
}

/// Why the next object of a stream could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ObjectError {
    /// The stream has no octets.
    Empty,
    /// Reading failed.
    Unreadable(io::Error),
    /// The stream holds neither a PEM block nor a DER object.
    NothingFound,
    /// No PEM block within [`SEARCH_LIMIT`].
    NoBlockWithin,
    /// The object is larger than [`OBJECT_LIMIT`].
    TooLarge,
    /// The stream ends inside a DER object.
    Truncated,
    /// Octets follow the DER objects that are no object themselves.
    TrailingOctets,
    /// A PEM block has no `END` line.
    NoEndLine,
    /// A PEM block ends with another label than it begins with.
    EndDiffers,
    /// A `BEGIN` line without a label.
    NoLabel,
    /// The content of a PEM block is not base64.
    NotBase64,
}

impl fmt::Display for ObjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::Unreadable(error) => write!(f, "cannot be read: {}", crate::files::reason(error)),
            Self::NothingFound => f.write_str("holds neither PEM nor DER"),
            Self::NoBlockWithin => write!(f, "has no PEM block in {} MiB", SEARCH_LIMIT >> 20),
            Self::TooLarge => write!(
                f,
                "holds an object larger than {} MiB, which no certificate or key is",
                OBJECT_LIMIT >> 20
            ),
            Self::Truncated => f.write_str("ends in the middle of an object"),
            Self::TrailingOctets => f.write_str("goes on after the object with something else"),
            Self::NoEndLine => f.write_str("holds a PEM block without its END line"),
            Self::EndDiffers => f.write_str(
                "holds a PEM block whose END line names another kind than its BEGIN line",
            ),
            Self::NoLabel => f.write_str("holds a PEM block whose BEGIN line names no kind"),
            Self::NotBase64 => f.write_str("holds a PEM block whose content is not base64"),
        }
    }
}

impl std::error::Error for ObjectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives out one octet at a time, as the slowest pipe would.
    struct Dripping<'a>(&'a [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut buffer[..1])
        }
    }

    /// What is read, as `label=octets` or the error, both from a slice and drop by drop.
    fn read(input: &[u8]) -> Vec<String> {
        let show = |next: Result<Object, ObjectError>| match next {
            Ok(object) => format!(
                "{}={}",
                object.label.as_deref().unwrap_or("DER"),
                String::from_utf8_lossy(&object.der).escape_debug()
            ),
            Err(error) => error.to_string(),
        };
        let at_once: Vec<_> = Objects::new(input).map(show).collect();
        let dripping: Vec<_> = Objects::new(Dripping(input)).map(show).collect();
        assert_eq!(at_once, dripping);
        at_once
    }

    #[test]
    fn blocks_are_found_among_text_whatever_the_line_ends() {
        let input = "subject=CN=x\n-----BEGIN A B-----\nYWJj\r\n-----END A B-----\r\nmore -----\n\
                     -----BEGIN C-----ZGVm-----END C-----\n";
        assert_eq!(read(input.as_bytes()), ["A B=abc", "C=def"]);
        assert_eq!(
            read(input.replace('\n', "\r").as_bytes()),
            ["A B=abc", "C=def"]
        );
        assert_eq!(
            read(format!("\u{feff}{input}").as_bytes()),
            ["A B=abc", "C=def"]
        );
    }

    #[test]
    fn text_outside_the_blocks_is_noticed() {
        let seen = |input: &str| {
            let mut objects = Objects::new(input.as_bytes());
            assert_eq!(objects.by_ref().filter_map(Result::ok).count(), 1);
            objects.text_seen()
        };
        assert!(!seen("-----BEGIN A-----\nYWJj\n-----END A-----\n\n"));
        assert!(seen("CN=x\n-----BEGIN A-----\nYWJj\n-----END A-----\n"));
        assert!(seen("-----BEGIN A-----\nYWJj\n-----END A-----\nbye"));
    }

    #[test]
    fn headers_of_a_block_are_passed_over() {
        let input = "-----BEGIN K-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES,00\n 11\n\nYWJj\n-----END K-----";
        assert_eq!(read(input.as_bytes()), ["K=abc"]);
        let is_encrypted: Vec<_> = Objects::new(input.as_bytes())
            .filter_map(Result::ok)
            .map(|object| object.is_encrypted)
            .collect();
        assert_eq!(is_encrypted, [true]);
    }

    #[test]
    fn what_openssl_does_not_read_is_told() {
        let fault = |input: &str| {
            let mut objects = Objects::new(Dripping(input.as_bytes())).flatten();
            objects.next().and_then(|object| object.pem_fault)
        };
        let block = "-----BEGIN A-----\nYWJj\n-----END A-----\n";
        for sound in [
            block.to_owned(),
            block.trim_end().to_owned(),
            block.replace('\n', "\r\n"),
            block.replace('\n', " \t\n"),
            block.replace("YWJj", "Y\n  WJ\nj"),
            block.replace("YWJj", &"YWJj".repeat(300)),
            format!("text\n{block}text"),
            format!("{}{block}", "y".repeat(openssl::LINE)),
            format!("\u{feff}{block}"),
        ] {
            assert_eq!(fault(&sound), None, "{sound:?}");
        }
        let full = "YWJj".repeat(16);
        for (unsound, expected) in [
            (format!(" {block}"), PemFault::BeginLine),
            (block.replace("A-----\nY", "A-----Y"), PemFault::BeginLine),
            (block.replace('\n', "\r"), PemFault::LineEnds),
            (block.replace("-----END", " -----END"), PemFault::EndLine),
            (format!("{}x", block.trim_end()), PemFault::EndLine),
            (block.replace("YW", "X: y\n\nYW"), PemFault::Headers(5)),
            (block.replace("YW", "X: y\nYW"), PemFault::BlankLine),
            (
                block.replace("YWJj", &format!("\n{full}YWJj")),
                PemFault::BlankLine,
            ),
            (block.replace("Jj", "I"), PemFault::Base64),
            (block.replace("YWJj", "\0\nYWJj"), PemFault::Nul),
            (format!("\0\n{block}"), PemFault::NulBefore),
        ] {
            assert_eq!(fault(&unsound), Some(expected), "{unsound:?}");
        }
        assert_eq!(
            fault(&block.replace("YWJj", &format!("\n{full}\nYWJj"))),
            None
        );
    }

    #[test]
    fn a_bad_block_does_not_hide_those_behind_it() {
        let good = "-----BEGIN G-----\nYWJj\n-----END G-----\n";
        let cases = [
            ("-----BEGIN A-----\nYWJj\n", "without its END line"),
            (
                "-----BEGIN A-----\nYWJj\n-----END B-----\n",
                "names another kind",
            ),
            ("-----BEGIN A-----\nY!Jj\n-----END A-----\n", "not base64"),
        ];
        for (bad, reason) in cases {
            let found = read(format!("{bad}{good}").as_bytes());
            assert!(found[0].contains(reason), "{found:?}");
            assert_eq!(found[1], "G=abc");
        }
    }

    #[test]
    fn what_ends_too_early_is_an_error() {
        assert_eq!(read(b""), ["is empty"]);
        assert_eq!(read(b"hello\n"), ["holds neither PEM nor DER"]);
        assert_eq!(
            read(b"-----BEGIN A-----\nYWJj\n-----END A--"),
            ["holds a PEM block without its END line"]
        );
        assert_eq!(read(&[0x30, 0x82, 1]), ["ends in the middle of an object"]);
        assert_eq!(read(&[0x30, 3, 2, 1]), ["ends in the middle of an object"]);
    }

    #[test]
    fn der_objects_may_follow_each_other_but_nothing_else_may() {
        let object = [0x30, 3, 2, 1, 5];
        let twice = [object, object].concat();
        assert_eq!(read(&twice).len(), 2);
        let found = read(&[&object[..], b"x"].concat());
        assert_eq!(found[1], "goes on after the object with something else");
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn text_that_begins_with_a_zero_is_not_der() {
        let input = b"0 s:CN = x\n-----BEGIN A-----\nYWJj\n-----END A-----\n";
        assert_eq!(read(input), ["A=abc"]);
    }

    #[test]
    fn endless_streams_end_at_the_limit() {
        let last = |mut objects: Objects<_>| objects.next().map(|next| next.map(|_| ()));
        for (octet, reason) in [
            (0, "has no PEM block in 16 MiB"),
            (b'-', "has no PEM block in 16 MiB"),
        ] {
            let error = last(Objects::new(io::repeat(octet)));
            assert!(matches!(error, Some(Err(error)) if error.to_string() == reason));
        }
        let endless_block = (&b"-----BEGIN A-----\n"[..]).chain(io::repeat(b'A'));
        let error = Objects::new(endless_block)
            .next()
            .map(|next| next.map(|_| ()));
        assert!(matches!(error, Some(Err(ObjectError::TooLarge))));
        let huge_der = (&[0x30, 0x84, 0x7f, 0xff, 0xff, 0xff][..]).chain(io::repeat(0));
        let error = Objects::new(huge_der).next().map(|next| next.map(|_| ()));
        assert!(matches!(error, Some(Err(ObjectError::TooLarge))));
    }
}
