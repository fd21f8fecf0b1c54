//! What must not be left behind where the program ends badly.

use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::Sandbox;

#[test]
fn a_crash_leaves_no_core_file() {
    // As much as may be had, which is the default on some systems, and nothing, which it is on most: that is not minded where
    // core files go to a program.
    for limit in ["$(ulimit -H -c)", "0"] {
        let sandbox = Sandbox::new();
        let limited = format!("ulimit -S -c {limit} && exec \"$0\" \"$@\"");
        let mut child = Command::new("sh")
            .args([
                "-c",
                &limited,
                env!("CARGO_BIN_EXE_xmppcert"),
                "inspect",
                "-",
            ])
            .current_dir(sandbox.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // More than a pipe holds, so that it is reading once this is written.
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&b"\n".repeat(1 << 18)).unwrap();
        kill_process(Pid::from_child(&child), Signal::ABORT).unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(Signal::ABORT.as_raw()), "{status}");
        assert!(!status.core_dumped(), "{limit}: {status}");
        assert!(sandbox.files().is_empty(), "{limit}");
    }
}
