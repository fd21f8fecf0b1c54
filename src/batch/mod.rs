//! Certificates for a whole list of accounts: made in parallel, each complete or absent, resumable, divisible.
//!
//! The list is read line by line ([`Lines`] has the formats), and each account gets a folder of its own, named by
//! [`folder_name`], with `client.key` and `client.crt` in it. Folders are made out of sight, made durable in groups and
//! then put in place ([`crate::files::Staging`]); an account is reported only after that.
//!
//! Memory is bounded whatever the length of the list, but for 64 bits an account, by which a JID that comes twice is
//! found (9 to 18 octets each in the table; two different JIDs are taken for the same once in 37 million lists of a
//! million).

mod account;
mod error;
mod folder;
mod lines;
mod shard;

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use time::OffsetDateTime;

pub use account::{Account, Defaults};
pub use error::{AccountError, BatchError, LineError, Mismatch};
pub use folder::{CERTIFICATE_FILE, KEY_FILE, folder_name};
pub use lines::{Column, Days, Format, Line, Lines, Record};
pub use shard::{Shard, ShardError};

use account::Order;

use crate::files::{StagedFolder, Staging, WriteError};
use crate::jid::Jid;

/// The most accounts that are made durable together, and the most that wait for it.
const GROUP: usize = 1024;
/// How long an account waits at most for others to be made durable with it: a sync costs as much as a dozen accounts.
const GATHERING: Duration = Duration::from_millis(100);

/// What is to be made of a list.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The directory of the folders; made if it is missing.
    pub out: PathBuf,
    /// What applies to every line that does not say otherwise.
    pub defaults: Defaults,
    /// The share of the list that is done here.
    pub shard: Shard,
    /// Whether a complete folder that is there already is as good as one made now, instead of an error.
    pub resume: bool,
    /// How many accounts are worked on at a time.
    pub jobs: NonZeroUsize,
    /// The moment that decides whether a certificate that is there has expired.
    pub now: OffsetDateTime,
}

/// What became of one line.
#[derive(Debug)]
pub struct Event {
    /// Its number, from 1.
    pub line: u64,
    /// The octets of the list up to and with it.
    pub end: u64,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of an account.
#[derive(Debug)]
pub enum Outcome {
    /// Key and certificate were made, and are durable.
    Made(Box<Account>),
    /// They were there already, complete, and belong to each other and to the account.
    Kept(Box<Account>),
    /// The line, or what is there, is at fault; everything else goes on.
    Failed(AccountError),
}

/// What became of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many accounts were made.
    pub made: u64,
    /// How many were there already.
    pub kept: u64,
    /// How many lines failed.
    pub failed: u64,
    /// How many lines belong to other shares.
    pub elsewhere: u64,
}

impl Batch {
    /// Makes the certificates of `list`, calling `report` with groups of lines as they are done, which is not the order
    /// of the list.
    ///
    /// Once `stop` is true, what has been begun is finished and nothing else is begun.
    ///
    /// # Errors
    /// [`BatchError`] where going on makes no sense: the list cannot be read, nothing can be written, or `report` failed.
    /// What was reported is in place even so.
    pub fn run<E: Send>(
        &self,
        list: impl Read + Send,
        stop: &AtomicBool,
        mut report: impl FnMut(&[Event]) -> Result<(), E>,
    ) -> Result<Summary, BatchError<E>> {
        let staging = Staging::open(&self.out).map_err(BatchError::Write)?;
        let source = Mutex::new(Source::new(list, self));
        let halt = AtomicBool::new(false);
        let mut summary = Summary::default();
        let result = thread::scope(|scope| {
            let (done, results) = sync_channel(GROUP);
            for _ in 0..self.jobs.get() {
                let (done, source, staging) = (done.clone(), &source, &staging);
                let may_go_on = || !stop.load(Ordering::Relaxed) && !halt.load(Ordering::Relaxed);
                scope.spawn(move || self.work(source, staging, &done, may_go_on));
            }
            drop(done);
            let result = gather(&results, &staging, &mut summary, &mut report);
            halt.store(true, Ordering::Relaxed);
            // Workers that wait to hand over what nobody wants any more see that, and end.
            drop(results);
            result
        });
        result?;
        let source = source.into_inner().unwrap_or_else(PoisonError::into_inner);
        summary.elsewhere = source.elsewhere;
        Ok(summary)
    }

    /// Takes one line after the other.
    fn work<R: Read>(
        &self,
        source: &Mutex<Source<R>>,
        staging: &Staging,
        done: &SyncSender<Done>,
        may_go_on: impl Fn() -> bool,
    ) {
        while may_go_on() {
            let task = source.lock().unwrap_or_else(PoisonError::into_inner).next();
            let result = match task {
                None => break,
                Some(Err(error)) => Done::Unreadable(error),
                Some(Ok(task)) => {
                    let work = task
                        .order
                        .map_err(AccountError::Line)
                        .and_then(|order| self.account(&order, staging));
                    Done::Line(task.number, task.end, work)
                }
            };
            if done.send(result).is_err() {
                break;
            }
        }
    }

