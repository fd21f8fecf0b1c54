//! Looks at a server from the inside, with an account.

use std::fmt;

use time::{Duration, OffsetDateTime};

use super::Place;
use super::survey::throwaway;
use crate::jid::Jid;
use crate::online::session::{Kind, Session};
use crate::online::stored::{self, New, StoreError};
use crate::online::{Element, OnlineError, Refusal};
use crate::stanza;

const VERSION: &str = "jabber:iq:version";
const DISCO_INFO: &str = "http://jabber.org/protocol/disco#info";
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

/// What a server says that it is (XEP-0092, or else XEP-0030), verbatim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Software {
    /// `Prosody`
    pub name: String,
    /// `0.12.3`; empty where it does not tell.
    pub version: String,
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

impl Software {
    /// Whether a mend for `place` could be one for this software.
    pub(super) fn is_served_by(&self, place: Place) -> bool {
        let name = self.name.to_ascii_lowercase();
        let major = self.version.split('.').next().unwrap_or_default();
        match place {
            Place::Dns => true,
            Place::Prosody012 => {
                name != "ejabberd" && (name != "prosody" || matches!(major, "" | "0"))
            }
            Place::Prosody13 => name != "ejabberd" && (name != "prosody" || major != "0"),
            Place::Ejabberd => name != "prosody",
        }
    }
}

impl fmt::Display for Software {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if !self.version.is_empty() {
            write!(f, " {}", self.version)?;
        }
        Ok(())
    }
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
        let version = ask(session, &format!("<query xmlns='{VERSION}'/>"))?;
        let info = ask(session, &format!("<query xmlns='{DISCO_INFO}'/>"))?;
        let commands = ask(
            session,
            &format!("<query xmlns='{DISCO_ITEMS}' node='{COMMANDS}'/>"),
        )?;
        let children = |answer: Option<&Element>, name: &str, namespace: &str| {
            let query = answer.and_then(|answer| answer.child("query", namespace));
            let children = query.into_iter().flat_map(|query| &query.children);
            let found: Vec<Element> = children
                .filter(|child| child.is(name, namespace))
                .cloned()
                .collect();
            found
        };
        let has = |found: Vec<Element>, attribute: &str, value: &str| {
            found
                .iter()
                .any(|element| element.attribute(attribute) == Some(value))
        };
        let text = |name: &str| {
            children(version.as_ref(), name, VERSION)
                .first()
                .map(|element| element.text.trim().to_owned())
        };
        let identities = children(info.as_ref(), "identity", DISCO_INFO);
        let of_identity = identities
            .iter()
            .find(|identity| identity.attribute("category") == Some("server"))
            .and_then(|identity| identity.attribute("name"));
        Ok(Self {
            software: text("name")
                .or_else(|| of_identity.map(str::to_owned))
                .map(|name| Software {
                    name,
                    version: text("version").unwrap_or_default(),
                }),
            stores_certificates: has(
                children(info.as_ref(), "feature", DISCO_INFO),
                "var",
                stanza::NAMESPACE,
            ),
            has_command: has(
                children(commands.as_ref(), "item", DISCO_ITEMS),
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

/// The answer of the server itself; nothing where it refuses to answer.
fn ask(session: &mut Session, payload: &str) -> Result<Option<Element>, OnlineError> {
    let domain = session.domain().to_owned();
    match session.request(Kind::Get, Some(&domain), payload) {
        Ok(answer) => Ok(Some(answer)),
        Err(OnlineError::RequestRefused(_)) => Ok(None),
        Err(error) => Err(error),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mends_for_other_software_are_left_out() {
        let all = [
            Place::Dns,
            Place::Prosody012,
            Place::Prosody13,
            Place::Ejabberd,
        ];
        for (name, version, left) in [
            ("Prosody", "0.12.3", &[Place::Dns, Place::Prosody012][..]),
            ("Prosody", "0.11.9", &[Place::Dns, Place::Prosody012]),
            ("Prosody", "13.0.1", &[Place::Dns, Place::Prosody13]),
            (
                "Prosody",
                "trunk nightly build 1",
                &[Place::Dns, Place::Prosody13],
            ),
            (
                "Prosody",
                "",
                &[Place::Dns, Place::Prosody012, Place::Prosody13],
            ),
            ("ejabberd", "23.01", &[Place::Dns, Place::Ejabberd]),
            ("Openfire", "4.8", &all),
        ] {
            let software = Software {
                name: name.to_owned(),
                version: version.to_owned(),
            };
            let kept: Vec<Place> = all
                .into_iter()
                .filter(|place| software.is_served_by(*place))
                .collect();
            assert_eq!(kept, left, "{software}");
        }
    }
}
