//! Nothing from a file or an argument reaches a terminal or JSON as it is.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;

use serde_json::Value;
use unicode_general_category::{GeneralCategory, get_general_category};

use crate::support::{JID, Outcome, Sandbox, data};

/// Sets the title, colours, clears, deletes, turns the direction, hides, breaks the line.
const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{1b}[31m\u{7f}\u{9b}2J\r\n\u{202e}\u{2066}\u{200b}\u{ad}\u{feff}\u{2028}\u{2029}\u{e0041}";

fn is_hostile(character: char) -> bool {
    matches!(
        get_general_category(character),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

/// Whether all that was said can go to a terminal; how many lines there are is ours to say.
fn assert_clean(outcome: &Outcome, what: &str) {
    for text in [&outcome.stdout, &outcome.stderr] {
        let hostile = text.chars().find(|c| *c != '\n' && is_hostile(*c));
        assert_eq!(hostile, None, "{what}: {text:?}");
    }
}

/// Every line in the error channel is one of ours.
fn assert_lines_are_labelled(outcome: &Outcome, what: &str) {
    for line in outcome.stderr.lines() {
        let is_ours = ["error: ", "hint: ", "warning: "]
            .iter()
            .any(|label| line.starts_with(label));
        assert!(is_ours, "{what}: {line:?}");
    }
}

#[test]
fn subjects_and_names_are_escaped_in_text_json_and_xml() {
    let sandbox = Sandbox::new();
    let certificate = data("inspect/hostile.crt");
    sandbox.write("hostile.crt", fs::read(certificate).unwrap());
    for args in [
        &["inspect", "hostile.crt"][..],
        &["inspect", "--json", "hostile.crt"],
        &["check", "hostile.crt"],
        &["check", "--json", "hostile.crt"],
        &["check", "hostile.crt", "--jid", JID],
        &["renew", "hostile.crt"],
        &["renew", "--json", "hostile.crt"],
        &["export", "hostile.crt", "--format", "stanza"],
    ] {
        let outcome = sandbox.run(args);
        assert_clean(&outcome, args[0]);
    }
    let certificate = sandbox.inspect("hostile.crt");
    assert_eq!(
        certificate["jids"][0],
        format!("{HOSTILE}@shakespeare.lit"),
        "what JSON means is what is there"
    );
    assert_eq!(certificate["common_name"], HOSTILE);
    let text = sandbox.done(&["inspect", "hostile.crt"]);
    assert!(
        text.contains("\\u{1b}]0;owned\\u{7}\\u{1b}[31m\\u{7f}\\u{9b}2J\\r\\n\\u{202e}"),
        "{text}"
    );
}

#[test]
fn a_common_name_that_xml_can_carry_is_escaped_by_reference() {
    let sandbox = Sandbox::with_pair();
    let name = "\u{202e}\u{9b}\n\u{2028}";
    let args = ["export", "client.crt", "--format", "stanza", "--name", name];
    let outcome = sandbox.run(&args);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert!(
        outcome
            .stdout
            .contains("<name>&#x202E;&#x9B;&#xA;&#x2028;</name>"),
        "{outcome:?}"
    );
    assert_clean(&outcome, "stanza");
}

#[test]
fn names_of_files_are_escaped() {
    let sandbox = Sandbox::with_pair();
    let good = format!("{HOSTILE}.crt").replace('/', "");
    sandbox.write(&good, sandbox.read("client.crt"));
    let bad = format!("bad{good}");
    sandbox.write(&bad, "text");
    let absent = format!("absent{good}");
    let out = format!("new{good}x");
    for args in [
        &["inspect", &good, &bad, &absent][..],
        &["check", &good],
        &["check", &bad],
        &["check", "client.crt", "--key", &bad],
        &["check", "client.crt", "--key", &absent],
        &["export", &bad],
        &["export", "client.crt", "--out", &good],
        &["renew", &good],
        &["renew", &absent],
        &["generate", "--jid", JID, "--key", &bad],
        &[
            "generate",
            "--jid",
            JID,
            "--key",
            "client.key",
            "--out",
            &out,
        ],
        &[
            "generate",
            "--jid",
            JID,
            "--key-type",
            "ed25519",
            "--out",
            &out,
            "--force",
        ],
        &[
            "generate",
            "--jid",
            JID,
            "--key",
            "client.key",
            "--out",
            &good,
        ],
    ] {
        assert_clean(&sandbox.run(args), args[0]);
        let outcome = sandbox.run(&[args, &["--json"]].concat());
        assert_clean(&outcome, args[0]);
        for line in outcome.stdout.lines().chain(outcome.stderr.lines()) {
            assert!(serde_json::from_str::<Value>(line).is_ok(), "{line:?}");
        }
    }
}

#[test]
fn arguments_are_escaped_also_where_the_command_line_is_not_understood() {
    let sandbox = Sandbox::with_pair();
    let option = format!("--{HOSTILE}");
    let jid = format!("{HOSTILE}@shakespeare.lit");
    for args in [
        &["generate", "--jid", &jid][..],
        &["generate", "--jid", HOSTILE],
        &["generate", "--jid", JID, "--name", HOSTILE],
        &["generate", "--jid", JID, "--email", HOSTILE],
        &["generate", "--jid", JID, "--days", HOSTILE],
        &["generate", "--jid", JID, "--valid-for", HOSTILE],
        &["generate", "--jid", JID, "--not-after", HOSTILE],
        &["generate", "--jid", JID, "--not-before", HOSTILE],
        &["generate", "--jid", JID, "--key-type", HOSTILE],
        &["generate", &option],
        &["generate", HOSTILE],
        &[HOSTILE],
        &["man", HOSTILE],
        &["completions", HOSTILE],
        &["check", "client.crt", "--for", HOSTILE],
        &["check", "client.crt", "--jid", &jid],
        &["check", "client.crt", "--expires-in", HOSTILE],
        &["check", "client.crt", "--color", HOSTILE],
        &["export", "client.crt", "--format", HOSTILE],
    ] {
        let outcome = sandbox.run(args);
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (2, ""),
            "{args:?}"
        );
        assert_clean(&outcome, &format!("{args:?}"));
        assert_lines_are_labelled(&outcome, &format!("{args:?}"));
        let outcome = sandbox.run(&[&["--json"], args].concat());
        assert_clean(&outcome, &format!("{args:?}"));
        let error: Value = serde_json::from_str(outcome.stderr.trim_end()).unwrap();
        assert_eq!(error["exit_status"], 2);
        assert!(error["hint"].is_string());
    }
}

#[test]
fn arguments_that_are_not_unicode_are_told_and_escaped() {
    let sandbox = Sandbox::with_pair();
    let octets = OsString::from_vec(b"\xff\x1b[31m".to_vec());
    for args in [
        &["generate", "--jid"][..],
        &["generate", "--key-type"],
        &["inspect"],
        &["check"],
        &["export", "client.crt", "--format"],
        &[],
    ] {
        let mut command = sandbox.command();
        let outcome: Outcome = command.args(args).arg(&octets).output().unwrap().into();
        assert!([2, 3].contains(&outcome.status), "{outcome:?}");
        assert_clean(&outcome, &format!("{args:?}"));
        assert_lines_are_labelled(&outcome, &format!("{args:?}"));
    }
}

#[test]
fn labels_of_pem_blocks_are_escaped() {
    let sandbox = Sandbox::new();
    let label = "\u{1b}[31m\u{202e}KEY";
    sandbox.write(
        "file.pem",
        format!("-----BEGIN {label}-----\nMAA=\n-----END {label}-----\n"),
    );
    let outcome = sandbox.run(&["inspect", "file.pem"]);
    assert_eq!(outcome.status, 3);
    assert_clean(&outcome, "label");
    assert!(
        outcome.stderr.contains("\\u{1b}[31m\\u{202e}KEY"),
        "{outcome:?}"
    );
}
