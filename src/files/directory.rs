//! A directory held open, and every way in which this module changes a disk.
//!
//! Names are looked up in the open directory, never again by path, so that nothing written goes astray when a directory
//! is renamed or a link is changed meanwhile. As every change goes through the functions of this file, a test can stop
//! before any one of them.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, Gid, Mode, OFlags, Stat, Uid};
use rustix::io::Errno;

/// An open directory.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    file: File,
}

impl Directory {
    /// Opens the directory at `path`; the empty path is the working directory.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let opened = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::open(opened, flags, Mode::empty())?);
        Ok(Self {
            path: path.to_path_buf(),
            file,
        })
    }

    pub(super) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            path: self.path.clone(),
            file: self.file.try_clone()?,
        })
    }

    /// As it was given, so that names in it read as the user would write them.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether both are the same directory, by whatever path they were opened.
    pub(super) fn is_same(&self, other: &Self) -> io::Result<bool> {
        let (this, that) = (
            rustix::fs::fstat(&self.file)?,
            rustix::fs::fstat(&other.file)?,
        );
        Ok((this.st_dev, this.st_ino) == (that.st_dev, that.st_ino))
    }

    /// Fails if the system would not let this process make files here.
    pub(super) fn check_writable(&self) -> io::Result<()> {
        Ok(rustix::fs::accessat(
            &self.file,
            ".",
            Access::WRITE_OK | Access::EXEC_OK,
            AtFlags::empty(),
        )?)
    }

    /// What `name` is, links not followed; `None` if there is nothing.
    pub(super) fn stat(&self, name: &OsStr) -> io::Result<Option<Stat>> {
        match rustix::fs::statat(&self.file, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The inode of `name`, if there is something.
    pub(super) fn inode(&self, name: &OsStr) -> io::Result<Option<u64>> {
        Ok(self.stat(name)?.map(|stat| stat.st_ino))
    }

    /// Opens an existing file for reading and writing: not a link, and without waiting for anything.
    pub(super) fn open_file(&self, name: &OsStr) -> io::Result<File> {
        let flags =
            OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        Ok(File::from(rustix::fs::openat(
            &self.file,
            name,
            flags,
            Mode::empty(),
        )?))
    }

    /// Makes a file that was not there, with `mode` less the umask.
    pub(super) fn create(&self, name: &OsStr, mode: Mode) -> io::Result<File> {
        step()?;
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::openat(
            &self.file, name, flags, mode,
        )?))
    }

    /// Makes a file without a name, for its owner alone, which leaves no trace; nothing where that cannot be had.
    pub(super) fn create_unnamed(&self) -> io::Result<Option<File>> {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        {
            let flags = OFlags::RDWR | OFlags::TMPFILE | OFlags::CLOEXEC;
            match rustix::fs::openat(&self.file, ".", flags, Mode::RUSR | Mode::WUSR) {
                // Not every file system can, nor every kernel.
                Err(Errno::INVAL | Errno::ISDIR | Errno::NOENT | Errno::NOSYS | Errno::NOTSUP) => {}
                result => return Ok(Some(File::from(result?))),
            }
        }
        Ok(None)
    }

    /// What keeps the file `name` in its place, whoever would replace it, as far as the system tells.
    #[cfg_attr(
        not(any(target_os = "linux", target_os = "android")),
        expect(clippy::unused_self, unused_variables, reason = "only Linux tells")
    )]
    pub(super) fn pinned_by(&self, name: &OsStr) -> Option<&'static str> {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        {
            use rustix::fs::{StatxAttributes, StatxFlags};
            let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
            let attributes = rustix::fs::statx(&self.file, name, flags, StatxFlags::empty())
                .ok()?
                .stx_attributes;
            if attributes.contains(StatxAttributes::MOUNT_ROOT) {
                return Some("a mount point");
            }
            if attributes.intersects(StatxAttributes::IMMUTABLE | StatxAttributes::APPEND) {
                return Some("immutable (see chattr)");
            }
        }
        None
    }

    /// Gives the file `name` a second name, which must be free.
    pub(super) fn link(&self, name: &OsStr, second: &OsStr) -> io::Result<()> {
        step()?;
        Ok(rustix::fs::linkat(
            &self.file,
            name,
            &self.file,
            second,
            AtFlags::empty(),
        )?)
    }

    /// Renames, replacing what has the new name.
    pub(super) fn rename(&self, name: &OsStr, new: &OsStr) -> io::Result<()> {
        step()?;
        Ok(rustix::fs::renameat(&self.file, name, &self.file, new)?)
    }

    /// Renames to a name that must be free, even if someone else takes it at this very moment.
    pub(super) fn rename_new(&self, name: &OsStr, new: &OsStr) -> io::Result<()> {
        #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
        {
            step()?;
            let flags = rustix::fs::RenameFlags::NOREPLACE;
            match rustix::fs::renameat_with(&self.file, name, &self.file, new, flags) {
                // Not every file system can, nor every kernel.
                Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
                result => return Ok(result?),
            }
        }
        self.link(name, new)?;
        self.remove(name)
    }

    /// Removes a file, if it is there.
    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        step()?;
        match rustix::fs::unlinkat(&self.file, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens the directory `name` in this one, which must not be a link.
    pub(super) fn open_directory(&self, name: &OsStr) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Self {
            path: self.path.join(name),
            file: File::from(rustix::fs::openat(&self.file, name, flags, Mode::empty())?),
        })
    }

    /// Makes a directory that was not there, with `mode` less the umask.
    pub(super) fn make_directory(&self, name: &OsStr, mode: Mode) -> io::Result<()> {
        step()?;
        Ok(rustix::fs::mkdirat(&self.file, name, mode)?)
    }

    /// Removes an empty directory, if it is there.
    pub(super) fn remove_directory(&self, name: &OsStr) -> io::Result<()> {
        step()?;
        match rustix::fs::unlinkat(&self.file, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes the directory `name` and the files in it.
    pub(super) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        let folder = match self.open_directory(name) {
            Ok(folder) => folder,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for file in folder.names()? {
            folder.remove(&file)?;
        }
        self.remove_directory(name)
    }

    /// The names in it, but for `.` and `..`.
    pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::read_from(&self.file)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(OsStr::from_bytes(name).to_os_string());
            }
        }
        Ok(names)
    }

    /// Moves the directory `name` to `other`, where its name must be free.
    pub(super) fn move_directory(&self, name: &OsStr, other: &Self) -> io::Result<()> {
        step()?;
        #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
        {
            let flags = rustix::fs::RenameFlags::NOREPLACE;
            match rustix::fs::renameat_with(&self.file, name, &other.file, name, flags) {
                // Not every file system can, nor every kernel.
                Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
                result => return Ok(result?),
            }
        }
        // What comes in between can be replaced only while it is an empty directory.
        if other.stat(name)?.is_some() {
            return Err(Errno::EXIST.into());
        }
        Ok(rustix::fs::renameat(&self.file, name, &other.file, name)?)
    }

    /// Makes the files and directories named in it last, with all that is in them.
    pub(super) fn sync_folders<'a>(
        &self,
        folders: impl ExactSizeIterator<Item = &'a OsStr>,
    ) -> io::Result<()> {
        // One call for the file system is cheaper than many for files, unless there are few: it writes what others left to be
        // written as well.
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if folders.len() > 8 {
            step()?;
            return Ok(rustix::fs::syncfs(&self.file)?);
        }
        for name in folders {
            let folder = self.open_directory(name)?;
            for file in folder.names()? {
                sync(&folder.open_file(&file)?)?;
            }
            folder.sync()?;
        }
        Ok(())
    }

    /// Makes all of the above last.
    pub(super) fn sync(&self) -> io::Result<()> {
        step()?;
        match self.file.sync_all() {
            // Some network file systems cannot sync directories, and need not.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            result => result,
        }
    }
}

