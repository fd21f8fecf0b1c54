//! Writing a set of files all or nothing: begin, prepare, commit.

use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;

use rustix::fs::Mode;

use super::directory::{self, Directory};
use super::error::WriteError;
use super::journal::{Inodes, Journal, Record};
use super::recovery::{self, Entry, Recovery};
use super::target::{Output, Overwrite, Target};

/// Targets that can be written, as far as can be told before there is anything to write.
#[derive(Debug)]
pub struct FileSet {
    targets: Vec<Target>,
}

impl FileSet {
    /// Checks every target, and first repairs what a killed run left of them. The last one, by custom the certificate,
    /// gives the set its name.
    ///
    /// # Errors
    ///
    /// If a target exists and is not to be replaced, is no regular file, or cannot be replaced by one with the same owner and
    /// group; if it has no directory, or that may not be written to; if two targets are one file; or if another process is at
    /// work on them.
    pub fn begin(
        outputs: impl IntoIterator<Item = Output>,
        overwrite: Overwrite,
    ) -> Result<Self, WriteError> {
        let outputs: Vec<Output> = outputs.into_iter().collect();
        if let Some(last) = outputs.last() {
            let path = last.path();
            if recovery::recover(path)? == Recovery::Busy {
                return Err(WriteError::Busy {
                    path: path.to_path_buf(),
                });
            }
        }
        let mut targets: Vec<Target> = Vec::with_capacity(outputs.len());
        for output in outputs {
            let target = Target::resolve(output, overwrite)?;
            if targets.iter().any(|earlier| earlier.collides(&target)) {
                return Err(WriteError::SameFile { path: target.path });
            }
            target.check_staging()?;
            targets.push(target);
        }
        Ok(Self { targets })
    }

    /// Stages the content of each target beside it, with the mode, owner and group it is to have.
    ///
    /// # Errors
    ///
    /// If anything cannot be staged exactly so; everything staged is removed again. Contents without a target are an
    /// error too, and so are targets without content.
    pub fn prepare<C: AsRef<[u8]>>(
        self,
        contents: impl IntoIterator<Item = C>,
    ) -> Result<ReadySet, WriteError> {
        let Some(last) = self.targets.last() else {
            return Ok(ReadySet {
                work: None,
                kept: Vec::new(),
            });
        };
        let path = last.path.clone();
        let failed = |source| WriteError::write(&path, source);
        let place = last.directory.try_clone().map_err(failed)?;
        let journal = match Journal::create(&place, &last.name).map_err(failed)? {
            Some(journal) => journal,
            // Left since the set was begun; a second one would mean that somebody is at work.
            None => match recovery::recover_at(&place, &last.name)? {
                Recovery::Busy => return Err(WriteError::Busy { path }),
                _ => Journal::create(&place, &last.name)
                    .map_err(failed)?
                    .ok_or_else(|| WriteError::Busy { path: path.clone() })?,
            },
        };
        let mut work = Work {
            place,
            journal,
            entries: Vec::new(),
            paths: Vec::new(),
        };
        let mut contents = contents.into_iter();
        match work.stage(self.targets, &mut contents) {
            Ok(kept) => Ok(ReadySet {
                work: Some(work),
                kept,
            }),
            Err(error) => Err(work.give_up(error)),
        }
    }
}

/// A set of files that lies beside its targets and wants only renaming. Dropping it undoes everything.
#[derive(Debug)]
#[must_use]
pub struct ReadySet {
    work: Option<Work>,
    kept: Vec<PathBuf>,
}

impl ReadySet {
    /// The names under which [`ReadySet::commit`] will keep the old files.
    #[must_use]
    pub fn kept(&self) -> &[PathBuf] {
        &self.kept
    }

    /// Puts the new files in place, and returns the names under which the old ones are kept.
    ///
    /// # Errors
    ///
    /// If someone changed a target meanwhile, or the system refuses. The old files are in place then, unless the error
    /// is [`WriteError::Unfinished`].
    pub fn commit(mut self) -> Result<Vec<PathBuf>, WriteError> {
        let Some(work) = self.work.take() else {
            return Ok(Vec::new());
        };
        work.commit()?;
        Ok(std::mem::take(&mut self.kept))
    }
}

impl Drop for ReadySet {
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            // Nowhere to report a failure; the journal stays, and the next run repeats this.
            drop(work.undo());
        }
    }
}

/// The files of a set while they are being written.
#[derive(Debug)]
struct Work {
    /// The directory of the journal.
    place: Directory,
    journal: Journal,
    entries: Vec<Entry>,
    /// As the user named them.
    paths: Vec<PathBuf>,
}

