//! `xmppcert generate --from`: a certificate for every account of a list.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::os::fd::AsFd as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use signal_hook::consts::{SIGINT, SIGTERM};
use time::OffsetDateTime;
use xmppcert::batch::{Account, Batch, BatchError, Defaults, Event, Outcome, Shard, Summary};
use xmppcert::files::{Input, reason};

use super::report::Report;
use super::{generate, input, request};
use crate::cli::GenerateArgs;
use crate::failure::{Exit, Failure};
use crate::terminal::{Output, Progress, Terminal};

/// How long at most a list that does not go on hides that somebody said to stop, in nanoseconds.
const PATIENCE: i64 = 200_000_000;

pub(super) fn run(
    terminal: Terminal,
    args: &GenerateArgs,
    list: &Path,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    let batch = batch(args, now)?;
    let output = if terminal.is_json() {
        Some(terminal.output()?)
    } else {
        None
    };
    let input = input::open(list)?;
    let stop = stopped_by_signals()?;
    let mut reporter = Reporter {
        terminal,
        list: input::name(list),
        output,
        progress: terminal.progress(input.size()),
        stop: &stop,
        position: 0,
        done: 0,
        failed: 0,
        is_stop_told: false,
        remarks: Remarks::default(),
    };
    let source = Stoppable { input, stop: &stop };
    let result = batch.run(source, &stop, |events| reporter.tell(events));
    reporter.progress.clear();
    let summary = result.map_err(|error| reporter.failure(error))?;
    reporter.sum_up(args, &summary)
}

fn batch(args: &GenerateArgs, now: OffsetDateTime) -> Result<Batch, Failure> {
    let out = args.batch.out_dir.clone().unwrap_or_default();
    if input::is_stdin(&out) {
        return Err(Failure::usage(
            "'--out-dir' takes a directory, and '-' is none",
            "give the directory to make the folders in",
        ));
    }
    let validity = request::validity(&args.validity, now)?;
    let cores = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let shard = args.batch.shard.as_deref().map(|text| {
        text.parse::<Shard>()
            .map_err(|error| Failure::usage(format!("'--shard': {error}"), error.hint()))
    });
    Ok(Batch {
        out,
        defaults: Defaults {
            key_algorithm: generate::key_algorithm(args.key_type.as_deref())?,
            validity,
            counted_from: request::counted_from(validity.not_before(), now),
            email: !args.no_email,
        },
        shard: shard.transpose()?.unwrap_or(Shard::ALL),
        resume: args.batch.resume,
        jobs: args.batch.jobs.unwrap_or_else(cores),
        now,
    })
}

/// Becomes true with the first SIGINT or SIGTERM; the second one ends the program.
fn stopped_by_signals() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&stop))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&stop)))
            .map_err(|error| {
                Failure::output(
                    format!("cannot prepare for Ctrl-C: {}", reason(&error)),
                    "report this as a fault",
                )
            })?;
    }
    Ok(stop)
}

/// Ends when somebody says to stop, even while it waits for a pipe or a terminal.
struct Stoppable<'a> {
    input: Input,
    stop: &'a AtomicBool,
}

impl Read for Stoppable<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.input.size().is_none() {
            if self.stop.load(Ordering::Relaxed) {
                return Ok(0);
            }
            let patience = Timespec {
                tv_sec: 0,
                tv_nsec: PATIENCE,
            };
            let mut inputs = [PollFd::from_borrowed_fd(self.input.as_fd(), PollFlags::IN)];
            match poll(&mut inputs, Some(&patience)) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => break,
                Err(error) => return Err(error.into()),
            }
        }
        self.input.read(buffer)
    }
}

/// What is worth a remark at the end.
#[derive(Default)]
struct Remarks {
    changed: u64,
    first_changed: Option<(u64, String, String)>,
    a_labels: u64,
    full: u64,
}

impl Remarks {
    fn note(&mut self, line: u64, account: &Account) {
        let jid = &account.jid;
        self.a_labels += u64::from(jid.has_a_label());
        self.full += u64::from(jid.is_full());
        if let Some(listed) = &account.listed {
            self.changed += 1;
            self.first_changed
                .get_or_insert_with(|| (line, listed.clone(), jid.to_string()));
        }
    }
}

/// Tells of every group of accounts.
struct Reporter<'a> {
    terminal: Terminal,
    list: String,
    output: Option<Output>,
    progress: Progress,
    stop: &'a AtomicBool,
    position: u64,
    done: u64,
    failed: u64,
    is_stop_told: bool,
    remarks: Remarks,
}

