//! `xmppcert rotate`: a successor on the account and on the disk, in an order that never leaves the account without a
//! certificate that works.

mod hook;
mod record;

use serde::Serialize;
use time::OffsetDateTime;
use xmppcert::jid::Jid;
use xmppcert::online::session::Session;
use xmppcert::online::stored::{self, Item, New};
use xmppcert::rotation::{Rotation, item_name};
use xmppcert::validity::{Period, format_date};

use self::record::{Certified, Record, SUFFIX};
use super::account::{self, Account};
use super::input;
use super::output_files::{self, OutputFiles};
use super::successor::{self, Pair, Successor};
use super::upload::{self, Standing};
use crate::cli::RotateArgs;
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

/// The line that `--json` prints.
#[derive(Serialize)]
struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    sha256: String,
    action: &'static str,
    confirmed: bool,
}

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
    let record = Record::take(path)?;
    input::recover(terminal, path);
    let file = input::certificate(terminal, path, now)?;
    let pair = Pair::of(path, args.key.as_ref(), &file);
    let key = pair.key(&file)?;
    let jid = account::jid(args.jid.as_deref(), path, &file.certificate)?.to_bare();
    let run = Run {
        terminal,
        args,
        now,
        pair,
        jid,
        current: Certified {
            certificate: file.certificate,
            key,
        },
    };
    let line = run.go(record, due_before)?;
    if let Some(mut output) = output {
        output.json(&line)?;
        output.finish()?;
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
}

impl Run<'_> {
    fn go(&self, mut record: Record, due_before: Option<OffsetDateTime>) -> Result<Line, Failure> {
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
        let end = self.current.certificate.not_after;
        if let (Some(moment), Some(end)) = (due_before, end)
            && end >= moment
        {
            self.terminal.note(&format!(
                "not due: '{}' ends at {}",
                self.pair.path.display(),
                format_date(end)
            ));
            return Ok(self.line(None, "not-due"));
        }
        self.begin(record)
    }

    /// Everything that could keep a rotation from ending well is looked at before anything is made.
    fn begin(&self, mut record: Record) -> Result<Line, Failure> {
        let old = &self.current.certificate;
        let params = Successor::params(&self.pair.path, old, self.now)?;
        OutputFiles::begin(self.pair.outputs(), true)?;
        let (session, items) = self.look()?;
        let own = items
            .iter()
            .find(|item| item.sha256().as_deref() == Some(self.current.sha256()))
            .ok_or_else(|| self.not_stored())?;
        if !own.may_manage {
            return Err(Failure::new(
                Exit::Refused,
                format!(
                    "'{}' may log in but not store certificates, so it cannot store its successor",
                    own.name
                ),
                "make a new one with 'xmppcert renew' and upload it with the password: 'xmppcert upload'",
            ));
        }
        let taken: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
        let name = item_name(&own.name, self.now.date(), &taken);
        if self.args.dry_run {
            self.terminal.note(&format!(
                "would store a successor of '{}' as '{name}', log in with it, replace '{}', and disable '{}'",
                own.name,
                self.pair.path.display(),
                own.name
            ));
            return Ok(self.line(Some(name), "would-rotate"));
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
        let mut session = self
            .account(&self.current)?
            .log_in()
            .map_err(|error| account::failure(&error))?;
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
        if upload::standing(&mut session, &rotation.new_name, successor.sha256())?
            != Standing::Stored
        {
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
        let kept = OutputFiles::begin(self.pair.outputs(), true)?.write(contents, |_| Ok(()))?;
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
        self.remove(successor, &rotation.old_sha256)?;
        drop(spinner);
        self.terminal.note(&format!(
            "disabled '{}', as the list confirms",
            rotation.old_name
        ));
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

    /// Logs in with `with` and disables whatever items hold the certificate of this fingerprint; sees that they are gone.
    fn remove(&self, with: &Certified, fingerprint: &str) -> Result<(), Failure> {
        let mut session = self
            .account(with)?
            .log_in()
            .map_err(|error| account::failure(&error))?;
        let holds = |item: &&Item| item.sha256().as_deref() == Some(fingerprint);
        let list =
            |session: &mut Session| stored::items(session).map_err(|error| upload::no_list(&error));
        for item in list(&mut session)?.iter().filter(holds) {
            stored::disable(&mut session, &item.name)
                .map_err(|error| upload::store_failure(&error))?;
        }
        if let Some(item) = list(&mut session)?.iter().find(holds) {
            return Err(Failure::new(
                Exit::Refused,
                format!("the server did not refuse, but still has '{}'", item.name),
                "the server's log may say more; the same command tries again",
            ));
        }
        session.close();
        Ok(())
    }

    fn account(&self, with: &Certified) -> Result<Account, Failure> {
        let identity = account::usable(&with.certificate, &with.key, &self.pair.key_path)?;
        let jid = self.jid.clone();
        Account::by_certificate(&self.args.server, jid, &with.certificate, identity)
    }

    fn spinner(&self, doing: &str) -> crate::terminal::Spinner {
        self.terminal.spinner(&format!("{doing} {}", self.jid))
    }

    fn line(&self, name: Option<String>, action: &'static str) -> Line {
        Line {
            name,
            sha256: self.current.sha256().to_owned(),
            action,
            confirmed: false,
        }
    }

    fn would_go_on(&self, rotation: &Rotation, successor: &Certified) -> Line {
        self.terminal.note(&format!(
            "would go on with the interrupted rotation from '{}' to '{}'",
            rotation.old_name, rotation.new_name
        ));
        Line {
            name: Some(rotation.new_name.clone()),
            sha256: successor.sha256().to_owned(),
            action: "would-rotate",
            confirmed: false,
        }
    }

    fn not_stored(&self) -> Failure {
        Failure::new(
            Exit::Refused,
            format!(
                "'{}' logs in, but is not among the certificates of {}",
                self.pair.path.display(),
                self.jid
            ),
            "upload it first with 'xmppcert upload'",
        )
    }

    fn damaged(&self) -> Failure {
        Failure::output(
            format!(
                "the record of a rotation of '{}' is damaged",
                self.pair.path.display()
            ),
            format!(
                "remove the hidden file beside it whose name ends in '{SUFFIX}', and what 'xmppcert list' shows without a file"
            ),
        )
    }
}
