//! What may be wrong with a line, an account, or the whole.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::folder::KEY_FILE;
use crate::certificate::{NameError, SigningError};
use crate::check::shell_word;
use crate::files::{ReadError, WriteError};
use crate::jid::{Jid, JidError};
use crate::key::{KeyAlgorithm, KeyError};
use crate::validity::{ValidityError, format_date};

/// Why a line asks for nothing that can be made. Worded to follow the number of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineError {
    /// Longer than 64 KiB.
    TooLong,
    /// Not UTF-8.
    NotUtf8,
    /// A carriage return inside, as where lines end with nothing else.
    CarriageReturn,
    /// A quote that is not closed, or stands in the midst of a CSV field.
    Quote,
    /// Another number of CSV fields than there are columns.
    Fields {
        /// How many there are.
        found: usize,
        /// How many columns there are.
        expected: usize,
    },
    /// The names of the columns.
    Header(String),
    /// Not the JSON of an account: what, and at which column.
    Json {
        /// What is wrong.
        problem: String,
        /// Where it is, from 1; 0 for the whole object.
        column: usize,
    },
    /// No JID.
    Jid {
        /// What stands in its place.
        typed: String,
        /// What is wrong with it.
        error: JidError,
    },
    /// The JID stands in an earlier line.
    Duplicate(Jid),
    /// The name or the e-mail address cannot be that of a certificate.
    Name(NameError),
    /// No such kind of key.
    KeyType(KeyError),
    /// No such validity.
    Days(ValidityError),
}

impl LineError {
    pub(super) fn json(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        // It counts lines of its own.
        let problem = text
            .rsplit_once(" at line ")
            .map_or(text.as_str(), |(problem, _)| problem);
        Self::Json {
            problem: json_problem(problem),
            column: error.column(),
        }
    }

    /// What to do about it, in one line.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::TooLong => "see that this is a list of accounts".to_owned(),
            Self::NotUtf8 => "save the list as UTF-8".to_owned(),
            Self::CarriageReturn => {
                "save the list with line feeds (LF or CR LF) at the ends of its lines".to_owned()
            }
            Self::Quote => {
                "put the whole field in quotes, and write a quote in it twice".to_owned()
            }
            Self::Fields { found, expected } if found < expected => {
                "give each column a field; what is left out is an empty one, with its comma"
                    .to_owned()
            }
            Self::Fields { .. } => "put fields that have a comma in quotes".to_owned(),
            Self::Header(_) => "name the columns in the first line".to_owned(),
            Self::Json { .. } => {
                "give an object with 'jid' and perhaps 'name', 'email', 'days' and 'key_type'"
                    .to_owned()
            }
            Self::Jid { typed, .. } if typed.contains([',', ';', '\t']) => {
                "begin a list of several columns with their names, as in 'jid,name,email'"
                    .to_owned()
            }
            Self::Jid { error, .. } => error.hint(),
            Self::Duplicate(_) => "take it out; the first line with it counts".to_owned(),
            Self::Name(error) => error.hint().to_owned(),
            Self::KeyType(error) => error.hint(),
            Self::Days(error) => error.hint().to_owned(),
        }
    }
}

