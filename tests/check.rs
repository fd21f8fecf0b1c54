//! `xmppcert check`: verdicts, their reasons, and the exit status that scripts go by.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use xmppcert::check::{Consumer, RULES, Rule};

use crate::support::{JID, Outcome, Sandbox, compare, data, generate};

/// With data/rules/NAME.crt in it.
fn with(name: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let file = format!("{name}.crt");
    sandbox.write(&file, fs::read(data(&format!("rules/{file}"))).unwrap());
    sandbox
}

/// A run of `check` on a certificate that breaks `rule`, whether alone or by what is asked.
fn breaking(rule: &Rule) -> (Sandbox, Outcome) {
    let (file, question): (&str, &[&str]) = match rule.id {
        "jid-absent" => ("plain", &["--jid", "ophelia@shakespeare.lit"]),
        "expires-soon" => ("plain", &["--expires-in", "7500y"]),
        "key-mismatch" | "key-file-unreadable" => ("plain", &["--key", "other.key"]),
        "file-not-bare" | "file-unreadable" | "file-not-pem" => ("plain", &[]),
        // One does for both.
        "too-large-to-log-in" => ("too-large-to-upload", &[]),
        id => (id, &[]),
    };
    let sandbox = with(file);
    let certificate = format!("{file}.crt");
    if rule.id == "key-mismatch" {
        let key = fs::read(data("inspect/pkcs8.key")).unwrap();
        sandbox.write("other.key", key);
    }
    match rule.id {
        "key-file-unreadable" => {
            let key = fs::read_to_string(data("inspect/pkcs8.key")).unwrap();
            sandbox.write("other.key", &key);
            let args = ["--key", "other.key", "--out", "plain", "--force"];
            sandbox.done(&[&["generate", "--jid", JID], &args[..]].concat());
            sandbox.write("other.key", key.replace('\n', "\r"));
        }
        "file-not-bare" => {
            let text = format!("subject=hamlet\n{}", sandbox.text(&certificate));
            sandbox.write(&certificate, text);
        }
        "file-unreadable" => {
            let text = sandbox.text(&certificate);
            sandbox.write(&certificate, text.replace('\n', "\n  "));
        }
        "file-not-pem" => {
            let args = [
                "export",
                "--format",
                "der",
                "--out",
                "plain.der",
                "plain.crt",
            ];
            sandbox.done(&args);
            fs::rename(sandbox.path("plain.der"), sandbox.path(&certificate)).unwrap();
        }
        _ => {}
    }
    let args = ["check", "--json", &certificate];
    let outcome = sandbox.run(&[&args, question].concat());
    (sandbox, outcome)
}

fn report(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.stdout).unwrap()
}

fn findings(report: &Value) -> Vec<(&str, &str)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            (
                finding["rule"].as_str().unwrap(),
                finding["severity"].as_str().unwrap(),
            )
        })
        .collect()
}

#[test]
fn every_rule_is_broken_by_a_committed_certificate_and_json_is_a_contract() {
    let mut all = String::new();
    for rule in RULES {
        let (_sandbox, outcome) = breaking(rule);
        let report = report(&outcome);
        let broken: BTreeSet<&str> = findings(&report).iter().map(|(rule, _)| *rule).collect();
        assert!(broken.contains(rule.id), "{}: {broken:?}", rule.id);
        let status = i32::from(report["verdict"] == "reject");
        assert_eq!(outcome.status, status, "{}", rule.id);
        // Its end is as far away as the day of the test.
        if rule.id != "expires-soon" {
            all.push_str(&outcome.stdout);
        }
    }
    assert!(!all.contains("null"));
    compare("tests/data/rules/reports.jsonl", &all, "check");
}

