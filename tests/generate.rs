//! `xmppcert generate`: what it makes, where it puts it, and what it says.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::support::{JID, Sandbox, data, generate};

#[test]
fn a_key_and_a_certificate_are_made_and_nothing_else() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.run(&generate(&[]));
    assert_eq!(outcome.status, 0);
    assert_eq!(outcome.stdout, "");
    assert_eq!(
        sandbox.files().into_keys().collect::<Vec<_>>(),
        ["client.crt", "client.key"]
    );
    let key = sandbox.text("client.key");
    assert!(key.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert_eq!(key.matches("-----BEGIN").count(), 1);
    assert!(key.ends_with("-----END PRIVATE KEY-----\n"));
    let certificate = sandbox.text("client.crt");
    assert!(certificate.starts_with("-----BEGIN CERTIFICATE-----\n"));
    assert_eq!(certificate.matches("-----BEGIN").count(), 1);
    assert!(certificate.ends_with("-----END CERTIFICATE-----\n"));
    let mode = |name: &str| sandbox.path(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("client.key"), 0o600);
    assert_eq!(mode("client.crt") & 0o133, 0);
}

#[test]
fn success_names_the_files_and_what_to_do_next() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.run(&generate(&["--not-after", "2999-01-01"]));
    assert_eq!(
        outcome.stderr,
        "wrote 'client.key', the private key (ECDSA P-256)\n\
         wrote 'client.crt', the certificate, valid to 2999-01-01T00:00:00Z\n\
         hint: 'xmppcert upload client.crt' stores the certificate on the account\n"
    );
    let outcome = sandbox.run(&generate(&["--out", "b", "--quiet"]));
    assert_eq!(outcome.stderr, "");
}

#[test]
fn json_tells_the_same() {
    let sandbox = Sandbox::new();
    let report = sandbox.json(&generate(&["--not-before", "2027-01-01", "--days", "1"]));
    let certificate = sandbox.inspect("client.crt");
    assert_eq!(
        report,
        json!({
            "jids": [JID],
            "key_file": "client.key",
            "certificate_file": "client.crt",
            "other_files": [],
            "not_before": "2027-01-01T00:00:00Z",
            "not_after": "2027-01-02T00:00:00Z",
            "key": {"algorithm": "ecdsa", "curve": "P-256"},
            "sha256": certificate["sha256"],
        })
    );
    let report = sandbox.json(&generate(&["--csr", "--out", "r"]));
    assert_eq!(
        report,
        json!({
            "jids": [JID],
            "key_file": "r.key",
            "other_files": ["r.csr"],
            "key": {"algorithm": "ecdsa", "curve": "P-256"},
            "sha256": sandbox.inspect("r.csr")["sha256"],
        })
    );
    let report = sandbox.json(&generate(&["--combined", "--out", "both"]));
    assert_eq!(report["key_file"], "both.pem");
    assert_eq!(report["certificate_file"], "both.pem");
    let report = sandbox.json(&generate(&["--force"]));
    assert_eq!(
        report["other_files"],
        json!(["client.key.old", "client.crt.old"])
    );
}

#[test]
fn the_certificate_has_the_profile_of_a_client() {
    let sandbox = Sandbox::with_pair();
    let certificate = sandbox.inspect("client.crt");
    let name = format!("emailAddress={JID},CN={JID}");
    for (field, value) in [
        ("version", json!(3)),
        ("subject", json!(name)),
        ("issuer", json!(name)),
        ("common_name", json!(JID)),
        ("jids", json!([JID])),
        (
            "subject_alt_names",
            json!([
                {"type": "xmppAddr", "value": JID, "string_type": "UTF8String"},
                {"type": "rfc822Name", "value": JID},
            ]),
        ),
        ("standing", json!("current")),
        ("days_left", json!(364)),
        ("signature_algorithm", json!("ecdsa-with-SHA256")),
        ("self_signed", json!(true)),
        ("key_usage", json!(["digitalSignature"])),
        ("extended_key_usage", json!(["clientAuth"])),
        ("is_ca", json!(false)),
    ] {
        assert_eq!(certificate[field], value, "{field}");
    }
    assert_eq!(
        certificate["subject_key_identifier"],
        certificate["authority_key_identifier"]
    );
    let critical = |oid: &str| {
        let mut extensions = certificate["extensions"].as_array().unwrap().iter();
        extensions
            .find(|extension| extension["oid"] == oid)
            .unwrap()["critical"]
            == true
    };
    assert!(critical("2.5.29.15"), "keyUsage");
    assert!(critical("2.5.29.19"), "basicConstraints");
    for oid in ["2.5.29.14", "2.5.29.17", "2.5.29.35", "2.5.29.37"] {
        assert!(!critical(oid), "{oid}");
    }
    assert_eq!(certificate["extensions"].as_array().unwrap().len(), 6);
    sandbox.done(&["check", "client.crt", "--strict", "--jid", JID]);
}

