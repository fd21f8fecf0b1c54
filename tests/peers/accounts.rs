//! Live accounts on real servers: the whole life of a certificate, servers as they are packaged, and other clients.

use serde_json::{Value, json};

use crate::script;
use crate::server::Server;
use crate::support::{JID, Outcome, Sandbox};

/// The account's owner at work: files, and a server.
struct Desk {
    sandbox: Sandbox,
    server: Server,
}

impl Desk {
    fn at(name: &str, extra: &[(&str, &str)]) -> Self {
        let sandbox = Sandbox::with_pair();
        sandbox.write("password", "secret\n");
        Self {
            server: Server::start(name, &["hamlet", "ophelia"], extra),
            sandbox,
        }
    }

    fn run(&self, args: &[&str]) -> Outcome {
        self.run_over("port", args)
    }

    /// Over STARTTLS (`port`) or direct TLS (`tls_port`).
    fn run_over(&self, port: &str, args: &[&str]) -> Outcome {
        let address = format!("127.0.0.1:{}", self.server.value(port));
        let ca = self.server.value("ca");
        let mut all = vec![
            "--server",
            &address,
            "--ca",
            ca.as_str().unwrap(),
            "--timeout",
            "10",
        ];
        if port == "tls_port" {
            all.push("--direct-tls");
        }
        self.sandbox.run(&[args, all.as_slice()].concat())
    }

    fn done(&self, args: &[&str]) -> String {
        let outcome = self.run(args);
        assert_eq!(outcome.status, 0, "{args:?}: {outcome:?}");
        outcome.stdout
    }

    /// As the owner, by password.
    fn by_password(&self, args: &[&str]) -> Outcome {
        let account = ["--jid", JID, "--password-file", "password"];
        self.run(&[args, account.as_slice()].concat())
    }

