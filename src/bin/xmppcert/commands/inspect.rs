//! `xmppcert inspect`: what files say, as text or JSON.

use std::path::Path;

use serde::Serialize;
use time::OffsetDateTime;
use xmppcert::inspection::{InspectError, Inspection};
use xmppcert::objects::{Object, ObjectError};

use super::bulk::{self, Division, Part, Piece};
use super::{description, input};
use crate::cli::InspectArgs;
use crate::failure::{Exit, Failure};
use crate::terminal::{Look, Terminal};

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
    input::refuse_stdin_twice(&args.files)?;
    let output = terminal.output()?;
    let inspector = Inspector {
        terminal,
        look: output.look(),
        now,
        read: if args.no_verify {
            Inspection::unverified
        } else {
            Inspection::of
        },
    };
    let tally = bulk::run(
        terminal,
        &args.files,
        Division::Objects,
        output,
        |part, pieces| inspector.inspect(part, pieces),
    )?;
    Ok(if tally.has_errors {
        Exit::Input
    } else {
        Exit::Done
    })
}

struct Inspector {
    terminal: Terminal,
    look: Look,
    now: OffsetDateTime,
    read: fn(&Object, OffsetDateTime) -> Result<Inspection, InspectError>,
}

impl Inspector {
    fn inspect(&self, part: Part<'_>, pieces: &mut Vec<Piece>) {
        match part {
            Part::File(path) => {
                input::recover(self.terminal, path);
                match input::objects(path) {
                    Ok(objects) => self.tell(path, 0, objects, pieces),
                    Err(failure) => pieces.push(Piece::Error(failure)),
                }
            }
            Part::Stretch {
                path,
                first,
                objects,
            } => self.tell(path, first, objects, pieces),
            Part::Unopened(failure) => pieces.push(Piece::Error(failure)),
        }
    }

    /// Tells what a file holds, and what is wrong with some of it.
    fn tell(
        &self,
        path: &Path,
        first: usize,
        objects: impl IntoIterator<Item = Result<Object, ObjectError>>,
        pieces: &mut Vec<Piece>,
    ) {
        let source = path.to_string_lossy();
        for (place, object) in input::placed(path, first, objects) {
            let object = match object {
                Ok(object) => object,
                Err(error) => {
                    pieces.push(Piece::Error(place.object_failure(&error)));
                    continue;
                }
            };
            pieces.push(match (self.read)(&object, self.now) {
                Ok(inspection) if self.terminal.is_json() => Piece::Result(self.look.json(&Line {
                    source: &source,
                    index: place.index,
                    inspection: &inspection,
                })),
                Ok(inspection) => {
                    let lines = description::of(&input::name(path), &inspection, self.now);
                    Piece::Result(self.look.lines(&lines))
                }
                // Such as the parameters of a curve, which openssl writes before the key.
                Err(error @ InspectError::Unsupported(_)) => {
                    Piece::Foreign(place.inspect_failure(&error))
                }
                Err(error) => Piece::Error(place.inspect_failure(&error)),
            });
        }
    }
}