#[test]
fn serial_numbers_are_random_even_for_the_same_key() {
    let sandbox = Sandbox::with_pair();
    let serials: Vec<String> = ["a", "b"]
        .map(|name| {
            sandbox.done(&[
                "generate",
                "--jid",
                JID,
                "--key",
                "client.key",
                "--out",
                name,
            ]);
            sandbox.inspect(&format!("{name}.crt"))["serial"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .into();
    assert_ne!(serials[0], serials[1]);
    assert!(
        serials
            .iter()
            .all(|serial| (32..=40).contains(&serial.len()))
    );
}

#[test]
fn standard_output_gets_both_blocks_and_no_file_is_made() {
    let sandbox = Sandbox::new();
    let printed = sandbox.done(&generate(&["--out", "-"]));
    assert!(sandbox.files().is_empty());
    let labels: Vec<&str> = printed
        .lines()
        .filter(|line| line.starts_with("-----BEGIN"))
        .collect();
    assert_eq!(
        labels,
        ["-----BEGIN PRIVATE KEY-----", "-----BEGIN CERTIFICATE-----"]
    );
    let outcome = sandbox.run_with(printed.as_bytes(), &["export", "-", "--format", "combined"]);
    assert_eq!(outcome.stdout, printed, "the pair belongs together");
    // A key that came from a file is not printed.
    let key = data("inspect/pkcs8.key");
    let printed = sandbox.done(&["generate", "--jid", JID, "--key", &key, "--out", "-"]);
    assert!(!printed.contains("PRIVATE"));
    let said = sandbox.fails(2, &generate(&["--out", "-", "--json"]));
    assert!(
        said.contains("'--json' and '--out -' both need standard output"),
        "{said}"
    );
}

#[test]
fn names_of_files_may_have_dots_and_directories() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("dir")).unwrap();
    for name in ["bot.v2", "dir/client", "ünicode", "a b"] {
        sandbox.done(&generate(&["--out", name]));
        assert!(sandbox.path(format!("{name}.key")).exists());
        assert!(sandbox.path(format!("{name}.crt")).exists());
    }
    for (name, error) in [
        ("dir/", "'--out dir/' names a directory"),
        ("..", "'--out ..' names a directory"),
        (
            "client.crt",
            "'--out client.crt' would write 'client.crt.crt'",
        ),
        (
            "client.key",
            "'--out client.key' would write 'client.key.key'",
        ),
    ] {
        let said = sandbox.fails(2, &generate(&["--out", name]));
        assert!(said.starts_with(&format!("error: {error}\n")), "{said}");
    }
}

#[test]
fn combined_is_one_private_file_with_the_key_first() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.run(&generate(&["--combined"]));
    assert_eq!(
        sandbox.files().into_keys().collect::<Vec<_>>(),
        ["client.pem"]
    );
    let mode = sandbox
        .path("client.pem")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let lines = sandbox.done(&["inspect", "--json", "client.pem"]);
    let kinds: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["kind"].clone())
        .collect();
    assert_eq!(kinds, ["private-key", "certificate"]);
    assert!(
        outcome.stderr.ends_with(
            "hint: 'xmppcert upload client.pem' stores the certificate on the account\n"
        ),
        "{}",
        outcome.stderr
    );
}

