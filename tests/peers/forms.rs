//! `check` says of a file whether clients on OpenSSL load it, whatever its form.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{JID, Sandbox};
use crate::{in_venv, script};

/// A certificate or a key in a form of its own, and whether Python's ssl loads it.
struct Form {
    name: String,
    file: String,
    is_key: bool,
    loads: bool,
}

/// With `client.crt`, `client.key` and the files.
fn forms() -> (Sandbox, Vec<Form>) {
    let sandbox = Sandbox::new();
    sandbox.done(&["generate", "--jid", JID, "--key-type", "ecdsa-p256"]);
    let args = [&*script("peers/forms.py"), "client.crt", "client.key", "."];
    let said = sandbox.peer("python3", &args);
    let forms = said.lines().map(|line| {
        let form: Value = serde_json::from_str(line).unwrap();
        let text = |field: &str| form[field].as_str().unwrap().to_owned();
        Form {
            name: text("name"),
            file: text("file"),
            is_key: form["is_key"] == true,
            loads: form["loads"] == true,
        }
    });
    let forms = forms.collect();
    (sandbox, forms)
}

/// Whether slixmpp loads the files, as `check` says on its standard output, by the name of the certificate's file.
fn predicted(said: &str) -> BTreeMap<String, bool> {
    const RULES: [&str; 5] = [
        "file-unreadable",
        "file-not-pem",
        "key-file-unreadable",
        "key-mismatch",
        "trailing-octets",
    ];
    let reports = said.lines().map(|line| {
        let report: Value = serde_json::from_str(line).unwrap();
        let mut consumers = report["consumers"].as_array().unwrap().iter();
        let slixmpp = consumers
            .find(|outlook| outlook["name"] == "slixmpp")
            .unwrap();
        let mut because = slixmpp["because"].as_array().unwrap().iter();
        let is_refused = because.any(|rule| RULES.contains(&rule.as_str().unwrap()));
        let source = report["source"].as_str().unwrap().to_owned();
        (source, !is_refused)
    });
    reports.collect()
}

#[test]
fn check_foretells_which_files_clients_on_openssl_load() {
    let (sandbox, forms) = forms();
    assert!(forms.len() > 900, "{}", forms.len());
    let certificates = forms.iter().filter(|form| !form.is_key);
    let mut args = vec!["check", "--json", "--key", "client.key"];
    args.extend(certificates.map(|form| form.file.as_str()));
    let predictions = predicted(&sandbox.run(&args).stdout);

    let mut disagreements = Vec::new();
    let mut unread = Vec::new();
    for form in &forms {
        let prediction = if form.is_key {
            let args = ["check", "--json", "--key", &form.file, "client.crt"];
            predicted(&sandbox.run(&args).stdout).into_values().next()
        } else {
            predictions.get(&form.file).copied()
        };
        match prediction {
            Some(loads) if loads == form.loads => {}
            Some(loads) => disagreements.push((&form.name, form.is_key, loads)),
            // Nothing can be said where nothing can be read.
            None if form.loads => unread.push((&form.name, form.is_key)),
            None => {}
        }
    }
    assert!(disagreements.is_empty(), "{disagreements:#?}");
    assert!(unread.is_empty(), "{unread:#?}");
}

#[test]
fn check_foretells_which_points_openssl_takes_for_keys() {
    let sandbox = Sandbox::new();
    let said = sandbox.peer(&in_venv("python"), &[&script("peers/points.py"), "."]);
    let files: BTreeMap<String, bool> = said
        .lines()
        .map(|line| {
            let file: Value = serde_json::from_str(line).unwrap();
            let name = file["file"].as_str().unwrap().to_owned();
            (name, file["loads"] == true)
        })
        .collect();
    assert!(files.len() > 250, "{}", files.len());
    let mut args = vec!["check", "--json"];
    args.extend(files.keys().map(String::as_str));
    let reports = sandbox.run(&args).stdout;
    let predictions: BTreeMap<String, bool> = reports
        .lines()
        .map(|line| {
            let report: Value = serde_json::from_str(line).unwrap();
            let source = report["source"].as_str().unwrap().to_owned();
            (source, !line.contains("\"malformed-key\""))
        })
        .collect();
    assert_eq!(predictions, files);
}
