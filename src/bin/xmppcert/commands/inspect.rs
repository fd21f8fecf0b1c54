//! `xmppcert inspect`: what files say, as text or JSON.

use std::path::Path;

use serde::Serialize;
use time::OffsetDateTime;
use xmppcert::inspection::{InspectError, Inspection};

use super::{description, input};
use crate::cli::InspectArgs;
use crate::failure::{Exit, Failure};
use crate::terminal::{Output, Terminal};

#[derive(Serialize)]
struct Line<'a> {
    source: &'a str,
    index: usize,
    #[serde(flatten)]
    inspection: &'a Inspection,
}

/// Goes through all files, whatever is wrong with some of them.
pub(crate) fn run(
    terminal: Terminal,
    args: &InspectArgs,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    if args
        .files
        .iter()
        .filter(|path| input::is_stdin(path))
        .count()
        > 1
    {
        return Err(input::stdin_twice());
    }
    let mut printer = Printer {
        terminal,
        output: terminal.output()?,
        now,
        is_first: true,
    };
    let mut exit = Exit::Done;
    for path in &args.files {
        input::recover(terminal, path);
        if printer.print_file(path)? != Exit::Done {
            exit = Exit::Input;
        }
    }
    printer.output.finish()?;
    Ok(exit)
}

struct Printer {
    terminal: Terminal,
    output: Output,
    now: OffsetDateTime,
    /// Nothing has been printed yet.
    is_first: bool,
}

impl Printer {
    /// Prints what a file holds, and tells what is wrong with some of it.
    fn print_file(&mut self, path: &Path) -> Result<Exit, Failure> {
        let terminal = self.terminal;
        let mut exit = Exit::Done;
        let mut fail = |failure: &Failure| {
            exit = failure.exit;
            terminal.error(failure);
        };
        let objects = match input::objects(path) {
            Ok(objects) => objects,
            Err(failure) => {
                fail(&failure);
                return Ok(exit);
            }
        };
        let mut is_empty = true;
        let mut first_other = None;
        for (index, object) in objects.enumerate() {
            let object = match object {
                Ok(object) => object,
                Err(error) => {
                    fail(&input::object_failure(path, &error));
                    continue;
                }
            };
            match Inspection::of(&object, self.now) {
                Ok(inspection) => {
                    self.print(path, index, &inspection)?;
                    is_empty = false;
                }
                // Such as the parameters of a curve, which openssl writes before the key. They are
                // an error only where there is nothing else.
                Err(error @ InspectError::Unsupported(_)) => {
                    let other = input::inspect_failure(path, &error);
                    if first_other.is_some() {
                        terminal.warn(&other.message);
                    } else {
                        first_other = Some(other);
                    }
                }
                Err(error) => fail(&input::inspect_failure(path, &error)),
            }
        }
        match first_other {
            Some(other) if is_empty => fail(&other),
            Some(other) => terminal.warn(&other.message),
            None => {}
        }
        Ok(exit)
    }

    fn print(&mut self, path: &Path, index: usize, inspection: &Inspection) -> Result<(), Failure> {
        if self.terminal.is_json() {
            return self.output.json(&Line {
                source: &path.to_string_lossy(),
                index,
                inspection,
            });
        }
        if !self.is_first {
            self.output.line("")?;
        }
        self.is_first = false;
        for line in description::of(&input::name(path), inspection, self.now) {
            self.output.line(&line)?;
        }
        Ok(())
    }
}
