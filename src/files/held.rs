//! A hidden file of this program beside another one, locked for as long as it is held.

use std::ffi::{OsStr, OsString};
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use rustix::fs::Mode;
use zeroize::Zeroizing;

use super::directory::{self, Directory, hidden};
use super::error::WriteError;
use super::target;

/// An open file that belongs to this user alone (mode 0600), locked until it is dropped.
///
/// It says what a run is about to do, so that another one can finish or undo that. The lock ends with the process, however
/// that ends; the file stays until it is [removed](Self::remove).
#[derive(Debug)]
pub struct HeldFile {
    place: Directory,
    name: OsString,
    file: File,
}

/// What was found where such a file would be.
pub(super) enum Found {
    Nothing,
    /// A living process holds it.
    Busy,
    File(HeldFile),
}

impl HeldFile {
    /// Takes hold of the hidden file beside `path` whose name ends in `suffix`, and makes it, empty, if there is none.
    ///
    /// # Errors
    ///
    /// [`WriteError::Busy`] if a living process holds it, [`WriteError::Journal`] if somebody else may have made it;
    /// also if there is no such directory, or the system refuses.
    pub fn take(path: &Path, suffix: &str) -> Result<Self, WriteError> {
        if let Some(found) = Self::take_found(path, suffix)? {
            return Ok(found);
        }
        let Some((place, name)) = target::find(path)? else {
            return Err(WriteError::NoDirectory {
                path: path.to_path_buf(),
            });
        };
        Self::create(&place, &hidden(&name, suffix))
            .map_err(|source| WriteError::write(path, source))?
            .ok_or_else(|| WriteError::Busy {
                path: path.to_path_buf(),
            })
    }

    /// The same, but makes none.
    ///
    /// # Errors
    ///
    /// As of [`Self::take`].
    pub fn take_found(path: &Path, suffix: &str) -> Result<Option<Self>, WriteError> {
        let Some((place, name)) = target::find(path)? else {
            return Ok(None);
        };
        match Self::find(&place, &hidden(&name, suffix))? {
            Found::File(file) => Ok(Some(file)),
            Found::Busy => Err(WriteError::Busy {
                path: path.to_path_buf(),
            }),
            Found::Nothing => Ok(None),
        }
    }

    /// Whether there is something that [`Self::take_found`] would find, as far as can be seen; needs no more than to look.
    #[must_use]
    pub fn may_exist(path: &Path, suffix: &str) -> bool {
        match target::find(path) {
            Ok(Some((place, name))) => matches!(place.stat(&hidden(&name, suffix)), Ok(Some(_))),
            _ => false,
        }
    }

    /// The whole content, which may hold a private key.
    ///
    /// # Errors
    ///
    /// If it has more than `limit` octets, or cannot be read.
    pub fn read(&self, limit: u64) -> Result<Zeroizing<Vec<u8>>, WriteError> {
        let failed = |source| WriteError::write(&self.path(), source);
        let room = self.file.metadata().map_err(failed)?.len().min(limit);
        // Room for all of it: growing would leave copies behind.
        let room = usize::try_from(room).unwrap_or_default().saturating_add(1);
        let mut content = Zeroizing::new(Vec::with_capacity(room));
        (&self.file).seek(SeekFrom::Start(0)).map_err(failed)?;
        (&self.file)
            .take(limit.saturating_add(1))
            .read_to_end(&mut content)
            .map_err(failed)?;
        if u64::try_from(content.len()).unwrap_or(u64::MAX) > limit {
            return Err(WriteError::Journal {
                path: self.path(),
                problem: "it is too large",
            });
        }
        Ok(content)
    }

