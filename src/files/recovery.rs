//! Finishing or undoing a set of files, by the run that staged it or by the next one.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::directory::{Directory, hidden};
use super::error::WriteError;
use super::journal::{Content, Found, Inodes, Journal, Record};
use super::target::{self, kept_name, staged_name};

/// What became of the files that an interrupted run left behind.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum Recovery {
    /// No run was interrupted.
    Nothing,
    /// A living process is at work on them.
    Busy,
    /// They are as they were before that run.
    Undone,
    /// They are as that run wanted them; these were written.
    Finished(Vec<PathBuf>),
}

/// Finishes or undoes what a killed run left of the set of files whose last one, the certificate, is at `path`.
///
/// # Errors
///
/// If the journal is not to be trusted, or the system does not let files be renamed or removed.
pub fn recover(path: &Path) -> Result<Recovery, WriteError> {
    let (place, name) = match target::find(path) {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(Recovery::Nothing),
        // Where nobody could have begun anything, or whoever did is somebody else.
        Err(WriteError::Write { source, .. })
            if matches!(
                source.kind(),
                io::ErrorKind::NotADirectory
                    | io::ErrorKind::PermissionDenied
                    | io::ErrorKind::InvalidFilename
            ) =>
        {
            return Ok(Recovery::Nothing);
        }
        Err(error) => return Err(error),
    };
    match recover_at(&place, &name) {
        // A journal cannot have been made beside a file of a name as long as that.
        Err(WriteError::Write { source, .. })
            if source.kind() == io::ErrorKind::InvalidFilename =>
        {
            Ok(Recovery::Nothing)
        }
        result => result,
    }
}

pub(super) fn recover_at(
    place: &Directory,
    name: &std::ffi::OsStr,
) -> Result<Recovery, WriteError> {
    let (journal, content) = match Journal::find(place, name)? {
        Found::Nothing => return Ok(Recovery::Nothing),
        Found::Locked => return Ok(Recovery::Busy),
        Found::Journal(journal, content) => (journal, content),
    };
    let path = journal.path();
    let failed = |source| WriteError::Write {
        path: path.clone(),
        source,
    };
    let done = match content {
        Content::Torn => Recovery::Undone,
        Content::Planned(records) => {
            for record in records {
                // A directory that is gone took what was staged in it along.
                if let Some(directory) = open(place, &record).map_err(failed)? {
                    Entry::new(directory, record.name, None)
                        .unstage()
                        .map_err(failed)?;
                }
            }
            Recovery::Undone
        }
        Content::Ready(records) => {
            let mut entries = Vec::new();
            for (record, inodes) in records {
                if let Some(directory) = open(place, &record).map_err(failed)? {
                    entries.push(Entry::new(directory, record.name, Some(inodes)));
                }
            }
            if can_be_finished(&entries).map_err(failed)? {
                finish(&entries).map_err(failed)?;
                let paths = entries
                    .iter()
                    .map(|entry| entry.directory.path().join(&entry.name));
                Recovery::Finished(paths.collect())
            } else {
                undo(&entries).map_err(failed)?;
                Recovery::Undone
            }
        }
    };
    place
        .sync()
        .and_then(|()| journal.remove())
        .map_err(failed)?;
    Ok(done)
}

fn open(place: &Directory, record: &Record) -> io::Result<Option<Directory>> {
    if record.directory.as_os_str().is_empty() {
        return place.try_clone().map(Some);
    }
    match Directory::open(&record.directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

/// A file of a set, with the names that it passes through.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) directory: Directory,
    pub(super) name: OsString,
    /// The new content, until it gets its name.
    pub(super) staged: OsString,
    /// A second link to the old content, until that gets its other name.
    pub(super) linked: OsString,
    /// The other name of the old content.
    pub(super) kept: OsString,
    inodes: Option<Inodes>,
}

/// Where the new content of an entry is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Staged,
    InPlace,
    /// Neither: the run was being undone, or someone else wrote the file.
    Gone,
}

