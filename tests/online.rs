//! Servers that are silent, broken or hostile: every command ends in time, with the right exit status, in little memory,
//! and with nothing said that should be kept.

use std::io;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::fake_server::{
    Asks, BIND, BOUND, FakeServer, Flaw, Peer, START_TLS, SUCCESS, identity, mechanisms,
};
use crate::support::{JID, Outcome};

const PASSWORD: &str = "secret of the test";
const ITEMS: &str = "<items xmlns='urn:xmpp:saslcert:1'/>";

/// Runs a command as the owner of the account, by password.
fn by_password(server: &FakeServer, args: &[&str]) -> Outcome {
    let options = server.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let account = ["--jid", JID, "--password-file", "password"];
    let outcome = server
        .sandbox
        .run(&[args, &account[..], options.as_slice()].concat());
    assert!(!format!("{outcome:?}").contains(PASSWORD), "{outcome:?}");
    outcome
}

/// Runs `login`.
fn login(server: &FakeServer, options: &[String]) -> Outcome {
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    server
        .sandbox
        .run(&[&["login", "client.crt"], options.as_slice()].concat())
}

fn assert_error(outcome: &Outcome, status: i32, message: &str) {
    assert!(
        outcome.status == status && outcome.stderr.contains(&format!("error: {message}")),
        "wanted {status} and '{message}': {outcome:?}"
    );
    assert_eq!(outcome.stdout, "");
}

/// What a server does before the step with this number, at which it does something else.
fn steps(peer: &mut Peer, number: usize) -> io::Result<()> {
    for step in 0..number {
        match step {
            0 => peer.open(START_TLS)?,
            1 => {
                peer.until(START_TLS)?;
                peer.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")?;
            }
            2 => peer.start_tls()?,
            3 => peer.open(&mechanisms(&["PLAIN"]))?,
            4 => {
                peer.until("</auth>")?;
                peer.send(SUCCESS)?;
            }
            5 => peer.open(BIND)?,
            6 => peer.answer(BOUND)?,
            _ => drop(peer.until("</iq>")?),
        }
    }
    Ok(())
}

/// The steps of [`steps`] at which a server can fall silent, and what was waited for.
const SILENCES: [(usize, &str); 8] = [
    (0, "the stream before TLS"),
    (1, "STARTTLS"),
    (2, "the TLS handshake"),
    (3, "the stream inside TLS"),
    (4, "the login"),
    (5, "the stream after the login"),
    (6, "the binding of a resource"),
    (7, "the request"),
];

#[test]
fn a_server_that_falls_silent_is_left_at_every_step() {
    // All at once, as each is waited for.
    std::thread::scope(|scope| {
        for (step, name) in SILENCES {
            scope.spawn(move || {
                let server = FakeServer::start(move |peer| {
                    steps(peer, step)?;
                    peer.hold()
                });
                let outcome = by_password(&server.waited_for_in_vain(), &["list"]);
                let message = format!("the server did not answer in time: {name}");
                assert_error(&outcome, 5, &message);
            });
        }
    });
}

#[test]
fn a_server_that_hangs_up_is_told_of_at_every_step() {
    for (step, name) in SILENCES {
        let server = FakeServer::start(move |peer| steps(peer, step));
        let outcome = by_password(&server, &["list"]);
        assert_eq!(outcome.status, 5, "{name}: {outcome:?}");
        assert!(
            outcome.stderr.contains(&format!("during {name}")),
            "{outcome:?}"
        );
    }
}

#[test]
fn a_server_that_sends_blanks_for_ever_is_left_too() {
    for step in [0, 3, 7] {
        let server = FakeServer::start(move |peer| {
            steps(peer, step)?;
            loop {
                peer.send("\n")?;
            }
        });
        let outcome = by_password(&server.waited_for_in_vain(), &["list"]);
        assert_eq!(outcome.status, 5, "{step}: {outcome:?}");
    }
}

