//! Kinds of keys for `generate`, made anew and brought along.

use serde_json::json;

use crate::support::{JID, Sandbox, contains, data, der, generate};

#[test]
fn every_kind_of_key_is_made_and_fits_its_certificate() {
    let sandbox = Sandbox::new();
    for (kind, key, signature, usage) in [
        (
            "rsa-2048",
            json!({"algorithm": "rsa", "bits": 2048}),
            "sha256WithRSAEncryption",
            json!(["digitalSignature", "keyEncipherment"]),
        ),
        (
            "ecdsa-p256",
            json!({"algorithm": "ecdsa", "curve": "P-256"}),
            "ecdsa-with-SHA256",
            json!(["digitalSignature"]),
        ),
        (
            "ecdsa-p384",
            json!({"algorithm": "ecdsa", "curve": "P-384"}),
            "ecdsa-with-SHA384",
            json!(["digitalSignature"]),
        ),
        (
            "ed25519",
            json!({"algorithm": "ed25519"}),
            "Ed25519",
            json!(["digitalSignature"]),
        ),
    ] {
        sandbox.done(&["generate", "--jid", JID, "--key-type", kind, "--out", kind]);
        let certificate = sandbox.inspect(&format!("{kind}.crt"));
        let private_key = sandbox.inspect(&format!("{kind}.key"));
        assert_eq!(certificate["key"], key);
        assert_eq!(private_key["key"], key);
        assert_eq!(certificate["spki_sha256"], private_key["spki_sha256"]);
        assert_eq!(certificate["signature_algorithm"], signature);
        assert_eq!(certificate["key_usage"], usage);
        assert_eq!(certificate["self_signed"], true);
        // PKCS #8 version 1, which every reader takes (RFC 5208 5).
        let encoded = der(&sandbox.read(&format!("{kind}.key")));
        assert!(contains(&encoded[..8], &[0x02, 0x01, 0x00]), "{kind}");
    }
    assert_eq!(der(&sandbox.read("ed25519.key")).len(), 48);
}

#[test]
fn kinds_of_key_that_do_not_work_are_refused_with_the_reason() {
    let sandbox = Sandbox::new();
    for (kind, reason) in [
        (
            "ecdsa-p521",
            "P-521 breaks TLS 1.2 logins on Prosody's default settings",
        ),
        (
            "p521",
            "P-521 breaks TLS 1.2 logins on Prosody's default settings",
        ),
        (
            "ecdsa-secp256k1",
            "TLS 1.3 logins need the curve P-256 or P-384",
        ),
        (
            "rsa-1024",
            "clients on OpenSSL refuse RSA keys under 2048 bits",
        ),
        ("ed448", "no XMPP client is known to log in with such a key"),
    ] {
        let said = sandbox.fails(2, &["generate", "--jid", JID, "--key-type", kind]);
        assert_eq!(
            said,
            format!(
                "error: '{kind}' keys are not made: {reason}\n\
                 hint: give one of rsa-4096, rsa-3072, rsa-2048, ecdsa-p256, ecdsa-p384, ed25519\n"
            )
        );
    }
    let said = sandbox.fails(2, &["generate", "--jid", JID, "--key-type", "rsa"]);
    assert!(said.contains("invalid value 'rsa'"), "{said}");
    assert!(sandbox.files().is_empty());
    // What is wrong with the command line comes before what is in the way on the disk.
    sandbox.write("client.key", "not ours");
    let said = sandbox.fails(2, &["generate", "--jid", JID, "--key-type", "p521"]);
    assert!(
        said.starts_with("error: 'p521' keys are not made"),
        "{said}"
    );
}

#[test]
fn an_existing_key_is_read_in_every_form() {
    let sandbox = Sandbox::new();
    for name in ["pkcs8.key", "sec1.key", "pkcs1.key"] {
        let pem = data(&format!("inspect/{name}"));
        let fingerprint = &sandbox.inspect(&pem)["spki_sha256"];
        let content = std::fs::read(&pem).unwrap();
        sandbox.write("key.der", der(&content));
        sandbox.done(&[
            "generate", "--jid", JID, "--key", &pem, "--out", "pem", "--force",
        ]);
        sandbox.done(&[
            "generate", "--jid", JID, "--key", "key.der", "--out", "der", "--force",
        ]);
        let outcome = sandbox.run_with(
            &content,
            &[
                "generate", "--jid", JID, "--key", "-", "--out", "stdin", "--force",
            ],
        );
        assert_eq!(outcome.status, 0, "{outcome:?}");
        for made in ["pem.crt", "der.crt", "stdin.crt"] {
            let certificate = sandbox.inspect(made);
            assert_eq!(&certificate["spki_sha256"], fingerprint, "{name} {made}");
            assert_eq!(certificate["self_signed"], true, "{name} {made}");
        }
        assert!(
            !sandbox.path("pem.key").exists(),
            "the key stays where it is"
        );
    }
    let said = sandbox.fails(2, &generate(&["--key", "key.der"]));
    assert!(
        said.contains("'--key-type <TYPE>' cannot be used with '--key <FILE>'"),
        "{said}"
    );
}

#[test]
fn a_key_that_cannot_be_used_is_refused_with_the_reason() {
    let sandbox = Sandbox::new();
    let encrypted = data("inspect/encrypted.key");
    let traditional = data("inspect/encrypted-sec1.key");
    let certificate = data("rules/plain.crt");
    let public = data("inspect/public.pem");
    sandbox.write("p521.der", p521());
    for (file, error) in [
        (encrypted.as_str(), format!("the key in '{encrypted}' is encrypted")),
        (&traditional, format!("the key in '{traditional}' is encrypted")),
        (&certificate, format!("'{certificate}' holds a certificate, not a private key")),
        (&public, format!("'{public}' holds a public key, not a private key")),
        (
            "p521.der",
            "the key in 'p521.der' is an ECDSA P-521 key, and P-521 breaks TLS 1.2 logins on Prosody's default settings".to_owned(),
        ),
    ] {
        let said = sandbox.fails(3, &["generate", "--jid", JID, "--key", file]);
        assert!(said.starts_with(&format!("error: {error}\nhint: ")), "{said}");
    }
    assert_eq!(sandbox.files().len(), 1);
}

/// A SEC 1 key of ones on P-521 (RFC 5915 3), which no other program needs to make.
fn p521() -> Vec<u8> {
    let mut key = vec![0x30, 0x50, 0x02, 0x01, 0x01, 0x04, 0x42];
    key.extend([1; 66]);
    key.extend([0xa0, 0x07, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]);
    key
}
