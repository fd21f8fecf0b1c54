//! `xmppcert rotate`: a successor on the account and on the disk, in an order that never leaves the account without a
//! certificate that works.

mod hook;
mod outcome;
mod record;
mod refusal;

use time::OffsetDateTime;
use xmppcert::jid::Jid;
use xmppcert::online::authorization_identity;
use xmppcert::online::session::Session;
use xmppcert::online::stored::{self, Item, New};
use xmppcert::rotation::{Rotation, item_name};
use xmppcert::validity::Period;

use self::outcome::Line;
use self::record::{Certified, Record};
use super::account::{self, Account};
use super::input;
use super::login;
use super::output_files::{self, OutputFiles};
use super::successor::{self, Pair, Successor};
use super::upload;
use crate::cli::RotateArgs;
use crate::failure::{Exit, Failure};
use crate::terminal::{Terminal, quoted};

pub(crate) fn run(
    terminal: Terminal,
    args: &RotateArgs,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    let path = &args.certificate;
    if input::is_stdin(path) || args.key.as_deref().is_some_and(input::is_stdin) {
        return Err(Failure::usage(
            "'rotate' replaces files, and '-' is none",
            "name the file of the certificate",
        ));
    }
    let due_before = due_before(args, now)?;
    let output = if terminal.is_json() {
        Some(terminal.output()?)
    } else {
        None
    };
    input::recover(terminal, path);
    // Where there is nothing to do or nothing to be read, a directory that cannot be written to does not matter.
    let line = match Run::of(terminal, args, now) {
        Err(failure) if !Record::may_exist(path) => return Err(failure),
        Ok(run) if !run.is_due(due_before) && !Record::may_exist(path) => {
            run.warn();
            run.not_due()
        }
        _ => {
            let record = if args.dry_run {
                Record::look(path)?
            } else {
                Record::take(path)?
            };
            // Another run may have come first.
            input::recover(terminal, path);
            Run::of(terminal, args, now)?.go(record, due_before)?
        }
    };
    if let Some(output) = output {
        let done = line.done();
        upload::report(output, &[line]).map_err(|failure| match &done {
            Some(done) => failure.after(done),
            None => failure,
        })?;
    }
    Ok(Exit::Done)
}

/// The moment before which a certificate has to end for it to be due.
fn due_before(args: &RotateArgs, now: OffsetDateTime) -> Result<Option<OffsetDateTime>, Failure> {
    let Some(text) = &args.if_due else {
        return Ok(None);
    };
    let moment = text
        .parse()
        .and_then(|period: Period| period.after(now))
        .map_err(|error| Failure::usage(format!("'--if-due': {error}"), error.hint()))?;
    Ok(Some(moment))
}

struct Run<'a> {
    terminal: Terminal,
    args: &'a RotateArgs,
    now: OffsetDateTime,
    pair: Pair,
    jid: Jid,
    /// What is on the disk.
    current: Certified,
    /// What is odd about it.
    warning: Option<String>,
}

impl<'a> Run<'a> {
    /// Reads what is on the disk.
    fn of(terminal: Terminal, args: &'a RotateArgs, now: OffsetDateTime) -> Result<Self, Failure> {
        let path = &args.certificate;
        let file = input::first_certificate(path, now)?;
        let pair = Pair::of(path, args.key.as_ref(), &file)?;
        let key = pair.key(&file)?;
        Ok(Self {
            terminal,
            args,
            now,
            pair,
            jid: refusal::account(args.jid.as_deref(), path, &file.certificate)?,
            current: Certified {
                certificate: file.certificate,
                key,
            },
            warning: file.warning,
        })
    }

    fn warn(&self) {
        if let Some(warning) = &self.warning {
            self.terminal.warn(warning);
        }
    }

    /// Whether the certificate ends before this moment; one whose end cannot be read is due.
    fn is_due(&self, before: Option<OffsetDateTime>) -> bool {
        match (before, self.current.certificate.not_after) {
            (Some(moment), Some(end)) => end < moment,
            _ => true,
        }
    }

    fn go(&self, mut record: Record, due_before: Option<OffsetDateTime>) -> Result<Line, Failure> {
        self.warn();
        if let Some(rotation) = &record.rotation {
            let Some(successor) = Certified::of(rotation, self.now) else {
                return Err(self.damaged());
            };
            let is_swapped = successor.sha256() == self.current.sha256();
            if self.args.dry_run {
                return Ok(self.would_go_on(rotation, &successor));
            }
            if is_swapped || rotation.old_sha256 == self.current.sha256() {
                self.terminal
                    .note("going on with the rotation that was interrupted");
            }
            if is_swapped {
                return self.retire(record, &successor);
            }
            if rotation.old_sha256 == self.current.sha256() {
                let session = self.store(&mut record, &successor)?;
                return self.prove_and_swap(record, &successor, session);
            }
            // Somebody has put another pair in place meanwhile.
            self.withdraw(&mut record, &successor)?;
        }
        if !self.is_due(due_before) {
            return Ok(self.not_due());
        }
        self.begin(record)
    }

