//! Logins by password on real servers: which mechanism is taken, and whether it is bound to the channel of TLS.

use std::{fs, iter};

use crate::server::{PASSWORD, Server};
use crate::support::{JID, Sandbox};

/// The mechanism by which a password logged in.
fn mechanism(server: &Server) -> String {
    let sandbox = Sandbox::new();
    sandbox.write("password", PASSWORD);
    let options = server.options();
    let mut args = vec!["list", "--jid", JID, "--password-file", "password"];
    args.extend(options.iter().map(String::as_str));
    let outcome = sandbox.run(&args);
    let has_lists = outcome.status == 0;
    // ejabberd has none, which it says to who is logged in.
    assert!(
        has_lists || outcome.stderr.contains("stores no certificates"),
        "{outcome:?}"
    );
    let log = server.value("log");
    // It may be written a little later than it was used.
    iter::repeat_with(|| {
        let log = fs::read_to_string(log.as_str().unwrap()).unwrap();
        let (_, told) = log.rsplit_once("mechanism='")?;
        Some(told.split_once('\'')?.0.to_owned())
    })
    .find_map(|mechanism| mechanism)
    .unwrap()
}

/// What is taken from servers that say which bindings they have (XEP-0440), Prosody 13 and ejabberd 24.12, and from others.
fn expect(name: &str, extra: &[(&str, &str)], newer: &str, older: &str) {
    let server = Server::start(name, &["hamlet"], extra);
    let version = server.value("version");
    let is_older = ["0.", "23."]
        .iter()
        .any(|line| version.as_str().unwrap().starts_with(line));
    let expected = if is_older { older } else { newer };
    assert_eq!(mechanism(&server), expected, "{name} {version} {extra:?}");
}

#[test]
fn a_password_is_bound_to_tls_1_3_by_its_exporter() {
    let tls13 = ("C2S_MORE", "protocol = \"tlsv1_3\"");
    for (hash, newer, older) in [
        ("SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"),
        ("SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"),
    ] {
        expect("prosody", &[tls13, ("PASSWORD_HASH", hash)], newer, older);
    }
    expect("ejabberd", &[], "SCRAM-SHA-512-PLUS", "SCRAM-SHA-512");
}

#[test]
fn in_tls_1_2_a_password_is_bound_only_by_the_certificate_of_the_server() {
    // Prosody has nothing but 'tls-unique' to offer there.
    let tls12 = ("C2S_MORE", "protocol = \"tlsv1_2\"");
    expect("prosody", &[tls12], "SCRAM-SHA-1", "SCRAM-SHA-1");
    let tls12 = ("TLS_OPTIONS", "no_tlsv1_3");
    expect("ejabberd", &[tls12], "SCRAM-SHA-512-PLUS", "SCRAM-SHA-512");
}

#[test]
fn the_one_hash_that_a_server_keeps_of_a_password_is_enough() {
    for (hash, newer, older) in [
        ("sha512", "SCRAM-SHA-512-PLUS", "SCRAM-SHA-512"),
        ("sha256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"),
        ("sha", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"),
    ] {
        expect("ejabberd", &[("PASSWORD_HASH", hash)], newer, older);
    }
}
