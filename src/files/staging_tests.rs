//! Folders staged by runs that are stopped before every single change they make to the disk.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::directory::fail_point::{self, Failure};
use super::testing::Sandbox;
use super::*;

/// Enough for one sync to serve them all.
const MANY: usize = 10;

fn stage(staging: &Staging, name: &str) -> Result<StagedFolder, WriteError> {
    let files = [
        (Output::private("client.key"), b"the key".as_slice()),
        (Output::public("client.crt"), b"the certificate"),
    ];
    staging.stage(OsStr::new(name), files)
}

/// One run, as far as it gets, and what it would report.
fn run(dir: &Sandbox, count: usize) -> Vec<String> {
    let names: Vec<String> = (0..count)
        .map(|number| format!("account{number}"))
        .collect();
    let Ok(staging) = Staging::open(dir.path()) else {
        return Vec::new();
    };
    let mut wanted: Vec<&String> = Vec::new();
    let mut folders = Vec::new();
    for name in &names {
        if !staging.is_taken(name.as_ref()).unwrap()
            && let Ok(folder) = stage(&staging, name)
        {
            wanted.push(name);
            folders.push(folder);
        }
    }
    let results = wanted.into_iter().zip(staging.commit(folders));
    results
        .filter(|(_, result)| result.is_ok())
        .map(|(name, _)| name.clone())
        .collect()
}

#[test]
fn wherever_a_run_is_killed_every_folder_is_whole_or_absent_and_the_next_run_makes_the_rest() {
    for count in [1, 2, MANY] {
        let (_, steps) = fail_point::with(Failure::Never, || run(&Sandbox::new(), count));
        for stop in 1..=steps {
            for failure in [Failure::Killed(stop), Failure::Full(stop)] {
                let dir = Sandbox::new();
                let (reported, _) = fail_point::with(failure, || run(&dir, count));
                for entry in fs::read_dir(dir.path()).unwrap() {
                    let entry = entry.unwrap();
                    if entry.file_name() != ".xmppcert-batch" {
                        let files = fs::read_dir(entry.path()).unwrap().count();
                        assert_eq!(files, 2, "{failure:?}: {entry:?}");
                    }
                }
                for name in &reported {
                    assert!(dir.path().join(name).is_dir(), "{failure:?}: {name}");
                }
                run(&dir, count);
                let files = dir.files();
                assert_eq!(files.len(), 2 * count, "{failure:?}: {files:?}");
                for (name, content) in files {
                    let expected = if name.ends_with("/client.key") {
                        "the key"
                    } else {
                        "the certificate"
                    };
                    assert_eq!(content, expected, "{failure:?}: {name}");
                }
                assert!(!dir.path().join(".xmppcert-batch").exists(), "{failure:?}");
            }
        }
    }
}

#[test]
fn what_a_living_run_stages_is_left_alone() {
    let dir = Sandbox::new();
    let first = Staging::open(dir.path()).unwrap();
    let folder = stage(&first, "hamlet").unwrap();
    let second = Staging::open(dir.path()).unwrap();
    drop(second);
    assert!(first.commit(vec![folder]).iter().all(Result::is_ok));
    drop(first);
    assert_eq!(dir.files().len(), 2);
    assert!(!dir.path().join(".xmppcert-batch").exists());
}

#[test]
fn of_two_runs_that_make_the_same_folder_one_is_told_and_nothing_is_mixed() {
    for count in [1, MANY] {
        let dir = Sandbox::new();
        let (first, second) = (
            Staging::open(dir.path()).unwrap(),
            Staging::open(dir.path()).unwrap(),
        );
        let staged = |staging: &Staging| -> Vec<StagedFolder> {
            let names = (0..count).map(|number| format!("account{number}"));
            names.map(|name| stage(staging, &name).unwrap()).collect()
        };
        let (one, other) = (staged(&first), staged(&second));
        assert!(first.commit(one).iter().all(Result::is_ok));
        let results = second.commit(other);
        assert!(
            results
                .iter()
                .all(|result| matches!(result, Err(WriteError::Exists { .. }))),
            "{results:?}"
        );
    }
}

#[test]
fn a_hidden_directory_that_others_could_write_to_is_not_used() {
    let dir = Sandbox::new();
    let place = dir.path().join(".xmppcert-batch");
    fs::create_dir(&place).unwrap();
    fs::set_permissions(&place, fs::Permissions::from_mode(0o777)).unwrap();
    let error = Staging::open(dir.path()).unwrap_err();
    assert!(matches!(error, WriteError::Staging { .. }), "{error}");
    fs::remove_dir(&place).unwrap();
    std::os::unix::fs::symlink(dir.path(), &place).unwrap();
    let error = Staging::open(dir.path()).unwrap_err();
    assert!(matches!(error, WriteError::Staging { .. }), "{error}");
}