    /// Everything that could keep a rotation from ending well is looked at before anything is made.
    fn begin(&self, mut record: Record) -> Result<Line, Failure> {
        let old = &self.current.certificate;
        let params = Successor::params(&self.pair.path, old, self.now)?;
        OutputFiles::begin(self.pair.outputs(), true)?;
        self.see_dates()?;
        let (session, items) = self.look()?;
        let same = items
            .iter()
            .filter(|item| item.sha256().as_deref() == Some(self.current.sha256()));
        let mut same: Vec<&Item> = same.collect();
        // Servers list in any order.
        same.sort_by(|one, other| one.name.cmp(&other.name));
        let own = *same
            .iter()
            .find(|item| item.may_manage)
            .or_else(|| same.first())
            .ok_or_else(|| self.not_stored())?;
        if !own.may_manage {
            return Err(refusal::restricted(&own.name));
        }
        let taken: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
        let name = item_name(&own.name, self.now.date(), &taken);
        if self.args.dry_run {
            self.terminal.note(&format!(
                "would store a successor of '{}' as '{name}', log in with it, replace '{}', and disable {}",
                own.name,
                self.pair.path.display(),
                quoted(same.iter().map(|item| item.name.as_str()))
            ));
            return Ok(self.line(Some(own.name.clone()), "would-rotate"));
        }
        let key = successor::new_key(self.terminal, self.args.key_type.as_deref(), old)?;
        let successor = Successor::sign(self.terminal, params, key, old, self.now)?;
        record.write(Rotation {
            old_sha256: self.current.sha256().to_owned(),
            old_name: own.name.clone(),
            new_name: name,
            key: successor.key_pem,
            certificate: output_files::pem("CERTIFICATE", &successor.certificate),
        })?;
        // Looking for an RSA key may have taken longer than a server waits.
        session.close();
        let successor = self.recorded(&record)?;
        let session = self.store(&mut record, &successor)?;
        self.prove_and_swap(record, &successor, session)
    }

    fn recorded(&self, record: &Record) -> Result<Certified, Failure> {
        record
            .rotation
            .as_ref()
            .and_then(|rotation| Certified::of(rotation, self.now))
            .ok_or_else(|| self.damaged())
    }

    /// Logs in with what is on the disk, and lists what is stored.
    fn look(&self) -> Result<(Session, Vec<Item>), Failure> {
        let spinner = self.spinner("logging in as");
        let account = self.account(&self.current)?;
        let certificate = &self.current.certificate;
        let authzid = authorization_identity(certificate, &self.jid);
        let mut session = login::log_in(
            account.target(),
            account.jid(),
            certificate,
            authzid.as_ref(),
        )
        .map_err(|failure| match failure.exit {
            // The answer to 'login' is a refusal here.
            Exit::No => Failure {
                exit: Exit::Refused,
                ..failure
            },
            _ => failure,
        })?;
        let items = stored::items(&mut session).map_err(|error| upload::no_list(&error))?;
        drop(spinner);
        Ok((session, items))
    }

    /// Stores the successor beside the old certificate, unless a run before has done so. Returns the session of the old
    /// one, or nothing where only the successor still gets in.
    fn store(
        &self,
        record: &mut Record,
        successor: &Certified,
    ) -> Result<Option<Session>, Failure> {
        let Some(rotation) = &record.rotation else {
            return Err(self.damaged());
        };
        let spinner = self.spinner("uploading to");
        let account = self.account(&self.current)?;
        let mut session = match account.log_in() {
            Ok(session) => session,
            // It may have ended while the rotation was interrupted.
            Err(error) if error.is_refusal() => {
                return match self.account(successor)?.log_in() {
                    Ok(session) => {
                        session.close();
                        Ok(None)
                    }
                    Err(_) => Err(account::failure(&error)),
                };
            }
            Err(error) => return Err(account::failure(&error)),
        };
        let items = stored::items(&mut session).map_err(|error| upload::no_list(&error))?;
        if items
            .iter()
            .any(|item| item.sha256().as_deref() == Some(successor.sha256()))
        {
            return Ok(Some(session));
        }
        let mut rotation = rotation.clone();
        let taken: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
        if taken.contains(&rotation.new_name.as_str()) {
            rotation.new_name = item_name(&rotation.old_name, self.now.date(), &taken);
            record.write(rotation.clone())?;
        }
        let new = New {
            name: &rotation.new_name,
            certificate: &successor.certificate.der,
            may_manage: true,
        };
        session = upload::store(self.terminal, &account, session, new, successor.sha256())?;
        if !upload::standing(&mut session, &rotation.new_name, successor.sha256())?.is_stored() {
            return Err(Failure::new(
                Exit::Refused,
                format!(
                    "the server took '{}', but does not list it",
                    rotation.new_name
                ),
                "the server's log may say more; nothing is lost, and the same command tries again",
            ));
        }
        drop(spinner);
        self.terminal
            .note(&format!("stored the successor as '{}'", rotation.new_name));
        Ok(Some(session))
    }