    /// The names that are stored.
    fn names(&self, login: &[&str]) -> Vec<String> {
        let lines = self.done(&[&["list", "--json"], login].concat());
        lines
            .lines()
            .map(|line| {
                serde_json::from_str::<Value>(line).unwrap()["name"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    }

    fn generate(&self, name: &str) {
        self.sandbox.done(&[
            "generate",
            "--jid",
            JID,
            "--key-type",
            "ecdsa-p256",
            "--out",
            name,
        ]);
    }

    /// slixmpp of Debian, which knows nothing of us.
    fn slixmpp(&self, request: &Value) -> Value {
        let client = script("servers/slixmpp_client.py");
        let output = self.sandbox.peer(
            "/usr/bin/python3",
            &[&client, self.server.description(), &request.to_string()],
        );
        serde_json::from_str(&output).unwrap()
    }
}

fn assert_error(outcome: &Outcome, status: i32, message: &str) {
    assert!(
        outcome.status == status && outcome.stderr.contains(&format!("error: {message}")),
        "wanted {status} and '{message}': {outcome:?}"
    );
}

#[test]
fn a_certificate_lives_from_upload_to_revocation() {
    let desk = Desk::at("prosody", &[]);
    let outcome = desk.run(&["login", "client.crt"]);
    assert_error(
        &outcome,
        1,
        "the server refused the certificate: 'not-authorized'",
    );

    let outcome = desk.by_password(&["upload", "client.crt", "--name", "laptop"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    for port in ["port", "tls_port"] {
        let outcome = desk.run_over(port, &["login", "client.crt", "--json"]);
        let line: Value = serde_json::from_str(&outcome.stdout).unwrap();
        assert!(
            line["jid"]
                .as_str()
                .unwrap()
                .starts_with("hamlet@shakespeare.lit/"),
            "{line}"
        );
        assert_eq!(line["tls"], "TLS 1.3");
        assert_eq!(
            line["server"],
            format!("127.0.0.1:{}", desk.server.value(port))
        );
        assert_eq!(line.get("authzid"), None);
    }
    let bound = desk.done(&[
        "login",
        "client.crt",
        "--jid",
        "hamlet@shakespeare.lit/castle",
    ]);
    assert_eq!(bound, "hamlet@shakespeare.lit/castle\n");

    // From here on the certificate is the login, and a second one comes and goes.
    let by = ["--cert", "client.crt"];
    desk.generate("phone");
    let upload = ["upload", "phone.crt", "--name", "phone", "--json"];
    let line = desk.done(&[&upload[..], &by].concat());
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&line["action"], &line["confirmed"]),
        (&json!("uploaded"), &json!(true))
    );
    let again = desk.done(&[&upload[..], &by].concat());
    assert!(again.contains("already stored"), "{again}");

    let listed = desk.done(&[&["list", "--json"], &by[..]].concat());
    let listed: Vec<Value> = listed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(listed.len(), 2, "{listed:?}");
    let inspected = desk.sandbox.json(&["inspect", "phone.crt"]);
    assert_eq!(listed[1]["name"], "phone");
    assert_eq!(listed[1]["local_file"], "phone.crt");
    for member in [
        "jids",
        "not_before",
        "not_after",
        "standing",
        "key",
        "sha256",
    ] {
        assert_eq!(listed[1][member], inspected[member], "{member}");
    }

    // A name that is taken is not overwritten, though the server would do it without a word.
    desk.generate("tablet");
    let upload = ["upload", "tablet.crt", "--name", "phone"];
    let outcome = desk.run(&[&upload[..], &by].concat());
    assert_error(
        &outcome,
        4,
        "the account has another certificate called 'phone'",
    );
    desk.done(&[&upload[..], &["--force"], &by].concat());
    assert_eq!(desk.run(&["login", "phone.crt"]).status, 1);
    assert_eq!(desk.run(&["login", "tablet.crt"]).status, 0);

    let outcome = desk.run(&[&["disable", "watch"], &by[..]].concat());
    assert_error(&outcome, 3, "nothing is stored as 'watch'");
    desk.done(&[&["disable", "phone"], &by[..]].concat());
    assert_eq!(desk.names(&by), ["laptop"]);
    assert_eq!(desk.run(&["login", "tablet.crt"]).status, 1);

    // The certificate that one is logged in with goes last, by its fingerprint.
    let sha256 = desk.sandbox.json(&["inspect", "client.crt"])["sha256"].clone();
    let outcome = desk.run(&[&["revoke", sha256.as_str().unwrap()], &by[..]].concat());
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert_eq!(
        outcome.stderr,
        "revoked 'laptop' on hamlet@shakespeare.lit, as a refused login confirms\n"
    );
    assert_eq!(desk.run(&["login", "client.crt"]).status, 1);
}

/// What differs from run to run, and from key to key, is left out.
fn without_digits(text: &str) -> String {
    let words = text.split([' ', '\n']).map(|word| {
        let is_fingerprint = word.len() == 64;
        let is_date = word.len() == 20 && word.ends_with('Z');
        if is_fingerprint || is_date { "*" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_session_of_the_readme_is_one() {
    let desk = Desk::at("prosody", &[]);
    for (name, by) in [
        ("client", ["--password-file", "password"]),
        ("phone", ["--cert", "client.crt"]),
    ] {
        let generate = ["generate", "--force", "--jid", JID, "--out", name];
        desk.sandbox.done(&generate);
        let stored = if name == "client" { "laptop" } else { name };
        let upload = ["upload", &format!("{name}.crt"), "--name", stored];
        desk.done(&[&upload[..], &by].concat());
    }
    // It is on another device.
    std::fs::remove_file(desk.sandbox.path("phone.crt")).unwrap();
    let readme = std::fs::read_to_string(script("../README.md")).unwrap();
    let section = readme.split("## On a live account\n").nth(1).unwrap();
    let session: Vec<&str> = section
        .lines()
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with("    "))
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect();
    let session = session.join("\n");
    let steps: Vec<&str> = session.split("$ xmppcert ").skip(1).collect();
    assert_eq!(steps.len(), 2, "{session}");
    for step in steps {
        let (command, shown) = step.split_once('\n').unwrap();
        let command: Vec<&str> = command.split(' ').collect();
        let outcome = desk.run(&command);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let printed = outcome.stdout + &outcome.stderr;
        assert_eq!(
            without_digits(printed.trim_end()),
            without_digits(shown.trim_end())
        );
    }
}

#[test]
fn a_certificate_under_several_names_is_revoked_under_all_of_them() {
    let desk = Desk::at("prosody", &[]);
    for name in ["one", "two"] {
        let outcome = desk.by_password(&["upload", "client.crt", "--name", name]);
        assert_eq!(outcome.status, 0, "{outcome:?}");
    }
    desk.generate("other");
    let outcome = desk.by_password(&["upload", "other.crt", "--name", "three"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let outcome = desk.by_password(&["revoke", "client.crt", "--json"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert_eq!(outcome.stdout.lines().count(), 2, "{outcome:?}");
    assert_eq!(desk.names(&["--cert", "other.crt"]), ["three"]);
}

#[test]
fn the_certificate_one_is_logged_in_with_is_revoked_under_all_its_names_too() {
    for wanted in ["two", "client.crt"] {
        let desk = Desk::at("prosody", &[]);
        for name in ["one", "two", "three"] {
            let outcome = desk.by_password(&["upload", "client.crt", "--name", name]);
            assert_eq!(outcome.status, 0, "{outcome:?}");
        }
        let outcome = desk.run(&["revoke", wanted, "--cert", "client.crt", "--json"]);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        assert_eq!(outcome.stdout.lines().count(), 3, "{outcome:?}");
        assert_eq!(desk.run(&["login", "client.crt"]).status, 1);
    }
}

#[test]
fn only_the_certificate_of_a_combined_file_is_uploaded() {
    let desk = Desk::at("prosody", &[]);
    desk.sandbox.done(&[
        "export",
        "client.crt",
        "--format",
        "combined",
        "--out",
        "both.pem",
    ]);
    let outcome = desk.by_password(&["upload", "both.pem", "--name", "laptop"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains("'both.pem' also holds a private key; only the certificate is uploaded\n"),
        "{outcome:?}"
    );
    let items = desk.server.client().manage("items", JID, "", "");
    let stored = desk
        .sandbox
        .done(&["export", "--format", "base64", "client.crt"]);
    assert_eq!(items["items"], json!({ "laptop": stored.trim() }));
    // And it is all that a login needs.
    assert_eq!(desk.run(&["login", "both.pem"]).status, 0);
}

#[test]
fn every_kind_of_key_logs_in_under_both_versions_of_tls() {
    for version in ["1.2", "1.3"] {
        let number = version.replace('.', "_");
        let tls = format!("protocol = \"tlsv{number}\"");
        let desk = Desk::at("prosody", &[("C2S_MORE", &tls)]);
        for kind in crate::KEY_TYPES {
            let path = crate::pairs().path(format!("{kind}.crt"));
            let path = path.to_str().unwrap();
            let outcome = desk.by_password(&["upload", path, "--name", kind]);
            assert_eq!(outcome.status, 0, "{outcome:?}");
            for port in ["port", "tls_port"] {
                let outcome = desk.run_over(port, &["login", path, "--json"]);
                assert_eq!(outcome.status, 0, "{kind} {version} {port}: {outcome:?}");
                assert!(
                    outcome.stdout.contains(&format!("\"TLS {version}\"")),
                    "{outcome:?}"
                );
            }
        }
    }
}

#[test]
fn a_wrong_password_and_an_account_that_is_not_there_are_refused() {
    let desk = Desk::at("prosody", &[]);
    desk.sandbox.write("wrong", "guess");
    for (jid, password) in [(JID, "wrong"), ("yorick@shakespeare.lit", "password")] {
        let outcome = desk.run(&["list", "--jid", jid, "--password-file", password]);
        assert_error(
            &outcome,
            6,
            "the server refused the login: 'not-authorized'",
        );
    }
}

#[test]
fn a_prosody_that_answers_no_upload_is_found_out_and_its_mend_is_told() {
    // As Debian 12 has it: neither way works.
    for faults in ["der2pem", "adhoc der2pem"] {
        let desk = Desk::at("prosody", &[("FAULTS", faults)]);
        if faults == "der2pem" && !desk.server.is_prosody_012() {
            // The command of newer modules is the way round, which has a test of its own.
            continue;
        }
        let outcome = desk.by_password(&["upload", "client.crt", "--name", "laptop"]);
        let way = if faults.contains("adhoc") {
            "has no ad-hoc command for certificates"
        } else {
            "does not answer its ad-hoc command either"
        };
        assert_error(
            &outcome,
            5,
            &format!(
                "the server does not answer uploads, as Prosody on Lua 5.3 and later, and {way}"
            ),
        );
        assert!(
            outcome
                .stderr
                .contains("sed -i 's|(#data-1)/64|(#data-1)//64|' /usr/lib/prosody/util/x509.lua"),
            "{outcome:?}"
        );
        let outcome = desk.by_password(&["list"]);
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (0, ""),
            "{outcome:?}"
        );
    }
}

#[test]
fn the_ad_hoc_command_is_the_way_round_where_it_works() {
    let desk = Desk::at("prosody", &[("FAULTS", "der2pem"), ("ADHOC", "new")]);
    let outcome = desk.by_password(&["upload", "client.crt", "--name", "<laptop> & co"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains("the server did not answer; trying its ad-hoc command\n"),
        "{outcome:?}"
    );
    // The server gives it back in PEM, which hides nothing.
    assert_eq!(desk.names(&["--cert", "client.crt"]), ["<laptop> & co"]);
    let outcome = desk.run(&["revoke", "client.crt", "--cert", "client.crt"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert_eq!(desk.run(&["login", "client.crt"]).status, 1);
}

#[test]
fn login_names_what_a_prosody_lacks() {
    let unasked = Desk::at("prosody", &[("C2S_SSL", "{}")]);
    assert_error(
        &unasked.run(&["login", "client.crt"]),
        1,
        "the server does not ask for a certificate in TLS, so EXTERNAL is not offered",
    );
    let half_loaded = Desk::at("prosody", &[("FAULTS", "adhoc")]);
    assert_error(
        &half_loaded.run(&["login", "client.crt"]),
        1,
        "the server saw the certificate, but does not offer EXTERNAL",
    );
    let whole = Desk::at("prosody", &[]);
    whole.sandbox.done(&[
        "generate",
        "--jid",
        JID,
        "--key-type",
        "ed25519",
        "--out",
        "old",
        "--not-before",
        "2020-01-01",
        "--not-after",
        "2021-01-01",
    ]);
    assert_error(
        &whole.run(&["login", "old.crt"]),
        1,
        "EXTERNAL is not offered: the certificate has expired",
    );
    // What was uploaded for one account is nothing to another.
    let outcome = whole.by_password(&["upload", "client.crt"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let outcome = whole.run(&["login", "client.crt", "--jid", "ophelia@shakespeare.lit"]);
    assert_error(
        &outcome,
        1,
        "the server refused the certificate: 'not-authorized'",
    );
    assert!(
        outcome
            .stderr
            .contains("for another account than 'ophelia@shakespeare.lit'"),
        "{outcome:?}"
    );
}

#[test]
fn ejabberd_takes_certificates_of_an_authority_and_those_it_is_given() {
    let sandbox = Sandbox::with_pair();
    sandbox.done(&[
        "generate",
        "--jid",
        JID,
        "--key-type",
        "ed25519",
        "--csr",
        "--out",
        "signed",
    ]);
    sandbox.peer(
        "openssl",
        &[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            "/CN=CA",
            "-keyout",
            "ca.key",
            "-out",
            "ca.crt",
        ],
    );
    sandbox.peer(
        "openssl",
        &[
            "x509",
            "-req",
            "-in",
            "signed.csr",
            "-CA",
            "ca.crt",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-copy_extensions",
            "copyall",
            "-out",
            "signed.crt",
        ],
    );
    sandbox.done(&[
        "generate",
        "--jid",
        JID,
        "--key-type",
        "ecdsa-p256",
        "--out",
        "unknown",
    ]);
    sandbox.write(
        "trusted.pem",
        sandbox.text("ca.crt") + &sandbox.text("client.crt"),
    );
    let trusted = sandbox.path("trusted.pem");
    let server = Server::start(
        "ejabberd",
        &["hamlet"],
        &[("CLIENT_CAS", trusted.to_str().unwrap())],
    );
    sandbox.write("password", "secret\n");
    let desk = Desk { sandbox, server };

    for certificate in ["signed.crt", "client.crt"] {
        for port in ["port", "tls_port"] {
            let outcome = desk.run_over(port, &["login", certificate]);
            assert_eq!(outcome.status, 0, "{certificate} {port}: {outcome:?}");
        }
    }
    let outcome = desk.run(&["login", "unknown.crt"]);
    assert_error(
        &outcome,
        1,
        "the server refused the certificate: 'not-authorized' (self signed certificate)",
    );
    let outcome = desk.by_password(&["list"]);
    assert_error(
        &outcome,
        6,
        "the server stores no certificates for its users (XEP-0257)",
    );
}

#[test]
fn an_upload_is_judged_by_the_server_that_is_there() {
    let desks = ["prosody", "ejabberd"].map(|name| (name, Desk::at(name, &[])));
    for (rule, status_at_prosody, status_at_ejabberd) in [
        // What Prosody refuses ejabberd takes, but it has no way to store it.
        ("crashes-luasec", 3, 6),
        ("names-another-issuer", 0, 3),
    ] {
        let path = crate::support::data(&format!("rules/{rule}.crt"));
        for ((name, desk), status) in desks.iter().zip([status_at_prosody, status_at_ejabberd]) {
            let outcome = desk.by_password(&["upload", &path, "--name", rule]);
            assert_eq!(outcome.status, status, "{rule} {name}: {outcome:?}");
            let is_refused = outcome
                .stderr
                .to_lowercase()
                .contains(&format!("would be of no use on {name}: "));
            assert_eq!(is_refused, status == 3, "{rule} {name}: {outcome:?}");
        }
    }
    let (_, at_prosody) = &desks[0];
    let listed = at_prosody.by_password(&["list", "--json"]).stdout;
    assert!(
        listed.lines().count() == 1 && listed.contains("names-another-issuer"),
        "{listed}"
    );
}

#[test]
fn an_ejabberd_that_is_not_told_to_minds_no_certificate() {
    let desk = Desk::at("ejabberd", &[("TLS_VERIFY", "false")]);
    let outcome = desk.run(&["login", "client.crt"]);
    assert_error(
        &outcome,
        1,
        "the server saw the certificate, but does not offer EXTERNAL",
    );
    assert!(outcome.stderr.contains("'tls_verify: true'"), "{outcome:?}");
}

#[test]
fn slixmpp_logs_in_with_what_we_upload_and_we_manage_what_it_uploads() {
    let desk = Desk::at("prosody", &[]);
    let outcome = desk.by_password(&["upload", "client.crt", "--name", "ours"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let path = |name: &str| {
        desk.sandbox
            .path(name)
            .into_os_string()
            .into_string()
            .unwrap()
    };
    let request = |action: &str, name: &str, x509cert: &str| {
        json!({
            "jid": JID, "certificate": path("client.crt"), "key": path("client.key"),
            "do": action, "name": name, "x509cert": x509cert,
        })
    };
    let base64 = |file: &str| {
        let base64 = desk.sandbox.done(&["export", "--format", "base64", file]);
        base64.trim().to_owned()
    };
    let answer = desk.slixmpp(&request("items", "", ""));
    assert_eq!(
        answer["items"],
        json!({ "ours": base64("client.crt") }),
        "{answer}"
    );

    // In lines, as poezio sends it, and without.
    desk.generate("theirs");
    desk.generate("poezios");
    let pem = desk.sandbox.text("poezios.crt");
    let lines: Vec<&str> = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let lines = lines.join("\n");
    desk.slixmpp(&request("append", "poezio's", &lines));
    let answer = desk.slixmpp(&request("append", "theirs", &base64("theirs.crt")));
    assert_eq!(
        answer["items"].as_object().map(serde_json::Map::len),
        Some(3),
        "{answer}"
    );

    let by = ["--cert", "client.crt"];
    assert_eq!(desk.names(&by), ["ours", "poezio's", "theirs"]);
    assert_eq!(desk.run(&["login", "theirs.crt"]).status, 0);
    desk.done(&[&["disable", "theirs.crt"], &by[..]].concat());
    desk.done(&[&["revoke", "poezios.crt"], &by[..]].concat());
    let answer = desk.slixmpp(&request("disable", "ours", ""));
    assert_eq!(answer["items"], json!({}), "{answer}");
    assert_eq!(desk.run(&["login", "client.crt"]).status, 1);
}