#[test]
fn a_stream_error_ends_a_command_with_the_servers_reason() {
    const ERROR: &str = "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
                         <text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>No \u{9b}1m such host</text></stream:error>";
    for step in [1, 4, 7, 8] {
        let server = FakeServer::start(move |peer| {
            steps(peer, step)?;
            peer.send(ERROR)?;
            peer.hold()
        });
        let outcome = by_password(&server, &["list"]);
        // What could move the cursor does not get through.
        assert_error(
            &outcome,
            6,
            "the server ended the stream: 'host-unknown' (No \\u{9b}1m such host)",
        );
    }
}

#[test]
fn what_is_not_the_xml_of_a_stream_is_refused() {
    const STREAM: &str = "<stream:stream version='1.0' xmlns='jabber:client' \
                          xmlns:stream='http://etherx.jabber.org/streams'>";
    for (answer, told) in [
        (
            "HTTP/1.1 400 Bad Request\r\n\r\n".to_owned(),
            "it does not begin with a tag",
        ),
        (
            "<html><body/></html>".to_owned(),
            "it opens with 'html', not a stream",
        ),
        (format!("{STREAM}<stream:features><a></b>"), ""),
        (
            format!("{STREAM}<message/>"),
            "'message' comes instead of features",
        ),
        (
            format!("<!DOCTYPE a [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>{STREAM}"),
            "",
        ),
        (
            format!("{STREAM}<stream:features>&b;&b;</stream:features>"),
            "",
        ),
        (format!("{STREAM}<?php bomb() ?>"), ""),
        (format!("{STREAM}<!-- comment -->"), ""),
        (
            format!("{STREAM}{}", "<a>".repeat(100)),
            "more than 64 elements within one another",
        ),
    ] {
        let server = FakeServer::start(move |peer| {
            peer.until("<stream:stream")?;
            peer.send(&answer)?;
            peer.hold()
        });
        let outcome = by_password(&server, &["list"]);
        let message = "the server does not speak XMPP in the stream before TLS: ";
        assert_error(&outcome, 5, &format!("{message}{told}"));
    }
}

/// Runs `list` with no more than 160 MiB of address space.
fn in_little_memory(server: &FakeServer) -> Outcome {
    let options = server.options();
    let output = Command::new("sh")
        .args(["-c", "ulimit -v 163840 && exec \"$0\" \"$@\""])
        .args([env!("CARGO_BIN_EXE_xmppcert"), "list", "--jid", JID])
        .args(["--password-file", "password"])
        .args(&options)
        .current_dir(server.sandbox.path(""))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    output.into()
}

#[test]
fn an_answer_of_a_hundred_megabytes_is_not_kept() {
    // Every element has the name of its namespace, which is written once.
    let inherited = format!("<iq xmlns='{}'>", "n".repeat(8000));
    for (start, filler) in [
        (
            "<iq type='result'><items><item><x509cert>".to_owned(),
            "A".repeat(1 << 16),
        ),
        (
            "<iq type='result'><items>".to_owned(),
            "<item/>".repeat(1 << 13),
        ),
        (inherited, "<a/>".repeat(1 << 13)),
        ("<message><body>".to_owned(), "&#65;".repeat(1 << 13)),
        ("<iq id='".to_owned(), "1".repeat(1 << 16)),
    ] {
        let server = FakeServer::start(move |peer| {
            steps(peer, 8)?;
            peer.send(&start)?;
            for _ in 0..(100 << 20) / filler.len() {
                peer.send(&filler)?;
            }
            peer.hold()
        });
        let outcome = in_little_memory(&server);
        assert_error(
            &outcome,
            5,
            "the server does not speak XMPP in the request: ",
        );
    }
}

