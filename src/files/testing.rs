//! What the tests of this module share.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A directory of a test's own, removed at its end.
pub(super) struct Sandbox {
    path: PathBuf,
}

impl Sandbox {
    #[expect(
        clippy::unwrap_used,
        reason = "a test without a directory cannot go on"
    )]
    pub(super) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("xmppcert-files-{}-{number}", process::id()));
        fs::create_dir(&path).unwrap();
        let path = path.canonicalize().unwrap();
        Self { path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a file, readable by all.
    #[expect(clippy::unwrap_used, reason = "a test without its files cannot go on")]
    #[expect(clippy::disallowed_methods, reason = "the test plays another program")]
    pub(super) fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.path.join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        path
    }

    /// Every file below, with its content; directories and special files are left out.
    #[expect(clippy::unwrap_used, reason = "a test without its files cannot go on")]
    #[expect(clippy::disallowed_methods, reason = "the test looks at what is there")]
    pub(super) fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let mut directories = vec![self.path.clone()];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.symlink_metadata().unwrap().is_dir() {
                    directories.push(path);
                } else if path.is_file() {
                    let name = path.strip_prefix(&self.path).unwrap().display().to_string();
                    files.insert(name, String::from_utf8(fs::read(&path).unwrap()).unwrap());
                }
            }
        }
        files
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.path));
    }
}