#[test]
fn a_request_carries_the_same_names() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.run(&generate(&["--csr", "--name", "Laptop"]));
    assert_eq!(outcome.status, 0);
    assert_eq!(
        sandbox.files().into_keys().collect::<Vec<_>>(),
        ["client.csr", "client.key"]
    );
    assert!(
        sandbox
            .text("client.csr")
            .starts_with("-----BEGIN CERTIFICATE REQUEST-----\n")
    );
    let request = sandbox.inspect("client.csr");
    assert_eq!(request["kind"], "request");
    assert_eq!(request["jids"], json!([JID]));
    assert_eq!(request["common_name"], "Laptop");
    assert_eq!(request["key_usage"], json!(["digitalSignature"]));
    assert_eq!(request["extended_key_usage"], json!(["clientAuth"]));
    assert_eq!(
        request["spki_sha256"],
        sandbox.inspect("client.key")["spki_sha256"]
    );
    for option in [
        "--days=1",
        "--valid-for=1d",
        "--not-after=never",
        "--not-before=2027-01-01",
    ] {
        let said = sandbox.fails(2, &generate(&["--csr", option, "--out", "other"]));
        assert!(said.contains("cannot be used with"), "{said}");
    }
    assert!(
        sandbox
            .fails(2, &generate(&["--csr", "--combined"]))
            .contains("cannot be used with")
    );
}

#[test]
fn existing_files_are_kept_unless_forced_and_then_kept_as_old() {
    let sandbox = Sandbox::with_pair();
    let before = sandbox.files();
    let said = sandbox.fails(4, &generate(&[]));
    assert_eq!(
        said,
        "error: 'client.key' exists already\nhint: choose another name, or replace it with '--force'\n"
    );
    assert_eq!(sandbox.files(), before);

    let outcome = sandbox.run(&generate(&["--force"]));
    assert_eq!(outcome.status, 0);
    assert!(
        outcome
            .stderr
            .contains("kept the old: 'client.key.old' and 'client.crt.old'\n")
    );
    let after = sandbox.files();
    assert_eq!(after["client.key.old"], before["client.key"]);
    assert_eq!(after["client.crt.old"], before["client.crt"]);
    assert_ne!(after["client.key"], before["client.key"]);
    assert_eq!(after.len(), 4);
    sandbox.done(&["check", "client.crt", "--key", "client.key"]);
    sandbox.done(&["check", "client.crt.old", "--key", "client.key.old"]);
}

#[test]
fn one_existing_file_of_the_two_is_enough_to_refuse() {
    for name in ["client.key", "client.crt"] {
        let sandbox = Sandbox::new();
        sandbox.write(name, "mine");
        let said = sandbox.fails(4, &generate(&[]));
        assert!(
            said.starts_with(&format!("error: '{name}' exists already\n")),
            "{said}"
        );
        assert_eq!(sandbox.files().len(), 1);
        assert_eq!(sandbox.text(name), "mine");
    }
}

#[test]
#[cfg(feature = "online")]
fn the_command_in_the_hint_works_as_it_stands() {
    for (out, jids, command) in [
        ("my cert", &[JID][..], "xmppcert upload 'my cert.crt'"),
        ("--out=-q", &[JID], "xmppcert upload ./-q.crt"),
        ("it's", &[JID], r"xmppcert upload 'it'\''s.crt'"),
        (
            "two",
            &[JID, "d\\27artagnan@shakespeare.lit"],
            "xmppcert upload two.crt --jid hamlet@shakespeare.lit",
        ),
        (
            "resources",
            &["hamlet@shakespeare.lit/a", "hamlet@shakespeare.lit/b"],
            "xmppcert upload resources.crt",
        ),
    ] {
        let sandbox = Sandbox::new();
        let mut args = vec!["generate", "--key-type", "ecdsa-p256"];
        args.extend(jids.iter().flat_map(|jid| ["--jid", *jid]));
        if out.starts_with("--out=") {
            args.push(out);
        } else {
            args.extend(["--out", out]);
        }
        let outcome = sandbox.run(&args);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let hint = format!("hint: '{command}' stores the certificate on the account\n");
        assert!(outcome.stderr.ends_with(&hint), "{outcome:?}");
    }
}
