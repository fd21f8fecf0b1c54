//! The program in a mount namespace of its own, where a test can put other files or another disk in the place of those that
//! are there, and nobody else sees it.

use std::process::{Command, Stdio};

use crate::support::{Outcome, Sandbox};

/// Runs the program in `sandbox` after `mounts`, lines for sh that end it with 99 where something cannot be mounted.
pub(crate) fn run(sandbox: &Sandbox, mounts: &str, args: &[&str]) -> Outcome {
    let mut command = Command::new("unshare");
    if !rustix::process::getuid().is_root() {
        command.arg("--map-root-user");
    }
    command
        .args(["--mount", "sh", "-c"])
        .arg(format!("{mounts}\nexec \"$0\" \"$@\""))
        .arg(env!("CARGO_BIN_EXE_xmppcert"))
        .args(args)
        .current_dir(sandbox.path(""))
        .stdin(Stdio::null());
    let outcome = command.output();
    let outcome: Outcome = outcome
        .unwrap_or_else(|error| panic!("unshare: {error}; run 'apt-get install util-linux'"))
        .into();
    assert!(
        outcome.status != 99 && !outcome.stderr.contains("unshare:"),
        "no namespace of mounts can be had here: {outcome:?}"
    );
    outcome
}
