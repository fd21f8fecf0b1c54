//! Looks at a server from the inside, with an account.

use time::{Duration, OffsetDateTime};

use super::software::{self, DISCO_INFO, Software, ask, children_of_query};
use super::survey::throwaway;
use crate::jid::Jid;
use crate::online::session::Session;
use crate::online::stored::{self, New, StoreError};
use crate::online::{Element, OnlineError, Refusal};
use crate::stanza;

const DISCO_ITEMS: &str = "http://jabber.org/protocol/disco#items";
const COMMANDS: &str = "http://jabber.org/protocol/commands";
const CERTIFICATES_COMMAND: &str = "http://prosody.im/protocol/certs";

/// What a session with an account shows of the server.
#[derive(Debug)]
pub struct AccountSurvey {
    /// What the server says that it is.
    pub software: Option<Software>,
    /// Whether the server says that users can store certificates (XEP-0257).
    pub stores_certificates: bool,
    /// Whether it has Prosody's ad-hoc command for that.
    pub has_command: bool,
    /// What became of a certificate that was stored for a moment, if that was tried.
    pub upload: Option<Upload>,
}

/// What became of a test of `<append/>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upload {
    /// It was stored, listed and removed.
    Works,
    /// There was no answer.
    Unanswered,
    /// The answer was an error.
    Refused(Refusal),
    /// The answer was good, but it is not listed.
    NotListed,
    /// It is still listed under this name after it was removed.
    NotRemoved(String),
}

impl AccountSurvey {
    /// Asks the server what it is and has. With `tries_upload`, stores a certificate of its own on the account and removes
    /// it again, which nothing else here does.
    ///
    /// # Errors
    /// [`OnlineError`] where the session ends; questions that are refused are answers too.
    pub fn of(
        session: &mut Session,
        jid: &Jid,
        tries_upload: bool,
        now: OffsetDateTime,
    ) -> Result<Self, OnlineError> {
        let version = software::version(session)?;
        let info = ask(session, &format!("<query xmlns='{DISCO_INFO}'/>"))?;
        let commands = ask(
            session,
            &format!("<query xmlns='{DISCO_ITEMS}' node='{COMMANDS}'/>"),
        )?;
        let has = |found: Vec<&Element>, attribute: &str, value: &str| {
            found
                .iter()
                .any(|element| element.attribute(attribute) == Some(value))
        };
        Ok(Self {
            software: Software::told_by(version.as_ref(), info.as_ref()),
            stores_certificates: has(
                children_of_query(info.as_ref(), "feature", DISCO_INFO),
                "var",
                stanza::NAMESPACE,
            ),
            has_command: has(
                children_of_query(commands.as_ref(), "item", DISCO_ITEMS),
                "node",
                CERTIFICATES_COMMAND,
            ),
            upload: if tries_upload {
                Some(try_upload(session, jid, now)?)
            } else {
                None
            },
        })
    }
}

fn try_upload(
    session: &mut Session,
    jid: &Jid,
    now: OffsetDateTime,
) -> Result<Upload, OnlineError> {
    // The name must not be one that is taken, as servers replace what has it.
    let random = getrandom::u64().map_err(|_| OnlineError::NoRandom)?;
    let name = format!("xmppcert doctor {random:016x}");
    let pair = throwaway(jid, now, Duration::DAY)?;
    let new = New {
        name: &name,
        certificate: &pair.certificate,
        may_manage: false,
    };
    match stored::append(session, new) {
        Ok(()) => {
            if !is_listed(session, &name)? {
                return Ok(Upload::NotListed);
            }
        }
        Err(StoreError::Online(OnlineError::Silence(_))) => {
            // It may have arrived all the same.
            if is_listed(session, &name)? {
                remove(session, &name)?;
            }
            return Ok(Upload::Unanswered);
        }
        Err(StoreError::Online(OnlineError::RequestRefused(refusal))) => {
            return Ok(Upload::Refused(refusal));
        }
        Err(StoreError::Online(error)) => return Err(error),
        // Neither comes of `<append/>` with such a name.
        Err(StoreError::Name(_) | StoreError::NoCommand | StoreError::CommandFailed(_)) => {
            return Ok(Upload::NotListed);
        }
    }
    remove(session, &name)?;
    Ok(if is_listed(session, &name)? {
        Upload::NotRemoved(name)
    } else {
        Upload::Works
    })
}

fn is_listed(session: &mut Session, name: &str) -> Result<bool, OnlineError> {
    let items = stored::items(session)?;
    Ok(items.iter().any(|item| item.name == name))
}

/// That it worked shows in the list.
fn remove(session: &mut Session, name: &str) -> Result<(), OnlineError> {
    match stored::disable(session, name) {
        Err(StoreError::Online(error @ (OnlineError::Closed(_) | OnlineError::Broken(..)))) => {
            Err(error)
        }
        _ => Ok(()),
    }
}