impl Entry {
    pub(super) fn new(directory: Directory, name: OsString, inodes: Option<Inodes>) -> Self {
        Self {
            staged: staged_name(&name),
            linked: hidden(&name, ".xmppcert-old"),
            kept: kept_name(&name),
            directory,
            name,
            inodes,
        }
    }

    pub(super) fn set_inodes(&mut self, inodes: Inodes) {
        self.inodes = Some(inodes);
    }

    fn state(&self) -> io::Result<State> {
        let Some(inodes) = self.inodes else {
            return Ok(State::Gone);
        };
        let current = self.directory.inode(&self.name)?;
        if current == Some(inodes.new) {
            Ok(State::InPlace)
        } else if current == inodes.old && self.directory.inode(&self.staged)? == Some(inodes.new) {
            Ok(State::Staged)
        } else {
            Ok(State::Gone)
        }
    }

    fn old_inode(&self) -> Option<u64> {
        self.inodes.and_then(|inodes| inodes.old)
    }

    /// Removes what was made beside the target.
    pub(super) fn unstage(&self) -> io::Result<()> {
        self.directory.remove(&self.staged)?;
        self.directory.remove(&self.linked)
    }

    /// Gives the old content its other name.
    fn keep(&self) -> io::Result<()> {
        let Some(old) = self.old_inode() else {
            return Ok(());
        };
        if self.directory.inode(&self.linked)? == Some(old) {
            self.directory.rename(&self.linked, &self.kept)?;
        }
        Ok(())
    }

    fn put_in_place(&self) -> io::Result<()> {
        if self.old_inode().is_some() {
            self.directory.rename(&self.staged, &self.name)
        } else {
            self.directory.rename_new(&self.staged, &self.name)
        }
    }

    /// Brings the old content back, or removes the new one where there was none.
    fn put_back(&self) -> io::Result<()> {
        let Some(old) = self.old_inode() else {
            return self.directory.remove(&self.name);
        };
        if self.directory.inode(&self.linked)? != Some(old) {
            if self.directory.inode(&self.kept)? != Some(old) {
                return Err(io::Error::other("the old file is gone"));
            }
            self.directory.remove(&self.linked)?;
            self.directory.link(&self.kept, &self.linked)?;
        }
        self.directory.rename(&self.linked, &self.name)
    }
}

/// Whether each new content is either staged or in place.
pub(super) fn can_be_finished(entries: &[Entry]) -> io::Result<bool> {
    for entry in entries {
        if entry.state()? == State::Gone {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Puts every new file in place. The old ones get their other names before the first new one comes, so that there is a
/// whole set at every moment: under their names, or under the other names.
pub(super) fn finish(entries: &[Entry]) -> io::Result<()> {
    for entry in entries {
        entry.keep()?;
    }
    for entry in entries {
        if entry.state()? == State::Staged {
            entry.put_in_place()?;
        }
    }
    for entry in entries {
        // Renaming a link over another link to the same file does nothing, and leaves both.
        entry.unstage()?;
    }
    sync(None, entries)
}

/// Brings every old file back, as far as the new one took its place.
pub(super) fn undo(entries: &[Entry]) -> io::Result<()> {
    for entry in entries.iter().rev() {
        if entry.state()? == State::InPlace {
            entry.put_back()?;
        }
    }
    for entry in entries {
        entry.unstage()?;
    }
    sync(None, entries)
}

/// Makes what was done in these directories last, with one call for each.
pub(super) fn sync(place: Option<&Directory>, entries: &[Entry]) -> io::Result<()> {
    let mut done: Vec<&Directory> = Vec::new();
    let directories = entries.iter().map(|entry| &entry.directory);
    for directory in place.into_iter().chain(directories) {
        let mut is_done = false;
        for earlier in &done {
            is_done |= earlier.is_same(directory)?;
        }
        if !is_done {
            directory.sync()?;
            done.push(directory);
        }
    }
    Ok(())
}
