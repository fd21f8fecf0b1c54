//! Killed while files are replaced: a whole pair stays on the disk, and the next command sets the
//! rest right. Every step of the writing itself is killed in the unit tests of `files`.

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;

use crate::support::{Sandbox, generate};

/// Names and inodes, which change with every step.
fn state(sandbox: &Sandbox) -> BTreeSet<(String, u64)> {
    let entries = std::fs::read_dir(sandbox.path(".")).unwrap();
    entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let inode = entry.metadata().ok()?.ino();
            Some((entry.file_name().into_string().ok()?, inode))
        })
        .collect()
}

/// Kills `args` as soon as the directory has been seen in `states` further states; false where it
/// ended before.
fn is_killed_after(sandbox: &Sandbox, args: &[&str], states: usize) -> bool {
    let mut seen = state(sandbox);
    let mut child = sandbox.command().args(args).spawn().unwrap();
    let mut remaining = states;
    while remaining > 0 && child.try_wait().unwrap().is_none() {
        let now = state(sandbox);
        if now != seen {
            seen = now;
            remaining -= 1;
        }
    }
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

fn is_pair(sandbox: &Sandbox, certificate: &str, key: &str) -> bool {
    let args = ["export", certificate, "--format", "combined", "--key", key];
    sandbox.path(certificate).exists()
        && sandbox.path(key).exists()
        && sandbox.run(&args).status == 0
}

#[test]
fn a_whole_pair_is_there_after_a_kill_and_the_next_command_repairs() {
    let force = generate(&["--force", "-q"]);
    let mut killed = 0;
    for args in [&["renew", "-q", "client.crt"][..], &force] {
        for states in 0..10 {
            let sandbox = Sandbox::with_pair();
            sandbox.done(&["renew", "-q", "client.crt"]);
            killed += u32::from(is_killed_after(&sandbox, args, states));
            // Copies, as looking at the pair itself would already repair it.
            let copy = Sandbox::new();
            for (name, content) in sandbox.files() {
                copy.write(&name, content);
            }
            assert!(
                is_pair(&copy, "client.crt", "client.key")
                    || is_pair(&copy, "client.crt.old", "client.key.old"),
                "{args:?} {states}: {:?}",
                copy.files().keys()
            );
            sandbox.done(&["check", "-q", "client.crt"]);
            assert!(
                is_pair(&sandbox, "client.crt", "client.key"),
                "{args:?} {states}"
            );
            sandbox.done(&["renew", "-q", "client.crt"]);
            assert_eq!(
                sandbox.files().into_keys().collect::<Vec<_>>(),
                [
                    "client.crt",
                    "client.crt.old",
                    "client.key",
                    "client.key.old"
                ],
                "{args:?} {states}: nothing is left over"
            );
        }
    }
    assert!(killed > 0, "no kill came early enough");
}