    /// Replaces the content, and returns when it is on the disk under its name.
    ///
    /// A run that is killed meanwhile leaves a part of it, so content tells by itself where it ends.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn write(&self, content: &[u8]) -> Result<(), WriteError> {
        self.rewrite(content)
            .map_err(|source| WriteError::write(&self.path(), source))
    }

    fn rewrite(&self, content: &[u8]) -> io::Result<()> {
        self.file.set_len(0)?;
        (&self.file).seek(SeekFrom::Start(0))?;
        directory::write(&self.file, content)?;
        directory::sync(&self.file)?;
        self.place.sync()
    }

    /// Removes it, which ends the hold.
    ///
    /// # Errors
    ///
    /// If the system refuses; it then stays for the next run.
    pub fn remove(self) -> Result<(), WriteError> {
        self.unlink()
            .and_then(|()| self.place.sync())
            .map_err(|source| WriteError::write(&self.path(), source))
    }

    /// Makes the file `name`, which must be new; nothing if there is one.
    pub(super) fn create(place: &Directory, name: &OsStr) -> io::Result<Option<Self>> {
        let file = match place.create(name, Mode::RUSR | Mode::WUSR) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            Err(error) => return Err(error),
        };
        let held = Self::new(place, name, file)?;
        // Until it is locked, another process may take it for one that was left behind, and remove it.
        Ok(held.lock()?.then_some(held))
    }

    /// Opens the file `name`, as far as it can be trusted.
    pub(super) fn find(place: &Directory, name: &OsStr) -> Result<Found, WriteError> {
        let path = place.path().join(name);
        let distrust = |problem| WriteError::Journal {
            path: path.clone(),
            problem,
        };
        let failed = |source| WriteError::Write {
            path: path.clone(),
            source,
        };
        let Some(stat) = place.stat(name).map_err(failed)? else {
            return Ok(Found::Nothing);
        };
        // Others could make this process rename files for them.
        if rustix::fs::FileType::from_raw_mode(stat.st_mode) != rustix::fs::FileType::RegularFile
            || stat.st_nlink > 1
        {
            return Err(distrust("it is not a regular file with one name"));
        }
        if stat.st_uid != rustix::process::geteuid().as_raw() {
            return Err(distrust("it belongs to another user"));
        }
        if stat.st_mode & 0o022 != 0 {
            return Err(distrust("others may write to it"));
        }
        let file = match place.open_file(name) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(error) => return Err(failed(error)),
        };
        let held = Self::new(place, name, file).map_err(failed)?;
        if !held.lock().map_err(failed)? || held.inode().map_err(failed)? != stat.st_ino {
            return Ok(Found::Busy);
        }
        Ok(Found::File(held))
    }

    fn new(place: &Directory, name: &OsStr, file: File) -> io::Result<Self> {
        Ok(Self {
            place: place.try_clone()?,
            name: name.to_owned(),
            file,
        })
    }

    /// Locks it, and tells whether that worked and it still has its name.
    fn lock(&self) -> io::Result<bool> {
        match self.file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(false),
            // Not every file system has locks.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        Ok(self.place.inode(&self.name)? == Some(self.inode()?))
    }

    fn inode(&self) -> io::Result<u64> {
        Ok(rustix::fs::fstat(&self.file)?.st_ino)
    }

    /// Adds to the content.
    pub(super) fn append(&self, content: &[u8]) -> io::Result<()> {
        directory::write(&self.file, content)
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        directory::sync(&self.file)
    }

    pub(super) fn unlink(&self) -> io::Result<()> {
        self.place.remove(&self.name)
    }

    pub(super) fn path(&self) -> PathBuf {
        self.place.path().join(&self.name)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::super::testing::Sandbox;
    use super::*;

    fn take(sandbox: &Sandbox) -> Result<HeldFile, WriteError> {
        HeldFile::take(&sandbox.path().join("client.crt"), ".held")
    }

    #[test]
    fn one_process_at_a_time_holds_it_and_its_content_outlives_the_hold() {
        let sandbox = Sandbox::new();
        let path = sandbox.path().join("client.crt");
        assert!(!HeldFile::may_exist(&path, ".held"));
        let held = take(&sandbox).unwrap();
        held.write(b"first and longer").unwrap();
        held.write(b"second").unwrap();
        assert!(matches!(take(&sandbox), Err(WriteError::Busy { .. })));
        drop(held);

        let held = take(&sandbox).unwrap();
        assert_eq!(&**held.read(100).unwrap(), b"second");
        assert!(matches!(held.read(5), Err(WriteError::Journal { .. })));
        assert!(HeldFile::may_exist(&path, ".held"));
        held.remove().unwrap();
        assert!(!HeldFile::may_exist(&path, ".held"));
        assert!(sandbox.files().is_empty());
    }

    #[test]
    fn it_is_for_its_owner_alone_and_beside_the_file_that_a_link_names() {
        let sandbox = Sandbox::new();
        sandbox.write("real.crt", b"x");
        symlink("real.crt", sandbox.path().join("client.crt")).unwrap();
        let held = take(&sandbox).unwrap();
        let metadata = fs::metadata(sandbox.path().join(".real.crt.held")).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        held.remove().unwrap();
    }

    #[test]
    fn one_that_somebody_else_may_have_made_is_refused() {
        let sandbox = Sandbox::new();
        let path = sandbox.path().join(".client.crt.held");
        sandbox.write("elsewhere", b"x");

        symlink("elsewhere", &path).unwrap();
        assert!(matches!(take(&sandbox), Err(WriteError::Journal { .. })));
        fs::remove_file(&path).unwrap();

        fs::hard_link(sandbox.path().join("elsewhere"), &path).unwrap();
        assert!(matches!(take(&sandbox), Err(WriteError::Journal { .. })));
        fs::remove_file(&path).unwrap();

        sandbox.write(".client.crt.held", b"x");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o622)).unwrap();
        assert!(matches!(take(&sandbox), Err(WriteError::Journal { .. })));
    }
}
