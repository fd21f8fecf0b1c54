//! What other programs make of our certificates, and we of theirs. One file a subject.
//!
//! `tests/run` installs those programs. A test whose program is missing fails and says so.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and it looks at files as a user would"
)]

mod accounts;
mod dns;
mod doctor;
#[allow(dead_code, reason = "most of it is for the other test target")]
#[path = "../fake_server.rs"]
mod fake_server;
mod fleet;
mod forms;
mod kills;
mod linters;
mod modes;
mod name_server;
mod namespace;
mod passwords;
mod prosody;
mod readers;
mod recipe;
mod rotate;
mod rsa_keys;
mod secrets;
mod server;
mod shells;
#[path = "../support.rs"]
mod support;
mod verdicts;

use std::path::Path;
use std::sync::OnceLock;

use support::{JID, Sandbox};

/// Every kind of key that `generate` makes.
const KEY_TYPES: [&str; 6] = [
    "rsa-2048",
    "rsa-3072",
    "rsa-4096",
    "ecdsa-p256",
    "ecdsa-p384",
    "ed25519",
];

/// A key, a certificate and a request of each kind: `ed25519.key`, `ed25519.crt`, `ed25519.csr`.
///
/// Made once, and only read after that.
fn pairs() -> &'static Sandbox {
    static PAIRS: OnceLock<Sandbox> = OnceLock::new();
    PAIRS.get_or_init(|| {
        let sandbox = Sandbox::new();
        for kind in KEY_TYPES {
            let key = format!("{kind}.key");
            sandbox.done(&["generate", "--jid", JID, "--key-type", kind, "--out", kind]);
            sandbox.done(&[
                "generate", "--jid", JID, "--key", &key, "--csr", "--out", kind,
            ]);
        }
        sandbox
    })
}

/// A program of the Python environment that `tests/run` makes.
fn in_venv(program: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/test-venv/bin")
        .join(program);
    path.into_os_string().into_string().unwrap()
}

/// A file of this directory.
fn script(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name);
    path.into_os_string().into_string().unwrap()
}
