//! Where a file of a set is to be: resolved and judged before there is anything to write.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Gid, Mode, Stat, Uid};

use super::directory::{self, Directory, hidden};
use super::error::WriteError;

/// A file that is to be written.
#[derive(Clone, Debug)]
pub struct Output {
    path: PathBuf,
    is_private: bool,
}

impl Output {
    /// A file for its owner alone, mode 0600; one that is replaced keeps its mode unless that lets all users read it.
    pub fn private(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            is_private: true,
        }
    }

    /// A file that all may read, mode 0644 less the umask; one that is replaced keeps its mode.
    pub fn public(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            is_private: false,
        }
    }

    /// Where it is to be.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn is_private(&self) -> bool {
        self.is_private
    }
}

/// What to do where a file exists already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// It is an error.
    Refuse,
    /// Replace it, and keep it with `.old` behind its name.
    Replace,
}

/// An [`Output`] whose links are followed and whose directory is open.
#[derive(Debug)]
pub(super) struct Target {
    /// As the user named it, for messages.
    pub(super) path: PathBuf,
    pub(super) directory: Directory,
    pub(super) name: OsString,
    pub(super) is_private: bool,
    /// The file that will be replaced.
    pub(super) old: Option<OldFile>,
}

/// What a new file takes over from the old one.
#[derive(Debug)]
pub(super) struct OldFile {
    pub(super) inode: u64,
    pub(super) owner: Uid,
    pub(super) group: Gid,
    pub(super) mode: Mode,
}

impl Target {
    pub(super) fn resolve(output: Output, overwrite: Overwrite) -> Result<Self, WriteError> {
        let Output { path, is_private } = output;
        let failed = |source| WriteError::write(&path, source);
        let (directory, name) = locate(&path)?;
        let Some(found) = directory.stat(&name).map_err(failed)? else {
            directory.check_writable().map_err(failed)?;
            return Ok(Self {
                path,
                directory,
                name,
                is_private,
                old: None,
            });
        };
        if overwrite == Overwrite::Refuse {
            return Err(WriteError::Exists { path });
        }
        let (directory, name, found) = if is_link(&found) {
            follow(&path)?
        } else {
            (directory, name, found)
        };
        if let Some(kind) = special_kind(&found) {
            return Err(WriteError::NotAFile { path, kind });
        }
        directory.check_writable().map_err(failed)?;
        if let Some(kind) = directory.pinned_by(&name) {
            return Err(WriteError::NotAFile { path, kind });
        }
        let old = OldFile::from_stat(&found, is_private);
        if let Some(file) = directory.create_unnamed().map_err(failed)? {
            old.hand_over(&file, &path)?;
        }
        let old = Some(old);
        Ok(Self {
            path,
            directory,
            name,
            is_private,
            old,
        })
    }

    /// Sees that what is to replace it can wait beside it.
    pub(super) fn check_staging(&self) -> Result<(), WriteError> {
        let staged = staged_name(&self.name);
        match self.directory.stat(&staged) {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err(WriteError::LeftOver {
                path: self.directory.path().join(staged),
            }),
            Err(source) => Err(WriteError::write(&self.path, source)),
        }
    }

    /// Whether writing both would write one file, or one over what is kept of the other.
    pub(super) fn collides(&self, other: &Self) -> bool {
        let is_one_directory = self.directory.is_same(&other.directory).unwrap_or(true);
        is_one_directory
            && (self.name == other.name
                || kept_name(&self.name) == other.name
                || self.name == kept_name(&other.name))
    }
}

impl OldFile {
    /// Gives a new file its owner and group.
    pub(super) fn hand_over(&self, file: &File, path: &Path) -> Result<(), WriteError> {
        let path = || path.to_path_buf();
        let stat = rustix::fs::fstat(file).map_err(|error| WriteError::Write {
            path: path(),
            source: error.into(),
        })?;
        if (stat.st_uid, stat.st_gid) == (self.owner.as_raw(), self.group.as_raw()) {
            return Ok(());
        }
        directory::set_owner(file, self.owner, self.group).map_err(|source| WriteError::Owner {
            path: path(),
            source,
        })
    }

    fn from_stat(stat: &Stat, is_private: bool) -> Self {
        // The type differs between systems.
        #[allow(
            clippy::useless_conversion,
            reason = "st_mode is narrower on some systems"
        )]
        let mode = Mode::from_raw_mode((stat.st_mode & 0o777).into());
        // A key that all may read was not given its mode with care.
        let is_open = is_private && mode.intersects(Mode::RWXO);
        Self {
            inode: stat.st_ino,
            owner: Uid::from_raw(stat.st_uid),
            group: Gid::from_raw(stat.st_gid),
            mode: if is_open {
                Mode::RUSR | Mode::WUSR
            } else {
                mode
            },
        }
    }
}

/// The name under which what replaces a file waits beside it.
pub(super) fn staged_name(name: &OsStr) -> OsString {
    hidden(name, ".xmppcert-new")
}

/// The directory of a path, open, and the name in it.
fn locate(path: &Path) -> Result<(Directory, OsString), WriteError> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(WriteError::NotAFile {
            path: path.to_path_buf(),
            kind: "a directory",
        });
    };
    let directory = Directory::open(parent).map_err(|source| WriteError::write(path, source))?;
    Ok((directory, name.to_os_string()))
}

/// The file that a symbolic link names in the end.
fn follow(path: &Path) -> Result<(Directory, OsString, Stat), WriteError> {
    let real = path.canonicalize().map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => WriteError::Dangling {
            path: path.to_path_buf(),
        },
        _ => WriteError::Write {
            path: path.to_path_buf(),
            source,
        },
    })?;
    let (directory, name) = locate(&real)?;
    match directory.stat(&name) {
        Ok(Some(stat)) => Ok((directory, name, stat)),
        Ok(None) => Err(WriteError::Dangling {
            path: path.to_path_buf(),
        }),
        Err(source) => Err(WriteError::write(path, source)),
    }
}

/// The directory and the name of what `path` is in the end, whether or not there is a file.
///
/// Nothing if there is no such directory, and so nothing to be found in it.
pub(super) fn find(path: &Path) -> Result<Option<(Directory, OsString)>, WriteError> {
    let (directory, name) = match locate(path) {
        Ok(found) => found,
        Err(WriteError::NoDirectory { .. } | WriteError::NotAFile { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    match directory.stat(&name) {
        Ok(Some(stat)) if is_link(&stat) => match follow(path) {
            Ok((directory, name, _)) => Ok(Some((directory, name))),
            Err(WriteError::Dangling { .. }) => Ok(None),
            Err(error) => Err(error),
        },
        Ok(_) => Ok(Some((directory, name))),
        Err(source) => Err(WriteError::write(path, source)),
    }
}

/// The name under which an old file is kept.
pub(super) fn kept_name(name: &OsStr) -> OsString {
    let mut kept = name.to_os_string();
    kept.push(".old");
    kept
}

fn is_link(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::Symlink
}

/// What it is, unless it is a regular file.
fn special_kind(stat: &Stat) -> Option<&'static str> {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => None,
        FileType::Directory => Some("a directory"),
        FileType::Fifo => Some("a named pipe"),
        FileType::Socket => Some("a socket"),
        FileType::BlockDevice | FileType::CharacterDevice => Some("a device"),
        _ => Some("not a regular file"),
    }
}
