//! Reading input within limits, and writing sets of files all or nothing.
//!
//! # Reading
//!
//! [`Input`] refuses at once what can never hold a certificate (a directory, a device, an empty file) and otherwise
//! streams. A limit belongs to the objects in a stream, not to the stream, so only [`Input::read_limited`], for small
//! files that are wanted whole, sets one itself.
//!
//! # Writing
//!
//! A key and its certificate are of use only together, and a rename is atomic for one file. A set of files is therefore
//! written in three steps, each a type that only the one before it can make:
//!
//! 1. [`FileSet::begin`] checks every target and changes nothing (but for repairing what a killed run left behind);
//! 2. [`FileSet::prepare`] puts everything on the disk beside the targets: the new files under hidden names, a hidden
//!    link to each old file, and a journal that says what is to be renamed;
//! 3. [`ReadySet::commit`] renames. Dropping the [`ReadySet`] instead undoes everything.
//!
//! ```
//! use xmppcert::files::{FileSet, Output, Overwrite};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = std::env::temp_dir().join(format!("xmppcert-doc-{}", std::process::id()));
//! # std::fs::create_dir(&dir)?;
//! let outputs = [Output::private(dir.join("client.key")), Output::public(dir.join("client.crt"))];
//! let set = FileSet::begin(outputs, Overwrite::Refuse)?;
//! // ... make the key and the certificate, which may take a while ...
//! let ready = set.prepare([&b"the key"[..], b"the certificate"])?;
//! // ... report; if that fails, drop `ready` and nothing has changed ...
//! let kept = ready.commit()?;
//! assert!(kept.is_empty(), "nothing was replaced");
//! # std::fs::remove_dir_all(&dir)?;
//! # Ok(())
//! # }
//! ```
//!
//! Beside the last target, the certificate, lies the journal, from before the first file is staged until after the last
//! rename; whoever works on the set holds a lock on it. A killed run leaves it behind, and [`recover`] (which
//! [`FileSet::begin`] and [`FileSet::prepare`] call as well) then finishes or undoes that run:
//!
//! | killed | on disk | recovery |
//! |---|---|---|
//! | before the journal is complete | the old files untouched, perhaps staged ones | staged files removed |
//! | after that, before the last rename | old pair, then `.old` pair | the remaining renames are done |
//! | after the last rename | the new pair | the journal is removed |
//! | while undoing | the old pair | undone, or finished where nothing was undone yet |
//!
//! The journal records the inodes of the new and the old files, so that a file someone put there in the meantime is
//! never replaced: the interrupted run is undone then.
//!
//! # Many at once
//!
//! A folder needs no journal, because it can be renamed as a whole. [`Staging`] makes new folders out of sight, makes a
//! group of them durable with one sync, and then moves them to their place; see there for what a kill leaves.

mod directory;
mod error;
mod held;
mod journal;
mod read;
mod recovery;
mod replace;
mod staging;
mod target;

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
mod crash_tests;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod replace_tests;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod staging_tests;
#[cfg(test)]
mod testing;

pub use error::WriteError;
pub use held::HeldFile;
pub use read::{Input, ReadError};
pub use recovery::{Recovery, recover};
pub use replace::{FileSet, ReadySet};
pub use staging::{StagedFolder, Staging};
pub use target::{Output, Overwrite};

use std::io;

/// What the system says about an error, in the form of our messages: lower case and without a number.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    // "TLS" and its like stay as they are.
    if text.chars().nth(1).is_some_and(char::is_uppercase) {
        return text.to_owned();
    }
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}
