//! `xmppcert export`: a certificate in each form, and the key in none but one.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{JID, Sandbox, data, der, generate};

const FORMATS: [&str; 5] = ["pem", "der", "base64", "stanza", "combined"];

fn octets(sandbox: &Sandbox, args: &[&str]) -> Vec<u8> {
    let output = sandbox.command().args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
    output.stdout
}

#[test]
fn each_form_is_of_the_same_certificate() {
    let sandbox = Sandbox::with_pair();
    let pem = sandbox.text("client.crt");
    let encoded = der(pem.as_bytes());
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let export = |format: &str| octets(&sandbox, &["export", "client.crt", "--format", format]);
    assert_eq!(export("pem"), pem.as_bytes());
    assert_eq!(export("der"), encoded);
    assert_eq!(export("base64"), format!("{base64}\n").as_bytes());
    assert_eq!(
        String::from_utf8(export("stanza")).unwrap(),
        format!(
            "<append xmlns='urn:xmpp:saslcert:1'><name>{JID}</name><x509cert>{base64}</x509cert></append>\n"
        )
    );
    let combined = format!("{}{pem}", sandbox.text("client.key"));
    assert_eq!(export("combined"), combined.as_bytes());
    assert_eq!(octets(&sandbox, &["export", "client.crt"]), pem.as_bytes());
}

#[test]
fn pem_is_one_bare_block_whatever_it_came_in() {
    let sandbox = Sandbox::with_pair();
    let pem = sandbox.text("client.crt");
    let key = sandbox.text("client.key");
    sandbox.done(&generate(&["--out", "other"]));
    let other = sandbox.text("other.crt");
    for content in [
        format!("Certificate:\n    Data:\n{pem}").into_bytes(),
        format!("{key}{pem}{other}").into_bytes(),
        pem.replace('\n', "\r\n").into_bytes(),
        pem.replace(" CERTIFICATE", " X509 CERTIFICATE")
            .into_bytes(),
        der(pem.as_bytes()),
    ] {
        let outcome = sandbox.run_with(&content, &["export", "-"]);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (0, pem.as_str()));
        // Several certificates are worth a warning, but the rest is not.
        assert_eq!(
            outcome
                .stderr
                .contains("holds several certificates; this is about the first"),
            content.len() > 2 * pem.len()
        );
    }
}

#[test]
fn a_private_key_leaves_in_the_combined_form_only() {
    let sandbox = Sandbox::with_pair();
    sandbox.done(&[
        "export",
        "client.crt",
        "--format",
        "combined",
        "--out",
        "both.pem",
    ]);
    let key = der(&sandbox.read("client.key"));
    for format in FORMATS {
        for file in ["client.crt", "both.pem"] {
            let output = octets(&sandbox, &["export", file, "--format", format]);
            let text = String::from_utf8_lossy(&output);
            assert_eq!(
                text.contains("PRIVATE KEY"),
                format == "combined",
                "{format}"
            );
            let shows_key = output.windows(32).any(|window| window == &key[36..68]);
            assert!(!shows_key, "{format}");
        }
    }
    let said = sandbox.fails(2, &["export", "client.crt", "--key", "client.key"]);
    assert!(
        said.starts_with("error: '--key' is for the form that contains the key only\n"),
        "{said}"
    );
}