    /// The successor logs in before it takes its place on the disk.
    fn prove_and_swap(
        &self,
        mut record: Record,
        successor: &Certified,
        old: Option<Session>,
    ) -> Result<Line, Failure> {
        let spinner = self.spinner("proving the login of");
        match self.account(successor)?.log_in() {
            Ok(session) => session.close(),
            Err(error) if error.is_refusal() => {
                // It is of no use, and must not stay behind.
                if let Some(session) = old {
                    session.close();
                }
                self.withdraw(&mut record, successor)?;
                let failure = account::failure(&error);
                return Err(Failure {
                    message: format!(
                        "the successor does not get in, so it was removed again: {}",
                        failure.message
                    ),
                    ..failure
                });
            }
            Err(error) => return Err(account::failure(&error)),
        }
        if let Some(session) = old {
            session.close();
        }
        drop(spinner);
        let Some(rotation) = &record.rotation else {
            return Err(self.damaged());
        };
        let certificate = &successor.certificate.der;
        let both = output_files::combined(&rotation.key, certificate);
        let contents: &[&[u8]] = if self.pair.is_combined {
            &[&both]
        } else {
            &[rotation.key.as_bytes(), rotation.certificate.as_bytes()]
        };
        let kept = OutputFiles::begin(self.pair.outputs(), true)
            .and_then(|files| files.write(contents, |_| Ok(())))
            .map_err(|failure| Failure {
                message: format!(
                    "the successor is stored as '{}', but not in its place here: {}",
                    rotation.new_name, failure.message
                ),
                hint: format!("{}; the same command goes on from there", failure.hint),
                ..failure
            })?;
        self.terminal.note(&format!(
            "replaced '{}', which logs in",
            self.pair.path.display()
        ));
        output_files::note_kept(self.terminal, &kept);
        self.retire(record, successor)
    }

    /// Runs the hook, and only then disables the old certificate, which running clients may still hold.
    fn retire(&self, record: Record, successor: &Certified) -> Result<Line, Failure> {
        if let Some(hook) = &self.args.deploy_hook {
            hook::run(hook, &self.pair)?;
        }
        let Some(rotation) = &record.rotation else {
            return Err(self.damaged());
        };
        let spinner = self.spinner("disabling the old certificate of");
        let disabled = self.remove(successor, &rotation.old_sha256)?;
        drop(spinner);
        self.terminal.note(&if disabled.is_empty() {
            format!("'{}' is disabled already", rotation.old_name)
        } else {
            let names = quoted(disabled.iter().map(String::as_str));
            format!("disabled {names}, as the list confirms")
        });
        let line = Line {
            name: Some(rotation.new_name.clone()),
            sha256: successor.sha256().to_owned(),
            action: "rotated",
            confirmed: true,
        };
        record.complete()?;
        Ok(line)
    }

    /// Removes a successor that is not to come, from the account and from the record.
    fn withdraw(&self, record: &mut Record, successor: &Certified) -> Result<(), Failure> {
        self.remove(&self.current, successor.sha256())?;
        record.clear()
    }

    /// Logs in with `with` and disables whatever items hold the certificate of this fingerprint; sees that they are gone, and
    /// returns their names.
    fn remove(&self, with: &Certified, fingerprint: &str) -> Result<Vec<String>, Failure> {
        let mut session = self
            .account(with)?
            .log_in()
            .map_err(|error| account::failure(&error))?;
        let holds = |item: &&Item| item.sha256().as_deref() == Some(fingerprint);
        let list =
            |session: &mut Session| stored::items(session).map_err(|error| upload::no_list(&error));
        let mut removed = Vec::new();
        for item in list(&mut session)?.into_iter().filter(|item| holds(&item)) {
            stored::disable(&mut session, &item.name)
                .map_err(|error| upload::store_failure(&error))?;
            removed.push(item.name);
        }
        removed.sort();
        if let Some(item) = list(&mut session)?.iter().find(holds) {
            return Err(Failure::new(
                Exit::Refused,
                format!("the server did not refuse, but still has '{}'", item.name),
                "the server's log may say more; the same command tries again",
            ));
        }
        session.close();
        Ok(removed)
    }

    fn account(&self, with: &Certified) -> Result<Account, Failure> {
        let identity = account::usable(&with.certificate, &with.key, &self.pair.key_path)?;
        let jid = self.jid.clone();
        Account::by_certificate(&self.args.server, jid, &with.certificate, identity)
    }

    fn spinner(&self, doing: &str) -> crate::terminal::Spinner {
        self.terminal.spinner(&format!("{doing} {}", self.jid))
    }
}