/// What `serde_json` says, in our words where a person is likely to see it.
fn json_problem(text: &str) -> String {
    let name = |before: &str| text.strip_prefix(before)?.split('`').next();
    if let Some(rest) = text.strip_prefix("unknown field `")
        && let Some((name, _)) = rest.rsplit_once("`, expected")
    {
        format!("there is no member '{name}', only jid, name, email, days, key_type")
    } else if let Some(name) = name("missing field `") {
        format!("the member '{name}' is missing")
    } else if let Some(name) = name("duplicate field `") {
        format!("the member '{name}' is there twice")
    } else if text.contains("untagged enum Days") {
        "'days' is neither a number nor text".to_owned()
    } else {
        text.replace('`', "'")
            .replacen("EOF while parsing", "it ends in the midst of", 1)
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("it is longer than 64 KiB"),
            Self::NotUtf8 => f.write_str("it is not UTF-8"),
            Self::CarriageReturn => {
                f.write_str("it has a carriage return (CR) in it, which ends no line")
            }
            Self::Quote => f.write_str("a quote is not closed, or is in the midst of a field"),
            Self::Fields { found, expected } => {
                write!(
                    f,
                    "the number of fields is {found}, but that of columns {expected}"
                )
            }
            Self::Header(problem) | Self::Json { problem, column: 0 } => f.write_str(problem),
            Self::Json { problem, column } => write!(f, "{problem}, at column {column}"),
            Self::Jid { typed, error } => write!(f, "'{typed}' is not a JID: {error}"),
            Self::Duplicate(jid) => write!(f, "'{jid}' is in an earlier line already"),
            Self::Name(error) => error.fmt(f),
            Self::KeyType(error) => error.fmt(f),
            Self::Days(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LineError {}

/// Why there is no certificate for a line.
#[derive(Debug)]
#[non_exhaustive]
pub enum AccountError {
    /// The line is at fault.
    Line(LineError),
    /// There is something at the place of the folder.
    Exists(PathBuf),
    /// The folder is there, but is not what the line asks for.
    Mismatch {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        mismatch: Mismatch,
    },
    /// No key could be made.
    Key(KeyError),
    /// Nothing could be signed.
    Signing(SigningError),
    /// The folder could not be written.
    Write(WriteError),
}

impl AccountError {
    /// Whether the next account would fare no better.
    pub(super) fn is_general(&self) -> bool {
        match self {
            Self::Line(_) | Self::Exists(_) | Self::Mismatch { .. } => false,
            Self::Key(_) | Self::Signing(_) | Self::Write(_) => true,
        }
    }

    /// What to do about it, in one line.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Line(error) => error.hint(),
            Self::Exists(_) => {
                "go on with a run that was interrupted with '--resume', or choose another directory"
                    .to_owned()
            }
            Self::Mismatch {
                folder,
                mismatch: Mismatch::Exposed,
            } => {
                let key = folder.join(KEY_FILE);
                format!(
                    "if nobody has, 'chmod 600 {}' is enough; else remove the folder to have it made anew",
                    shell_word(&key.to_string_lossy())
                )
            }
            Self::Mismatch { folder, .. } => {
                format!(
                    "look at '{}', and remove it to have it made anew",
                    folder.display()
                )
            }
            Self::Key(error) => error.hint(),
            Self::Signing(_) => "see that the system's random number generator works".to_owned(),
            Self::Write(error) => error.hint(),
        }
    }
}

impl fmt::Display for AccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(error) => error.fmt(f),
            Self::Exists(folder) => write!(f, "'{}' exists already", folder.display()),
            Self::Mismatch { folder, mismatch } => {
                write!(
                    f,
                    "'{}' is not what this line asks for: {mismatch}",
                    folder.display()
                )
            }
            Self::Key(error) => error.fmt(f),
            Self::Signing(error) => error.fmt(f),
            Self::Write(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AccountError {}

impl From<WriteError> for AccountError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

/// What a folder holds instead of what a line asks for.
#[derive(Debug)]
#[non_exhaustive]
pub enum Mismatch {
    /// One of the two files cannot be read.
    Unreadable(ReadError),
    /// One of the two files does not hold just the one object it should.
    Malformed(&'static str),
    /// The key does not belong to the certificate.
    Key,
    /// The certificate does not name the account alone.
    Jids(Vec<String>),
    /// The key is of another kind.
    KeyType(KeyAlgorithm),
    /// The certificate has another common name.
    Name(Option<String>),
    /// The certificate has another e-mail address, or one although the line asks for none.
    Email(Vec<String>),
    /// Others may read or change the key.
    Exposed,
    /// The certificate has expired.
    Expired(time::OffsetDateTime),
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => error.fmt(f),
            Self::Malformed(name) => write!(f, "'{name}' is damaged, or is something else"),
            Self::Key => f.write_str("the key does not belong to the certificate"),
            Self::Jids(jids) if jids.is_empty() => f.write_str("the certificate names no account"),
            Self::Jids(jids) => write!(f, "the certificate is for '{}'", jids.join("', '")),
            Self::KeyType(algorithm) => write!(f, "the key is of the type {algorithm}"),
            Self::Name(None) => f.write_str("the certificate has no common name"),
            Self::Name(Some(name)) => write!(f, "the certificate has the name '{name}'"),
            Self::Email(emails) if emails.is_empty() => {
                f.write_str("the certificate has no e-mail address")
            }
            Self::Email(emails) => {
                write!(
                    f,
                    "the certificate has the e-mail address '{}'",
                    emails.join("', '")
                )
            }
            Self::Exposed => f.write_str("others may read or change the key"),
            Self::Expired(end) => write!(f, "the certificate expired at {}", format_date(*end)),
        }
    }
}

/// Why a batch ended before its list did.
#[derive(Debug)]
#[non_exhaustive]
pub enum BatchError<E> {
    /// The list cannot be read on, or its columns cannot be understood.
    List(io::Error),
    /// Nothing can be written any more.
    Write(WriteError),
    /// No keys can be made any more.
    Key(KeyError),
    /// Nothing can be signed any more.
    Signing(SigningError),
    /// What was done cannot be reported.
    Report(E),
}

impl<E> From<AccountError> for BatchError<E> {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Key(error) => Self::Key(error),
            AccountError::Signing(error) => Self::Signing(error),
            AccountError::Write(error) => Self::Write(error),
            other => Self::List(io::Error::new(io::ErrorKind::InvalidData, other)),
        }
    }
}
