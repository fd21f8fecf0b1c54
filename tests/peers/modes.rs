//! Nobody else can read a private key, not even for a moment: seen from outside, with strace.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::{JID, Sandbox};

/// Runs the program under strace without any umask, and returns the system calls that make a file or change its mode.
fn traced(sandbox: &Sandbox, args: &str) -> Vec<String> {
    let binary = env!("CARGO_BIN_EXE_xmppcert");
    let calls = "trace=open,openat,openat2,creat,mknod,mknodat,chmod,fchmod,fchmodat,link,linkat";
    let script = format!("umask 0; exec {binary} {args}");
    let traced = [
        "-f", "-y", "-qq", "-e", calls, "-o", "trace", "sh", "-c", &script,
    ];
    sandbox.peer("strace", &traced);
    let trace = sandbox.text("trace");
    std::fs::remove_file(sandbox.path("trace")).unwrap();
    let makes_or_changes = |line: &&str| {
        ["O_CREAT", "O_TMPFILE", "creat(", "mknod", "chmod"]
            .iter()
            .any(|call| line.contains(call))
    };
    trace
        .lines()
        .filter(makes_or_changes)
        .map(str::to_owned)
        .collect()
}

/// The mode that a system call gives: its last argument in octal.
fn mode(call: &str) -> u32 {
    let arguments = call.rsplit_once(')').unwrap().0;
    let mode = arguments
        .rsplit([',', ' '])
        .find(|word| word.starts_with('0'));
    u32::from_str_radix(mode.unwrap_or_else(|| panic!("no mode: {call}")), 8).unwrap()
}

#[test]
fn the_key_is_never_wider_than_0600_even_without_a_umask() {
    let sandbox = Sandbox::new();
    for (args, holds_key) in [
        (
            format!("generate -q --jid {JID} --key-type ed25519"),
            ".key",
        ),
        (
            format!("generate -q --jid {JID} --key-type ed25519 --force"),
            ".key",
        ),
        ("renew -q client.crt".to_owned(), ".key"),
        (
            format!("generate -q --jid {JID} --key-type ed25519 --csr --out request"),
            ".key",
        ),
        (
            format!("generate -q --jid {JID} --key-type ed25519 --combined --out both"),
            ".pem",
        ),
        (
            "export client.crt --format combined --out other.pem".to_owned(),
            ".pem",
        ),
    ] {
        let calls = traced(&sandbox, &args);
        let of_key: Vec<&String> = calls
            .iter()
            .filter(|call| call.contains(holds_key))
            .collect();
        assert!(!of_key.is_empty(), "{args}: {calls:#?}");
        for call in of_key {
            assert_eq!(mode(call) & !0o600, 0, "{args}: {call}");
        }
    }
    for (name, mode) in [
        ("client.key", 0o600),
        ("client.key.old", 0o600),
        ("request.key", 0o600),
        ("both.pem", 0o600),
        ("other.pem", 0o600),
    ] {
        let permissions = std::fs::metadata(sandbox.path(name)).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o7777, mode, "{name}");
    }
}