#[test]
fn features_without_end_are_not_waited_for() {
    let server = FakeServer::start(|peer| {
        peer.until("<stream:stream")?;
        peer.send(
            "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
        )?;
        peer.send("<stream:features>")?;
        for number in 0_u64.. {
            peer.send(&format!("<feature{number} xmlns='urn:x'/>").repeat(100))?;
        }
        Ok(())
    });
    let outcome = in_little_memory(&server);
    assert_error(
        &outcome,
        5,
        "the server does not speak XMPP in the stream before TLS: an element of more than 16384 elements",
    );
}

#[test]
fn without_tls_nothing_is_said() {
    for after in ["", "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"] {
        let (sender, receiver) = std::sync::mpsc::channel();
        let sender = std::sync::Mutex::new(sender);
        let server = FakeServer::start(move |peer| {
            if after.is_empty() {
                peer.open(&mechanisms(&["PLAIN"]))?;
            } else {
                peer.open(START_TLS)?;
                peer.until(START_TLS)?;
                peer.send(after)?;
            }
            let login = peer.until("<auth");
            sender.lock().unwrap().send(login.is_err()).unwrap();
            Ok(())
        });
        let outcome = by_password(&server, &["list"]);
        assert_error(&outcome, 5, "the server offers no TLS");
        assert!(receiver.recv().unwrap(), "it tried to log in");
    }
}

#[test]
fn what_comes_in_the_clear_behind_the_go_ahead_for_tls_does_not_count() {
    let server = FakeServer::start(|peer| {
        peer.open(START_TLS)?;
        peer.until(START_TLS)?;
        peer.send(
            "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><stream:features>evil</stream:features>",
        )?;
        peer.hold()
    });
    let outcome = by_password(&server, &["list"]);
    assert_error(
        &outcome,
        5,
        "the server does not speak XMPP in STARTTLS: there is more before TLS begins",
    );
}

#[test]
fn a_server_has_to_prove_the_name_of_the_domain() {
    for (flaw, told) in [
        (
            Flaw::OtherName,
            "its certificate does not name 'shakespeare.lit' but 'elsinore.example'",
        ),
        (Flaw::Expired, "its certificate has expired"),
        (Flaw::NotYetValid, "its certificate is not yet valid"),
        (
            Flaw::SelfSigned,
            "its certificate is that of a CA, and not known here",
        ),
    ] {
        let server = FakeServer::with(&identity(flaw), Asks::No, |peer| peer.let_in("EXTERNAL"));
        let message = format!("the server is not to be trusted: {told}");
        assert_error(&by_password(&server, &["list"]), 5, &message);
        assert_error(&login(&server, &server.options()), 5, &message);
    }
    // Without '--ca' the roots of the system count, and this authority is none of them.
    let server = FakeServer::start(|peer| peer.let_in("EXTERNAL"));
    let outcome = login(&server, &server.untrusting());
    assert_eq!(outcome.status, 5, "{outcome:?}");
}

#[test]
fn a_certificate_that_is_itself_in_the_file_is_taken_but_its_name_and_dates_count() {
    for (flaw, told) in [
        (Flaw::SelfSigned, None),
        (
            Flaw::SelfSignedAndExpired,
            Some("its certificate has expired"),
        ),
        (
            Flaw::SelfSignedAndOtherName,
            Some("its certificate does not name 'shakespeare.lit' but 'elsinore.example'"),
        ),
    ] {
        let identity = identity(flaw);
        let server = FakeServer::with(&identity, Asks::No, |peer| {
            peer.let_in("EXTERNAL")?;
            peer.hold()
        });
        server.sandbox.write("ca.pem", identity.pem());
        let outcome = login(&server, &server.options());
        match told {
            None => assert_eq!(outcome.status, 0, "{outcome:?}"),
            Some(told) => {
                assert_error(
                    &outcome,
                    5,
                    &format!("the server is not to be trusted: {told}"),
                );
            }
        }
    }
}

