//! What can be wrong with a stream of objects.

use std::fmt;
use std::io;

use super::{OBJECT_LIMIT, SEARCH_LIMIT};

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
