//! The certificates that are stored on an account (XEP-0257), with the ways of servers as they are.

use std::time::Duration;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::adhoc;
use super::error::OnlineError;
use super::session::{Kind, Session};
use super::xml::Element;
use crate::fingerprint::sha256;
use crate::stanza::{self, NAMESPACE, NotXml};

/// How long an answer may stay out once the server has answered what was asked later.
const GRACE: Duration = Duration::from_secs(2);

/// Base64 without minding its end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A certificate on the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The name it is stored under, verbatim.
    pub name: String,
    /// The certificate in DER; nothing where what the server has is no base64.
    pub certificate: Option<Vec<u8>>,
    /// Whether sessions that log in with it may store and remove certificates (XEP-0257 3.1), as far as the server tells.
    pub may_manage: bool,
    /// The resources of the sessions that use it, where the server tells (XEP-0257 3.2).
    pub resources: Vec<String>,
}

impl Item {
    fn of(element: &Element) -> Self {
        let text = |name| {
            element
                .child(name, NAMESPACE)
                .map(|child| child.text.as_str())
        };
        let users = element.child("users", NAMESPACE);
        Self {
            name: text("name").unwrap_or_default().to_owned(),
            certificate: text("x509cert").and_then(decode),
            may_manage: element.child("no-cert-management", NAMESPACE).is_none(),
            resources: users
                .into_iter()
                .flat_map(|users| users.children_named("resource", NAMESPACE))
                .map(|resource| resource.text.clone())
                .collect(),
        }
    }

    /// The fingerprint of the certificate, where there is one.
    #[must_use]
    pub fn sha256(&self) -> Option<String> {
        self.certificate.as_deref().map(sha256)
    }
}

/// Reads base64 as servers give it out: in lines, or inside of PEM.
fn decode(text: &str) -> Option<Vec<u8>> {
    let lines = text.lines().map(str::trim);
    let base64: String = lines
        .filter(|line| !line.starts_with("-----"))
        .flat_map(str::chars)
        .filter(|character| !character.is_whitespace())
        .collect();
    LENIENT.decode(base64).ok().filter(|der| !der.is_empty())
}

/// All that is stored.
///
/// # Errors
/// [`OnlineError`]
pub fn items(session: &mut Session) -> Result<Vec<Item>, OnlineError> {
    let answer = session.request(Kind::Get, None, &format!("<items xmlns='{NAMESPACE}'/>"))?;
    let items = answer.child("items", NAMESPACE);
    Ok(items
        .into_iter()
        .flat_map(|items| items.children_named("item", NAMESPACE))
        .map(Item::of)
        .collect())
}

/// A certificate to be stored.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// The name to store it under; some servers replace what has it, without a word.
    pub name: &'a str,
    /// In DER.
    pub certificate: &'a [u8],
    /// Whether sessions that log in with it may store and remove certificates. Prosody does not mind this.
    pub may_manage: bool,
}

/// Stores a certificate by `<append/>`.
///
/// Prosody on Lua 5.3 and later never answers (it divides by `/` where it needs `//`). So a second request follows at once,
/// and where that one is answered and `<append/>` is not, the rest of the time-out is not waited for.
///
/// # Errors
/// [`StoreError`], with [`OnlineError::Silence`] where there is no answer.
pub fn append(session: &mut Session, new: New<'_>) -> Result<(), StoreError> {
    let payload = stanza::append(new.name, new.certificate, new.may_manage)?;
    session.request_overtaken(Kind::Set, &payload, GRACE)?;
    Ok(())
}

/// Stores a certificate by Prosody's ad-hoc command (XEP-0050), which newer versions of its module have without the fault
/// that keeps `<append/>` from being answered.
///
/// # Errors
/// [`StoreError`]
pub fn append_by_command(session: &mut Session, new: New<'_>) -> Result<(), StoreError> {
    adhoc::add(session, new)
}

/// Removes a certificate; sessions that use it go on (XEP-0257 4). Servers may not mind whether there is one of that name.
///
/// # Errors
/// [`StoreError`]
pub fn disable(session: &mut Session, name: &str) -> Result<(), StoreError> {
    remove(session, "disable", name)
}

/// Removes a certificate and ends the sessions that use it (XEP-0257 5). If this is one of them, that shows as
/// [`OnlineError::StreamRefused`] or [`OnlineError::Closed`].
///
/// # Errors
/// [`StoreError`]
pub fn revoke(session: &mut Session, name: &str) -> Result<(), StoreError> {
    remove(session, "revoke", name)
}

fn remove(session: &mut Session, element: &str, name: &str) -> Result<(), StoreError> {
    let name = stanza::escape(name)?;
    session.request(
        Kind::Set,
        None,
        &format!("<{element} xmlns='{NAMESPACE}'><name>{name}</name></{element}>"),
    )?;
    Ok(())
}

/// Why a certificate was not stored or removed.
#[derive(Debug)]
pub enum StoreError {
    /// A name that no stanza can carry.
    Name(NotXml),
    /// The server does not have the ad-hoc command, or not for this account.
    NoCommand,
    /// The ad-hoc command ended with this note.
    CommandFailed(String),
    /// Anything else.
    Online(OnlineError),
}

impl From<NotXml> for StoreError {
    fn from(error: NotXml) -> Self {
        Self::Name(error)
    }
}

impl From<OnlineError> for StoreError {
    fn from(error: OnlineError) -> Self {
        Self::Online(error)
    }
}

impl StoreError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Name(_) => "give a name that can be read".to_owned(),
            Self::NoCommand => "use a server or module that has it".to_owned(),
            Self::CommandFailed(_) => "the server's log may say more".to_owned(),
            Self::Online(error) => error.hint(),
        }
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(error) => write!(f, "the name cannot be used: {error}"),
            Self::NoCommand => f.write_str("the server has no ad-hoc command for certificates"),
            Self::CommandFailed(note) => {
                write!(f, "the server's ad-hoc command refused: '{note}'")
            }
            Self::Online(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StoreError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_read_however_they_are_written() {
        for text in [
            "AAECAwQFBgc=",
            " AAEC\r\n\tAwQF\n Bgc= \n",
            "AAECAwQFBgc",
            "-----BEGIN CERTIFICATE-----\nAAECAwQF\nBgc=\n-----END CERTIFICATE-----\n",
        ] {
            assert_eq!(
                decode(text).as_deref(),
                Some(&[0, 1, 2, 3, 4, 5, 6, 7][..]),
                "{text}"
            );
        }
        for text in ["", "-----BEGIN CERTIFICATE-----", "no base64!", "A"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