#[test]
fn the_key_of_the_combined_form_is_named_or_in_the_file_or_beside_it() {
    let sandbox = Sandbox::with_pair();
    let wanted = sandbox.done(&["export", "client.crt", "--format", "combined"]);
    fs::rename(sandbox.path("client.key"), sandbox.path("moved")).unwrap();
    let said = sandbox.fails(3, &["export", "client.crt", "--format", "combined"]);
    assert!(
        said.starts_with("error: cannot read 'client.key': no such file or directory\n"),
        "{said}"
    );
    let args = [
        "export",
        "client.crt",
        "--format",
        "combined",
        "--key",
        "moved",
    ];
    assert_eq!(sandbox.done(&args), wanted);
    sandbox.write("both", &wanted);
    assert_eq!(
        sandbox.done(&["export", "both", "--format", "combined"]),
        wanted
    );
    let certificate = sandbox.read("client.crt");
    let outcome = sandbox.run_with(&certificate, &["export", "-", "--format", "combined"]);
    assert_eq!(outcome.status, 2);
    assert!(
        outcome
            .stderr
            .starts_with("error: the combined form needs the private key\n")
    );
    let key = sandbox.read("moved");
    let args = ["export", "client.crt", "--format", "combined", "--key", "-"];
    assert_eq!(sandbox.run_with(&key, &args).stdout, wanted);
    let said = sandbox.fails(2, &["export", "-", "--format", "combined", "--key", "-"]);
    assert!(said.starts_with("error: '-' is given twice"), "{said}");
}

#[test]
fn a_key_of_another_certificate_or_an_encrypted_one_is_refused() {
    let sandbox = Sandbox::with_pair();
    let other = data("inspect/pkcs8.key");
    let encrypted = data("inspect/encrypted.key");
    for (key, error) in [
        (
            &other,
            format!("the key in '{other}' does not belong to the certificate in 'client.crt'"),
        ),
        (&encrypted, format!("the key in '{encrypted}' is encrypted")),
    ] {
        let args = ["export", "client.crt", "--format", "combined", "--key", key];
        let said = sandbox.fails(3, &args);
        assert!(
            said.starts_with(&format!("error: {error}\nhint: ")),
            "{said}"
        );
    }
}

#[test]
fn the_name_in_a_stanza_is_escaped_and_belongs_to_stanzas_only() {
    let sandbox = Sandbox::with_pair();
    let stanza =
        |name: &str| sandbox.done(&["export", "client.crt", "--format", "stanza", "--name", name]);
    assert!(stanza("laptop").contains("<name>laptop</name>"));
    assert!(stanza("<a>&'\"").contains("<name>&lt;a&gt;&amp;"));
    for name in ["", "a\u{7}"] {
        let args = ["export", "client.crt", "--format", "stanza", "--name", name];
        assert!(
            sandbox.fails(2, &args).starts_with("error: '--name': "),
            "{name:?}"
        );
    }
    let said = sandbox.fails(2, &["export", "client.crt", "--name", "laptop"]);
    assert!(
        said.starts_with("error: '--name' names the certificate in a stanza only\n"),
        "{said}"
    );
}

#[test]
fn a_file_is_private_where_a_key_is_in_it() {
    let sandbox = Sandbox::with_pair();
    for (format, is_private) in [
        ("pem", false),
        ("der", false),
        ("stanza", false),
        ("combined", true),
    ] {
        let out = format!("out.{format}");
        let outcome = sandbox.run(&["export", "client.crt", "--format", format, "--out", &out]);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (0, ""));
        assert_eq!(outcome.stderr, format!("wrote '{out}'\n"));
        let printed = octets(&sandbox, &["export", "client.crt", "--format", format]);
        assert_eq!(sandbox.read(&out), printed);
        let mode = sandbox.path(&out).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode == 0o600, is_private, "{format}: {mode:o}");
        let said = sandbox.fails(
            4,
            &["export", "client.crt", "--format", format, "--out", &out],
        );
        assert!(
            said.starts_with(&format!("error: '{out}' exists already\n")),
            "{said}"
        );
        sandbox.done(&[
            "export",
            "client.crt",
            "--format",
            format,
            "--out",
            &out,
            "--force",
        ]);
        assert_eq!(sandbox.read(&format!("{out}.old")), printed);
    }
}

#[test]
fn an_unknown_form_is_a_usage_error_that_names_the_known_ones() {
    let sandbox = Sandbox::with_pair();
    let said = sandbox.fails(2, &["export", "client.crt", "--format", "jks"]);
    for format in FORMATS {
        assert!(said.contains(format), "{said}");
    }
}
