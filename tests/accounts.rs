//! What is typed to name an account and its server, and passwords on their way in.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use crate::fake_server::{BIND, BOUND, FakeServer, SUCCESS, mechanisms};
use crate::support::{JID, Outcome, Sandbox};

/// `list` with more arguments.
fn list(server: &FakeServer, args: &[&str], stdin: &[u8]) -> Outcome {
    let options = server.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    server
        .sandbox
        .run_with(stdin, &[&["list", "--jid", JID], args, &options].concat())
}

/// A server that lets in who has this password, in PLAIN.
pub(crate) fn with_password(password: &str) -> FakeServer {
    use base64::Engine as _;
    let wanted = base64::engine::general_purpose::STANDARD.encode(format!("\0hamlet\0{password}"));
    FakeServer::start(move |peer| {
        peer.secure()?;
        peer.open(&mechanisms(&["PLAIN"]))?;
        let auth = peer.until("</auth>")?;
        if !auth.contains(&format!(">{wanted}<")) {
            return peer.send(
                "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>",
            );
        }
        peer.send(SUCCESS)?;
        peer.open(BIND)?;
        peer.answer(BOUND)?;
        peer.answer("<items xmlns='urn:xmpp:saslcert:1'/>")?;
        peer.hold()
    })
}

#[test]
fn one_line_end_behind_a_password_is_dropped_and_nothing_else() {
    for (file, password) in [
        ("secret", "secret"),
        ("secret\n", "secret"),
        ("secret\r\n", "secret"),
        ("secret\n\n", "secret\n"),
        (" sécret \n", " sécret "),
    ] {
        let server = with_password(password);
        let outcome = list(&server, &["--password-file", "-"], file.as_bytes());
        assert_eq!(outcome.status, 0, "{file:?}: {outcome:?}");
        assert_eq!(
            outcome.stderr,
            "no certificate is stored on hamlet@shakespeare.lit\n"
        );
    }
}

#[test]
fn a_password_that_others_may_read_is_warned_of() {
    let server = with_password("secret");
    server.sandbox.write("password", "secret\n");
    for (mode, warning) in [
        (0o600, ""),
        (
            0o640,
            "warning: others may read the password in 'password'; 'chmod 600' prevents that\n",
        ),
    ] {
        fs::set_permissions(
            server.sandbox.path("password"),
            Permissions::from_mode(mode),
        )
        .unwrap();
        let outcome = list(&server, &["--password-file", "password"], b"");
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let note = "no certificate is stored on hamlet@shakespeare.lit\n";
        assert_eq!(outcome.stderr, format!("{warning}{note}"));
    }
}

#[test]
fn a_file_without_a_password_is_an_error_before_anything_is_sent() {
    let server = FakeServer::start(|_| panic!("nobody should connect"));
    for (password, told) in [
        (&b""[..], "standard input is empty"),
        (b"\n", "the password in standard input is empty"),
        (b"\xff\n", "the password in standard input is not UTF-8"),
    ] {
        let outcome = list(&server, &["--password-file", "-"], password);
        assert_eq!(outcome.status, 3, "{outcome:?}");
        assert!(
            outcome.stderr.starts_with(&format!("error: {told}\n")),
            "{outcome:?}"
        );
    }
    let outcome = list(&server, &["--password-file", "absent"], b"");
    assert_eq!(outcome.status, 3, "{outcome:?}");
}

#[test]
fn a_password_that_saslprep_forbids_is_not_put_on_the_server() {
    use base64::Engine as _;
    for password in ["bell\u{7}", "private use \u{e000}", "\u{627}1"] {
        let server = FakeServer::start(move |peer| {
            let base64 = base64::engine::general_purpose::STANDARD;
            peer.secure()?;
            peer.open(&mechanisms(&["SCRAM-SHA-1", "PLAIN"]))?;
            let auth = peer.until("</auth>")?;
            let first = auth
                .rsplit_once('>')
                .unwrap()
                .0
                .rsplit_once("</")
                .unwrap()
                .0;
            let first = base64.decode(first.rsplit_once('>').unwrap().1).unwrap();
            let first = String::from_utf8(first).unwrap();
            let nonce = first.split_once("r=").unwrap().1;
            let challenge = base64.encode(format!("r={nonce}more,s=c2FsdA==,i=4096"));
            peer.send(&format!(
                "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{challenge}</challenge>"
            ))?;
            peer.hold()
        });
        let outcome = list(&server, &["--password-file", "-"], password.as_bytes());
        assert_eq!(outcome.status, 3, "{outcome:?}");
        assert_eq!(
            outcome.stderr,
            "error: the password cannot be used for a login\n\
             hint: the password has characters that SASLprep forbids\n"
        );
    }
}

#[test]
fn without_roots_of_the_system_nobody_is_believed_and_nothing_sent() {
    let server = FakeServer::start(|_| panic!("nobody should connect"));
    let sandbox = &server.sandbox;
    sandbox.write("empty.pem", "");
    sandbox.write(
        "odd.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    for command in [
        &["login", "client.crt"][..],
        &["list", "--jid", JID, "--password-file", "password"],
        &["doctor", "shakespeare.lit"],
    ] {
        for roots in ["absent.pem", "empty.pem", "odd.pem", "."] {
            let output = sandbox
                .command()
                .args(command)
                .args(server.untrusting())
                .env("SSL_CERT_FILE", sandbox.path(roots))
                .env("SSL_CERT_DIR", sandbox.path("absent"))
                .output();
            let outcome = Outcome::from(output.unwrap());
            assert_eq!(outcome.status, 3, "{command:?} {roots}: {outcome:?}");
            assert!(
                outcome
                    .stderr
                    .contains("error: there are no root certificates to trust: "),
                "{outcome:?}"
            );
            let hint = "hint: name the roots to trust with '--ca FILE'\n";
            assert!(outcome.stderr.ends_with(hint), "{outcome:?}");
        }
    }
}

