//! A directory to work in, and the binary run in it.

#![allow(dead_code, reason = "each of the two test targets uses a part of it")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

pub(crate) const JID: &str = "hamlet@shakespeare.lit";

/// A directory of a test's own, removed at its end.
pub(crate) struct Sandbox {
    dir: tempfile::TempDir,
}

/// How a run ended and what it said.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// With client.key and client.crt for [`JID`], P-256, a year from now on.
    pub(crate) fn with_pair() -> Self {
        let sandbox = Self::new();
        sandbox.done(&["generate", "--jid", JID, "--key-type", "ecdsa-p256"]);
        sandbox
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The binary, to be run here with a plain environment.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xmppcert"));
        command.current_dir(self.dir.path()).stdin(Stdio::null());
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Outcome {
        self.command().args(args).output().unwrap().into()
    }

    pub(crate) fn run_with(&self, stdin: &[u8], args: &[&str]) -> Outcome {
        let mut command = self.command();
        command
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let stdin = stdin.to_vec();
        // The program may well stop reading early.
        let writing = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
        let output = child.wait_with_output().unwrap();
        writing.join().unwrap();
        output.into()
    }

    /// Runs a command that has to succeed, and returns its standard output.
    pub(crate) fn done(&self, args: &[&str]) -> String {
        let outcome = self.run(args);
        assert_eq!(outcome.status, 0, "{args:?}: {outcome:?}");
        outcome.stdout
    }

    /// Runs a command that has to fail with this exit status and print no result, and returns what
    /// it says.
    pub(crate) fn fails(&self, status: i32, args: &[&str]) -> String {
        let outcome = self.run(args);
        assert_eq!(outcome.status, status, "{args:?}: {outcome:?}");
        assert_eq!(outcome.stdout, "", "{args:?}");
        outcome.stderr
    }

    /// Runs a command with `--json` that has to succeed, and returns its one object.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let output = self.done(&[args, &["--json"]].concat());
        serde_json::from_str(&output).unwrap()
    }

    /// What `inspect --json` says of the first object of a file.
    pub(crate) fn inspect(&self, file: &str) -> Value {
        let output = self.done(&["inspect", "--json", file]);
        serde_json::from_str(output.lines().next().unwrap()).unwrap()
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// Every file here by name, hidden ones too.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.dir.path()).unwrap();
        let files = entries
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_file());
        files
            .map(|entry| {
                (
                    entry.file_name().into_string().unwrap(),
                    fs::read(entry.path()).unwrap(),
                )
            })
            .collect()
    }

    /// Runs another program here, which has to succeed, and returns its standard output.
    pub(crate) fn peer(&self, program: &str, args: &[&str]) -> String {
        let outcome = self.try_peer(program, args);
        assert_eq!(outcome.status, 0, "{program} {args:?}: {outcome:?}");
        outcome.stdout
    }

    pub(crate) fn try_peer(&self, program: &str, args: &[&str]) -> Outcome {
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(self.dir.path())
            .stdin(Stdio::null());
        let output = command.output();
        output
            .unwrap_or_else(|error| panic!("{program}: {error}; run tests/run, which installs it"))
            .into()
    }
}

/// A file of tests/data.
pub(crate) fn data(name: &str) -> String {
    format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Compares a committed file with what the program prints, or writes it anew where that is asked
/// for. `filter` is of the tests that do so.
pub(crate) fn compare(file: &str, printed: &str, filter: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("XMPPCERT_UPDATE").is_some() {
        fs::write(&path, printed).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let mut lines = committed.lines().zip(printed.lines());
    let difference = lines.find(|(committed, printed)| committed != printed);
    assert!(
        committed == printed,
        "{file} is stale: {difference:#?}\nrefresh it with: XMPPCERT_UPDATE=1 cargo test --test cli {filter}"
    );
}

/// What the PEM block in a file encodes.
pub(crate) fn der(pem: &[u8]) -> Vec<u8> {
    pem::parse(pem).unwrap().into_contents()
}

/// `generate` with a small key, for [`JID`] unless these arguments name another.
pub(crate) fn generate<'a>(args: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec!["generate", "--key-type", "ecdsa-p256"];
    if !args.contains(&"--jid") {
        all.extend(["--jid", JID]);
    }
    all.extend(args);
    all
}

pub(crate) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            // A signal shows as the shell shows it.
            status: output.status.code().unwrap_or_else(|| {
                128 + std::os::unix::process::ExitStatusExt::signal(&output.status)
                    .unwrap_or_default()
            }),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