#[test]
fn the_manual_page_has_every_rule_and_what_it_means_for_whom() {
    let page = fs::read_to_string(format!(
        "{}/man/xmppcert-check.1",
        env!("CARGO_MANIFEST_DIR")
    ));
    let page = page.unwrap().replace("\\*(Aq", "'").replace('\\', "");
    let table = page.split(".SH RULES\n.TP\n").nth(1).unwrap();
    let table = table.split(".SH").next().unwrap();
    let entries: Vec<&str> = table.split(".TP\n").collect();
    assert_eq!(entries.len(), RULES.len());
    for (entry, rule) in entries.iter().zip(RULES) {
        let head = format!("fB{}fR ({})\n{}\n", rule.id, rule.reference, rule.summary);
        assert!(entry.starts_with(&head), "{entry}");
        assert!(
            rule.summary.ends_with('.') && !entry.contains(".."),
            "{entry}"
        );
        let consumers: Vec<&str> = entry
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, _)| name)
            .filter(|name| Consumer::named(name).is_some())
            .collect();
        let effects: Vec<&str> = rule.effects.iter().map(|(whose, _)| whose.name()).collect();
        assert_eq!(consumers, effects, "{}", rule.id);
    }
}

#[test]
fn a_good_certificate_is_accepted_by_all() {
    let sandbox = Sandbox::with_pair();
    let outcome = sandbox.run(&["check", "client.crt", "--strict"]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    assert_eq!(
        outcome.stdout,
        "\
'client.crt': accept

  xep-0257      upload yes  login yes                TLS 1.2 yes
  prosody       upload yes  login yes                TLS 1.2 yes
  ejabberd                  login yes                TLS 1.2 yes
  slixmpp       upload yes  login yes                TLS 1.2 yes
  libstrophe                login yes                TLS 1.2 yes
  conversations             login yes                TLS 1.2 yes
"
    );
}

#[test]
fn text_leads_with_the_verdict_and_gives_each_finding_a_hint() {
    let sandbox = with("expired");
    let outcome = sandbox.run(&["check", "expired.crt"]);
    assert_eq!(outcome.status, 1);
    assert_eq!(
        outcome.stdout,
        "\
'expired.crt': reject

error (expired): the certificate expired at 2021-01-01T00:00:00Z
  hint: xmppcert renew expired.crt
  see: RFC 5280 4.1.2.5; XEP-0257 3; mod_client_certs

  xep-0257      upload yes  login no                 TLS 1.2 no   (expired)
  prosody       upload yes  login no                 TLS 1.2 no   (expired)
  ejabberd                  login no                 TLS 1.2 no   (expired)
  slixmpp       upload yes  login no                 TLS 1.2 no   (expired)
  libstrophe                login no                 TLS 1.2 no   (expired)
  conversations             login no                 TLS 1.2 no   (expired)
"
    );
}

#[test]
fn hints_that_are_commands_work_as_they_stand() {
    let mut tried = BTreeSet::new();
    for rule in RULES {
        let (sandbox, outcome) = breaking(rule);
        for finding in report(&outcome)["findings"].as_array().unwrap() {
            let hint = finding["hint"].as_str().unwrap();
            let Some((_, command)) = hint.split_once("xmppcert ") else {
                continue;
            };
            let verb = command.split(' ').next().unwrap();
            let command = command.replace(" JID", " hamlet@shakespeare.lit");
            let small = if verb == "export" || command.contains("--key-type") {
                ""
            } else {
                " --key-type ecdsa-p256"
            };
            let binary = env!("CARGO_BIN_EXE_xmppcert");
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("'{binary}' {command}{small}")]);
            let outcome: Outcome = shell
                .current_dir(sandbox.path("."))
                .output()
                .unwrap()
                .into();
            if outcome.stderr.contains("exists already") {
                continue;
            }
            assert_eq!(outcome.status, 0, "{}: {hint}: {outcome:?}", rule.id);
            tried.insert(verb.to_owned());
        }
    }
    assert_eq!(
        tried.iter().collect::<Vec<_>>(),
        ["export", "generate", "renew"]
    );
}

#[test]
fn names_of_files_in_hints_are_quoted_for_the_shell() {
    let sandbox = with("expired");
    let certificate = sandbox.read("expired.crt");
    for (file, hint) in [
        ("my cert.crt", "xmppcert renew 'my cert.crt'"),
        ("it's.crt", r"xmppcert renew 'it'\''s.crt'"),
        ("$(reboot).crt", "xmppcert renew '$(reboot).crt'"),
        ("-q.crt", "xmppcert renew ./-q.crt"),
    ] {
        sandbox.write(file, &certificate);
        let outcome = sandbox.run(&["check", "--json", "--", file]);
        assert_eq!(report(&outcome)["findings"][0]["hint"], hint);
    }
    let outcome = sandbox.run_with(&certificate, &["check", "--json", "-"]);
    assert_eq!(
        report(&outcome)["findings"][0]["hint"],
        "xmppcert renew CERT"
    );
}

