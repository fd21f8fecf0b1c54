//! `xmppcert inspect`: what files say, as text or JSON.

use serde::Serialize;
use time::OffsetDateTime;
use xmppcert::inspection::Inspection;

use super::{description, input};
use crate::cli::InspectArgs;
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

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
    let mut output = terminal.output()?;
    let mut exit = Exit::Done;
    let mut is_first = true;
    for path in &args.files {
        input::recover(terminal, path);
        let objects = match input::objects(path) {
            Ok(objects) => objects,
            Err(failure) => {
                exit = failure.exit;
                terminal.error(&failure);
                continue;
            }
        };
        for (index, object) in objects.enumerate() {
            let inspection = object
                .map_err(|error| input::object_failure(path, &error))
                .and_then(|object| {
                    Inspection::of(&object, now)
                        .map_err(|error| input::inspect_failure(path, &error))
                });
            match inspection {
                Ok(inspection) if terminal.is_json() => output.json(&Line {
                    source: &path.to_string_lossy(),
                    index,
                    inspection: &inspection,
                })?,
                Ok(inspection) => {
                    if !is_first {
                        output.line("")?;
                    }
                    is_first = false;
                    for line in description::of(&input::name(path), &inspection, now) {
                        output.line(&line)?;
                    }
                }
                Err(failure) => {
                    exit = failure.exit;
                    terminal.error(&failure);
                }
            }
        }
    }
    output.finish()?;
    Ok(exit)
}
