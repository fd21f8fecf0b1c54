//! `doctor` tells what is wrong with a real server, fault by fault.

use serde_json::Value;

use crate::server::{PASSWORD, Server};
use crate::support::{JID, Outcome, Sandbox};

const DOMAIN: &str = "shakespeare.lit";

/// What `doctor --json` says, as finding and severity; what is fine is left out.
fn findings(outcome: &Outcome) -> Vec<(String, String)> {
    let lines = outcome.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &Value| line["severity"] != "fine")
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap().to_owned();
            (text("finding"), text("severity"))
        })
        .collect()
}

fn doctor(server: &Server, extra: &[&str]) -> Outcome {
    let options = server.options();
    let mut args = vec!["doctor", DOMAIN, "--json", "--timeout", "10"];
    args.extend(options.iter().map(String::as_str));
    args.extend(extra);
    Sandbox::new().run(&args)
}

/// Starts Prosody with one fault, and expects the one finding that is an error, or another severity.
fn expect(environment: &[(&str, &str)], finding: &str, severity: &str) {
    let server = Server::start("prosody", &[], environment);
    let outcome = doctor(&server, &[]);
    assert_eq!(
        findings(&outcome),
        [(finding.to_owned(), severity.to_owned())],
        "{environment:?}: {outcome:?}"
    );
    assert_eq!(
        outcome.status,
        i32::from(severity == "error"),
        "{outcome:?}"
    );
    assert_eq!(outcome.stderr, "");
}

#[test]
fn a_prosody_as_it_should_be_has_nothing_in_the_way_on_either_port() {
    let server = Server::start("prosody", &[], &[]);
    for options in [server.options().to_vec(), server.direct_tls_options()] {
        let is_direct = options.contains(&"--direct-tls".to_owned());
        let mut args = vec!["doctor", DOMAIN];
        args.extend(options.iter().map(String::as_str));
        let text = Sandbox::new().done(&args);
        assert!(
            text.starts_with("shakespeare.lit: nothing stands in the way\n"),
            "{text}"
        );
        for fact in [
            "fine (tls): TLS 1.3 and TLS 1.2",
            "fine (server-certificate): trusted",
            "fine (client-certificate): asked for, and a self-signed one passes TLS",
            "fine (mechanisms): ",
            "with a certificate also EXTERNAL",
            "fine (clock): within five minutes",
            if is_direct {
                "(direct TLS)"
            } else {
                "(STARTTLS)"
            },
        ] {
            assert!(text.contains(fact), "{fact}: {text}");
        }
    }
}

#[test]
fn a_prosody_that_asks_for_no_certificate_is_given_the_lines_that_make_it_ask() {
    let environment = [("C2S_SSL", "{ verify = { \"none\" } }")];
    expect(&environment, "certificate-not-requested", "error");

    let server = Server::start("prosody", &[], &environment);
    let options = server.options();
    let mut args = vec!["doctor", DOMAIN];
    args.extend(options.iter().map(String::as_str));
    let outcome = Sandbox::new().run(&args);
    assert_eq!(outcome.status, 1, "{outcome:?}");
    assert!(
        outcome.stdout.starts_with("shakespeare.lit: 1 error\n"),
        "{outcome:?}"
    );
    for line in [
        "\n  Prosody 0.12:\n    c2s_ssl = { verify = { \"peer\", \"client_once\" } }\n",
        "\n  Prosody 13:\n    c2s_ssl = { verify = { \"peer\", \"client_once\" }, verifyext = { \"lsec_continue\"",
    ] {
        assert!(outcome.stdout.contains(line), "{line}: {outcome:?}");
    }

    // Word for word, they do.
    args.push("--json");
    let outcome = Sandbox::new().run(&args);
    let line: Value = serde_json::from_str(outcome.stdout.lines().next().unwrap()).unwrap();
    let lines = line["mend"][server.place()].as_str().unwrap();
    let mended = Server::start("prosody", &[], &[("C2S_LINES", lines)]);
    for options in [mended.options().to_vec(), mended.direct_tls_options()] {
        let mut args = vec!["doctor", DOMAIN, "--json"];
        args.extend(options.iter().map(String::as_str));
        let outcome = Sandbox::new().run(&args);
        assert_eq!(findings(&outcome), [], "{outcome:?}");
    }
}

#[test]
fn a_module_that_does_not_load_shows_by_the_mechanisms() {
    expect(&[("FAULTS", "adhoc")], "external-not-offered", "error");
}

#[test]
fn a_certificate_that_is_demanded_of_everybody_is_an_error() {
    let verify = "verify = { \"peer\", \"client_once\", \"fail_if_no_peer_cert\" }";
    expect(&[("C2S_MORE", verify)], "certificate-demanded", "error");
}

