//! `xmppcert renew`: a certificate's successor, in its place.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::support::{JID, Sandbox, data, generate};

fn length(certificate: &Value) -> time::Duration {
    let moment = |field: &str| {
        let text = certificate[field].as_str().unwrap();
        OffsetDateTime::parse(text, &Rfc3339).unwrap()
    };
    moment("not_after") - moment("not_before")
}

#[test]
fn names_and_length_stay_and_key_and_number_change() {
    let sandbox = Sandbox::new();
    let options: [&[&str]; 5] = [
        &[],
        &[
            "--jid",
            JID,
            "--jid",
            "hamlet@shakespeare.lit/Elsinore",
            "--days",
            "90",
        ],
        &[
            "--name",
            "Laptop, blue",
            "--email",
            "prince@denmark.lit",
            "--valid-for",
            "36h",
        ],
        &[
            "--no-email",
            "--not-before",
            "2020-01-01",
            "--not-after",
            "2020-03-01",
        ],
        &["--jid", "jürgen@bücher.example", "--not-after", "never"],
    ];
    for (index, options) in options.iter().enumerate() {
        let name = index.to_string();
        let file = format!("{name}.crt");
        sandbox.done(&generate(&[options, &["--out", &name, "-q"][..]].concat()));
        let old = sandbox.inspect(&file);
        let outcome = sandbox.run(&["renew", &file]);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        assert!(!outcome.stderr.contains("warning"), "{}", outcome.stderr);
        let new = sandbox.inspect(&file);
        for field in [
            "subject",
            "jids",
            "subject_alt_names",
            "key",
            "key_usage",
            "extended_key_usage",
            "is_ca",
        ] {
            assert_eq!(new[field], old[field], "{options:?}: {field}");
        }
        for field in ["serial", "spki_sha256", "sha256"] {
            assert_ne!(new[field], old[field], "{options:?}: {field}");
        }
        if options.contains(&"never") {
            assert_eq!(new["not_after"], old["not_after"]);
        } else {
            assert_eq!(length(&new), length(&old), "{options:?}");
        }
        assert_eq!(new["standing"], "current");
        sandbox.done(&["check", &file, "--key", &format!("{name}.key")]);
    }
}

#[test]
fn the_old_pair_is_kept_and_named() {
    let sandbox = Sandbox::new();
    sandbox.done(&generate(&["--not-after", "never"]));
    let before = sandbox.files();
    let outcome = sandbox.run(&["renew", "client.crt"]);
    assert_eq!(outcome.stdout, "");
    assert_eq!(
        outcome.stderr,
        "renewed 'client.crt', valid for ever\n\
         kept the old: 'client.key.old' and 'client.crt.old'\n\
         hint: the server does not know it yet: upload it before the old one ends\n"
    );
    let after = sandbox.files();
    assert_eq!(
        after.keys().collect::<Vec<_>>(),
        [
            "client.crt",
            "client.crt.old",
            "client.key",
            "client.key.old"
        ]
    );
    assert_eq!(after["client.crt.old"], before["client.crt"]);
    assert_eq!(after["client.key.old"], before["client.key"]);
    assert_eq!(sandbox.run(&["renew", "-q", "client.crt"]).stderr, "");
    assert_eq!(sandbox.read("client.crt.old"), after["client.crt"]);
}

#[test]
fn json_tells_where_everything_is() {
    let sandbox = Sandbox::with_pair();
    let report = sandbox.json(&["renew", "client.crt"]);
    let new = sandbox.inspect("client.crt");
    assert_eq!(
        report,
        json!({
            "jids": [JID],
            "key_file": "client.key",
            "certificate_file": "client.crt",
            "other_files": ["client.key.old", "client.crt.old"],
            "not_before": new["not_before"],
            "not_after": new["not_after"],
            "key": {"algorithm": "ecdsa", "curve": "P-256"},
            "sha256": new["sha256"],
        })
    );
}

#[test]
fn the_same_key_can_be_kept() {
    let sandbox = Sandbox::with_pair();
    let before = sandbox.files();
    let old = sandbox.inspect("client.crt");
    sandbox.done(&["renew", "client.crt", "--same-key"]);
    let new = sandbox.inspect("client.crt");
    assert_eq!(new["spki_sha256"], old["spki_sha256"]);
    assert_ne!(new["serial"], old["serial"]);
    let after = sandbox.files();
    assert_eq!(after["client.key"], before["client.key"]);
    assert_eq!(after["client.key.old"], before["client.key"]);
    assert_eq!(after["client.crt.old"], before["client.crt"]);
    assert_eq!(after.len(), 4);
    let said = sandbox.fails(
        2,
        &["renew", "client.crt", "--same-key", "--key-type", "ed25519"],
    );
    assert!(said.contains("cannot be used with"), "{said}");
}

