//! The openssl recipe of the README makes the same certificate, field by field.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::{JID, Sandbox};

/// The shell commands of the README that make a certificate with openssl.
fn recipe() -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let mut blocks = readme.split("```sh\n").skip(1);
    let block = blocks.find(|block| block.contains("openssl req -new"));
    block.unwrap().split("```").next().unwrap().to_owned()
}

/// What openssl says of a certificate: each field, each extension with its criticality.
fn fields(sandbox: &Sandbox, certificate: &str) -> BTreeMap<String, String> {
    let args =
        "x509 -noout -text -certopt no_header,no_sigdump -nameopt RFC2253,show_type,-esc_msb";
    let args = [
        &args.split(' ').collect::<Vec<_>>()[..],
        &["-in", certificate],
    ]
    .concat();
    let text = sandbox.peer("openssl", &args);
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    let mut label = String::new();
    for line in text.lines().map(str::trim) {
        // A field is 'Label: value', an extension 'Label: [critical]' with its value on the next
        // line, which may be octets with colons between them.
        let is_value = line.contains("::") || line.find(':') == Some(2);
        if let Some((name, value)) = line.split_once(':').filter(|_| !is_value) {
            name.trim().clone_into(&mut label);
            fields.insert(label.clone(), value.trim().to_owned());
        } else {
            let field = fields.get_mut(&label).unwrap();
            field.push('|');
            field.push_str(line);
        }
    }
    fields
}

#[test]
fn the_recipe_of_the_readme_makes_the_same_certificate_field_by_field() {
    let sandbox = Sandbox::new();
    sandbox.peer("sh", &["-e", "-c", &recipe()]);
    sandbox.done(&[
        "generate",
        "--jid",
        JID,
        "--key",
        "client.key",
        "--out",
        "ours",
    ]);

    let mut theirs = fields(&sandbox, "client.crt");
    let mut ours = fields(&sandbox, "ours.crt");
    // Of which nothing can be equal but the form.
    for (fields, label) in [(&mut theirs, "theirs"), (&mut ours, "ours")] {
        for own in ["Serial Number", "Not Before", "Not After"] {
            assert!(
                fields.remove(own).is_some(),
                "{label}: no {own}: {fields:?}"
            );
        }
    }
    // What linters ask for and the recipe leaves out.
    let added = ours.remove("X509v3 Authority Key Identifier");
    assert_eq!(added, ours.get("X509v3 Subject Key Identifier").cloned());

    // Extensions may stand in any order.
    assert_eq!(ours, theirs);
    let of_both = theirs
        .keys()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    assert!(
        of_both.contains("X509v3 Subject Alternative Name"),
        "{of_both}"
    );
    assert_eq!(
        theirs["X509v3 Subject Alternative Name"],
        format!("|othername: XmppAddr::{JID}, email:{JID}")
    );
}

#[test]
fn both_are_valid_for_the_same_number_of_days() {
    let sandbox = Sandbox::with_pair();
    let args = "req -x509 -days 365 -subj /CN=x -key client.key -out theirs.crt";
    sandbox.peer("openssl", &args.split(' ').collect::<Vec<_>>());
    let at = |file: &str, which: &str| {
        let date = sandbox.peer("openssl", &["x509", "-noout", which, "-in", file]);
        let date = date.trim().split_once('=').unwrap().1.to_owned();
        let seconds = sandbox.peer("date", &["--date", &date, "+%s"]);
        seconds.trim().parse::<i64>().unwrap()
    };
    let between = |from: i64, to: i64| (to - from).abs();
    let later = between(at("client.crt", "-enddate"), at("theirs.crt", "-enddate"));
    assert!(later < 60, "the ends are {later} seconds apart");
    let backdated = between(
        at("client.crt", "-startdate"),
        at("theirs.crt", "-startdate"),
    );
    assert!((300..360).contains(&backdated), "{backdated} seconds apart");
}

#[test]
fn the_recipe_damages_jids_that_the_program_does_not() {
    for (jid, damaged) in [
        ("d\\27artagnan@shakespeare.lit", "d27artagnan@"),
        ("a#b@shakespeare.lit", "a,"),
    ] {
        let sandbox = Sandbox::new();
        let recipe = recipe().replace(&format!("UTF8:{JID}"), &format!("UTF8:{jid}"));
        let outcome = sandbox.try_peer("sh", &["-e", "-c", &recipe.replace("4096", "2048")]);
        let made = sandbox.try_peer(
            "openssl",
            &[
                "x509",
                "-noout",
                "-ext",
                "subjectAltName",
                "-in",
                "client.crt",
            ],
        );
        assert!(
            outcome.status != 0 || made.stdout.contains(damaged) || !made.stdout.contains(jid),
            "openssl has learnt to keep '{jid}': {made:?}"
        );
        let ours = sandbox.json(&[
            "generate",
            "--jid",
            jid,
            "--key-type",
            "ed25519",
            "--out",
            "ours",
        ]);
        assert_eq!(ours["jids"][0], jid);
    }
}
