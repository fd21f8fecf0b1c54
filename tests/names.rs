//! JIDs, names and e-mail addresses in what `generate` makes.

use serde_json::{Value, json};

use crate::support::{JID, Sandbox, generate};

#[test]
fn several_jids_stand_in_the_order_given_each_once() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.run(&generate(&[
        "--jid",
        "Hamlet@Shakespeare.LIT.",
        "--jid",
        "hamlet@shakespeare.lit/Elsinore",
        "--jid",
        "ophelia@shakespeare.lit",
        "--jid",
        "hamlet@shakespeare.lit",
    ]));
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert_eq!(
        sandbox.inspect("client.crt")["jids"],
        json!([
            "hamlet@shakespeare.lit",
            "hamlet@shakespeare.lit/Elsinore",
            "ophelia@shakespeare.lit"
        ])
    );
    let warnings: Vec<&str> = outcome
        .stderr
        .lines()
        .filter(|line| line.starts_with("warning: "))
        .collect();
    assert_eq!(
        warnings,
        [
            "warning: 'Hamlet@Shakespeare.LIT.' is stored as 'hamlet@shakespeare.lit', the form that servers compare",
            "warning: Prosody does not hold a login with 'hamlet@shakespeare.lit/Elsinore' to the resource 'Elsinore'",
            "warning: with several JIDs, Prosody refuses clients that do not say which one they mean, as slixmpp and poezio do not",
        ]
    );
}

#[test]
fn warnings_are_json_where_results_are() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.run(&generate(&["--jid", "HAMLET@shakespeare.lit", "--json"]));
    let warning: Value = serde_json::from_str(&outcome.stderr).unwrap();
    assert_eq!(
        warning,
        json!({"warning": "'HAMLET@shakespeare.lit' is stored as 'hamlet@shakespeare.lit', the form that servers compare"})
    );
}

#[test]
fn a_jid_that_is_none_is_refused_with_the_place() {
    let sandbox = Sandbox::new();
    for (jid, error, hint) in [
        (
            "shakespeare.lit",
            "it has no '@', so it names a server and not an account",
            "give the account's address, such as hamlet@shakespeare.lit",
        ),
        (
            "ham let@shakespeare.lit",
            "the localpart must not contain U+0020, which is character 4",
            "if the account really has this character, write it as '\\20' (XEP-0106)",
        ),
        (
            "xmpp:hamlet@shakespeare.lit",
            "it is a URI",
            "leave out 'xmpp:'",
        ),
    ] {
        assert_eq!(
            sandbox.fails(2, &["generate", "--jid", jid]),
            format!("error: '{jid}' is not a JID: {error}\nhint: {hint}\n")
        );
    }
    assert_eq!(
        sandbox.fails(2, &["generate"]),
        "error: no account is given\nhint: name it with '--jid', as in '--jid hamlet@shakespeare.lit'\n"
    );
    assert!(sandbox.files().is_empty());
}

#[test]
fn the_common_name_is_the_jid_or_what_was_asked_for() {
    let sandbox = Sandbox::new();
    let long = format!("{}@shakespeare.lit", "h".repeat(60));
    let outcome = sandbox.run(&generate(&["--jid", &long, "--out", "long"]));
    assert_eq!(outcome.status, 0);
    assert_eq!(sandbox.inspect("long.crt")["common_name"], "XMPP account");
    assert_eq!(sandbox.inspect("long.crt")["jids"], json!([long]));
    assert!(
        outcome
            .stderr
            .contains("longer than the 64 characters of a common name")
    );
    for (index, name) in ["Hamlet, Prince", "Ÿ".repeat(64).as_str(), "名前"]
        .iter()
        .enumerate()
    {
        let out = index.to_string();
        sandbox.done(&generate(&["--name", name, "--out", &out]));
        assert_eq!(sandbox.inspect(&format!("{out}.crt"))["common_name"], *name);
    }
    for (name, error) in [
        ("", "the name is empty"),
        (" ", "the name is empty"),
        (
            &"x".repeat(65),
            "the name has 65 characters, and a common name may have 64",
        ),
        ("a\u{7}", "the name contains the control character U+0007"),
    ] {
        let said = sandbox.fails(2, &generate(&["--name", name]));
        assert!(
            said.starts_with(&format!("error: '--name': {error}\n")),
            "{said}"
        );
    }
}

#[test]
fn the_email_address_is_the_jid_where_it_can_be_one() {
    let sandbox = Sandbox::new();
    let email = |out: &str| {
        let certificate = sandbox.inspect(&format!("{out}.crt"));
        let names = certificate["subject_alt_names"].as_array().unwrap();
        let email = names.iter().find(|name| name["type"] == "rfc822Name");
        email.map(|email| email["value"].as_str().unwrap().to_owned())
    };
    for (jid, note) in [
        ("jürgen@shakespeare.lit", true),
        ("d\\27artagnan@shakespeare.lit", true),
        ("a#b@shakespeare.lit", false),
    ] {
        let outcome = sandbox.run(&generate(&["--jid", jid, "--out", "own", "--force"]));
        assert_eq!(outcome.status, 0);
        assert_eq!(email("own").is_none(), note, "{jid}");
        let said =
            format!("'{jid}' cannot be an e-mail address, so there is none in the certificate\n");
        assert_eq!(outcome.stderr.contains(&said), note, "{jid}");
        assert_eq!(sandbox.inspect("own.crt")["jids"], json!([jid]));
    }
    let outcome = sandbox.run(&generate(&[
        "--email",
        "prince@denmark.lit",
        "--out",
        "other",
    ]));
    assert_eq!(email("other").as_deref(), Some("prince@denmark.lit"));
    assert!(
        outcome.stderr.starts_with(
            "warning: Conversations would log in as 'prince@denmark.lit', the e-mail address, not as 'hamlet@shakespeare.lit'\n"
        ),
        "{}",
        outcome.stderr
    );
    sandbox.done(&generate(&["--no-email", "--out", "none"]));
    assert_eq!(email("none"), None);
    assert_eq!(sandbox.inspect("none.crt")["subject"], format!("CN={JID}"));
    for bad in ["nonsense", "", "a@b@c", "jürgen@x.y", "a@-b"] {
        let said = sandbox.fails(2, &generate(&["--email", bad]));
        assert!(
            said.contains("is not an e-mail address that a certificate can hold"),
            "{said}"
        );
    }
    let said = sandbox.fails(2, &generate(&["--email", "a@b.c", "--no-email"]));
    assert!(said.contains("cannot be used with"), "{said}");
}

#[test]
fn a_localpart_may_begin_like_an_option() {
    let sandbox = Sandbox::new();
    sandbox.done(&generate(&["--jid", "-q@shakespeare.lit"]));
    assert_eq!(
        sandbox.inspect("client.crt")["jids"],
        json!(["-q@shakespeare.lit"])
    );
}