/// The hidden name beside `name` that ends in `suffix`.
pub(super) fn hidden(name: &OsStr, suffix: &str) -> OsString {
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(suffix);
    hidden
}

pub(super) fn set_owner(file: &File, owner: Uid, group: Gid) -> io::Result<()> {
    step()?;
    Ok(rustix::fs::fchown(file, Some(owner), Some(group))?)
}

pub(super) fn set_mode(file: &File, mode: Mode) -> io::Result<()> {
    step()?;
    Ok(rustix::fs::fchmod(file, mode)?)
}

pub(super) fn write(mut file: &File, content: &[u8]) -> io::Result<()> {
    let permission = step();
    // A process may be killed when half is written.
    #[cfg(test)]
    if permission.is_err() && fail_point::is_now() {
        file.write_all(&content[..content.len() / 2])?;
    }
    permission?;
    file.write_all(content)
}

pub(super) fn sync(file: &File) -> io::Result<()> {
    step()?;
    file.sync_all()
}

/// Comes before every change.
#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "in tests it may fail")]
#[inline]
fn step() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
use fail_point::step;

/// Stops the changes of this thread, as a kill or a failing disk would.
#[cfg(test)]
pub(super) mod fail_point {
    use std::cell::Cell;
    use std::io;

    thread_local! {
        static STEPS: Cell<usize> = const { Cell::new(0) };
        static FAILURE: Cell<Failure> = const { Cell::new(Failure::Never) };
    }

    #[derive(Clone, Copy, Debug)]
    pub(in super::super) enum Failure {
        Never,
        /// From this step on nothing happens any more, as if the process had been killed before it.
        Killed(usize),
        /// This step alone fails; those that clean up do happen.
        Full(usize),
    }

    /// Runs `work` with the failure, and returns how many steps it wanted to do.
    pub(in super::super) fn with<T>(failure: Failure, work: impl FnOnce() -> T) -> (T, usize) {
        STEPS.set(0);
        FAILURE.set(failure);
        let result = work();
        FAILURE.set(Failure::Never);
        (result, STEPS.get())
    }

    pub(super) fn step() -> io::Result<()> {
        STEPS.set(STEPS.get() + 1);
        match FAILURE.get() {
            Failure::Killed(at) if STEPS.get() >= at => Err(io::Error::other("killed")),
            Failure::Full(at) if STEPS.get() == at => Err(io::Error::from_raw_os_error(28)),
            _ => Ok(()),
        }
    }

    /// Whether the last step is the one that failed.
    pub(super) fn is_now() -> bool {
        match FAILURE.get() {
            Failure::Never => false,
            Failure::Killed(at) | Failure::Full(at) => STEPS.get() == at,
        }
    }
}
