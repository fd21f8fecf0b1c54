//! Making many folders of new files, each all or nothing, with one sync for a group of them.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::io;
use std::path::Path;

use rustix::fs::{FileType, Mode};

use super::directory::{self, Directory};
use super::error::WriteError;
use super::held::{Found, HeldFile};
use super::target::Output;

/// Holds the directories of all runs that are at work beside it.
const PLACE: &str = ".xmppcert-batch";
/// Beside the folders of a run, locked while the run lives.
const LOCK: &str = "lock";
/// How often to start again because another run, at its end or its start, removed what was just made.
const ATTEMPTS: usize = 100;

/// A hidden directory in which one run makes folders before they get their place in the directory above.
///
/// It lies at `.xmppcert-batch/NUMBER`, for its owner alone, and holds a lock as long as the run lives, so that several
/// runs can fill one directory. A folder appears in its place whole and durable, by one rename:
///
/// | killed | on disk | next run |
/// |---|---|---|
/// | before the rename | a folder in the hidden directory | removes it |
/// | after it | the whole folder in its place | finds it |
///
/// Dropping it removes the hidden directory with every folder that was not committed.
#[derive(Debug)]
pub struct Staging {
    out: Directory,
    place: Directory,
    own: Directory,
    name: OsString,
    /// Beside the folders.
    _lock: HeldFile,
}

/// A folder that lies in the hidden directory, perhaps not yet durable.
#[derive(Debug)]
#[must_use]
pub struct StagedFolder {
    name: OsString,
}

impl Staging {
    /// Gets ready to fill the directory `out`, which is made if it is missing, and removes what killed runs left in hidden
    /// directories of it.
    ///
    /// # Errors
    /// If the directory cannot be made or written to, does not keep files private, or the hidden one belongs to someone
    /// else.
    pub fn open(out: &Path) -> Result<Self, WriteError> {
        let failed = |source| WriteError::write(out, source);
        let out_directory = open_or_make(out).map_err(failed)?;
        out_directory.check_writable().map_err(failed)?;
        for _ in 0..ATTEMPTS {
            match Self::begin(&out_directory) {
                Ok(Some(staging)) => return Ok(staging),
                Ok(None) => {}
                Err(Problem::Io(source)) => return Err(failed(source)),
                Err(Problem::Write(error)) => return Err(error),
                Err(Problem::Distrust(problem)) => {
                    return Err(WriteError::Staging {
                        path: out.join(PLACE),
                        problem,
                    });
                }
                Err(Problem::NotPrivate) => {
                    return Err(WriteError::NotPrivate {
                        path: out.join(PLACE),
                    });
                }
            }
        }
        Err(WriteError::Busy {
            path: out.join(PLACE),
        })
    }

