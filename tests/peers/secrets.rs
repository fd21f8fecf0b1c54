//! Where a password and a private key can be seen from outside while the program is at work: nowhere.

use std::fs;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::mpsc::channel;

use base64::Engine as _;

use crate::fake_server::{BIND, BOUND, FakeServer, SUCCESS, mechanisms};
use crate::support::{JID, Sandbox, contains};

const PASSWORD: &str = "der Rest ist Schweigen";

/// What must not be seen: the password, plain and as PLAIN sends it, and the lines of the key.
fn secrets(sandbox: &Sandbox) -> Vec<Vec<u8>> {
    let base64 = base64::engine::general_purpose::STANDARD;
    let plain = base64.encode(format!("\0hamlet\0{PASSWORD}"));
    let key = sandbox.text("client.key");
    let lines = key.lines().filter(|line| !line.starts_with('-'));
    let mut secrets: Vec<Vec<u8>> = lines.map(|line| line.as_bytes().to_vec()).collect();
    secrets.extend([PASSWORD.as_bytes().to_vec(), plain.into_bytes()]);
    // As strace shows what is not ASCII; the octets of the key itself are no text.
    let der = crate::support::der(key.as_bytes());
    let escaped = |octet: &u8| format!("\\x{octet:02x}").into_bytes();
    secrets.push(der[der.len() / 2..][..8].iter().flat_map(escaped).collect());
    secrets
}

fn assert_none(secrets: &[Vec<u8>], seen: &[u8], place: &str) {
    for secret in secrets {
        let secret_text = String::from_utf8_lossy(secret);
        assert!(!contains(seen, secret), "{place} shows '{secret_text}'");
    }
}

/// A server that takes the password in PLAIN, as readable as can be, and says so.
fn server(told: impl Fn() + Send + Sync + 'static) -> FakeServer {
    let server = FakeServer::start(move |peer| {
        peer.secure()?;
        peer.open(&mechanisms(&["PLAIN", "EXTERNAL"]))?;
        peer.until("</auth>")?;
        told();
        peer.send(SUCCESS)?;
        peer.open(BIND)?;
        peer.answer(BOUND)?;
        peer.answer("<items xmlns='urn:xmpp:saslcert:1'/>")?;
        peer.hold()
    });
    server.sandbox.write("password", PASSWORD);
    server
}

#[test]
fn nothing_that_is_written_or_sent_has_the_password_or_the_key_in_it() {
    let server = server(|| {});
    let sandbox = &server.sandbox;
    let options = server.options();
    let binary = env!("CARGO_BIN_EXE_xmppcert");
    for command in [
        &["list", "--jid", JID, "--password-file", "password"][..],
        &["login", "client.crt"],
    ] {
        // With "-x", strings that are not all ASCII are shown in hexadecimal, octet by octet.
        let calls = "trace=execve,write,writev,pwrite64,pwritev,sendto,sendmsg,sendmmsg";
        let mut traced = vec![
            "-f", "-x", "-v", "-qq", "-s", "4096", "-e", calls, "-o", "trace", binary,
        ];
        traced.extend(command);
        traced.extend(options.iter().map(String::as_str));
        sandbox.peer("strace", &traced);
        let trace = sandbox.read("trace");
        assert!(contains(&trace, b"<stream:stream"), "nothing is traced");
        assert_none(&secrets(sandbox), &trace, command[0]);
    }
}

#[test]
fn neither_arguments_nor_environment_of_the_process_have_the_password_in_them() {
    let (told, at_login) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let (told, may_go_on) = (Mutex::new(told), Mutex::new(may_go_on));
    let server = server(move || {
        told.lock().unwrap().send(()).unwrap();
        may_go_on.lock().unwrap().recv().unwrap();
    });
    let mut child = server
        .sandbox
        .command()
        .args(["list", "--jid", JID, "--password-file", "password"])
        .args(server.options())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It has read the password, and waits.
    at_login.recv().unwrap();
    for file in ["cmdline", "environ"] {
        let seen = fs::read(format!("/proc/{}/{file}", child.id())).unwrap();
        assert!(!seen.is_empty());
        assert_none(&secrets(&server.sandbox), &seen, file);
    }
    go_on.send(()).unwrap();
    assert!(child.wait().unwrap().success());
}
