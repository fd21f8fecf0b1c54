//! PEM as OpenSSL reads it (`PEM_read_bio(3)`), and with it most clients: strictly line by line.

use std::fmt;

use super::{BEGIN, DASHES, END};

/// The most octets that OpenSSL takes at once; the rest of a longer line is a line of its own to it.
pub(super) const LINE: usize = 254;
/// What an encoder makes of 48 octets, with the line feed.
const FULL_LINE: usize = 65;

/// What keeps OpenSSL from reading a block that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PemFault {
    /// The marker of the beginning does not have a line for itself, so that the block is passed over.
    BeginLine,
    /// The marker of the end does not begin a line, or something stands behind it.
    EndLine,
    /// Lines end as on old Macintoshes.
    LineEnds,
    /// Headers of so many octets (RFC 1421 4.4), or a blank line that makes headers of what stands before it.
    Headers(usize),
    /// Headers that do not end, or after the blank line that ends them another one, nothing, or lines that are not of 64
    /// characters.
    BlankLine,
    /// Its base64 has no padding, or a character that is none of base64 but was passed over.
    Base64,
    /// A line that begins with a NUL octet, which is the end of all to OpenSSL.
    Nul,
    /// The same before the block.
    NulBefore,
    /// The certificate is in PKCS #7.
    Pkcs7,
}

impl PemFault {
    /// Whether OpenSSL does not see the block, which is no matter to what it has read before.
    #[must_use]
    pub fn passes_over(self) -> bool {
        matches!(
            self,
            Self::BeginLine | Self::LineEnds | Self::NulBefore | Self::Pkcs7
        )
    }

    /// Whether OpenSSL reads no further, even where it looks for another kind of block.
    #[must_use]
    pub fn ends_reading(self) -> bool {
        !self.passes_over() && !matches!(self, Self::Headers(_))
    }

    /// What keeps OpenSSL from `block`, from its marker of the beginning to the end of the line with that of its end.
    pub(super) fn of(block: &[u8], label: &str) -> Option<Self> {
        let fault = Self::within(block, label)?;
        let has_line_feeds = block.trim_ascii().contains(&b'\n');
        Some(if block.contains(&b'\r') && !has_line_feeds {
            Self::LineEnds
        } else {
            fault
        })
    }

    fn within(block: &[u8], label: &str) -> Option<Self> {
        let mut lines = Lines(block);
        let begin = [BEGIN, label.as_bytes(), DASHES].concat();
        let end = [END, label.as_bytes(), DASHES].concat();
        if lines.next().is_none_or(|line| line.content != begin) {
            return Some(Self::BeginLine);
        }
        let mut header = Header::Perhaps;
        let (mut base64, mut header_length) = (Base64::default(), 0);
        let (mut was_cut, mut was_short) = (false, false);
        for line in lines {
            if line.starts_with_nul {
                return Some(Self::Nul);
            }
            if header == Header::Perhaps && line.has_colon {
                header = Header::Within;
            }
            let after_cut = std::mem::replace(&mut was_cut, line.is_cut);
            if line.content.is_empty() {
                if after_cut {
                    continue;
                }
                if header == Header::Over {
                    return Some(Self::BlankLine);
                }
                header = Header::Over;
                header_length = std::mem::take(&mut base64).octets;
                continue;
            }
            if line.content.starts_with(END) {
                return match header {
                    _ if line.content != end => Some(Self::EndLine),
                    Header::Over if base64.is_whole() => {
                        (header_length > 0).then_some(Self::Headers(header_length))
                    }
                    Header::Within | Header::Over => Some(Self::BlankLine),
                    Header::Perhaps => (!base64.is_whole()).then_some(Self::Base64),
                };
            }
            if was_short {
                return Some(Self::BlankLine);
            }
            base64.take(line.content);
            // Once it has seen headers, it counts.
            if header == Header::Over {
                let length = line.content.len() + 1;
                if length > FULL_LINE {
                    return Some(Self::BlankLine);
                }
                was_short = length < FULL_LINE;
            }
        }
        Some(Self::EndLine)
    }
}

impl fmt::Display for PemFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BeginLine => "its BEGIN marker does not have a line for itself",
            Self::EndLine => "its END marker does not have a line for itself",
            Self::LineEnds => "its lines end with CR alone",
            Self::Headers(_) => {
                "header lines, or lines that a blank one makes headers of, stand before its base64"
            }
            Self::BlankLine => "a header or a blank line stands in it where none may",
            Self::Pkcs7 => "it is in PKCS #7",
            Self::Base64 => "its base64 lacks its padding, or holds other characters",
            Self::Nul | Self::NulBefore => "a line begins with a NUL octet",
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Header {
    Perhaps,
    Within,
    Over,
}

/// How much base64 there is, which `EVP_DecodeUpdate(3)` decodes. None of it is kept.
#[derive(Default)]
struct Base64 {
    octets: usize,
    has_ended: bool,
    characters: usize,
    has_others: bool,
}

impl Base64 {
    fn take(&mut self, line: &[u8]) {
        self.octets += line.len() + 1;
        for octet in line {
            match octet {
                _ if self.has_ended => {}
                b'-' => self.has_ended = true,
                b' ' | b'\t' | b'\r' => {}
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => {
                    self.characters += 1;
                }
                _ => self.has_others = true,
            }
        }
    }

    fn is_whole(&self) -> bool {
        self.characters > 0 && self.characters.is_multiple_of(4) && !self.has_others
    }
}

/// Lines as `BIO_gets(3)` gives them out.
struct Lines<'a>(&'a [u8]);

struct Line<'a> {
    content: &'a [u8],
    has_colon: bool,
    /// The line goes on in the next one.
    is_cut: bool,
    starts_with_nul: bool,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let most = &self.0[..self.0.len().min(LINE)];
        let length = memchr::memchr(b'\n', most).map_or(most.len(), |at| at + 1);
        let (line, rest) = self.0.split_at(length);
        self.0 = rest;
        let starts_with_nul = *line.first()? == 0;
        Some(Line {
            content: content(line),
            has_colon: before_nul(line).contains(&b':'),
            is_cut: before_nul(line).len() == LINE && !line.ends_with(b"\n"),
            starts_with_nul,
        })
    }
}

/// A line without what OpenSSL does not look at: a NUL octet and the rest, and at the end white space and whatever is not
/// ASCII.
pub(super) fn content(line: &[u8]) -> &[u8] {
    let line = before_nul(line);
    let last = line.iter().rposition(|octet| (0x21..0x80).contains(octet));
    &line[..last.map_or(0, |last| last + 1)]
}

fn before_nul(line: &[u8]) -> &[u8] {
    &line[..memchr::memchr(0, line).unwrap_or(line.len())]
}
