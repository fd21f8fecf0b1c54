//! `check` says of a certificate what a real server does with it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};
use xmppcert::jid::Jid;

use crate::server::{Client, Server, server_can_read};
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
    /// Self-signed, with a name that no other has.
    is_anchor: bool,
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
        is_anchor: entry["is_anchor"] == true,
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

/// Logins without an authorization identity, with one, and with one under TLS 1.2.
fn logins(client: &mut Client, variant: &Variant) -> [Value; 3] {
    [("", ""), (&variant.jid, ""), (&variant.jid, "1.2")]
        .map(|(authzid, tls)| client.login(&variant.certificate, &variant.key, authzid, tls))
}

fn verdict(yes: bool) -> &'static str {
    if yes { "accept" } else { "reject" }
}

/// In the words of `check`. A login into another account is none.
fn told(upload: &str, logins: &[Value; 3], account: &str) -> Value {
    let gets_in = |login: &Value| {
        let jid = Jid::parse(login["jid"].as_str().unwrap_or_default());
        let is_own = jid.is_ok_and(|jid| jid.to_bare().as_str() == account);
        login["outcome"] == "accepted" && is_own
    };
    let [plain, named, tls12] = logins.each_ref().map(gets_in);
    json!({
        "upload": upload,
        "login": match (plain, named) {
            (true, true) => "accept",
            (false, true) => "authzid-only",
            (true, false) => "only without an authzid",
            (false, false) => "reject",
        },
        "tls12": verdict(tls12),
    })
}

/// What happens when it is uploaded, and used.
fn measured(client: &mut Client, variant: &Variant) -> (Value, Value) {
    let (account, name) = (variant.bare_jid(), &variant.name);
    let upload = client.manage("append", account, name, &variant.x509cert);
    let logins = logins(client, variant);
    client.manage("disable", account, name, "");
    let told = told(verdict(upload["outcome"] == "accepted"), &logins, account);
    (told, json!([upload, logins]))
}

/// Where Prosody 13 on OpenSSL 3.5 does otherwise than `check` says, which is what it does on OpenSSL 3.0. None of them logs
/// in on either, and the rules tell the difference.
const DIFFERENT_FOR_PROSODY_13: &[&str] = &[
    // Not stored.
    "date-no-seconds",
    "date-no-seconds-end",
    "date-no-zone",
    "date-end-empty",
    "date-end-generalized-short-year",
    "date-end-generalized-no-seconds",
    "date-end-generalized-hours",
    "date-start-empty",
    // Not taken in TLS 1.2 either.
    "key-dsa-1.2.840.10040.4.3",
    "key-dsa-1.3.14.3.2.13",
    "key-dsa-1.3.14.3.2.27",
];

#[test]
fn check_foretells_what_prosody_does_with_every_variant() {
    let sandbox = Sandbox::new();
    let variants = variants(&sandbox);
    assert!(variants.len() > 800);
    let mut accounts: Vec<&str> = variants.iter().map(Variant::account).collect();
    accounts.sort_unstable();
    accounts.dedup();

    let mut disagreements = String::new();
    let mut different = BTreeSet::new();
    let mut expected = BTreeSet::new();
    let mut compare = |variants: &[&Variant]| {
        let server = Server::start("prosody", &accounts, &[]);
        if !server.is_prosody_012() {
            expected.extend(
                DIFFERENT_FOR_PROSODY_13
                    .iter()
                    .map(|name| (*name).to_owned()),
            );
        }
        let mut client = server.client();
        for variant in variants {
            let (predicted, because) = predicted(&sandbox, variant, "prosody");
            let (measured, answers) = measured(&mut client, variant);
            if predicted != measured {
                different.insert(variant.name.clone());
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
    assert_eq!(different, expected, "{disagreements}");
}

/// Where ejabberd does otherwise than `check` says, which is about certificates that nobody makes. One that is missing here
/// fails the test, and so does one too many.
const DIFFERENT_FOR_EJABBERD: &[&str] = &[
    // Erlang reads keys, names and extensions in its own way, and OpenSSL verifies more of a trust anchor.
    "key-rsa-odd-parameters",
    "key-rsa-of-x509",
    "key-dsa-1.2.840.10040.4.3",
    "key-dsa-1.3.14.3.2.12",
    "key-dsa-1.3.14.3.2.13",
    "key-dsa-1.3.14.3.2.27",
    "san-value-primitive",
    "san-x400",
    "san-x400-empty",
    "ext-as-inherit",
    "ext-freshest-malformed",
    "ext-ip-blocks-inherit",
    "ext-private-key-usage-period-malformed",
    "ext-proxy-ca",
    "ext-proxy-no-san",
    "ext-sct-malformed",
    "ext-subject-directory-malformed",
    "algorithm-self-ed25519-with-null",
    "algorithm-self-md4",
    "algorithm-self-mdc2",
    "algorithm-self-pss-malformed",
    "algorithm-self-ripemd",
    "algorithm-self-rsa-odd-parameters",
    "algorithm-self-sha3-256",
    // Its JIDs may be domains, with whatever in them, and their preparation is another.
    "san-and-malformed",
    "spelling-a-label",
    "spelling-domain-joiner",
    "spelling-dot",
    "spelling-dot-and-resource",
    "spelling-fullwidth-at",
    "spelling-ideographic-stop",
    "spelling-no-at",
    "spelling-percent",
    "spelling-port",
    "spelling-query",
    "spelling-superscript",
    "string-nul",
    "string-nul-inside",
];

#[test]
fn check_foretells_what_ejabberd_does_with_the_variants_it_can_be_told_to_trust() {
    let sandbox = Sandbox::new();
    let mut variants = variants(&sandbox);
    variants.retain(|variant| variant.is_anchor);
    assert!(variants.len() > 650);
    let mut disagreements = String::new();
    let mut different = BTreeSet::new();
    // A server tells its clients the names of all whom it trusts, for which there is a limit.
    for variants in variants.chunks(200) {
        // One that OpenSSL cannot read spoils a whole file of trust anchors.
        let readable = variants
            .iter()
            .filter(|variant| server_can_read(&variant.certificate));
        let anchors: String = readable
            .map(|variant| std::fs::read_to_string(&variant.certificate).unwrap())
            .collect();
        sandbox.write("anchors.pem", anchors);
        let anchors = sandbox.path("anchors.pem");
        let extra = [("CLIENT_CAS", anchors.to_str().unwrap())];
        let server = Server::start("ejabberd", &["hamlet"], &extra);
        let mut client = server.client();
        for variant in variants {
            let (predicted, because) = predicted(&sandbox, variant, "ejabberd");
            let logins = logins(&mut client, variant);
            let measured = told("n/a", &logins, variant.bare_jid());
            if predicted["login"] != measured["login"] || predicted["tls12"] != measured["tls12"] {
                let name = &variant.name;
                different.insert(name.clone());
                writeln!(
                    disagreements,
                    "{name}\n  check:    {predicted} {because}\n  ejabberd: {measured} {}",
                    json!(logins)
                )
                .unwrap();
            }
        }
    }
    let expected = DIFFERENT_FOR_EJABBERD.iter();
    let expected: BTreeSet<String> = expected.map(|name| (*name).to_owned()).collect();
    assert_eq!(different, expected, "{disagreements}");
}