#[test]
fn a_pinned_key_is_all_that_counts() {
    let pinned = identity(Flaw::SelfSignedAndOtherName);
    let server = FakeServer::with(&pinned, Asks::No, |peer| {
        peer.let_in("EXTERNAL")?;
        peer.hold()
    });
    let with_pin = |pin: String| {
        let mut options = server.untrusting();
        options.extend(["--pin".to_owned(), pin]);
        login(&server, &options)
    };
    let outcome = with_pin(pinned.pin());
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let outcome = with_pin(pinned.pin().to_uppercase().replace("SHA256", "sha256"));
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let outcome = with_pin(identity(Flaw::Nothing).pin());
    assert_error(
        &outcome,
        5,
        "the server is not to be trusted: its certificate has another key than the one pinned",
    );
    // The way out is named, to be compared.
    assert!(outcome.stderr.contains(&pinned.pin()), "{outcome:?}");
}

#[test]
fn login_says_what_stood_in_the_way() {
    let refused = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/>\
                   <text xml:lang='en'>Who are you?</text></failure>";
    let not_asked = FakeServer::start(|peer| {
        peer.secure()?;
        peer.open(&mechanisms(&["SCRAM-SHA-1", "PLAIN"]))?;
        peer.hold()
    });
    let outcome = login(&not_asked, &not_asked.options());
    assert_error(
        &outcome,
        1,
        "the server does not ask for a certificate in TLS",
    );
    assert!(outcome.stderr.contains("c2s_ssl"), "{outcome:?}");

    let tls_refused = FakeServer::with(
        &identity(Flaw::Nothing),
        Asks::ForOneOfAnAuthority,
        |peer| peer.let_in("EXTERNAL"),
    );
    let outcome = login(&tls_refused, &tls_refused.options());
    assert_eq!(outcome.status, 1, "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains("the server ended TLS on seeing the certificate, with the alert '"),
        "{outcome:?}"
    );

    let not_authorized = FakeServer::start(move |peer| {
        peer.secure()?;
        peer.open(&mechanisms(&["EXTERNAL"]))?;
        peer.until("</auth>")?;
        peer.send(refused)?;
        peer.hold()
    });
    let outcome = login(&not_authorized, &not_authorized.options());
    assert_error(
        &outcome,
        1,
        "the server refused the certificate: 'not-authorized'",
    );

    let no_resource = FakeServer::start(|peer| {
        peer.secure()?;
        peer.open(&mechanisms(&["EXTERNAL"]))?;
        peer.until("</auth>")?;
        peer.send(SUCCESS)?;
        peer.open(BIND)?;
        let request = peer.until("</iq>")?;
        peer.reply(
            &request,
            "error",
            "<error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
        )?;
        peer.hold()
    });
    let outcome = login(&no_resource, &no_resource.options());
    assert_error(
        &outcome,
        1,
        "the server refused the resource: 'not-allowed'",
    );
}

#[test]
fn login_says_who_it_is_by_an_equals_sign_unless_there_are_several() {
    for (jids, wanted) in [
        (vec![JID], ">=<".to_owned()),
        (
            vec![JID, "hamlet@elsinore.example"],
            // hamlet@shakespeare.lit
            ">aGFtbGV0QHNoYWtlc3BlYXJlLmxpdA==<".to_owned(),
        ),
    ] {
        let server = FakeServer::start(move |peer| {
            peer.secure()?;
            peer.open(&mechanisms(&["EXTERNAL"]))?;
            let auth = peer.until("</auth>")?;
            if !auth.contains(&wanted) {
                return Ok(());
            }
            peer.send(SUCCESS)?;
            peer.open(BIND)?;
            peer.answer(BOUND)?;
            peer.hold()
        });
        let names: Vec<&str> = jids.iter().flat_map(|jid| ["--jid", jid]).collect();
        let generate = ["generate", "--force", "--key-type", "ecdsa-p256"];
        server.sandbox.done(&[&generate[..], &names].concat());
        let mut options = server.options();
        options.extend(["--jid".to_owned(), JID.to_owned()]);
        let outcome = login(&server, &options);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        assert_eq!(outcome.stdout, "hamlet@shakespeare.lit/r\n");
    }
}