#[test]
fn a_prosody_that_breaks_tls_with_self_signed_certificates_is_found_out() {
    // What Prosody 13 does by itself.
    let refusing = "verifyext = { lsec_continue = false }";
    expect(&[("C2S_MORE", refusing)], "self-signed-refused", "error");

    // It has said so and gone before the client has said all that belongs to TLS 1.2.
    let tls12 = format!("{refusing}, protocol = \"tlsv1_2\"");
    let server = Server::start("prosody", &["hamlet"], &[("C2S_MORE", &tls12)]);
    for options in [server.options().to_vec(), server.direct_tls_options()] {
        let mut args = vec!["login", "client.crt"];
        args.extend(options.iter().map(String::as_str));
        let outcome = Sandbox::with_pair().run(&args);
        assert_eq!(outcome.status, 1, "{outcome:?}");
        assert!(
            outcome.stderr.contains(
                "the server ended TLS on seeing the certificate, with the alert 'unknown_ca'"
            ),
            "{outcome:?}"
        );
    }
}

#[test]
fn the_certificate_of_the_server_is_looked_at_and_what_comes_after_too() {
    for (kind, finding, severity) in [
        ("expired", "server-certificate-expired", "error"),
        ("other-name", "server-certificate-wrong-name", "error"),
        ("ends-soon", "server-certificate-ends-soon", "warning"),
    ] {
        expect(&[("SERVER_CERT", kind)], finding, severity);
    }
    let server = Server::start("prosody", &[], &[]);
    let [_, address, ..] = server.options();
    let outcome = Sandbox::new().run(&["doctor", DOMAIN, "--json", "--server", &address]);
    let found = findings(&outcome);
    assert_eq!(found[0].0, "server-certificate-untrusted", "{outcome:?}");
    assert_eq!(found.len(), 1, "{outcome:?}");
    assert!(
        outcome.stdout.contains("\"client-certificate\""),
        "{outcome:?}"
    );
}

#[test]
fn a_server_with_tls_1_2_alone_shows_certificates_to_everybody() {
    let tls12 = "protocol = \"tlsv1_2\"";
    expect(&[("C2S_MORE", tls12)], "only-tls-1.2", "warning");
}

#[test]
fn a_clock_that_is_ten_minutes_off_shows_by_what_the_server_offers() {
    let server = Server::start("prosody", &[], &[]);
    let options = server.options();
    for (offset, found) in [("+10m", true), ("+2m", false)] {
        let mut args = vec![
            "-f",
            offset,
            env!("CARGO_BIN_EXE_xmppcert"),
            "doctor",
            DOMAIN,
            "--json",
        ];
        args.extend(options.iter().map(String::as_str));
        let outcome = Sandbox::new().try_peer("faketime", &args);
        let expected = ("clock-differs".to_owned(), "error".to_owned());
        assert_eq!(findings(&outcome).contains(&expected), found, "{outcome:?}");
        assert_eq!(outcome.status, i32::from(found), "{outcome:?}");
    }
}

#[test]
fn an_ejabberd_offers_external_to_everyone_once_it_is_told_to_verify() {
    for (verify, finding, severity) in [
        ("true", "external-for-everyone", "note"),
        // It asks all the same, and then does not mind what it gets.
        ("false", "external-not-offered", "error"),
    ] {
        let server = Server::start("ejabberd", &[], &[("TLS_VERIFY", verify)]);
        for options in [server.options().to_vec(), server.direct_tls_options()] {
            let mut args = vec!["doctor", DOMAIN, "--json"];
            args.extend(options.iter().map(String::as_str));
            let outcome = Sandbox::new().run(&args);
            assert_eq!(
                findings(&outcome),
                [(finding.to_owned(), severity.to_owned())],
                "{outcome:?}"
            );
        }
    }
}

#[test]
fn a_server_that_is_not_there_is_an_error_and_unreachable() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let outcome = Sandbox::new().run(&["doctor", DOMAIN, "--json", "--server", &address]);
    assert_eq!(outcome.status, 5, "{outcome:?}");
    assert_eq!(
        findings(&outcome),
        [("out-of-reach".to_owned(), "error".to_owned())]
    );
    assert!(outcome.stderr.contains("cannot be reached"), "{outcome:?}");
}

/// The options of an account of the server, and a file with its password in `sandbox`.
fn with_account(sandbox: &Sandbox, server: &Server, extra: &[&str]) -> Outcome {
    sandbox.write("password", PASSWORD);
    sandbox.peer("chmod", &["600", "password"]);
    let options = server.options();
    let mut args = vec![
        "doctor",
        DOMAIN,
        "--jid",
        JID,
        "--password-file",
        "password",
    ];
    args.extend(options.iter().map(String::as_str));
    args.extend(extra);
    sandbox.run(&args)
}

