//! A run stopped before every single change it makes to the disk, by a kill or by a full disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::directory::fail_point::{self, Failure};
use super::testing::Sandbox;
use super::*;

/// What there is before the run, and where the pair is.
#[derive(Clone, Copy, Debug)]
enum Start {
    Nothing,
    OldPair,
    /// With an earlier pair kept beside it.
    RenewedPair,
    /// The key in another directory than the certificate.
    TwoDirectories,
    /// The name of the certificate is a link into another directory.
    Link,
}

const STARTS: [Start; 5] = [
    Start::Nothing,
    Start::OldPair,
    Start::RenewedPair,
    Start::TwoDirectories,
    Start::Link,
];

struct Pair {
    dir: Sandbox,
    key: PathBuf,
    certificate: PathBuf,
    /// Where the certificate really is.
    file: PathBuf,
}

impl Pair {
    fn new(start: Start) -> Self {
        let dir = Sandbox::new();
        let key = dir.path().join("client.key");
        let mut certificate = dir.path().join("client.crt");
        let mut file = certificate.clone();
        if matches!(start, Start::TwoDirectories | Start::Link) {
            fs::create_dir(dir.path().join("certs")).unwrap();
            file = dir.path().join("certs/client.crt");
        }
        match start {
            Start::TwoDirectories => certificate.clone_from(&file),
            Start::Link => std::os::unix::fs::symlink("certs/client.crt", &certificate).unwrap(),
            _ => {}
        }
        let pair = Self {
            dir,
            key,
            certificate,
            file,
        };
        if !matches!(start, Start::Nothing) {
            pair.dir.write("client.key", b"old key");
            let file = pair.relative(&pair.file);
            pair.dir.write(&file, b"old certificate");
            if matches!(start, Start::RenewedPair) {
                pair.dir.write("client.key.old", b"older key");
                pair.dir.write("client.crt.old", b"older certificate");
            }
        }
        pair
    }

    fn relative(&self, path: &Path) -> String {
        path.strip_prefix(self.dir.path())
            .unwrap()
            .display()
            .to_string()
    }

    fn write(&self) -> Result<Vec<PathBuf>, WriteError> {
        let outputs = [
            Output::private(&self.key),
            Output::public(&self.certificate),
        ];
        FileSet::begin(outputs, Overwrite::Replace)?
            .prepare(["new key", "new certificate"])?
            .commit()
    }

    /// Which pair has the names with `suffix`: "old", "new", none, or a mixture.
    fn generation(&self, suffix: &str) -> Option<String> {
        let files = self.dir.files();
        let age = |path: &PathBuf| {
            let content = files.get(&(self.relative(path) + suffix))?;
            content.split(' ').next()
        };
        match (age(&self.key), age(&self.file)) {
            (None, None) => None,
            (key, certificate) if key == certificate => key.map(str::to_owned),
            _ => Some("mixed".to_owned()),
        }
    }

    fn is_clean(&self) -> bool {
        !self
            .dir
            .files()
            .keys()
            .any(|name| name.contains("xmppcert"))
    }

    /// A pair is whole under its own names, or the last one that was under the other names.
    fn is_usable(&self, start: Start) -> bool {
        match self.generation("").as_deref() {
            Some("old" | "new") => true,
            None => matches!(start, Start::Nothing),
            _ => {
                matches!(start, Start::Nothing) || self.generation(".old").as_deref() == Some("old")
            }
        }
    }
}

fn without_kept(files: BTreeMap<String, String>) -> BTreeMap<String, String> {
    files
        .into_iter()
        .filter(|(name, _)| {
            Path::new(name)
                .extension()
                .is_none_or(|extension| extension != "old")
        })
        .collect()
}

/// A child that another test starts holds our locks between its fork and its exec.
fn mend(pair: &Pair) -> Recovery {
    for _ in 0..1_000_000 {
        match recover(&pair.certificate).unwrap() {
            Recovery::Busy => std::thread::yield_now(),
            recovery => return recovery,
        }
    }
    panic!("nobody is at work, yet the journal is locked");
}

