//! `doctor` with servers that are odd, and command lines that are. tests/peers has the real servers.

use serde_json::Value;

use crate::fake_server::{
    Asks, BIND, BOUND, DOMAIN, FakeServer, Flaw, SUCCESS, identity, mechanisms,
};
use crate::support::{Outcome, Sandbox};

fn doctor(server: &FakeServer, args: &[&str]) -> Outcome {
    let options = server.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    server
        .sandbox
        .run(&[&["doctor", DOMAIN], args, options.as_slice()].concat())
}

/// The lines of `--json`.
fn lines(outcome: &Outcome) -> Vec<Value> {
    let lines = outcome.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn what_cannot_be_meant_is_a_usage_error_before_anything_is_sent() {
    let sandbox = Sandbox::new();
    for (args, message) in [
        (
            &["doctor", "hamlet@shakespeare.lit"][..],
            "'hamlet@shakespeare.lit' is not a domain",
        ),
        (&["doctor", "a b"], "'a b' is not a domain: "),
        (&["doctor", "a..b"], "'a..b' is not a domain: "),
        (&["doctor", "xn--a"], "'xn--a' is not a domain: "),
        (&["doctor", "[::1"], "'[::1' is not a domain: "),
        (&["doctor", ""], "'' is not a domain: "),
        (
            &["doctor", DOMAIN, "--server", "xn--a"],
            "'xn--a' cannot be the name of a server",
        ),
        (
            &["doctor", DOMAIN, "--try-upload"],
            "'--try-upload' needs an account",
        ),
        (
            &["doctor", DOMAIN, "--jid", "romeo@montague.lit"],
            "the account 'romeo@montague.lit' is not of 'shakespeare.lit'",
        ),
        (
            &["doctor", DOMAIN, "--jid", "hamlet@shakespeare.lit"],
            "the password of 'hamlet@shakespeare.lit' is needed",
        ),
    ] {
        let stderr = sandbox.fails(2, args);
        assert!(stderr.starts_with(&format!("error: {message}")), "{stderr}");
    }
}

#[test]
fn a_server_without_starttls_is_an_error_with_the_lines_for_each_kind_of_server() {
    let server = FakeServer::start(|peer| {
        peer.open("")?;
        peer.hold()
    });
    let outcome = doctor(&server, &["--json"]);
    assert_eq!(outcome.status, 1, "{outcome:?}");
    let [line] = lines(&outcome).try_into().unwrap();
    assert_eq!(
        (&line["finding"], &line["severity"]),
        (&"no-starttls".into(), &"error".into())
    );
    let mends: Vec<&String> = line["mend"].as_object().unwrap().keys().collect();
    assert_eq!(mends, ["ejabberd", "prosody-0.12", "prosody-13"]);
}

#[test]
fn a_server_that_says_nothing_ends_with_the_time_out_as_unreachable() {
    let server = FakeServer::start(crate::fake_server::Peer::hold).waited_for_in_vain();
    let outcome = doctor(&server, &[]);
    assert_eq!(outcome.status, 5, "{outcome:?}");
    assert!(
        outcome
            .stderr
            .starts_with("error: the server did not answer in time"),
        "{outcome:?}"
    );
}

#[test]
fn a_server_that_wants_authorities_refuses_what_is_self_signed() {
    // Its own certificate ends in two days, which is the warning.
    let identity = identity(Flaw::Nothing);
    let server = FakeServer::with(&identity, Asks::ForOneOfAnAuthority, |peer| {
        peer.secure()?;
        peer.open(&mechanisms(&["PLAIN"]))?;
        peer.hold()
    });
    let outcome = doctor(&server, &[]);
    assert_eq!(outcome.status, 1, "{outcome:?}");
    assert!(
        outcome
            .stdout
            .starts_with("shakespeare.lit: 1 error, 1 warning\n"),
        "{outcome:?}"
    );
    assert!(
        outcome.stdout.contains("error (self-signed-refused): "),
        "{outcome:?}"
    );
    assert!(outcome.stdout.contains("lsec_continue"), "{outcome:?}");
}

#[test]
fn what_a_hostile_server_says_of_itself_does_no_harm() {
    let server = FakeServer::start(|peer| {
        peer.secure()?;
        peer.open(&mechanisms(&["PLAIN", "EVIL\u{9b}31m\u{202e}"]))?;
        // Whoever only looks leaves here.
        peer.until("</auth>")?;
        peer.send(SUCCESS)?;
        peer.open(BIND)?;
        peer.answer(BOUND)?;
        peer.answer("<query xmlns='jabber:iq:version'><name>Pros\u{9b}ody\u{202e}</name></query>")?;
        peer.answer("<other/>")?;
        peer.answer("")?;
        peer.hold()
    });
    let account = [
        "--jid",
        "hamlet@shakespeare.lit",
        "--password-file",
        "password",
    ];
    for json in [false, true] {
        let mut args = account.to_vec();
        if json {
            args.push("--json");
        }
        let outcome = doctor(&server, &args);
        assert_eq!(outcome.status, 1, "{outcome:?}");
        let said = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(said.contains("Pros"), "{outcome:?}");
        assert!(said.contains("EVIL"), "{outcome:?}");
        assert!(!said.contains(['\u{9b}', '\u{202e}']), "{outcome:?}");
        assert!(!said.contains("secret of the test"), "{outcome:?}");
    }
}

#[test]
fn a_server_out_of_reach_is_an_error_finding() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let args = ["doctor", DOMAIN, "--server", &address];
    let outcome = Sandbox::new().run(&[&args[..], &["--json"]].concat());
    assert_eq!(outcome.status, 5, "{outcome:?}");
    let [line] = lines(&outcome).try_into().unwrap();
    assert_eq!(
        (&line["finding"], &line["severity"]),
        (&"out-of-reach".into(), &"error".into())
    );
    let outcome = Sandbox::new().run(&args);
    assert!(
        outcome.stdout.starts_with("shakespeare.lit: 1 error\n"),
        "{outcome:?}"
    );
}

#[test]
fn what_is_fine_was_seen_too() {
    let server = FakeServer::start(|peer| {
        peer.secure()?;
        peer.open(&mechanisms(&["PLAIN"]))?;
        peer.hold()
    });
    let outcome = doctor(&server, &["--json"]);
    let lines = lines(&outcome);
    let fine: Vec<_> = lines
        .iter()
        .filter(|line| line["severity"] == "fine")
        .collect();
    assert!(!fine.is_empty(), "{outcome:?}");
    for line in lines {
        assert!(line["seen"].is_string(), "{line}");
        assert_eq!(
            line.get("means").is_none(),
            line["severity"] == "fine",
            "{line}"
        );
    }
}
