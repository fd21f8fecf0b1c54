//! PEM blocks (RFC 7468), read leniently.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memchr;
use zeroize::Zeroizing;

use super::{BEGIN, DASHES, END, Object, ObjectError, find, openssl};

const LABEL_LIMIT: usize = 64;

/// Some encoders leave out the padding or set the unused bits; the DER within tells if it is whole.
const LENIENT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Where in the window the parts of a PEM block are.
pub(super) struct Block {
    pub(super) label: String,
    pub(super) content: Range<usize>,
    pub(super) end: usize,
    /// Where the line ends on which the block ends; `end` as well, if nothing but white space is left of it.
    pub(super) line_end: usize,
}

pub(super) enum Located {
    Whole(Block),
    Broken { skip: usize, error: ObjectError },
    NeedsMore { searched: usize },
}

impl Block {
    /// The block at the start of `window`, whose first `searched` octets are known to hold no end.
    pub(super) fn locate(window: &[u8], searched: usize, at_end: bool) -> Located {
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

    pub(super) fn decode(&self, window: &[u8]) -> Result<Object, ObjectError> {
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
