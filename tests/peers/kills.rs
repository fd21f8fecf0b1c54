//! Killed before each system call that changes the disk: a whole pair is there, and the next command sets the rest right.

use crate::support::{JID, Sandbox};

/// Runs the program and kills it before its system call `call` of this number; false where it came to its end before.
fn is_killed_at(sandbox: &Sandbox, call: &str, number: usize, args: &[&str]) -> bool {
    let injected = format!("inject={call}:signal=KILL:when={number}");
    let trace = format!("trace={call}");
    let strace = [
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        &trace,
        "-e",
        &injected,
    ];
    let run = [&strace[..], &[env!("CARGO_BIN_EXE_xmppcert")], args].concat();
    let outcome = sandbox.try_peer("strace", &run);
    assert!(
        [0, 128 + 9].contains(&outcome.status),
        "{call} {number}: {outcome:?}"
    );
    outcome.status != 0
}

/// Whether openssl finds that the two files belong together.
fn is_pair(sandbox: &Sandbox, certificate: &str, key: &str) -> bool {
    let certified = sandbox.try_peer(
        "openssl",
        &["x509", "-noout", "-pubkey", "-in", certificate],
    );
    let held = sandbox.try_peer("openssl", &["pkey", "-pubout", "-in", key]);
    certified.status == 0 && held.status == 0 && certified.stdout == held.stdout
}

#[test]
fn a_pair_is_usable_after_a_kill_at_any_system_call_and_the_next_command_repairs() {
    let force = [
        "generate",
        "-q",
        "--jid",
        JID,
        "--key-type",
        "ed25519",
        "--force",
    ];
    let renew = ["renew", "-q", "client.crt"];
    let calls = [
        "write",
        "fchmod",
        "fsync,fdatasync",
        "rename,renameat,renameat2",
        "link,linkat",
        "unlink,unlinkat",
    ];
    let mut kills = 0;
    for args in [&force[..], &renew] {
        for call in calls {
            for number in 1.. {
                let sandbox = Sandbox::new();
                sandbox.done(&force);
                sandbox.done(&renew);
                let before = sandbox.files();
                if !is_killed_at(&sandbox, call, number, args) {
                    assert!(number > 1, "{args:?} has no {call}");
                    break;
                }
                kills += 1;
                let at = format!("{args:?} killed at {call} number {number}");
                // Looked at by openssl alone, which repairs nothing.
                let old = is_pair(&sandbox, "client.crt.old", "client.key.old");
                assert!(is_pair(&sandbox, "client.crt", "client.key") || old, "{at}");

                sandbox.done(&["check", "-q", "client.crt"]);
                assert!(is_pair(&sandbox, "client.crt", "client.key"), "{at}");
                sandbox.done(&renew);
                let names: Vec<&String> = before.keys().collect();
                assert_eq!(sandbox.files().keys().collect::<Vec<_>>(), names, "{at}");
                assert!(is_pair(&sandbox, "client.crt", "client.key"), "{at}");
                assert!(
                    is_pair(&sandbox, "client.crt.old", "client.key.old"),
                    "{at}"
                );
            }
        }
    }
    assert!(kills >= 40, "{kills}");
}
