//! JIDs as public test suites, RFCs and XEPs have them, through the real binary.
//!
//! Each line of data/jids.jsonl has where it comes from, the JID as typed (a text, or pieces with
//! how often each is repeated), and either its normal form or the reason why it is refused. The
//! normal forms agree with what Prosody 0.12's `jid.prepped_split` makes of them, but for the dots
//! of RFC 3490.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Sandbox, data};

struct Vector {
    source: String,
    jid: String,
    /// Or the reason.
    normal: Result<String, String>,
}

fn text(value: &Value) -> String {
    match value {
        Value::Array(pieces) => pieces
            .iter()
            .map(|piece| {
                let count = usize::try_from(piece[1].as_u64().unwrap()).unwrap();
                piece[0].as_str().unwrap().repeat(count)
            })
            .collect(),
        _ => value.as_str().unwrap().to_owned(),
    }
}

fn vectors() -> Vec<Vector> {
    let lines = std::fs::read_to_string(data("jids.jsonl")).unwrap();
    let vectors = lines.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        Vector {
            source: line["source"].as_str().unwrap().to_owned(),
            jid: text(&line["jid"]),
            normal: match &line["refused"] {
                Value::Null => Ok(text(&line["normal"])),
                reason => Err(reason.as_str().unwrap().to_owned()),
            },
        }
    });
    vectors.collect()
}

#[test]
fn there_are_at_least_150_of_them() {
    assert!(vectors().len() >= 150);
}

#[test]
fn good_jids_end_up_in_the_certificate_in_their_normal_form() {
    let sandbox = Sandbox::new();
    let mut certificates = String::new();
    let mut expected = Vec::new();
    for vector in vectors() {
        let Ok(normal) = vector.normal else { continue };
        let jid = format!("--jid={}", vector.jid);
        let outcome = sandbox.run(&["generate", &jid, "--key-type", "ed25519", "--out", "-"]);
        assert_eq!(outcome.status, 0, "{}: {jid}: {outcome:?}", vector.source);
        let says_so = outcome.stderr.contains("the form that servers compare");
        assert_eq!(says_so, normal != vector.jid, "{}: {jid}", vector.source);
        certificates.push_str(&outcome.stdout);
        expected.push((vector.source, normal));
    }
    let outcome = sandbox.run_with(certificates.as_bytes(), &["inspect", "--json", "-"]);
    let objects = outcome
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let found: Vec<Value> = objects
        .filter(|object| object["kind"] == "certificate")
        .collect();
    assert_eq!(found.len(), expected.len());
    for (certificate, (source, normal)) in found.iter().zip(&expected) {
        assert_eq!(certificate["jids"][0], *normal, "{source}");
    }
}

#[test]
fn what_is_no_account_is_refused_with_the_reason_and_the_place() {
    let sandbox = Sandbox::new();
    let mut wrong = String::new();
    for vector in vectors() {
        let Err(reason) = vector.normal else { continue };
        let jid = format!("--jid={}", vector.jid);
        let said = sandbox.fails(2, &["generate", &jid]);
        let first = said.lines().next().unwrap();
        if !first.ends_with(&format!("is not a JID: {reason}")) {
            writeln!(wrong, "{}: {first}", vector.source).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(sandbox.files().is_empty());
}