#[test]
fn without_a_terminal_no_password_is_asked_for() {
    let server = FakeServer::start(|_| panic!("nobody should connect"));
    let outcome = list(&server, &[], b"secret\n");
    assert_eq!(outcome.status, 2, "{outcome:?}");
    assert_eq!(
        outcome.stderr,
        "error: the password of 'hamlet@shakespeare.lit' is needed, and there is no terminal to ask on\n\
         hint: give a file with '--password-file FILE', or log in with '--cert FILE'\n"
    );
}

#[test]
fn what_names_no_account_or_server_is_a_usage_error() {
    let sandbox = Sandbox::with_pair();
    for (args, told) in [
        (&["list"][..], "no account is named"),
        (&["list", "--jid", "hamlet"], "'hamlet' is not a JID"),
        (
            &["login", "client.crt", "--server", "host:0"],
            "'host:0' is not a server",
        ),
        (
            &["login", "client.crt", "--server", ":5222"],
            "':5222' is not a server",
        ),
        (
            &["login", "client.crt", "--server", "[::1"],
            "'[::1' is not a server",
        ),
        (
            &["login", "client.crt", "--server", "host:http"],
            "'host:http' is not a server",
        ),
        (
            &["login", "client.crt", "--pin", "sha256:00"],
            "invalid value 'sha256:00'",
        ),
        (
            &["login", "client.crt", "--timeout", "0"],
            "invalid value '0'",
        ),
        (&["login", "-", "--key", "-"], "'-' is given twice"),
        (
            &["upload", "-", "--password-file", "-"],
            "'-' is given twice",
        ),
        (
            &["list", "--key", "client.key"],
            "the following required arguments were not provided",
        ),
    ] {
        let outcome = sandbox.run(args);
        assert_eq!(outcome.status, 2, "{args:?}: {outcome:?}");
        assert!(
            outcome.stderr.starts_with(&format!("error: {told}")),
            "{args:?}: {outcome:?}"
        );
    }
}

#[test]
fn a_certificate_for_several_accounts_leaves_the_choice() {
    let sandbox = Sandbox::new();
    sandbox.done(&[
        "generate",
        "--key-type",
        "ecdsa-p256",
        "--jid",
        JID,
        "--jid",
        "yorick@elsinore.example",
    ]);
    let outcome = sandbox.run(&["login", "client.crt"]);
    assert_eq!(outcome.status, 2, "{outcome:?}");
    assert_eq!(
        outcome.stderr,
        "error: 'client.crt' is for several accounts\n\
         hint: name one with '--jid': hamlet@shakespeare.lit, yorick@elsinore.example\n"
    );
}

#[test]
fn a_key_of_another_certificate_is_found_before_anything_is_sent() {
    let server = FakeServer::start(|_| panic!("nobody should connect"));
    server.sandbox.done(&[
        "generate",
        "--jid",
        JID,
        "--key-type",
        "ed25519",
        "--out",
        "other",
    ]);
    let options = server.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let outcome = server.sandbox.run(
        &[
            &["login", "client.crt", "--key", "other.key"],
            options.as_slice(),
        ]
        .concat(),
    );
    assert_eq!(outcome.status, 3, "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains("does not belong to the certificate"),
        "{outcome:?}"
    );
}

#[test]
fn a_host_that_is_not_there_and_a_port_that_is_closed_are_told_apart() {
    let sandbox = Sandbox::with_pair();
    sandbox.write("ca.pem", sandbox.text("client.crt"));
    let login = |server: &str| {
        let args = [
            "login",
            "client.crt",
            "--ca",
            "ca.pem",
            "--timeout",
            "5",
            "--server",
            server,
        ];
        sandbox.run(&args)
    };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let outcome = login(&address);
    assert_eq!(outcome.status, 5, "{outcome:?}");
    assert!(
        outcome.stderr.starts_with(&format!(
            "error: the server '{address}' cannot be reached: connection refused\n"
        )),
        "{outcome:?}"
    );
    let outcome = login("host.invalid");
    assert_eq!(outcome.status, 5, "{outcome:?}");
    let start = "error: the server 'host.invalid' has no address: ";
    let reason = outcome.stderr.lines().next().unwrap().strip_prefix(start);
    let reason = reason.unwrap();
    assert!(
        reason == reason.to_lowercase() && !reason.contains("lookup"),
        "{outcome:?}"
    );
}

#[test]
fn what_the_system_says_is_told_in_the_form_of_our_messages() {
    let stderr = Sandbox::new().fails(3, &["list", "--jid", JID, "--dir", "nodir"]);
    assert_eq!(
        stderr,
        "error: cannot look into 'nodir': no such file or directory\n\
         hint: name a directory with '--dir DIR'\n"
    );
}