#[test]
fn whose_refusal_counts_can_be_chosen() {
    let sandbox = with("no-client-auth");
    for (consumers, verdict, severity, status) in [
        (None, "reject", "error", 1),
        (Some("prosody"), "warn", "warning", 0),
        (Some("prosody,slixmpp"), "warn", "warning", 0),
        (Some("ejabberd"), "reject", "error", 1),
        (Some("prosody,ejabberd"), "reject", "error", 1),
    ] {
        let mut args = vec!["check", "--json", "no-client-auth.crt"];
        args.extend(consumers.iter().flat_map(|consumers| ["--for", consumers]));
        let outcome = sandbox.run(&args);
        let report = report(&outcome);
        assert_eq!(report["verdict"], verdict, "{consumers:?}");
        assert_eq!(findings(&report), [("no-client-auth", severity)]);
        assert_eq!(outcome.status, status);
        // What each does is the same whoever was asked for.
        assert_eq!(report["consumers"][1]["login"], "accept");
        assert_eq!(report["consumers"][2]["login"], "reject");
    }
    let said = sandbox.fails(2, &["check", "no-client-auth.crt", "--for", "gajim"]);
    assert!(
        said.contains("invalid value 'gajim' for '--for <NAME>'"),
        "{said}"
    );
}

#[test]
fn strict_lets_warnings_count() {
    for (name, status) in [
        ("tls12-curve", 1),
        ("full-jid", 0),
        ("plain", 0),
        ("expired", 1),
    ] {
        let sandbox = with(name);
        let file = format!("{name}.crt");
        assert_eq!(
            sandbox.run(&["check", "--strict", &file]).status,
            status,
            "{name}"
        );
    }
    assert_eq!(
        with("tls12-curve")
            .run(&["check", "tls12-curve.crt"])
            .status,
        0
    );
}

#[test]
fn quiet_leaves_it_to_the_exit_status() {
    for (name, status) in [("plain", 0), ("expired", 1), ("tls12-curve", 0)] {
        let file = format!("{name}.crt");
        let outcome = with(name).run(&["check", "-q", &file]);
        assert_eq!(outcome.status, status);
        assert_eq!((outcome.stdout + &outcome.stderr).as_str(), "");
    }
}

#[test]
fn the_end_of_the_certificate_can_be_asked_about() {
    let sandbox = Sandbox::new();
    sandbox.done(&generate(&["--days", "20"]));
    for (time, status) in [
        ("19d", 0),
        ("21d", 1),
        ("400h", 0),
        ("500h", 1),
        ("2w", 0),
        ("1mo", 1),
        ("1y", 1),
    ] {
        let outcome = sandbox.run(&["check", "client.crt", "--expires-in", time]);
        assert_eq!(outcome.status, status, "{time}: {outcome:?}");
    }
    let outcome = sandbox.run(&["check", "--json", "client.crt", "--expires-in", "30d"]);
    assert_eq!(findings(&report(&outcome)), [("expires-soon", "error")]);
    sandbox.done(&generate(&["--not-after", "never", "--out", "never"]));
    sandbox.done(&["check", "never.crt", "--expires-in", "7900y"]);
    for (time, error) in [
        ("0d", "'0d' leads nowhere, or beyond the year 9999"),
        ("9000y", "'9000y' leads nowhere, or beyond the year 9999"),
        ("soon", "'soon' is not a length of time"),
    ] {
        let said = sandbox.fails(2, &["check", "client.crt", "--expires-in", time]);
        assert!(
            said.starts_with(&format!("error: '--expires-in': {error}\n")),
            "{said}"
        );
    }
}

#[test]
fn of_several_certificates_the_first_has_to_be_that_of_the_key() {
    let sandbox = Sandbox::with_pair();
    let (own, other) = (
        sandbox.text("client.crt"),
        fs::read_to_string(data("rules/may-issue.crt")).unwrap(),
    );
    for (chain, status) in [([&own, &other], 0), ([&other, &own], 1)] {
        sandbox.write("client.pem", chain.map(String::as_str).concat());
        let outcome = sandbox.run(&["check", "client.pem", "--key", "client.key"]);
        assert_eq!(outcome.status, status, "{outcome:?}");
        let note = "this is about the first, which clients load as theirs";
        assert!(outcome.stderr.contains(note), "{outcome:?}");
        let finding = "the private key belongs to certificate 2 of the file";
        assert_eq!(outcome.stdout.contains(finding), status == 1, "{outcome:?}");
    }
}

