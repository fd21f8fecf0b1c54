//! Why a set of files could not be written.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::reason;

/// Why a set of files could not be written. Unless it is [`WriteError::Unfinished`], nothing has changed on the disk.
#[derive(Debug)]
#[non_exhaustive]
pub enum WriteError {
    /// There is something already where a new file was to be made.
    Exists {
        /// The target.
        path: PathBuf,
    },
    /// The directory the file was to be made in is missing.
    NoDirectory {
        /// The target.
        path: PathBuf,
    },
    /// The target is no regular file, or is held in its place, and cannot be replaced.
    NotAFile {
        /// The target.
        path: PathBuf,
        /// What it is: "a directory", "a device", "a mount point", ...
        kind: &'static str,
    },
    /// The target is a symbolic link to nothing.
    Dangling {
        /// The target.
        path: PathBuf,
    },
    /// Two targets of the set are the same file, or one is the name under which another one is kept.
    SameFile {
        /// The later of the two.
        path: PathBuf,
    },
    /// Owner and group of the file that is to be replaced cannot be kept.
    Owner {
        /// The target.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file system does not keep access modes, so that others could read a private file.
    NotPrivate {
        /// The target.
        path: PathBuf,
    },
    /// The old file cannot be kept under its second name.
    Keep {
        /// The old file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The system refused to write.
    Write {
        /// The target.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A living process writes the same files, or repairs them.
    Busy {
        /// The certificate, or whatever the last file of the set is.
        path: PathBuf,
    },
    /// Another run, of another set of files, stages a file here or was killed while it did.
    LeftOver {
        /// The staged file.
        path: PathBuf,
    },
    /// Someone put another file in place of a target, or took a staged one away.
    Overtaken {
        /// The target.
        path: PathBuf,
    },
    /// The directory in which a batch is staged is not one to put keys into.
    Staging {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The journal is not one this program would act on.
    Journal {
        /// The journal.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Some files are renamed, the others are not, and that could not be undone. The next run will finish or undo it.
    Unfinished {
        /// The journal.
        path: PathBuf,
        /// Why it failed.
        source: Box<Self>,
    },
}

impl WriteError {
    /// Sorts out what the system said when `path` was to be written.
    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NoDirectory { path },
            _ => Self::Write { path, source },
        }
    }

    /// What to do about it, in one line.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Exists { .. } => "choose another name, or replace it with '--force'".to_owned(),
            Self::NoDirectory { .. } => "make the directory first".to_owned(),
            Self::NotAFile { .. } | Self::SameFile { .. } => "choose another name".to_owned(),
            Self::Dangling { .. } => "remove the link, or make the file it names".to_owned(),
            Self::Owner { .. } => {
                "run as root or as the owner of the file, or write to another name".to_owned()
            }
            Self::NotPrivate { .. } => {
                "write to a file system that keeps owners and modes".to_owned()
            }
            Self::Keep { .. } => {
                "write to another name, or to a file system that has hard links".to_owned()
            }
            Self::Write { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied => "choose a directory you may write to",
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "make room, or choose another disk"
                }
                io::ErrorKind::InvalidFilename => "choose a shorter name",
                _ => "choose another directory",
            }
            .to_owned(),
            Self::Busy { .. } => "wait for the other run to end, then try again".to_owned(),
            Self::LeftOver { path } => {
                let path = path.display();
                format!(
                    "repeat the command that was interrupted; if there was none, remove '{path}'"
                )
            }
            Self::Overtaken { .. } => {
                "let one program at a time write these files, then try again".to_owned()
            }
            Self::Staging { path, .. } => {
                format!("look at '{}', and remove it", path.display())
            }
            Self::Journal { path, .. } => {
                format!(
                    "look at '{}' and the files beside it; if it is not yours, remove it",
                    path.display()
                )
            }
            Self::Unfinished { .. } => {
                "mend what failed, then run any command on the same files".to_owned()
            }
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists { path } => write!(f, "'{}' exists already", path.display()),
            Self::NoDirectory { path } => {
                write!(f, "cannot write '{}': no such directory", path.display())
            }
            Self::NotAFile { path, kind } => {
                write!(f, "cannot write '{}': it is {kind}", path.display())
            }
            Self::Dangling { path } => {
                write!(
                    f,
                    "cannot write '{}': it is a symbolic link to a missing file",
                    path.display()
                )
            }
            Self::SameFile { path } => write!(f, "'{}' would be written twice", path.display()),
            Self::Owner { path, source } => {
                write!(
                    f,
                    "cannot keep the owner and group of '{}': {}",
                    path.display(),
                    reason(source)
                )
            }
            Self::NotPrivate { path } => {
                write!(
                    f,
                    "cannot keep '{}' private: its file system does not keep modes",
                    path.display()
                )
            }
            Self::Keep { path, source } => {
                write!(
                    f,
                    "cannot keep '{0}' as '{0}.old': {1}",
                    path.display(),
                    reason(source)
                )
            }
            Self::Write { path, source } => {
                write!(f, "cannot write '{}': {}", path.display(), reason(source))
            }
            Self::Busy { path } => write!(
                f,
                "'{}' is being written by another process",
                path.display()
            ),
            Self::LeftOver { path } => {
                write!(f, "'{}' is in use by an unfinished run", path.display())
            }
            Self::Overtaken { path } => write!(
                f,
                "'{}' was changed by someone else meanwhile",
                path.display()
            ),
            Self::Staging { path, problem } => {
                write!(f, "cannot use '{}': {problem}", path.display())
            }
            Self::Journal { path, problem } => {
                write!(f, "cannot use the journal '{}': {problem}", path.display())
            }
            Self::Unfinished { path, source } => {
                write!(
                    f,
                    "files are written in part, as '{}' records: {source}",
                    path.display()
                )
            }
        }
    }
}

impl Error for WriteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Owner { source, .. } | Self::Keep { source, .. } | Self::Write { source, .. } => {
                Some(source)
            }
            Self::Unfinished { source, .. } => Some(source),
            _ => None,
        }
    }
}