#[test]
fn with_an_account_a_mended_prosody_stores_a_test_certificate_and_is_clean_again() {
    let server = Server::start("prosody", &["hamlet"], &[]);
    let sandbox = Sandbox::with_pair();
    let text = with_account(&sandbox, &server, &["--try-upload"]);
    assert_eq!((text.status, text.stderr.as_str()), (0, ""), "{text:?}");
    assert!(
        text.stdout
            .starts_with("shakespeare.lit: nothing stands in the way\n"),
        "{text:?}"
    );
    for fact in [
        &format!(
            "fine (software): Prosody {}",
            server.value("version").as_str().unwrap()
        ),
        "fine (certificate-management)",
        "fine (command)",
        "fine (upload): a test certificate was stored, listed and removed again",
    ] {
        assert!(text.stdout.contains(fact), "{fact}: {text:?}");
    }
    let mut client = server.client();
    let items = client.manage("items", JID, "", "");
    assert_eq!(items["items"], serde_json::json!({}));

    // Without consent nothing is stored, and a certificate is as good as a password.
    let base64 = sandbox.done(&["export", "--format", "base64", "client.crt"]);
    client.manage("append", JID, "laptop", base64.trim());
    let options = server.options();
    let mut args = vec!["doctor", DOMAIN, "--cert", "client.crt"];
    args.extend(options.iter().map(String::as_str));
    let text = sandbox.done(&args);
    assert!(text.contains("fine (software): Prosody"), "{text}");
    assert!(!text.contains("(upload)"), "{text}");
}

#[test]
fn an_upload_that_is_never_answered_is_told_with_the_patch_for_this_server_alone() {
    let server = Server::start("prosody", &["hamlet"], &[("FAULTS", "der2pem")]);
    let sandbox = Sandbox::new();
    let outcome = with_account(&sandbox, &server, &["--json", "--try-upload"]);
    assert_eq!(outcome.status, 1, "{outcome:?}");
    let expected = [("upload-unanswered".to_owned(), "error".to_owned())];
    assert_eq!(findings(&outcome), expected, "{outcome:?}");
    let line: Value = serde_json::from_str(outcome.stdout.lines().next().unwrap()).unwrap();
    let mend = line["mend"].as_object().unwrap();
    assert_eq!(mend.keys().collect::<Vec<_>>(), [server.place()]);
    assert!(
        mend[server.place()]
            .as_str()
            .unwrap()
            .starts_with("sed -i ")
    );

    // Nobody tried, nobody knows.
    let outcome = with_account(&sandbox, &server, &["--json"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert_eq!(findings(&outcome), []);
}

#[test]
fn a_module_that_breaks_off_while_it_loads_is_missed_in_what_the_server_says_of_itself() {
    let server = Server::start("prosody", &["hamlet"], &[("FAULTS", "adhoc")]);
    let outcome = with_account(&Sandbox::new(), &server, &["--json"]);
    assert_eq!(
        findings(&outcome),
        [
            ("external-not-offered".to_owned(), "error".to_owned()),
            ("no-certificate-management".to_owned(), "warning".to_owned()),
        ],
        "{outcome:?}"
    );
    let other = ["prosody-0.12", "prosody-13"]
        .into_iter()
        .find(|place| *place != server.place());
    assert!(!outcome.stdout.contains(other.unwrap()), "{outcome:?}");
}

#[test]
fn an_ejabberd_tells_what_it_is_and_is_given_its_own_lines() {
    let server = Server::start("ejabberd", &["hamlet"], &[("TLS_VERIFY", "false")]);
    let outcome = with_account(&Sandbox::new(), &server, &[]);
    assert_eq!(outcome.status, 1, "{outcome:?}");
    assert!(
        outcome.stdout.contains("\n  ejabberd:\n    c2s_cafile:"),
        "{outcome:?}"
    );
    assert!(
        outcome.stdout.contains("fine (software): ejabberd 2"),
        "{outcome:?}"
    );
    assert!(!outcome.stdout.contains("Prosody 0.12:"), "{outcome:?}");
}

#[test]
fn an_account_that_is_kept_out_takes_nothing_from_what_was_seen() {
    let sandbox = Sandbox::with_pair();
    // The certificate is not stored, which is for 'login' to say.
    let server = Server::start("prosody", &["hamlet"], &[]);
    let options = server.options();
    let mut args = vec!["doctor", DOMAIN, "--cert", "client.crt"];
    args.extend(options.iter().map(String::as_str));
    let outcome = sandbox.run(&args);
    assert_eq!(outcome.status, 6, "{outcome:?}");
    assert!(
        outcome.stdout.contains("nothing stands in the way"),
        "{outcome:?}"
    );
    assert!(outcome.stderr.contains("'not-authorized'"), "{outcome:?}");

    let ssl = "{ verify = { \"none\" } }";
    let server = Server::start("prosody", &["hamlet"], &[("C2S_SSL", ssl)]);
    let options = server.options();
    let mut args = vec!["doctor", DOMAIN, "--cert", "client.crt"];
    args.extend(options.iter().map(String::as_str));
    let outcome = sandbox.run(&args);
    assert_eq!(outcome.status, 1, "{outcome:?}");
    assert!(
        outcome.stdout.contains("(certificate-not-requested)"),
        "{outcome:?}"
    );
    assert!(
        outcome
            .stderr
            .starts_with("warning: nothing was seen with the account: "),
        "{outcome:?}"
    );
}