    /// Nothing if another run removed it meanwhile, taking it for left over.
    fn begin(out: &Directory) -> Result<Option<Self>, Problem> {
        match out.make_directory(OsStr::new(PLACE), Mode::RWXU) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
            _ => {}
        }
        let Some(stat) = out.stat(OsStr::new(PLACE))? else {
            return Ok(None);
        };
        // Others could put their own keys in place of ours.
        if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
            return Err(Problem::Distrust("it is not a directory"));
        }
        if stat.st_uid != rustix::process::geteuid().as_raw() {
            return Err(Problem::Distrust("it belongs to another user"));
        }
        if stat.st_mode & 0o022 != 0 {
            return Err(Problem::Distrust("others may write to it"));
        }
        let name = number()?;
        let Some(place) = unless_gone(out.open_directory(OsStr::new(PLACE)))? else {
            return Ok(None);
        };
        remove_left_overs(&place)?;
        let made = unless_gone(place.make_directory(&name, Mode::RWXU))?;
        if made.is_none() {
            return Ok(None);
        }
        let Some(own) = unless_gone(place.open_directory(&name))? else {
            return Ok(None);
        };
        let lock = OsStr::new(LOCK);
        let Some(held) = unless_gone(HeldFile::create(&own, lock))?.flatten() else {
            return Ok(None);
        };
        if own
            .stat(lock)?
            .is_some_and(|stat| stat.st_mode & 0o077 != 0)
        {
            remove_run(&place, &name, &own)?;
            return Err(Problem::NotPrivate);
        }
        Ok(Some(Self {
            out: out.try_clone()?,
            place,
            own,
            name,
            _lock: held,
        }))
    }

    /// Whether there is anything under this name already.
    ///
    /// # Errors
    /// If the system does not tell.
    pub fn is_taken(&self, name: &OsStr) -> Result<bool, WriteError> {
        let found = self.out.stat(name);
        Ok(found.map_err(|source| self.failed(name, source))?.is_some())
    }

    /// Makes the folder `name` with these files, named by the paths of the outputs, out of sight.
    ///
    /// # Errors
    /// If the system refuses; nothing of it stays then.
    pub fn stage<'a>(
        &self,
        name: &OsStr,
        files: impl IntoIterator<Item = (Output, &'a [u8])>,
    ) -> Result<StagedFolder, WriteError> {
        let staged = self.make(name, files).map_err(|source| {
            // What cannot be removed now is, when the run ends, or by the next.
            drop(self.own.remove_folder(name));
            self.failed(name, source)
        });
        staged.map(|()| StagedFolder {
            name: name.to_os_string(),
        })
    }

    fn make<'a>(
        &self,
        name: &OsStr,
        files: impl IntoIterator<Item = (Output, &'a [u8])>,
    ) -> io::Result<()> {
        let all = Mode::RWXU | Mode::RGRP | Mode::XGRP | Mode::ROTH | Mode::XOTH;
        self.own.make_directory(name, all)?;
        for (output, content) in files {
            let owner_only = Mode::RUSR | Mode::WUSR;
            let mode = if output.is_private() {
                owner_only
            } else {
                owner_only | Mode::RGRP | Mode::ROTH
            };
            // One lookup instead of opening the folder; nobody else can change what the names in between mean.
            let path = Path::new(name).join(output.path());
            let file = self.own.create(path.as_os_str(), mode)?;
            directory::write(&file, content)?;
        }
        Ok(())
    }

    /// Makes the folders durable and puts them in place, one result for each in the same order.
    ///
    /// A folder whose name was taken meanwhile is [`WriteError::Exists`], and is removed. After any other error a folder
    /// may or may not be there, and if so it is whole.
    pub fn commit(&self, folders: Vec<StagedFolder>) -> Vec<Result<(), WriteError>> {
        let names = folders.iter().map(|folder| folder.name.as_os_str());
        let mut results: Vec<io::Result<()>> = match self.own.sync_folders(names) {
            Ok(()) => folders
                .iter()
                .map(|folder| self.own.move_directory(&folder.name, &self.out))
                .collect(),
            Err(error) => folders.iter().map(|_| Err(copy(&error))).collect(),
        };
        if results.iter().any(Result::is_ok)
            && let Err(error) = self.out.sync()
        {
            for result in results.iter_mut().filter(|result| result.is_ok()) {
                *result = Err(copy(&error));
            }
        }
        let outcomes = folders.into_iter().zip(results);
        outcomes
            .map(|(StagedFolder { name }, result)| {
                result.map_err(|source| {
                    drop(self.own.remove_folder(&name));
                    match source.kind() {
                        io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty => {
                            WriteError::Exists {
                                path: self.out.path().join(&name),
                            }
                        }
                        _ => self.failed(&name, source),
                    }
                })
            })
            .collect()
    }

    fn failed(&self, name: &OsStr, source: io::Error) -> WriteError {
        WriteError::write(&self.out.path().join(name), source)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Nowhere to report a failure, and the next run removes what stays.
        drop(remove_run(&self.place, &self.name, &self.own));
        // The last run to end takes it away.
        drop(self.out.remove_directory(OsStr::new(PLACE)));
    }
}

/// Why there can be no hidden directory.
enum Problem {
    Io(io::Error),
    Write(WriteError),
    Distrust(&'static str),
    NotPrivate,
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn open_or_make(path: &Path) -> io::Result<Directory> {
    match Directory::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        result => return result,
    }
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Directory::open(path);
    };
    let parent = Directory::open(parent)?;
    let all = Mode::RWXU | Mode::RGRP | Mode::XGRP | Mode::ROTH | Mode::XOTH;
    match parent.make_directory(name, all) {
        // Another run may be as quick.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => parent.sync()?,
    }
    Directory::open(path)
}

/// A name that no other run has, on whatever machine it runs.
fn number() -> io::Result<OsString> {
    let mut octets = [0; 8];
    getrandom::fill(&mut octets).map_err(io::Error::other)?;
    let mut name = String::new();
    for octet in octets {
        // Writing to a `String` cannot fail.
        let _infallible = write!(name, "{octet:02x}");
    }
    Ok(name.into())
}

/// Removes the directories of runs that are no more.
fn remove_left_overs(place: &Directory) -> Result<(), Problem> {
    for name in place.names()? {
        let Some(run) = unless_gone(place.open_directory(&name))? else {
            continue;
        };
        match HeldFile::find(&run, OsStr::new(LOCK)).map_err(Problem::Write)? {
            Found::Busy => {}
            Found::File(_held) => remove_run(place, &name, &run)?,
            // At its very start, or its very end.
            Found::Nothing => remove_if_empty(place, &name)?,
        }
    }
    Ok(())
}

fn remove_run(place: &Directory, name: &OsStr, run: &Directory) -> io::Result<()> {
    for folder in run.names()? {
        if folder != LOCK {
            run.remove_folder(&folder)?;
        }
    }
    run.remove(OsStr::new(LOCK))?;
    remove_if_empty(place, name)
}

fn remove_if_empty(place: &Directory, name: &OsStr) -> io::Result<()> {
    match place.remove_directory(name) {
        // A run that has just begun puts its lock there.
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        result => result,
    }
}

/// Nothing if it is not there.
fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn copy(error: &io::Error) -> io::Error {
    error
        .raw_os_error()
        .map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}