#[test]
fn a_server_that_does_not_know_the_password_is_not_believed() {
    let server = FakeServer::start(|peer| {
        peer.secure()?;
        peer.open(&mechanisms(&["SCRAM-SHA-256", "PLAIN"]))?;
        peer.until("</auth>")?;
        peer.send(SUCCESS)?;
        peer.hold()
    });
    let outcome = by_password(&server, &["list"]);
    assert_error(
        &outcome,
        5,
        "the server does not know the password it asked for",
    );
}

#[test]
fn a_password_is_not_given_where_only_unknown_ways_are_offered() {
    let server = FakeServer::start(|peer| {
        peer.secure()?;
        peer.open(&mechanisms(&["X-OAUTH2", "SCRAM-SHA3-512"]))?;
        peer.hold()
    });
    let outcome = by_password(&server, &["list"]);
    assert_error(
        &outcome,
        6,
        "none of the ways to log in that the server offers can be used: 'X-OAUTH2', 'SCRAM-SHA3-512'",
    );
}

#[test]
fn what_is_wrong_on_this_side_is_not_put_on_the_server() {
    let server = FakeServer::start(|peer| {
        peer.secure()?;
        peer.open(&mechanisms(&["SCRAM-SHA-256"]))?;
        peer.until("</auth>")?;
        peer.hold()
    });
    for (name, message) in [
        ("", "the name is empty"),
        (
            "lap\u{1b}top",
            "the name cannot be used: XML cannot carry the character U+001B",
        ),
    ] {
        let outcome = by_password(&server, &["upload", "client.crt", "--name", name]);
        assert_error(&outcome, 2, message);
    }
}

#[test]
fn an_answer_from_someone_else_is_none() {
    let server = FakeServer::start(|peer| {
        peer.let_in("PLAIN")?;
        let request = peer.until("</iq>")?;
        let id = request.split('\'').nth(3).unwrap().to_owned();
        peer.send(&format!(
            "<iq type='result' id='{id}' from='evil@elsinore.example/x'>{ITEMS}</iq>\
             <iq type='result' id='other'>{ITEMS}</iq>\
             <message id='{id}'/>"
        ))?;
        peer.hold()
    });
    let outcome = by_password(&server.waited_for_in_vain(), &["list"]);
    assert_error(
        &outcome,
        5,
        "the server did not answer in time: the request",
    );
}