impl Reporter<'_> {
    fn tell(&mut self, events: &[Event]) -> Result<(), Failure> {
        for event in events {
            self.position = self.position.max(event.end);
            let (account, state) = match &event.outcome {
                Outcome::Made(account) => (account, "made"),
                Outcome::Kept(account) => (account, "kept"),
                Outcome::Failed(error) => {
                    self.failed += 1;
                    let message = format!("{}, line {}: {error}", self.list, event.line);
                    let failure = Failure::input(message, error.hint());
                    self.progress
                        .aside(|| self.terminal.error_in_line(Some(event.line), &failure));
                    continue;
                }
            };
            self.done += 1;
            self.remarks.note(event.line, account);
            if let Some(output) = &mut self.output {
                output.json(&Report::in_batch(event.line, account, state))?;
            }
        }
        if let Some(output) = &mut self.output {
            output.flush()?;
        }
        if self.stop.load(Ordering::Relaxed) && !self.is_stop_told {
            self.is_stop_told = true;
            let note = "finishing what has been begun; to stop at once, interrupt again";
            self.progress.aside(|| self.terminal.note(note));
        }
        self.progress.set(self.position, || {
            let failed = match self.failed {
                0 => String::new(),
                failed => format!(", {failed} failed"),
            };
            format!("{} done{failed}", self.done)
        });
        Ok(())
    }

    fn failure(&self, error: BatchError<Failure>) -> Failure {
        let go_on = |hint: String| match self.done {
            0 => hint,
            _ => format!("{hint}; then go on with '--resume'"),
        };
        match error {
            BatchError::List(error) if error.kind() == io::ErrorKind::InvalidData => {
                Failure::input(
                    format!("{}: {error}", self.list),
                    "name the columns in the first line, as in 'jid,name,email,days,key_type'",
                )
            }
            BatchError::List(error) => Failure::input(
                format!("cannot read {}: {}", self.list, reason(&error)),
                go_on("see that the list can be read".to_owned()),
            ),
            BatchError::Write(error) => Failure::output(error.to_string(), go_on(error.hint())),
            BatchError::Key(error) => generate::no_key(&error),
            BatchError::Signing(error) => generate::unsigned(error),
            BatchError::Report(failure) if self.done > 0 => {
                let done = counted(self.done, "certificate");
                Failure {
                    hint: go_on(failure.hint.clone()),
                    ..failure.after(&format!("made {done}"))
                }
            }
            BatchError::Report(failure) => failure,
            _ => Failure::output("the batch ended early", "go on with '--resume'"),
        }
    }

    fn sum_up(&self, args: &GenerateArgs, summary: &Summary) -> Result<Exit, Failure> {
        self.remark();
        let directory = args.batch.out_dir.clone().unwrap_or_default();
        let mut parts = vec![format!(
            "made {} in '{}'",
            counted(summary.made, "certificate"),
            directory.display()
        )];
        if summary.kept > 0 {
            parts.push(format!("{} there already", were(summary.kept)));
        }
        if summary.failed > 0 {
            parts.push(format!("{} failed", counted(summary.failed, "line")));
        }
        if summary.elsewhere > 0 {
            parts.push(format!("{} in other shares", were(summary.elsewhere)));
        }
        let parts = parts.join(", ");
        if self.stop.load(Ordering::Relaxed) {
            return Err(Failure::new(
                Exit::Interrupted,
                format!("interrupted: {parts}"),
                "to go on, give the same command with '--resume'",
            ));
        }
        let Summary {
            made,
            kept,
            failed,
            elsewhere,
            ..
        } = summary;
        if [made, kept, failed, elsewhere]
            .into_iter()
            .all(|count| *count == 0)
        {
            return Err(Failure::input(
                format!("{} names no account", self.list),
                "give a JID a line, below the names of the columns where there are any",
            ));
        }
        self.terminal.note(&parts);
        Ok(if summary.failed > 0 {
            Exit::Input
        } else {
            Exit::Done
        })
    }

    fn remark(&self) {
        let Remarks {
            changed,
            first_changed,
            a_labels,
            full,
        } = &self.remarks;
        if let Some((line, listed, jid)) = first_changed {
            self.terminal.warn(&format!(
                "{} stored in the form that servers compare, which is not the form in the list; the first, in line {line}, is '{jid}' for '{listed}'",
                are(*changed, "JID")
            ));
        }
        if *a_labels > 0 {
            self.terminal.warn(&format!(
                "{} labels in their ASCII form (xn--), which servers do not take for the same as their letters; see that yours is configured with this form",
                have(*a_labels, "JID")
            ));
        }
        if *full > 0 {
            self.terminal.warn(&format!(
                "{} a resource, to which Prosody does not hold a login",
                have(*full, "JID")
            ));
        }
    }
}

fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

fn were(count: u64) -> String {
    let verb = if count == 1 { "was" } else { "were" };
    format!("{count} {verb}")
}

fn are(count: u64, noun: &str) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb}", counted(count, noun))
}

fn have(count: u64, noun: &str) -> String {
    let verb = if count == 1 { "has" } else { "have" };
    format!("{} {verb}", counted(count, noun))
}