#[test]
fn what_is_kept_is_a_pair_whatever_was_kept_before() {
    let sandbox = Sandbox::with_pair();
    let key = format!("{}\n# not ours\n", sandbox.text("client.key"));
    sandbox.write("client.key", &key);
    for options in [&[][..], &["--same-key"], &["--same-key"], &[]] {
        let before = sandbox.files();
        sandbox.done(&[&["renew", "client.crt"], options].concat());
        for name in ["client.crt", "client.key"] {
            let kept = sandbox.read(&format!("{name}.old"));
            assert_eq!(kept, before[name], "{options:?}");
        }
        for suffix in ["", ".old"] {
            let (crt, key) = (format!("client.crt{suffix}"), format!("client.key{suffix}"));
            sandbox.done(&["export", &crt, "--key", &key, "--format", "combined"]);
        }
    }
}

#[test]
fn another_kind_of_key_can_be_chosen() {
    let sandbox = Sandbox::with_pair();
    sandbox.done(&["renew", "client.crt", "--key-type", "ed25519"]);
    assert_eq!(sandbox.inspect("client.crt")["key"]["algorithm"], "ed25519");
    assert_eq!(sandbox.inspect("client.key")["key"]["algorithm"], "ed25519");
    sandbox.done(&["check", "client.crt"]);
}

