//! `xmppcert disable` and `xmppcert revoke`: certificates off the account.

use std::path::Path;

use time::OffsetDateTime;
use xmppcert::online::OnlineError;
use xmppcert::online::session::Session;
use xmppcert::online::stored::{self, Item, StoreError};

use super::account::{self, Account};
use super::input;
use super::upload::{self, Line, no_list, store_failure};
use crate::cli::{AccountArgs, DisableArgs, RevokeArgs, ServerArgs};
use crate::failure::{Exit, Failure};
use crate::terminal::{Terminal, quoted};

pub(crate) fn disable(
    terminal: Terminal,
    args: &DisableArgs,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    remove(
        terminal,
        &args.name,
        &args.account,
        &args.server,
        Action::Disable,
        now,
    )
}

pub(crate) fn revoke(
    terminal: Terminal,
    args: &RevokeArgs,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    remove(
        terminal,
        &args.name,
        &args.account,
        &args.server,
        Action::Revoke,
        now,
    )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Disable,
    Revoke,
}

impl Action {
    fn done(self) -> &'static str {
        match self {
            Self::Disable => "disabled",
            Self::Revoke => "revoked",
        }
    }
}

fn remove(
    terminal: Terminal,
    wanted: &str,
    account: &AccountArgs,
    server: &ServerArgs,
    action: Action,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    let output = if terminal.is_json() {
        Some(terminal.output()?)
    } else {
        None
    };
    let account = Account::of(terminal, account, server, None, now, |_| Ok(()))?;
    let spinner = terminal.spinner(&format!("asking {}", account.jid().domainpart()));
    let mut session = account.log_in().map_err(|error| account::failure(&error))?;
    let items = stored::items(&mut session).map_err(|error| no_list(&error))?;
    let mut chosen = choose(terminal, &items, wanted, now)?;
    // Without the one that this session logged in with nothing more could be asked, so that one comes last.
    chosen.sort_by_key(|item| {
        item.sha256()
            .is_some_and(|sha256| account.logs_in_with(&sha256))
    });
    let mut removed = Vec::new();
    let result = remove_all(terminal, &account, session, &chosen, action, &mut removed);
    drop(spinner);
    // What was removed before something failed is reported too.
    if let Some(output) = output
        && !removed.is_empty()
    {
        let names = quoted(removed.iter().map(|item| item.name.as_str()));
        let fingerprints: Vec<_> = removed.iter().map(|item| item.sha256()).collect();
        let lines = removed
            .iter()
            .zip(&fingerprints)
            .map(|(item, sha256)| Line {
                name: &item.name,
                sha256: sha256.as_deref(),
                action: action.done(),
                confirmed: true,
            });
        let lines: Vec<Line<'_>> = lines.collect();
        let reported = upload::report(output, &lines)
            .map_err(|failure| failure.after(&format!("{} {names}", action.done())));
        return result.and(reported).map(|()| Exit::Done);
    }
    result.map(|()| Exit::Done)
}

/// Removes the items one by one, and sees in the end that none of their certificates is left under whatever name.
fn remove_all<'a>(
    terminal: Terminal,
    account: &Account,
    session: Session,
    items: &[&'a Item],
    action: Action,
    removed: &mut Vec<&'a Item>,
) -> Result<(), Failure> {
    let mut session = Some(session);
    let mut left = Vec::new();
    for item in items {
        let open = match session.take() {
            Some(open) => open,
            None => account.log_in().map_err(|error| account::failure(&error))?,
        };
        (session, left) = match remove_one(account, open, item, action)? {
            Some((open, left)) => (Some(open), left),
            None => (None, Vec::new()),
        };
        removed.push(item);
        let proof = if session.is_some() {
            "its list confirms"
        } else {
            "a refused login confirms"
        };
        terminal.note(&format!(
            "{} '{}' on {}, as {proof}",
            action.done(),
            item.name,
            account.jid()
        ));
    }
    let is_one_of_them = |other: &&Item| {
        let fingerprint = other.sha256();
        fingerprint.is_some() && items.iter().any(|item| item.sha256() == fingerprint)
    };
    if let Some(item) = left.iter().find(is_one_of_them) {
        return Err(still_there(item));
    }
    if let Some(session) = session {
        session.close();
    }
    Ok(())
}

