//! What must not be left behind where the program ends badly.

use std::io::Write as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::Sandbox;

/// As high a limit as may be had, which is the default on some systems.
const RAISED: &str = "ulimit -S -c \"$(ulimit -H -c)\" && exec \"$0\" \"$@\"";

#[test]
fn a_crash_leaves_no_core_file() {
    let sandbox = Sandbox::new();
    let mut child = Command::new("sh")
        .args(["-c", RAISED, env!("CARGO_BIN_EXE_xmppcert"), "inspect", "-"])
        .current_dir(sandbox.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // What is killed here are not the tests.
        .process_group(0)
        .spawn()
        .unwrap();
    // More than a pipe holds, so that it is reading once this is written.
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&b"\n".repeat(1 << 18)).unwrap();
    let pid = Pid::from_child(&child);
    kill_process(pid, Signal::ABORT).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(Signal::ABORT.as_raw()), "{status}");
    assert!(!status.core_dumped(), "{status}");
    assert!(sandbox.files().is_empty());
}
