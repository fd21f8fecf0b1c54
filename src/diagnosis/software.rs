//! What a server says that it is.

use std::fmt;

use super::Place;
use crate::check::Consumer;
use crate::online::session::{Kind, Session};
use crate::online::{Element, OnlineError};

const VERSION: &str = "jabber:iq:version";
pub(super) const DISCO_INFO: &str = "http://jabber.org/protocol/disco#info";

/// What a server says that it is (XEP-0092, or else XEP-0030), verbatim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Software {
    /// `Prosody`
    pub name: String,
    /// `0.12.3`; empty where it does not tell.
    pub version: String,
}

impl Software {
    /// Asks the server; nothing where it does not tell, or not in time.
    ///
    /// # Errors
    /// [`OnlineError`] where the session ends.
    pub fn of(session: &mut Session) -> Result<Option<Self>, OnlineError> {
        let told = version(session).and_then(|version| {
            // A server that tells its version need not be asked the other way.
            let info = match named_in(version.as_ref()) {
                Some(_) => None,
                None => ask(session, &format!("<query xmlns='{DISCO_INFO}'/>"))?,
            };
            Ok(Self::told_by(version.as_ref(), info.as_ref()))
        });
        match told {
            Err(OnlineError::Silence(_)) => Ok(None),
            told => told,
        }
    }

    /// By the answers to the questions for the version and for the identities.
    pub(super) fn told_by(version: Option<&Element>, info: Option<&Element>) -> Option<Self> {
        let identities = children_of_query(info, "identity", DISCO_INFO);
        let of_identity = identities
            .into_iter()
            .find(|identity| identity.attribute("category") == Some("server"))
            .and_then(|identity| identity.attribute("name"));
        Some(Self {
            name: named_in(version).or_else(|| of_identity.map(str::to_owned))?,
            version: text(version, "version").unwrap_or_default(),
        })
    }

    /// The consumer by whose ways it takes certificates, if it is one that is known.
    #[must_use]
    pub fn consumer(&self) -> Option<Consumer> {
        [Consumer::Prosody, Consumer::Ejabberd]
            .into_iter()
            .find(|consumer| self.name.eq_ignore_ascii_case(consumer.name()))
    }

    /// Whether a mend for `place` could be one for this software.
    pub(super) fn is_served_by(&self, place: Place) -> bool {
        let major = self.version.split('.').next().unwrap_or_default();
        match (place, self.consumer()) {
            (Place::Dns, _) | (_, None) | (Place::Ejabberd, Some(Consumer::Ejabberd)) => true,
            (Place::Prosody012, Some(Consumer::Prosody)) => matches!(major, "" | "0"),
            (Place::Prosody13, Some(Consumer::Prosody)) => major != "0",
            _ => false,
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

/// The answer to the question for the version.
pub(super) fn version(session: &mut Session) -> Result<Option<Element>, OnlineError> {
    ask(session, &format!("<query xmlns='{VERSION}'/>"))
}

fn named_in(version: Option<&Element>) -> Option<String> {
    text(version, "name").filter(|name| !name.is_empty())
}

fn text(version: Option<&Element>, name: &str) -> Option<String> {
    let found = children_of_query(version, name, VERSION);
    found.first().map(|element| element.text.trim().to_owned())
}

/// The answer of the server itself; nothing where it refuses to answer.
pub(super) fn ask(session: &mut Session, payload: &str) -> Result<Option<Element>, OnlineError> {
    let domain = session.domain().to_owned();
    match session.request(Kind::Get, Some(&domain), payload) {
        Ok(answer) => Ok(Some(answer)),
        Err(OnlineError::RequestRefused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The children of this name in the `<query/>` that an answer has.
pub(super) fn children_of_query<'a>(
    answer: Option<&'a Element>,
    name: &str,
    namespace: &str,
) -> Vec<&'a Element> {
    let query = answer.and_then(|answer| answer.child("query", namespace));
    let children = query.into_iter().flat_map(|query| &query.children);
    children.filter(|child| child.is(name, namespace)).collect()
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
