//! What is written where, with which mode, and what is refused.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use super::testing::Sandbox;
use super::*;

fn write(
    outputs: Vec<Output>,
    overwrite: Overwrite,
) -> Result<Vec<std::path::PathBuf>, WriteError> {
    let contents: Vec<String> = (1..=outputs.len())
        .map(|number| format!("new {number}"))
        .collect();
    FileSet::begin(outputs, overwrite)?
        .prepare(contents)?
        .commit()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn a_private_file_is_its_owners_alone_and_a_public_one_is_not() {
    let dir = Sandbox::new();
    let (key, certificate) = (dir.path().join("client.key"), dir.path().join("client.crt"));
    write(
        vec![Output::private(&key), Output::public(&certificate)],
        Overwrite::Refuse,
    )
    .unwrap();
    assert_eq!(mode(&key), 0o600);
    assert_eq!(mode(&certificate) & 0o400, 0o400);
    assert_eq!(fs::metadata(&key).unwrap().nlink(), 1);
}

#[test]
fn a_replaced_file_keeps_its_mode_unless_all_could_read_a_key() {
    for (old, private, public) in [
        (0o600, 0o600, 0o600),
        (0o400, 0o400, 0o400),
        (0o640, 0o640, 0o640),
        (0o644, 0o600, 0o644),
        (0o666, 0o600, 0o666),
    ] {
        let dir = Sandbox::new();
        let (key, certificate) = (dir.write("a.key", b"old"), dir.write("a.crt", b"old"));
        for path in [&key, &certificate] {
            fs::set_permissions(path, fs::Permissions::from_mode(old)).unwrap();
        }
        let kept = write(
            vec![Output::private(&key), Output::public(&certificate)],
            Overwrite::Replace,
        );
        assert_eq!(
            kept.unwrap(),
            [dir.path().join("a.key.old"), dir.path().join("a.crt.old")]
        );
        assert_eq!(
            (mode(&key), mode(&certificate)),
            (private, public),
            "from {old:o}"
        );
        let files = dir.files();
        assert_eq!(
            (files["a.key"].as_str(), files["a.key.old"].as_str()),
            ("new 1", "old")
        );
    }
}

#[test]
fn links_are_followed_and_stay() {
    let dir = Sandbox::new();
    fs::create_dir(dir.path().join("store")).unwrap();
    dir.write("store/real.crt", b"old");
    symlink("store/real.crt", dir.path().join("middle")).unwrap();
    symlink("middle", dir.path().join("client.crt")).unwrap();
    let kept = write(
        vec![Output::public(dir.path().join("client.crt"))],
        Overwrite::Replace,
    )
    .unwrap();
    assert_eq!(kept, [dir.path().join("store/real.crt.old")]);
    assert!(dir.path().join("client.crt").is_symlink());
    assert_eq!(dir.files()["store/real.crt"], "new 1");
}

#[test]
fn what_cannot_be_written_is_known_before_there_is_anything_to_write() {
    let dir = Sandbox::new();
    let at = |name: &str| dir.path().join(name);
    dir.write("here", b"old");
    fs::create_dir(at("directory")).unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    symlink("directory", at("to-directory")).unwrap();
    let before = dir.files();
    let begin = |names: &[&str], overwrite| {
        let outputs: Vec<Output> = names.iter().map(|name| Output::public(at(name))).collect();
        FileSet::begin(outputs, overwrite)
            .map(drop)
            .map_err(|error| error.to_string())
    };
    let message = |text: &str| Err(text.replace("DIR", &dir.path().display().to_string()));
    for (names, overwrite, expected) in [
        (
            &["here"][..],
            Overwrite::Refuse,
            "'DIR/here' exists already",
        ),
        (
            &["dangling"],
            Overwrite::Refuse,
            "'DIR/dangling' exists already",
        ),
        (
            &["missing/x"],
            Overwrite::Replace,
            "cannot write 'DIR/missing/x': no such directory",
        ),
        (
            &["here/x"],
            Overwrite::Replace,
            "cannot write 'DIR/here/x': not a directory",
        ),
        (
            &["directory"],
            Overwrite::Replace,
            "cannot write 'DIR/directory': it is a directory",
        ),
        (
            &["to-directory"],
            Overwrite::Replace,
            "cannot write 'DIR/to-directory': it is a directory",
        ),
        (
            &["dangling"],
            Overwrite::Replace,
            "cannot write 'DIR/dangling': it is a symbolic link to a missing file",
        ),
        (
            &["new", "./new"],
            Overwrite::Replace,
            "'DIR/./new' would be written twice",
        ),
        (
            &["here", "here.old"],
            Overwrite::Replace,
            "'DIR/here.old' would be written twice",
        ),
    ] {
        assert_eq!(begin(names, overwrite), message(expected), "{names:?}");
    }
    assert_eq!(dir.files(), before);
}

#[test]
fn a_file_that_came_meanwhile_is_not_replaced() {
    for overwrite in [Overwrite::Refuse, Overwrite::Replace] {
        let dir = Sandbox::new();
        let outputs = [
            Output::private(dir.path().join("a.key")),
            Output::public(dir.path().join("a.crt")),
        ];
        let ready = FileSet::begin(outputs, overwrite)
            .unwrap()
            .prepare(["k", "c"])
            .unwrap();
        dir.write("a.crt", b"of someone else");
        let result = ready.commit();
        assert!(
            matches!(result, Err(WriteError::Overtaken { .. })),
            "{result:?}"
        );
        assert_eq!(
            dir.files().into_iter().collect::<Vec<_>>(),
            [("a.crt".into(), "of someone else".into())]
        );
    }
}

#[test]
fn a_set_that_is_not_committed_leaves_no_trace() {
    let dir = Sandbox::new();
    let path = dir.write("a.crt", b"old");
    let ready = FileSet::begin([Output::public(&path)], Overwrite::Replace)
        .unwrap()
        .prepare(["c"])
        .unwrap();
    assert_eq!(ready.kept(), [dir.path().join("a.crt.old")]);
    drop(ready);
    assert_eq!(
        dir.files().into_iter().collect::<Vec<_>>(),
        [("a.crt".into(), "old".into())]
    );
}

#[test]
fn a_journal_of_someone_else_is_not_followed() {
    for (plant, problem) in [
        (
            &(|dir: &Sandbox| drop(dir.write(".a.crt.xmppcert-journal", b"rm -rf\0")))
                as &dyn Fn(&Sandbox),
            "not one of ours",
        ),
        (
            &|dir| symlink("elsewhere", dir.path().join(".a.crt.xmppcert-journal")).unwrap(),
            "not a regular file",
        ),
        (
            &|dir| {
                let path = dir.write(".a.crt.xmppcert-journal", b"");
                fs::set_permissions(path, fs::Permissions::from_mode(0o666)).unwrap();
            },
            "others may write",
        ),
        (
            &|dir| {
                let path = dir.write(".a.crt.xmppcert-journal", b"");
                fs::hard_link(path, dir.path().join("second")).unwrap();
            },
            "one name",
        ),
    ] {
        let dir = Sandbox::new();
        plant(&dir);
        let before = dir.files();
        let error = recover(&dir.path().join("a.crt")).unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
        assert_eq!(dir.files(), before);
    }
}

#[test]
fn a_staged_file_of_another_set_is_left_alone() {
    let dir = Sandbox::new();
    let staged = dir.write(".a.key.xmppcert-new", b"another run's");
    let outputs = vec![
        Output::private(dir.path().join("a.key")),
        Output::public(dir.path().join("a.crt")),
    ];
    let error = write(outputs, Overwrite::Replace).unwrap_err();
    assert!(
        matches!(&error, WriteError::LeftOver { path } if *path == staged),
        "{error}"
    );
    assert_eq!(dir.files().len(), 1);
}