fn count_steps(start: Start) -> usize {
    let pair = Pair::new(start);
    let (result, steps) = fail_point::with(Failure::Never, || pair.write());
    result.unwrap();
    assert_eq!(pair.generation("").as_deref(), Some("new"));
    assert!(pair.is_clean());
    assert!(steps > 10, "{steps}");
    steps
}

#[test]
fn killed_at_any_step_the_pair_is_usable_and_the_next_run_mends_the_rest() {
    for start in STARTS {
        for step in 1..=count_steps(start) {
            let pair = Pair::new(start);
            drop(fail_point::with(Failure::Killed(step), || pair.write()));
            let context = format!(
                "{start:?}, killed before step {step}: {:?}",
                pair.dir.files()
            );
            assert!(pair.is_usable(start), "{context}");

            let recovery = mend(&pair);
            assert!(pair.is_clean(), "{context} -> {:?}", pair.dir.files());
            match recovery {
                Recovery::Nothing => {}
                Recovery::Undone => {
                    assert_eq!(pair.dir.files(), Pair::new(start).dir.files(), "{context}");
                }
                Recovery::Finished(_) => {
                    assert_eq!(pair.generation("").as_deref(), Some("new"), "{context}");
                }
                Recovery::Busy => unreachable!("{context}"),
            }
            assert_ne!(pair.generation("").as_deref(), Some("mixed"), "{context}");
            pair.write().unwrap();
            assert_eq!(pair.generation("").as_deref(), Some("new"), "{context}");
        }
    }
}

#[test]
fn mending_may_be_killed_as_well() {
    for start in [Start::Nothing, Start::RenewedPair] {
        for step in 1..=count_steps(start) {
            for second in 1.. {
                let pair = Pair::new(start);
                drop(fail_point::with(Failure::Killed(step), || pair.write()));
                let (_, steps) =
                    fail_point::with(Failure::Killed(second), || recover(&pair.certificate));
                let context = format!("{start:?}, killed before {step}, then before {second}");
                assert!(pair.is_usable(start), "{context}");
                drop(mend(&pair));
                assert!(pair.is_clean(), "{context}: {:?}", pair.dir.files());
                assert_ne!(pair.generation("").as_deref(), Some("mixed"), "{context}");
                if steps < second {
                    break;
                }
            }
        }
    }
}

#[test]
fn a_full_disk_at_any_step_changes_nothing() {
    for start in STARTS {
        for step in 1..=count_steps(start) {
            let pair = Pair::new(start);
            let before = without_kept(pair.dir.files());
            let (result, _) = fail_point::with(Failure::Full(step), || pair.write());
            let context = format!("{start:?}, full at step {step}: {:?}", pair.dir.files());
            match result {
                // Only the journal was left to be removed, which the next run does.
                Ok(_) => assert_eq!(pair.generation("").as_deref(), Some("new"), "{context}"),
                Err(error) => {
                    assert_eq!(without_kept(pair.dir.files()), before, "{context}: {error}");
                    assert!(
                        error.to_string().contains("no space left on device"),
                        "{context}: {error}"
                    );
                }
            }
        }
    }
}

#[test]
fn while_one_process_writes_another_one_is_told_to_wait() {
    let pair = Pair::new(Start::OldPair);
    let outputs = || {
        [
            Output::private(&pair.key),
            Output::public(&pair.certificate),
        ]
    };
    let ready = FileSet::begin(outputs(), Overwrite::Replace)
        .unwrap()
        .prepare(["a", "b"])
        .unwrap();
    assert_eq!(recover(&pair.certificate).unwrap(), Recovery::Busy);
    let second = FileSet::begin(outputs(), Overwrite::Replace);
    assert!(matches!(second, Err(WriteError::Busy { .. })), "{second:?}");
    drop(ready);
    assert_eq!(pair.dir.files(), Pair::new(Start::OldPair).dir.files());
}
