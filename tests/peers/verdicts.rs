//! `check` says of a certificate what a real server does with it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::server::{Client, Server};
use crate::support::Sandbox;
use crate::{in_venv, script};

/// One of the certificates that `variants.py` makes.
struct Variant {
    name: String,
    jid: String,
    certificate: String,
    key: String,
    x509cert: String,
    /// Prosody does not survive the upload.
    kills_prosody: bool,
}

fn variants(sandbox: &Sandbox) -> Vec<Variant> {
    sandbox.peer(&in_venv("python"), &[&script("peers/variants"), "variants"]);
    let index: Vec<Value> = serde_json::from_slice(&sandbox.read("variants/index.json")).unwrap();
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap().to_owned();
    let path = |entry: &Value, field: &str| {
        let path = sandbox.path("variants").join(text(entry, field));
        path.into_os_string().into_string().unwrap()
    };
    let of = |entry: &Value| Variant {
        name: text(entry, "name"),
        jid: text(entry, "jid"),
        certificate: path(entry, "certificate"),
        key: path(entry, "key"),
        x509cert: text(entry, "x509cert"),
        kills_prosody: entry["kills_prosody"] == true,
    };
    index.iter().map(of).collect()
}

impl Variant {
    /// The localpart of the account it is for.
    fn account(&self) -> &str {
        self.jid.split('@').next().unwrap()
    }

    fn bare_jid(&self) -> &str {
        self.jid.split('/').next().unwrap()
    }
}

/// What `check` says that `consumer` does; all is refused where it cannot read the certificate.
fn predicted(sandbox: &Sandbox, variant: &Variant, consumer: &str) -> (Value, Value) {
    let outcome = sandbox.run(&[
        "check",
        "--json",
        "--jid",
        &variant.jid,
        &variant.certificate,
    ]);
    if outcome.status == 3 {
        let refused = json!({ "upload": "reject", "login": "reject", "tls12": "reject" });
        return (refused, json!([outcome.stderr.trim()]));
    }
    assert!(outcome.status < 2, "{}: {outcome:?}", variant.name);
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let mut consumers = report["consumers"].as_array().unwrap().iter();
    let outlook = consumers
        .find(|outlook| outlook["name"] == consumer)
        .unwrap();
    let says = |field: &str| outlook[field].clone();
    let told = json!({ "upload": says("upload"), "login": says("login"), "tls12": says("tls12") });
    (told, says("because"))
}

/// What happens when it is uploaded, and used.
fn measured(client: &mut Client, variant: &Variant) -> (Value, Value) {
    let accepted = |answer: &Value| answer["outcome"] == "accepted";
    let upload = client.manage(
        "append",
        variant.bare_jid(),
        &variant.name,
        &variant.x509cert,
    );
    let mut login =
        |authzid: &str, tls: &str| client.login(&variant.certificate, &variant.key, authzid, tls);
    let (plain, named, tls12) = (
        login("", ""),
        login(&variant.jid, ""),
        login(&variant.jid, "1.2"),
    );
    client.manage("disable", variant.bare_jid(), &variant.name, "");
    let verdict = |yes: bool| if yes { "accept" } else { "reject" };
    let told = json!({
        "upload": verdict(accepted(&upload)),
        "login": match (accepted(&plain), accepted(&named)) {
            (true, true) => "accept",
            (false, true) => "authzid-only",
            (true, false) => "only without an authzid",
            (false, false) => "reject",
        },
        "tls12": verdict(accepted(&tls12)),
    });
    (told, json!([upload, plain, named, tls12]))
}

#[test]
fn check_foretells_what_prosody_does_with_every_variant() {
    let sandbox = Sandbox::new();
    let variants = variants(&sandbox);
    assert!(variants.len() > 800);
    let mut accounts: Vec<&str> = variants.iter().map(Variant::account).collect();
    accounts.sort_unstable();
    accounts.dedup();

    let mut disagreements = String::new();
    let mut compare = |variants: &[&Variant]| {
        let server = Server::start("prosody", &accounts, &[]);
        let mut client = server.client();
        for variant in variants {
            let (predicted, because) = predicted(&sandbox, variant, "prosody");
            let (measured, answers) = measured(&mut client, variant);
            if predicted != measured {
                writeln!(
                    disagreements,
                    "{}\n  check:   {predicted} {because}\n  prosody: {measured} {answers}",
                    variant.name
                )
                .unwrap();
            }
        }
    };
    let (deadly, others): (Vec<&Variant>, Vec<&Variant>) =
        variants.iter().partition(|variant| variant.kills_prosody);
    compare(&others);
    // A server for each.
    for variant in deadly {
        compare(&[variant]);
    }
    assert!(disagreements.is_empty(), "{disagreements}");
}