#[test]
fn one_odd_item_does_not_hide_the_others() {
    let server = FakeServer::start(|peer| {
        peer.let_in("PLAIN")?;
        let request = peer.until("</iq>")?;
        let item = |name: &str, certificate: &str, more: &str| {
            format!("<item><name>{name}</name><x509cert>{certificate}</x509cert>{more}</item>")
        };
        let items = [
            item("not base64", "?!?", ""),
            item("no certificate", "AAAA", ""),
            item(
                "\u{202e}backwards",
                "",
                "<users><resource>castle</resource></users>",
            ),
            "<item/>".to_owned(),
            item("the last", "\n  AA\n  AA\n", "<unknown/>"),
        ];
        let payload = format!(
            "<items xmlns='urn:xmpp:saslcert:1'>{}</items>",
            items.concat()
        );
        peer.reply(&request, "result", &payload)?;
        peer.hold()
    });
    let outcome = by_password(&server, &["list"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let names: Vec<&str> = outcome
        .stdout
        .lines()
        .filter(|line| !line.starts_with(' '))
        .collect();
    assert_eq!(
        names,
        [
            "",
            "no certificate",
            "not base64",
            "the last",
            "\\u{202e}backwards"
        ]
    );
    assert!(
        outcome.stdout.contains("  in use   castle\n"),
        "{outcome:?}"
    );
    let outcome = by_password(&server, &["list", "--json"]);
    assert_eq!(outcome.stdout.lines().count(), 5, "{outcome:?}");
    assert!(
        outcome
            .stdout
            .contains(r#"{"name":"not base64","problem":"what is stored there is no base64"}"#),
        "{outcome:?}"
    );
}

#[test]
fn a_server_without_certificates_says_so() {
    let server = FakeServer::start(|peer| {
        peer.let_in("PLAIN")?;
        loop {
            let request = peer.until("</iq>")?;
            peer.reply(
                &request,
                "error",
                "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
            )?;
        }
    });
    for args in [
        &["list"][..],
        &["upload", "client.crt"],
        &["revoke", "client.crt"],
    ] {
        let outcome = by_password(&server, args);
        assert_error(
            &outcome,
            6,
            "the server stores no certificates for its users (XEP-0257)",
        );
    }
}

#[test]
fn a_server_that_says_yes_and_does_nothing_is_found_out() {
    let server = FakeServer::start(|peer| {
        peer.let_in("PLAIN")?;
        loop {
            let request = peer.until("</iq>")?;
            let item = "<item><name>phone</name><x509cert>AAAA</x509cert></item>";
            let payload = format!("<items xmlns='urn:xmpp:saslcert:1'>{item}</items>");
            let payload = if request.contains("<items") {
                payload
            } else {
                String::new()
            };
            peer.reply(&request, "result", &payload)?;
        }
    });
    let outcome = by_password(&server, &["upload", "client.crt", "--name", "laptop"]);
    assert_error(
        &outcome,
        6,
        "the server took 'laptop', but does not list it",
    );
    let outcome = by_password(&server, &["upload", "client.crt", "--name", "phone"]);
    assert_error(
        &outcome,
        4,
        "the account has another certificate called 'phone'",
    );
    for command in ["disable", "revoke"] {
        let outcome = by_password(&server, &[command, "phone"]);
        assert_error(
            &outcome,
            6,
            "the server did not refuse, but still has 'phone'",
        );
        let outcome = by_password(&server, &[command, "tablet"]);
        assert_error(
            &outcome,
            3,
            "nothing is stored as 'tablet', and there is no such file",
        );
    }
}

#[test]
fn the_ad_hoc_command_is_tried_on_a_new_session_where_the_old_one_ends() {
    const NODE: &str = "node='http://prosody.im/protocol/certs'";
    let connections = AtomicUsize::new(0);
    let server = FakeServer::start(move |peer| {
        let is_first = connections.fetch_add(1, Ordering::Relaxed) == 0;
        let mut certificate = String::new();
        peer.let_in("PLAIN")?;
        loop {
            let request = peer.until("</iq>")?;
            let command = |status: &str, inner: &str| {
                format!(
                    "<command xmlns='http://jabber.org/protocol/commands' {NODE} sessionid='7' status='{status}'>{inner}</command>"
                )
            };
            let answer = if request.contains("<items") && certificate.is_empty() {
                ITEMS.to_owned()
            } else if request.contains("<items") {
                let item = format!("<name>laptop</name><x509cert>{certificate}</x509cert>");
                ITEMS.replace("/>", &format!("><item>{item}</item></items>"))
            } else if request.contains("<append") {
                continue;
            } else if ["<ping", "jabber:iq:version", "disco#info"]
                .iter()
                .any(|question| request.contains(question))
            {
                String::new()
            } else if is_first {
                return Ok(());
            } else if request.contains("action='execute'") || request.contains("<value>add</value>")
            {
                command("executing", "<x xmlns='jabber:x:data' type='form'/>")
            } else {
                let pem = request.split("<field var='cert'><value>").nth(1).unwrap();
                let pem = pem.split("</value></field>").next().unwrap();
                certificate = pem.replace("</value><value>", "\n");
                command("completed", "<note type='info'>Successfully added</note>")
            };
            peer.reply(&request, "result", &answer)?;
        }
    });
    let outcome = by_password(&server, &["upload", "client.crt", "--name", "laptop"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains("uploaded as 'laptop' on hamlet@shakespeare.lit, as its list confirms\n"),
        "{outcome:?}"
    );
}
