//! Going through many files, or files of many objects, on all cores, while what is printed keeps their order and memory
//! does not grow with them.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use xmppcert::files::Input;
use xmppcert::objects::{Object, ObjectError, Objects};

use super::input;
use crate::failure::Failure;
use crate::terminal::{Output, Progress, Terminal};

/// A file up to this many octets is not divided.
const SMALL: u64 = 64 << 10;
/// How many small files are one task.
const FILES: usize = 16;
/// How many objects of a longer file are one task.
const OBJECTS: usize = 32;
/// How many finished tasks a worker may be ahead of the slowest one.
const AHEAD: usize = 4;

/// Whether the objects of one file can be worked on apart from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Division {
    Files,
    Objects,
}

/// What is worked on at once.
pub(crate) enum Part<'a> {
    /// A whole file, not yet opened.
    File(&'a Path),
    /// Some objects of a file, the first of which is number `first`.
    Stretch {
        path: &'a Path,
        first: usize,
        objects: Vec<Result<Object, ObjectError>>,
    },
    /// A file that cannot be opened.
    Unopened(Failure),
}

/// Something to print, in its turn.
pub(crate) enum Piece {
    /// A result, with line ends.
    Result(String),
    Warning(String),
    Error(Failure),
    /// An object that is nothing to us, which is an error where the file holds nothing else.
    Foreign(Failure),
    /// An object that was not asked about, which is an error where nothing can be said of the file otherwise.
    PassedOver(Failure),
}

/// What was printed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) has_errors: bool,
}

/// Lets `work` take every part of `files`, and prints what it makes of them in their order.
pub(crate) fn run(
    terminal: Terminal,
    files: &[PathBuf],
    division: Division,
    output: Output,
    work: impl Fn(Part<'_>, &mut Vec<Piece>) + Sync,
) -> Result<Tally, Failure> {
    let mut source = Source::new(files, division);
    let first = source.next();
    let second = source.next();
    let press = Press::new(terminal, output);
    let Some(second) = second else {
        // Nothing to share, so no threads are begun for it.
        if let Some(task) = first {
            press.hand_in(0, task.done(&work));
        }
        return press.close();
    };
    let total = match files {
        [file] => fs::metadata(file).map_or(0, |metadata| metadata.len()),
        _ => u64::try_from(files.len()).unwrap_or(u64::MAX),
    };
    press.watch(terminal.progress((total > 0).then_some(total)));
    source
        .ready
        .extend([first, Some(second)].into_iter().flatten());
    let source = Mutex::new((0, source));
    let take = || {
        let mut source = lock(&source);
        let (number, tasks) = &mut *source;
        let task = tasks.ready.pop_front().or_else(|| tasks.next())?;
        *number += 1;
        Some((*number - 1, task))
    };
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some((number, task)) = take() {
                    if !press.hand_in(number, task.done(&work)) {
                        break;
                    }
                }
            });
        }
    });
    press.close()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One or more parts, and how far they lead.
struct Task<'a> {
    parts: Vec<(Part<'a>, bool)>,
    /// Files, or octets of the only file, that are done after it.
    position: u64,
}

/// What came of a task.
struct Sheet {
    /// By part; whether the part ends its file.
    parts: Vec<(Vec<Piece>, bool)>,
    position: u64,
}

impl Task<'_> {
    fn done(self, work: &impl Fn(Part<'_>, &mut Vec<Piece>)) -> Sheet {
        let parts = self.parts.into_iter().map(|(part, is_end)| {
            let mut pieces = Vec::new();
            work(part, &mut pieces);
            (pieces, is_end)
        });
        Sheet {
            parts: parts.collect(),
            position: self.position,
        }
    }
}

/// The files, divided into tasks.
struct Source<'a> {
    files: &'a [PathBuf],
    division: Division,
    next: usize,
    open: Option<Stream<'a>>,
    ready: std::collections::VecDeque<Task<'a>>,
}

/// A file that is being read in stretches.
struct Stream<'a> {
    path: &'a Path,
    objects: Objects<Input>,
    index: usize,
}

impl<'a> Source<'a> {
    fn new(files: &'a [PathBuf], division: Division) -> Self {
        Self {
            files,
            division,
            next: 0,
            open: None,
            ready: std::collections::VecDeque::new(),
        }
    }