    fn account(&self, order: &Order, staging: &Staging) -> Result<Work, AccountError> {
        let name = folder_name(&order.jid);
        if staging.is_taken(name.as_ref())? {
            let folder = self.out.join(name);
            if !self.resume {
                return Err(AccountError::Exists(folder));
            }
            return order.verify(folder, self.now).map(Work::Kept);
        }
        let (account, key, certificate) = order.make(self.out.join(&name))?;
        let files = folder::files(key.as_bytes(), certificate.as_bytes());
        let folder = staging.stage(name.as_ref(), files)?;
        Ok(Work::Staged(folder, account))
    }
}

/// What a worker hands over.
enum Done {
    Unreadable(io::Error),
    Line(u64, u64, Result<Work, AccountError>),
}

enum Work {
    Staged(StagedFolder, Box<Account>),
    Kept(Box<Account>),
}

/// Takes what is made within a moment, makes it durable, and reports it.
fn gather<E>(
    results: &Receiver<Done>,
    staging: &Staging,
    summary: &mut Summary,
    report: &mut impl FnMut(&[Event]) -> Result<(), E>,
) -> Result<(), BatchError<E>> {
    while let Ok(first) = results.recv() {
        let until = Instant::now() + GATHERING;
        let rest = std::iter::from_fn(|| {
            let wait = until.saturating_duration_since(Instant::now());
            results.recv_timeout(wait).ok()
        });
        let mut ending = Ok(());
        let mut folders = Vec::new();
        let mut staged = Vec::new();
        let mut events = Vec::new();
        for done in std::iter::once(first).chain(rest).take(GROUP) {
            let (line, end, work) = match done {
                Done::Unreadable(error) => {
                    ending = Err(BatchError::List(error));
                    continue;
                }
                Done::Line(line, end, work) => (line, end, work),
            };
            match work {
                Ok(Work::Staged(folder, account)) => {
                    folders.push(folder);
                    staged.push((line, end, account));
                }
                Ok(Work::Kept(account)) => events.push(Event {
                    line,
                    end,
                    outcome: Outcome::Kept(account),
                }),
                Err(error) if error.is_general() => ending = Err(BatchError::from(error)),
                Err(error) => events.push(Event {
                    line,
                    end,
                    outcome: Outcome::Failed(error),
                }),
            }
        }
        for ((line, end, account), result) in staged.into_iter().zip(staging.commit(folders)) {
            let outcome = match result {
                Ok(()) => Outcome::Made(account),
                Err(WriteError::Exists { path }) => Outcome::Failed(AccountError::Exists(path)),
                Err(error) => {
                    ending = Err(BatchError::Write(error));
                    continue;
                }
            };
            events.push(Event { line, end, outcome });
        }
        for event in &events {
            *match event.outcome {
                Outcome::Made(_) => &mut summary.made,
                Outcome::Kept(_) => &mut summary.kept,
                Outcome::Failed(_) => &mut summary.failed,
            } += 1;
        }
        report(&events).map_err(BatchError::Report)?;
        ending?;
    }
    Ok(())
}

/// The list, shared by the workers.
struct Source<R> {
    lines: Lines<R>,
    defaults: Defaults,
    shard: Shard,
    /// Hashes of the JIDs that have come, under a key of this run, so that nobody can make two collide.
    seen: HashSet<u64>,
    key: RandomState,
    elsewhere: u64,
    at_end: bool,
}

/// A line that is to be done here.
struct Task {
    number: u64,
    end: u64,
    order: Result<Order, LineError>,
}

impl<R: Read> Source<R> {
    fn new(list: R, batch: &Batch) -> Self {
        Self {
            lines: Lines::new(list),
            defaults: batch.defaults,
            shard: batch.shard,
            seen: HashSet::new(),
            key: RandomState::new(),
            elsewhere: 0,
            at_end: false,
        }
    }

    /// The first line with a JID counts, and what comes later with the same JID is an error. A line without one belongs
    /// to every share.
    fn next(&mut self) -> Option<io::Result<Task>> {
        if self.at_end {
            return None;
        }
        loop {
            let line = match self.lines.next() {
                Some(Ok(line)) => line,
                Some(Err(error)) => {
                    self.at_end = true;
                    return Some(Err(error));
                }
                None => {
                    self.at_end = true;
                    return None;
                }
            };
            let order = match line.record {
                Ok(record) => match Jid::parse(&record.jid) {
                    Ok(jid) if !self.shard.holds(&jid) => {
                        self.elsewhere += 1;
                        continue;
                    }
                    Ok(jid) if !self.seen.insert(self.key.hash_one(jid.as_str())) => {
                        Err(LineError::Duplicate(jid))
                    }
                    Ok(jid) => Order::new(jid, &record, &self.defaults),
                    Err(error) => Err(LineError::Jid {
                        typed: record.jid,
                        error,
                    }),
                },
                Err(error) => Err(error),
            };
            return Some(Ok(Task {
                number: line.number,
                end: line.end,
                order,
            }));
        }
    }
}
