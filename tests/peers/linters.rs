//! Linters and strict readers have nothing to say of a certificate of any kind of key.

use crate::support::JID;
use crate::{KEY_TYPES, in_venv, pairs};

#[test]
fn pkilint_has_no_error_no_warning_and_no_notice() {
    for kind in KEY_TYPES {
        let crt = format!("{kind}.crt");
        let said = pairs().try_peer(&in_venv("lint_pkix_cert"), &["lint", "-s", "NOTICE", &crt]);
        // The exit status is the number of findings.
        assert_eq!(
            (said.status, said.stdout.trim()),
            (0, ""),
            "{kind}: {said:?}"
        );
    }
}

#[test]
fn hxtool_has_no_objection() {
    for kind in KEY_TYPES {
        let said = pairs().peer("hxtool", &["validate", &format!("FILE:{kind}.crt")]);
        let mut objections: Vec<&str> = said
            .lines()
            .filter(|line| !line.starts_with("checking extension: "))
            .collect();
        if !kind.starts_with("rsa") {
            // Debian's Heimdal verifies RSA signatures only, and says so of openssl's certificates too.
            objections.retain(|line| *line != "Self-signed certificate NOT really self-signed!");
        }
        assert_eq!(objections, Vec::<&str>::new(), "{kind}");
    }
}

#[test]
fn nss_imports_every_kind_of_key_that_it_knows() {
    let sandbox = pairs();
    sandbox.peer("mkdir", &["nss"]);
    sandbox.peer("certutil", &["-N", "-d", "sql:nss", "--empty-password"]);
    // Debian 12's NSS has no Ed25519.
    for kind in KEY_TYPES.into_iter().filter(|kind| *kind != "ed25519") {
        let crt = format!("{kind}.crt");
        // "T" trusts it to issue certificates of clients, itself among them.
        sandbox.peer(
            "certutil",
            &["-A", "-d", "sql:nss", "-n", kind, "-t", "PT,,", "-i", &crt],
        );
        let said = sandbox.peer("certutil", &["-V", "-d", "sql:nss", "-n", kind, "-u", "C"]);
        assert_eq!(said.trim(), "certutil: certificate is valid", "{kind}");
        let said = sandbox.peer("certutil", &["-L", "-d", "sql:nss", "-n", kind]);
        assert!(said.contains(JID), "{kind}: {said}");
    }
}