#[test]
fn a_combined_file_stays_one() {
    let sandbox = Sandbox::new();
    sandbox.done(&generate(&["--combined"]));
    let before = sandbox.text("client.pem");
    sandbox.done(&["renew", "client.pem"]);
    assert_eq!(
        sandbox.files().into_keys().collect::<Vec<_>>(),
        ["client.pem", "client.pem.old"]
    );
    assert_eq!(sandbox.text("client.pem.old"), before);
    sandbox.done(&["export", "client.pem", "--format", "combined"]);
    sandbox.done(&["renew", "client.pem", "--same-key"]);
    let combined = sandbox.done(&["export", "client.pem", "--format", "combined"]);
    assert_eq!(sandbox.text("client.pem"), combined);
    for name in ["client.pem", "client.pem.old"] {
        let mode = sandbox.path(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn modes_stay_but_a_key_does_not_stay_readable_by_all() {
    let sandbox = Sandbox::with_pair();
    let mode = |name: &str| sandbox.path(name).metadata().unwrap().permissions().mode() & 0o777;
    let set = |name: &str, mode| {
        fs::set_permissions(sandbox.path(name), Permissions::from_mode(mode)).unwrap();
    };
    set("client.key", 0o640);
    set("client.crt", 0o664);
    sandbox.done(&["renew", "client.crt"]);
    assert_eq!((mode("client.key"), mode("client.crt")), (0o640, 0o664));
    set("client.key", 0o644);
    sandbox.done(&["renew", "client.crt"]);
    assert_eq!(mode("client.key") & 0o007, 0);
}

#[test]
fn symbolic_links_stay_and_what_they_name_is_replaced() {
    let sandbox = Sandbox::with_pair();
    fs::create_dir(sandbox.path("store")).unwrap();
    for name in ["client.key", "client.crt"] {
        fs::rename(sandbox.path(name), sandbox.path(format!("store/{name}"))).unwrap();
        symlink(format!("store/{name}"), sandbox.path(name)).unwrap();
    }
    let old = sandbox.read("client.crt");
    sandbox.done(&["renew", "client.crt"]);
    for name in ["client.key", "client.crt"] {
        assert!(
            sandbox.path(name).symlink_metadata().unwrap().is_symlink(),
            "{name}"
        );
    }
    assert_ne!(sandbox.read("store/client.crt"), old);
    assert_eq!(sandbox.read("store/client.crt.old"), old);
    sandbox.done(&["check", "client.crt"]);
}

#[test]
fn the_key_may_have_another_name_or_be_gone() {
    let sandbox = Sandbox::with_pair();
    fs::rename(sandbox.path("client.key"), sandbox.path("secret")).unwrap();
    sandbox.done(&["renew", "client.crt", "--key", "secret"]);
    assert_eq!(
        sandbox.inspect("secret")["spki_sha256"],
        sandbox.inspect("client.crt")["spki_sha256"]
    );
    assert!(!sandbox.path("client.key").exists());
    // A new pair needs the names of the old certificate only.
    fs::remove_file(sandbox.path("secret")).unwrap();
    sandbox.done(&["renew", "client.crt"]);
    sandbox.done(&["check", "client.crt", "--key", "client.key"]);
    fs::remove_file(sandbox.path("client.key")).unwrap();
    let said = sandbox.fails(3, &["renew", "client.crt", "--same-key"]);
    assert!(
        said.starts_with("error: cannot read 'client.key'"),
        "{said}"
    );
}

#[test]
fn what_cannot_be_renewed_is_left_as_it_is() {
    let sandbox = Sandbox::with_pair();
    sandbox.done(&generate(&["--out", "other"]));
    for name in [
        "no-xmpp-address",
        "xmpp-address-malformed",
        "malformed-date",
        "tls12-curve",
    ] {
        let file = format!("{name}.crt");
        sandbox.write(&file, fs::read(data(&format!("rules/{file}"))).unwrap());
    }
    sandbox.write(
        "request.csr",
        fs::read(data("inspect/request.csr")).unwrap(),
    );
    let before = sandbox.files();
    for (args, status, error) in [
        (
            &["client.crt", "--key", "other.key"][..],
            3,
            "the key in 'other.key' does not belong to the certificate in 'client.crt'",
        ),
        (
            &["client.key"],
            3,
            "'client.key' holds a private key, not a certificate",
        ),
        (
            &["request.csr"],
            3,
            "'request.csr' holds a certificate request, not a certificate",
        ),
        (
            &["absent.crt"],
            3,
            "cannot read 'absent.crt': no such file or directory",
        ),
        (&["-"], 2, "'renew' replaces files, and '-' is none"),
        (
            &["client.crt", "--key", "-"],
            2,
            "'renew' replaces files, and '-' is none",
        ),
        (&["no-xmpp-address.crt"], 3, ""),
        (&["xmpp-address-malformed.crt"], 3, ""),
        (&["malformed-date.crt"], 3, ""),
        (
            &["tls12-curve.crt"],
            3,
            "the certificate has an ECDSA P-521 key, and P-521 breaks TLS 1.2 logins on Prosody's default settings",
        ),
    ] {
        let said = sandbox.fails(status, &[&["renew"], args].concat());
        assert!(
            said.starts_with(&format!("error: {error}")),
            "{args:?}: {said}"
        );
        assert!(said.contains("\nhint: "), "{said}");
        assert_eq!(sandbox.files(), before, "{args:?}");
    }
}

#[test]
fn what_has_no_place_in_the_new_certificate_is_told() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "client.crt",
        fs::read(data("inspect/every-name.crt")).unwrap(),
    );
    let outcome = sandbox.run(&["renew", "client.crt"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    for said in [
        "warning: the subject changes from '1.2.3.4=#0c07756e6b6e6f776e,CN=hämlet,",
        "warning: not carried over: dNSName 'shakespeare.lit'\n",
        "warning: not carried over: srvName '_xmpp-client.shakespeare.lit'\n",
        "warning: not carried over: iPAddress '192.0.2.1'\n",
    ] {
        assert!(outcome.stderr.contains(said), "{}", outcome.stderr);
    }
    let new = sandbox.inspect("client.crt");
    assert_eq!(new["jids"], json!([JID, "ophelia@shakespeare.lit"]));
    assert_eq!(new["is_ca"], false);
}

#[test]
fn nothing_is_lost_that_a_file_holds_besides_the_certificate() {
    let sandbox = Sandbox::with_pair();
    sandbox.done(&generate(&["--combined", "--out", "both"]));
    let both = sandbox.text("both.pem");
    sandbox.write("loose.key", &both);
    let said = sandbox.fails(3, &["renew", "both.pem", "--key", "loose.key"]);
    assert_eq!(
        said,
        "error: 'both.pem' holds a private key too, which would be lost\n\
         hint: leave '--key' out, or take the key out of this file\n"
    );
    sandbox.write("chain.crt", sandbox.text("client.crt").repeat(2));
    let said = sandbox.fails(3, &["renew", "chain.crt", "--key", "client.key"]);
    assert!(
        said.contains("error: 'chain.crt' holds several certificates, and only the first would have a successor\n"),
        "{said}"
    );
    assert_eq!(sandbox.text("both.pem"), both);

    symlink("both.pem", sandbox.path("link.pem")).unwrap();
    for key in ["both.pem", "./both.pem", "link.pem"] {
        let before = sandbox.text("both.pem");
        sandbox.done(&["renew", "both.pem", "--key", key]);
        assert_eq!(sandbox.text("both.pem.old"), before);
        let combined = sandbox.done(&["export", "both.pem", "--format", "combined"]);
        assert_eq!(sandbox.text("both.pem"), combined);
    }
}

#[test]
fn the_key_of_a_linked_certificate_may_be_beside_what_the_link_names() {
    let sandbox = Sandbox::with_pair();
    fs::create_dir(sandbox.path("live")).unwrap();
    symlink("../client.crt", sandbox.path("live/cert.pem")).unwrap();
    sandbox.done(&["renew", "live/cert.pem", "--same-key"]);
    sandbox.done(&["export", "live/cert.pem", "--format", "combined"]);
    fs::remove_file(sandbox.path("client.key")).unwrap();
    for command in [
        &["renew", "live/cert.pem", "--same-key"][..],
        &["export", "live/cert.pem", "--format", "combined"],
    ] {
        assert_eq!(
            sandbox.fails(3, command),
            "error: cannot read 'live/cert.key': no such file or directory\n\
             hint: name it with '--key FILE'\n"
        );
    }
    // One that was named is another matter.
    let said = sandbox.fails(3, &["renew", "client.crt", "--key", "cleint.key"]);
    assert!(!said.contains("--key FILE"), "{said}");
}