impl Work {
    fn stage<C: AsRef<[u8]>>(
        &mut self,
        targets: Vec<Target>,
        contents: &mut impl Iterator<Item = C>,
    ) -> Result<Vec<PathBuf>, WriteError> {
        let path = targets
            .last()
            .map(|target| target.path.clone())
            .unwrap_or_default();
        let failed = |source| WriteError::write(&path, source);
        let records: Result<Vec<Record>, io::Error> =
            targets.iter().map(|target| self.record(target)).collect();
        self.journal
            .plan(&records.map_err(failed)?)
            .map_err(failed)?;

        let mut inodes = Vec::with_capacity(targets.len());
        let mut kept = Vec::new();
        for target in targets {
            let mismatch = || io::Error::other("the files and their contents differ in number");
            let content = contents.next().ok_or_else(mismatch).map_err(failed)?;
            let old = target.old.as_ref().map(|old| old.inode);
            let new = self.stage_one(target, content.as_ref(), &mut kept)?;
            inodes.push(Inodes { new, old });
        }
        for (entry, inodes) in self.entries.iter_mut().zip(&inodes) {
            entry.set_inodes(*inodes);
        }
        self.journal.ready(&inodes).map_err(failed)?;
        recovery::sync(Some(&self.place), &self.entries).map_err(failed)?;
        Ok(kept)
    }

    /// Stages one file and returns its inode.
    fn stage_one(
        &mut self,
        target: Target,
        content: &[u8],
        kept: &mut Vec<PathBuf>,
    ) -> Result<u64, WriteError> {
        let Target {
            path,
            directory,
            name,
            is_private,
            old,
        } = target;
        let failed = |source| WriteError::write(&path, source);
        let owner_only = Mode::RUSR | Mode::WUSR;
        // A new public file gets what the umask leaves; one that replaces another waits for that one's mode.
        let mode = match (&old, is_private) {
            (None, false) => owner_only | Mode::RGRP | Mode::ROTH,
            _ => owner_only,
        };
        let entry = Entry::new(directory, name, None);
        let file = entry
            .directory
            .create(&entry.staged, mode)
            .map_err(|source| match source.kind() {
                io::ErrorKind::AlreadyExists => WriteError::LeftOver {
                    path: entry.directory.path().join(&entry.staged),
                },
                _ => failed(source),
            })?;
        self.entries.push(entry);
        self.paths.push(path.clone());
        let entry = &self.entries[self.entries.len() - 1];

        let stat = rustix::fs::fstat(file.as_fd()).map_err(|error| failed(error.into()))?;
        if is_private && stat.st_mode & 0o077 != 0 {
            return Err(WriteError::NotPrivate { path });
        }
        if let Some(old) = &old {
            old.hand_over(&file, &path)?;
            if old.mode != owner_only {
                directory::set_mode(&file, old.mode).map_err(failed)?;
            }
        }
        directory::write(&file, content).map_err(failed)?;
        directory::sync(&file).map_err(failed)?;
        if old.is_some() {
            entry.directory.remove(&entry.linked).map_err(failed)?;
            entry
                .directory
                .link(&entry.name, &entry.linked)
                .map_err(|source| WriteError::Keep {
                    path: path.clone(),
                    source,
                })?;
            kept.push(entry.directory.path().join(&entry.kept));
        }
        Ok(stat.st_ino)
    }

    fn record(&self, target: &Target) -> io::Result<Record> {
        let directory = if target.directory.is_same(&self.place)? {
            PathBuf::new()
        } else {
            target.directory.path().join(".").canonicalize()?
        };
        Ok(Record {
            directory,
            name: target.name.clone(),
        })
    }

    fn commit(self) -> Result<(), WriteError> {
        let path = self.paths.last().cloned().unwrap_or_default();
        let failed = |source| WriteError::write(&path, source);
        match recovery::can_be_finished(&self.entries) {
            Ok(true) => {}
            Ok(false) => {
                let error = WriteError::Overtaken { path };
                return Err(self.give_up(error));
            }
            Err(source) => {
                let error = failed(source);
                return Err(self.give_up(error));
            }
        }
        if let Err(source) = recovery::finish(&self.entries) {
            let error = failed(source);
            return Err(self.give_up(error));
        }
        // All is done; a journal that cannot be removed is removed by the next run.
        drop(self.journal.remove());
        Ok(())
    }

    fn undo(&self) -> io::Result<()> {
        recovery::undo(&self.entries)?;
        self.journal.remove()?;
        self.place.sync()
    }

    /// Undoes everything, and tells why.
    fn give_up(self, error: WriteError) -> WriteError {
        match self.undo() {
            Ok(()) => error,
            Err(_) => WriteError::Unfinished {
                path: self.journal.path(),
                source: Box::new(error),
            },
        }
    }
}
