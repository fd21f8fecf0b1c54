//! openssl, GnuTLS and Python's cryptography read what we write, and read the same in it.

use crate::support::{JID, Sandbox};
use crate::{KEY_TYPES, in_venv, pairs, script};

#[test]
fn openssl_reads_certificate_key_and_request_of_every_kind() {
    let sandbox = pairs();
    for kind in KEY_TYPES {
        let file = |extension: &str| format!("{kind}.{extension}");
        let (key, crt, csr) = (file("key"), file("crt"), file("csr"));
        let public = sandbox.peer("openssl", &["pkey", "-check", "-pubout", "-in", &key]);
        assert!(public.starts_with("Key is valid"), "{public}");
        let of_crt = sandbox.peer("openssl", &["x509", "-noout", "-pubkey", "-in", &crt]);
        let of_csr = sandbox.peer("openssl", &["req", "-noout", "-pubkey", "-in", &csr]);
        assert_eq!(of_crt, of_csr, "{kind}");
        assert!(public.ends_with(&of_crt), "{kind}: {public} {of_crt}");

        sandbox.peer("openssl", &["req", "-noout", "-verify", "-in", &csr]);
        let address = format!("othername: XmppAddr::{JID}, email:{JID}");
        for (command, file) in [("x509", &crt), ("req", &csr)] {
            let text = sandbox.peer("openssl", &[command, "-noout", "-text", "-in", file]);
            assert!(text.contains(&address), "{kind}: {text}");
        }
    }
}

#[test]
fn openssl_takes_every_certificate_as_its_own_trust_anchor_for_a_client() {
    for kind in KEY_TYPES {
        let crt = format!("{kind}.crt");
        let args = [
            "verify",
            "-purpose",
            "sslclient",
            "-x509_strict",
            "-check_ss_sig",
            "-CAfile",
            &crt,
            &crt,
        ];
        let said = pairs().peer("openssl", &args);
        assert_eq!(said.trim(), format!("{crt}: OK"));
    }
}

#[test]
fn gnutls_reads_certificate_key_and_request_of_every_kind() {
    let sandbox = pairs();
    let key_id = |text: &str| {
        let mut lines = text
            .lines()
            .skip_while(|line| !line.contains("Public Key ID"));
        let id = lines.find_map(|line| line.split("sha256:").nth(1));
        id.unwrap_or_else(|| panic!("no key identifier: {text}"))
            .trim()
            .to_owned()
    };
    for kind in KEY_TYPES {
        let read = |how: &str, extension: &str| {
            let file = format!("{kind}.{extension}");
            sandbox.peer("certtool", &[how, "--infile", &file])
        };
        let key = read("--key-info", "key");
        let (crt, csr) = (read("--certificate-info", "crt"), read("--crq-info", "csr"));
        assert_eq!(key_id(&key), key_id(&crt), "{kind}");
        assert_eq!(key_id(&key), key_id(&csr), "{kind}");
        for text in [&crt, &csr] {
            assert!(
                text.contains(&format!("XMPP Address: {JID}")),
                "{kind}: {text}"
            );
        }
        assert!(csr.contains("Self signature: verified"), "{kind}: {csr}");
    }
}

#[test]
fn python_reads_certificate_key_and_request_of_every_kind() {
    let sandbox = pairs();
    let readers = script("peers/readers.py");
    for kind in KEY_TYPES {
        let files = ["key", "crt", "csr"].map(|extension| format!("{kind}.{extension}"));
        let [key, crt, csr] = &files;
        let said = sandbox.peer(&in_venv("python"), &[&readers, key, crt, csr]);
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        let expected = serde_json::json!({
            "key_matches_certificate": true,
            "key_matches_request": true,
            "certificate_signed_by_key": true,
            "request_signed_by_key": true,
            "loads_into_tls": true,
            "certificate_addresses": [JID],
            "request_addresses": [JID],
        });
        assert_eq!(said, expected, "{kind}");
    }
}