#[test]
fn the_account_can_be_asked_about() {
    let sandbox = Sandbox::new();
    sandbox.done(&generate(&[
        "--jid",
        JID,
        "--jid",
        "ophelia@shakespeare.lit/castle",
    ]));
    for (jid, status) in [
        (JID, 0),
        ("HAMLET@Shakespeare.lit.", 0),
        ("hamlet@shakespeare.lit/any", 0),
        ("ophelia@shakespeare.lit", 0),
        ("yorick@shakespeare.lit", 1),
        ("hamlet@denmark.lit", 1),
    ] {
        let outcome = sandbox.run(&["check", "client.crt", "--jid", jid]);
        assert_eq!(outcome.status, status, "{jid}: {outcome:?}");
    }
    let said = sandbox.fails(2, &["check", "client.crt", "--jid", "shakespeare.lit"]);
    assert!(
        said.starts_with("error: 'shakespeare.lit' is not a JID"),
        "{said}"
    );
}

#[test]
fn the_key_beside_the_certificate_is_looked_at_unless_another_is_named() {
    let sandbox = Sandbox::with_pair();
    sandbox.done(&generate(&["--out", "other"]));
    let status = |args: &[&str]| {
        sandbox
            .run(&[&["check", "client.crt"], args].concat())
            .status
    };
    assert_eq!(status(&[]), 0);
    assert_eq!(status(&["--key", "client.key"]), 0);
    assert_eq!(status(&["--key", "other.key"]), 1);
    sandbox.write("client.key", sandbox.read("other.key"));
    let outcome = sandbox.run(&["check", "--json", "client.crt"]);
    assert_eq!(outcome.status, 1);
    assert_eq!(findings(&report(&outcome)), [("key-mismatch", "error")]);
    let certificate = sandbox.read("client.crt");
    let outcome = sandbox.run_with(&certificate, &["check", "-"]);
    assert_eq!(outcome.status, 0, "standard input has nothing beside it");
    let key = sandbox.read("client.key");
    let outcome = sandbox.run_with(&key, &["check", "client.crt", "--key", "-"]);
    assert_eq!(outcome.status, 1);
    let said = sandbox.fails(2, &["check", "-", "--key", "-"]);
    assert!(said.starts_with("error: '-' is given twice"), "{said}");
    assert!(
        sandbox
            .fails(3, &["check", "client.crt", "--key", "absent"])
            .contains("'absent'")
    );
}

#[test]
fn a_file_with_more_in_it_is_not_for_poezio() {
    let sandbox = Sandbox::with_pair();
    let (certificate, key) = (sandbox.text("client.crt"), sandbox.text("client.key"));
    for (content, message) in [
        (
            format!("{certificate}{key}"),
            "the file holds a private key as well, which poezio's /cert_add would send to the server",
        ),
        (
            format!("{certificate}{certificate}"),
            "the file holds more than the certificate, and poezio's /cert_add would send all of it",
        ),
        (
            format!("Certificate:\n{certificate}"),
            "text stands beside the certificate, and poezio's /cert_add would send all of it",
        ),
    ] {
        sandbox.write("file.pem", content);
        let outcome = sandbox.run(&["check", "--json", "file.pem"]);
        let report = report(&outcome);
        assert_eq!(report["verdict"], "warn");
        assert_eq!(report["findings"][0]["message"], message);
        let slixmpp = &report["consumers"][3];
        assert_eq!(slixmpp["name"], "slixmpp");
        assert_eq!(slixmpp["because"], json!(["file-not-bare"]));
    }
}

#[test]
fn quiet_keeps_the_hint_with_its_error() {
    let sandbox = Sandbox::with_pair();
    let loud = sandbox.fails(3, &["check", "client.key"]);
    assert!(loud.contains("\nhint: "), "{loud}");
    assert_eq!(sandbox.fails(3, &["check", "-q", "client.key"]), loud);
}