    fn next(&mut self) -> Option<Task<'a>> {
        if let Some(stream) = self.open.take() {
            return Some(self.stretch(stream));
        }
        let rest = self.files.get(self.next..)?;
        let small = rest
            .iter()
            .take(FILES)
            .take_while(|path| self.division == Division::Files || is_small(path))
            .count();
        if small > 0 {
            self.next += small;
            let parts = rest[..small].iter().map(|path| (Part::File(path), true));
            return Some(Task {
                parts: parts.collect(),
                position: self.files_done(),
            });
        }
        let path = rest.first()?;
        self.next += 1;
        match input::objects(path) {
            Ok(objects) => {
                let stream = Stream {
                    path,
                    objects,
                    index: 0,
                };
                Some(self.stretch(stream))
            }
            Err(failure) => Some(Task {
                parts: vec![(Part::Unopened(failure), true)],
                position: self.files_done(),
            }),
        }
    }

    fn stretch(&mut self, mut stream: Stream<'a>) -> Task<'a> {
        let objects: Vec<_> = stream.objects.by_ref().take(OBJECTS).collect();
        let is_end = objects.len() < OBJECTS;
        let part = Part::Stretch {
            path: stream.path,
            first: stream.index,
            objects,
        };
        stream.index += OBJECTS;
        let position = if self.files.len() == 1 {
            stream.objects.position()
        } else {
            self.files_done() - 1
        };
        if !is_end {
            self.open = Some(stream);
        }
        Task {
            parts: vec![(part, is_end)],
            position,
        }
    }

    fn files_done(&self) -> u64 {
        u64::try_from(self.next).unwrap_or(u64::MAX)
    }
}

/// Whatever is no regular file may be of any length, or be worth an error.
fn is_small(path: &Path) -> bool {
    !input::is_stdin(path)
        && fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= SMALL)
}

/// Prints sheets in the order of their numbers.
struct Press {
    state: Mutex<State>,
    turned: Condvar,
}

struct State {
    terminal: Terminal,
    output: Output,
    progress: Option<Progress>,
    next: u64,
    waiting: BTreeMap<u64, Sheet>,
    failure: Option<Failure>,
    tally: Tally,
    results: u64,
    /// Of the file that is being printed.
    has_results: bool,
    has_errors: bool,
    foreign: Option<Failure>,
    passed_over: Option<Failure>,
}

impl Press {
    fn new(terminal: Terminal, output: Output) -> Self {
        Self {
            state: Mutex::new(State {
                terminal,
                output,
                progress: None,
                next: 0,
                waiting: BTreeMap::new(),
                failure: None,
                tally: Tally::default(),
                results: 0,
                has_results: false,
                has_errors: false,
                foreign: None,
                passed_over: None,
            }),
            turned: Condvar::new(),
        }
    }

    fn watch(&self, progress: Progress) {
        lock(&self.state).progress = Some(progress);
    }

    /// Prints the sheet, or keeps it until its turn. False if nothing can be printed any more.
    fn hand_in(&self, number: u64, sheet: Sheet) -> bool {
        let mut state = lock(&self.state);
        while number != state.next && state.waiting.len() >= AHEAD && state.failure.is_none() {
            state = self
                .turned
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting.insert(number, sheet);
        while state.failure.is_none() {
            let next = state.next;
            let Some(sheet) = state.waiting.remove(&next) else {
                break;
            };
            if let Err(failure) = state.print(sheet) {
                state.failure = Some(failure);
            }
            state.next += 1;
        }
        self.turned.notify_all();
        state.failure.is_none()
    }

    fn close(self) -> Result<Tally, Failure> {
        let state = self
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(progress) = &state.progress {
            progress.clear();
        }
        if let Some(failure) = state.failure {
            return Err(failure);
        }
        state.output.finish()?;
        Ok(state.tally)
    }
}

impl State {
    fn print(&mut self, sheet: Sheet) -> Result<(), Failure> {
        for (pieces, is_end) in sheet.parts {
            for piece in pieces {
                self.print_piece(piece)?;
            }
            if is_end {
                self.end_file();
            }
        }
        if let Some(progress) = &self.progress {
            let results = self.results;
            progress.set(sheet.position, || format!("{results} done"));
        }
        Ok(())
    }

    fn end_file(&mut self) {
        let passed_over = self.passed_over.take();
        match self.foreign.take() {
            Some(foreign) if !self.has_results && passed_over.is_none() => self.error(&foreign),
            Some(foreign) => self.warn(&foreign.message),
            None => {}
        }
        if let Some(failure) = passed_over
            && !self.has_results
            && !self.has_errors
        {
            self.error(&failure);
        }
        (self.has_results, self.has_errors) = (false, false);
    }

    fn print_piece(&mut self, piece: Piece) -> Result<(), Failure> {
        match piece {
            Piece::Result(text) => {
                if self.results > 0 && !self.terminal.is_json() {
                    self.output.octets(b"\n")?;
                }
                self.results += 1;
                self.has_results = true;
                self.output.octets(text.as_bytes())?;
            }
            Piece::Warning(message) => self.warn(&message),
            Piece::Error(failure) => self.error(&failure),
            Piece::Foreign(failure) => {
                if let Some(earlier) = self.foreign.replace(failure) {
                    self.warn(&earlier.message);
                }
            }
            Piece::PassedOver(failure) => {
                self.passed_over.get_or_insert(failure);
            }
        }
        Ok(())
    }

    fn error(&mut self, failure: &Failure) {
        self.tally.has_errors = true;
        self.has_errors = true;
        self.aside(|terminal| terminal.error(failure));
    }

    fn warn(&self, message: &str) {
        self.aside(|terminal| terminal.warn(message));
    }

    fn aside(&self, print: impl FnOnce(Terminal)) {
        match &self.progress {
            Some(progress) => progress.aside(|| print(self.terminal)),
            None => print(self.terminal),
        }
    }
}
