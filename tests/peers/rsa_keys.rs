//! Others find nothing wrong with our RSA keys, and test the primes for themselves.
//!
//! `XMPPCERT_RSA_KEYS=1000 cargo test --release --features peers --test peers rsa_keys` takes a thousand keys of each size.

use crate::support::{JID, Sandbox};

#[test]
fn openssl_and_gnutls_find_every_rsa_key_sound() {
    let count = std::env::var("XMPPCERT_RSA_KEYS").map_or(3, |count| count.parse().unwrap());
    let sandbox = Sandbox::new();
    for bits in ["2048", "3072", "4096"] {
        let kind = format!("rsa-{bits}");
        for _ in 0..count {
            sandbox.done(&[
                "generate",
                "--jid",
                JID,
                "--key-type",
                &kind,
                "--out",
                "client",
                "--force",
            ]);
            let said = sandbox.peer("openssl", &["rsa", "-check", "-noout", "-in", "client.key"]);
            assert_eq!(said, "RSA key ok\n");
            let said = sandbox.peer(
                "openssl",
                &["pkey", "-check", "-noout", "-in", "client.key"],
            );
            assert_eq!(said, "Key is valid\n");
            let said = sandbox.peer("certtool", &["--key-info", "--infile", "client.key"]);
            assert!(said.contains(&format!("({bits} bits)")), "{said}");
            // What GnuTLS says where numbers of the key contradict each other; its exit status does not.
            assert!(!said.contains("validation failed"), "{said}");
        }
    }
}
