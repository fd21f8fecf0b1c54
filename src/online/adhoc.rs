//! Prosody's ad-hoc command for certificates (XEP-0050 with forms of XEP-0004), the way round where `<append/>` is never
//! answered.

use super::error::{OnlineError, Step};
use super::session::{Kind, Session};
use super::stored::{New, StoreError};
use super::stream::attribute;
use super::xml::Element;
use crate::stanza;

const COMMANDS: &str = "http://jabber.org/protocol/commands";
const FORMS: &str = "jabber:x:data";
const NODE: &str = "http://prosody.im/protocol/certs";

/// Chooses to add, fills in the form, and reads how it ended.
pub(super) fn add(session: &mut Session, new: New<'_>) -> Result<(), StoreError> {
    let name = stanza::escape(new.name)?;
    let first = match submit(session, "", "execute", "") {
        // No such node, none for this account, or no such commands at all.
        Err(OnlineError::RequestRefused(_)) => return Err(StoreError::NoCommand),
        other => other?,
    };
    let choice = field("subcmd", &["add"]);
    let second = submit(session, session_id(&first)?, "next", &choice)?;
    completed(&second)?;
    let base64 = stanza::base64(new.certificate);
    let mut lines = vec!["-----BEGIN CERTIFICATE-----"];
    // Base64 is ASCII, so it can be cut anywhere.
    lines.extend(
        (0..base64.len())
            .step_by(64)
            .filter_map(|start| base64.get(start..base64.len().min(start + 64))),
    );
    lines.push("-----END CERTIFICATE-----");
    let fields = [
        field("name", &[&name]),
        field("cert", &lines),
        field("manage", &[if new.may_manage { "1" } else { "0" }]),
    ];
    let last = submit(session, session_id(&second)?, "complete", &fields.concat())?;
    if completed(&last)? {
        return Ok(());
    }
    Err(StoreError::CommandFailed(
        "it wants to know more".to_owned(),
    ))
}

fn field(name: &str, values: &[&str]) -> String {
    let values = values.join("</value><value>");
    format!("<field var='{name}'><value>{values}</value></field>")
}

/// One stage; the answer's `<command/>`.
fn submit(
    session: &mut Session,
    id: &str,
    action: &str,
    fields: &str,
) -> Result<Element, OnlineError> {
    let id = match id {
        "" => String::new(),
        id => format!(" sessionid='{}'", attribute(id, Step::Answer)?),
    };
    let form = match fields {
        "" => String::new(),
        fields => format!("<x xmlns='{FORMS}' type='submit'>{fields}</x>"),
    };
    let payload =
        format!("<command xmlns='{COMMANDS}' node='{NODE}' action='{action}'{id}>{form}</command>");
    let domain = session.domain().to_owned();
    let answer = session.request(Kind::Set, Some(&domain), &payload)?;
    let command = answer
        .children
        .into_iter()
        .find(|child| child.is("command", COMMANDS));
    command.ok_or_else(|| {
        OnlineError::NotXmpp(Step::Answer, "the command is answered by none".to_owned())
    })
}

fn session_id(command: &Element) -> Result<&str, OnlineError> {
    command.attribute("sessionid").ok_or_else(|| {
        OnlineError::NotXmpp(Step::Answer, "the command has no 'sessionid'".to_owned())
    })
}

/// Whether it has ended, and well.
fn completed(command: &Element) -> Result<bool, StoreError> {
    let notes = || command.children_named("note", COMMANDS);
    let is_over = matches!(command.attribute("status"), Some("completed" | "canceled"));
    let error = notes().find(|note| note.attribute("type") == Some("error"));
    let is_canceled = command.attribute("status") == Some("canceled");
    match error {
        Some(note) => Err(StoreError::CommandFailed(note.text.trim().to_owned())),
        None if is_canceled => Err(StoreError::CommandFailed("canceled".to_owned())),
        None => Ok(is_over),
    }
}