/// Removes it and sees that its name is gone. Returns the session and what it lists, unless the item was of the certificate
/// that the session had logged in with, and ended with it.
fn remove_one(
    account: &Account,
    mut session: Session,
    item: &Item,
    action: Action,
) -> Result<Option<(Session, Vec<Item>)>, Failure> {
    let is_own = item
        .sha256()
        .is_some_and(|sha256| account.logs_in_with(&sha256));
    let result = match action {
        Action::Disable => stored::disable(&mut session, &item.name),
        Action::Revoke => stored::revoke(&mut session, &item.name),
    };
    let items = match result {
        Ok(()) => stored::items(&mut session),
        Err(StoreError::Online(error)) => Err(error),
        Err(error) => return Err(store_failure(&error)),
    };
    match items {
        Ok(items) if items.iter().any(|other| other.name == item.name) => Err(still_there(item)),
        Ok(items) => Ok(Some((session, items))),
        // Whoever revokes the certificate of this session ends it (XEP-0257 5).
        Err(OnlineError::StreamRefused(_) | OnlineError::Closed(_) | OnlineError::Broken(..))
            if is_own && action == Action::Revoke =>
        {
            match account.log_in() {
                Err(OnlineError::LoginRefused(_) | OnlineError::NoMechanism { .. }) => Ok(None),
                // The same certificate may be stored under another name as well.
                Ok(mut session) => match stored::items(&mut session) {
                    Ok(items) if items.iter().any(|other| other.name == item.name) => {
                        Err(still_there(item))
                    }
                    Ok(items) => Ok(Some((session, items))),
                    Err(error) => Err(account::failure(&error)),
                },
                Err(error) => Err(account::failure(&error)),
            }
        }
        Err(error) => Err(account::failure(&error)),
    }
}

fn still_there(item: &Item) -> Failure {
    Failure::new(
        Exit::Refused,
        format!("the server did not refuse, but still has '{}'", item.name),
        "the server's log may say more",
    )
}

/// By name, by fingerprint, or by a file with the certificate; always under all names it has, since it would get in by any.
fn choose<'a>(
    terminal: Terminal,
    items: &'a [Item],
    wanted: &str,
    now: OffsetDateTime,
) -> Result<Vec<&'a Item>, Failure> {
    let named = || items.iter().filter(|item| item.name == wanted);
    if named().next().is_some() {
        let fingerprints: Vec<String> = named().filter_map(Item::sha256).collect();
        let is_meant = |item: &&Item| {
            item.name == wanted
                || item
                    .sha256()
                    .is_some_and(|sha256| fingerprints.contains(&sha256))
        };
        return Ok(items.iter().filter(is_meant).collect());
    }
    let digits = wanted.replace(':', "").to_ascii_lowercase();
    let is_fingerprint =
        digits.len() == 64 && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    let path = Path::new(wanted);
    let fingerprint = if is_fingerprint {
        digits
    } else if path.is_file() {
        input::certificate(terminal, path, now)?
            .certificate
            .subject
            .sha256
    } else {
        return Err(unknown(format!(
            "nothing is stored as '{wanted}', and there is no such file"
        )));
    };
    let chosen: Vec<&Item> = items
        .iter()
        .filter(|item| item.sha256().as_ref() == Some(&fingerprint))
        .collect();
    if chosen.is_empty() {
        return Err(unknown(format!(
            "the certificate '{wanted}' is not stored on the account"
        )));
    }
    Ok(chosen)
}

fn unknown(message: String) -> Failure {
    Failure::input(
        message,
        "'xmppcert list' shows what is; nothing was changed",
    )
}