#[test]
fn certificates_are_read_out_of_pkcs7_that_openssl_wrote() {
    let sandbox = pairs();
    let files = KEY_TYPES.map(|kind| format!("{kind}.crt"));
    let own = Sandbox::new();
    let mut bundle = vec!["crl2pkcs7", "-nocrl"];
    for file in &files {
        own.write(file, sandbox.read(file));
        bundle.extend(["-certfile", file]);
    }
    for (form, file) in [("PEM", "bundle.p7b"), ("DER", "bundle.p7c")] {
        let args = [&bundle[..], &["-outform", form, "-out", file]].concat();
        own.peer("openssl", &args);
        let fingerprints = |files: &[&str]| -> Vec<String> {
            let said = own.done(&[&["inspect", "--json"], files].concat());
            let reports = said.lines().map(|line| {
                let report: serde_json::Value = serde_json::from_str(line).unwrap();
                report["sha256"].as_str().unwrap().to_owned()
            });
            reports.collect()
        };
        let each: Vec<&str> = files.iter().map(String::as_str).collect();
        assert_eq!(fingerprints(&[file]), fingerprints(&each), "{form}");
        let said = own.done(&["export", file]);
        assert_eq!(said, own.text(&files[0]), "{form}");
        // Clients look for certificates only.
        let outcome = own.run(&["check", "--for", "slixmpp", "--json", file]);
        assert_eq!(outcome.status, 1, "{outcome:?}");
        assert!(outcome.stdout.contains("it is in PKCS #7"), "{outcome:?}");
    }
}

#[test]
fn addresses_that_break_the_recipe_come_out_verbatim() {
    let jids = [
        "d\\27artagnan@shakespeare.lit",
        "jürgen@shakespeare.lit",
        "a#b@shakespeare.lit",
        "a,b@shakespeare.lit",
        "a$b=c;d@shakespeare.lit",
        "hamlet@bücher.example",
        "hamlet@[2001:db8::1]",
        "hamlet@shakespeare.lit/a@b/c",
    ];
    let sandbox = Sandbox::with_pair();
    for jid in jids {
        sandbox.done(&[
            "generate",
            "--jid",
            jid,
            "--key",
            "client.key",
            "--out",
            "other",
            "--force",
        ]);
        sandbox.done(&[
            "generate",
            "--jid",
            jid,
            "--key",
            "client.key",
            "--csr",
            "--out",
            "other",
            "--force",
        ]);
        let gnutls = sandbox.peer("certtool", &["--certificate-info", "--infile", "other.crt"]);
        assert!(
            gnutls.contains(&format!("XMPP Address: {jid}\n")),
            "{gnutls}"
        );
        let openssl = sandbox.peer(
            "openssl",
            &[
                "x509",
                "-noout",
                "-ext",
                "subjectAltName",
                "-in",
                "other.crt",
            ],
        );
        assert!(openssl.contains(&format!("XmppAddr::{jid}")), "{openssl}");
        let readers = script("peers/readers.py");
        let python = sandbox.peer(
            &in_venv("python"),
            &[&readers, "client.key", "other.crt", "other.csr"],
        );
        let python: serde_json::Value = serde_json::from_str(&python).unwrap();
        assert_eq!(python["certificate_addresses"], serde_json::json!([jid]));
        assert_eq!(python["request_addresses"], serde_json::json!([jid]));
    }
}

#[test]
fn keys_made_by_others_are_taken_in_every_form_they_write() {
    let forms = [
        ("openssl", "genrsa -traditional -out KEY 2048"),
        ("openssl", "genrsa -out KEY 2048"),
        ("openssl", "ecparam -genkey -name prime256v1 -out KEY"),
        ("openssl", "ecparam -genkey -noout -name secp384r1 -out KEY"),
        (
            "openssl",
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out KEY",
        ),
        (
            "openssl",
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -outform DER -out KEY",
        ),
        ("openssl", "genpkey -algorithm ed25519 -out KEY"),
        (
            "certtool",
            "--generate-privkey --key-type rsa --bits 2048 --outfile KEY",
        ),
        (
            "certtool",
            "--generate-privkey --key-type ed25519 --outfile KEY",
        ),
    ];
    // GnuTLS writes a scalar as long as it is, so several tell more than one.
    let ecdsa = (
        "certtool",
        "--generate-privkey --key-type ecdsa --curve secp256r1 --outfile KEY",
    );
    let sandbox = Sandbox::new();
    for (program, args) in forms.into_iter().chain([ecdsa; 8]) {
        sandbox.peer(
            program,
            &args
                .replace("KEY", "other.key")
                .split(' ')
                .collect::<Vec<_>>(),
        );
        sandbox.done(&[
            "generate",
            "--jid",
            JID,
            "--key",
            "other.key",
            "--out",
            "other",
            "--force",
        ]);
        let of_crt = sandbox.peer(
            "openssl",
            &["x509", "-noout", "-pubkey", "-in", "other.crt"],
        );
        let of_key = sandbox.peer("openssl", &["pkey", "-pubout", "-in", "other.key"]);
        assert_eq!(of_crt, of_key, "{program} {args}");
    }
}
