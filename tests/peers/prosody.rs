//! A real Prosody with mod_client_certs takes what we make (XEP-0257, XEP-0178).

use serde_json::json;

use crate::server::{Client, Server};
use crate::support::{JID, Sandbox};

/// Path of a file, as text.
fn path(sandbox: &Sandbox, name: &str) -> String {
    sandbox.path(name).into_os_string().into_string().unwrap()
}

fn upload(client: &mut Client, sandbox: &Sandbox, certificate: &str, name: &str) {
    let base64 = sandbox.done(&["export", "--format", "base64", certificate]);
    let answer = client.manage("append", JID, name, base64.trim());
    assert_eq!(answer["outcome"], "accepted", "{certificate}: {answer}");
}

#[test]
fn a_certificate_of_every_kind_is_stored_logs_in_and_is_refused_once_disabled() {
    let server = Server::start("prosody", &["hamlet"], &[]);
    let mut client = server.client();
    let sandbox = crate::pairs();
    for kind in crate::KEY_TYPES {
        let (crt, key) = (
            path(sandbox, &format!("{kind}.crt")),
            path(sandbox, &format!("{kind}.key")),
        );

        let before = client.login(&crt, &key, "", "");
        assert_eq!(before["outcome"], "refused", "{kind}: {before}");
        upload(&mut client, sandbox, &format!("{kind}.crt"), kind);
        let items = client.manage("items", JID, "", "");
        let stored = sandbox.done(&["export", "--format", "base64", &format!("{kind}.crt")]);
        assert_eq!(items["items"], json!({ kind: stored.trim() }));

        for (authzid, tls) in [("", "1.3"), ("", "1.2"), (JID, "1.3"), (JID, "1.2")] {
            let login = client.login(&crt, &key, authzid, tls);
            assert_eq!(
                login["outcome"], "accepted",
                "{kind} '{authzid}' TLS {tls}: {login}"
            );
            assert!(login["jid"].as_str().unwrap().starts_with(JID), "{login}");
        }

        let answer = client.manage("disable", JID, kind, "");
        assert_eq!(answer["outcome"], "accepted", "{kind}: {answer}");
        let after = client.login(&crt, &key, "", "");
        assert_eq!(after["outcome"], "refused", "{kind}: {after}");
    }
}

#[test]
fn a_renewed_certificate_has_to_be_stored_again_even_with_the_same_key() {
    let server = Server::start("prosody", &["hamlet"], &[]);
    let mut client = server.client();
    let sandbox = Sandbox::with_pair();
    let (crt, key) = (path(&sandbox, "client.crt"), path(&sandbox, "client.key"));
    upload(&mut client, &sandbox, "client.crt", "laptop");
    assert_eq!(client.login(&crt, &key, "", "")["outcome"], "accepted");

    sandbox.done(&["renew", "client.crt", "--same-key"]);
    assert_eq!(client.login(&crt, &key, "", "")["outcome"], "refused");
    upload(&mut client, &sandbox, "client.crt", "laptop again");
    assert_eq!(client.login(&crt, &key, "", "")["outcome"], "accepted");
}

#[test]
fn the_stanza_that_export_prints_is_one_the_server_takes() {
    let server = Server::start("prosody", &["hamlet"], &[]);
    let mut client = server.client();
    let sandbox = Sandbox::with_pair();
    let stanza = sandbox.done(&["export", "--format", "stanza", "client.crt"]);
    let request = json!({ "do": "stanza", "jid": JID, "password": "secret", "stanza": stanza });
    let answer = client.ask(&request);
    assert_eq!(answer["outcome"], "accepted", "{answer}");
    let login = client.login(
        &path(&sandbox, "client.crt"),
        &path(&sandbox, "client.key"),
        "",
        "",
    );
    assert_eq!(login["outcome"], "accepted", "{login}");
}

#[test]
fn without_the_mends_of_the_test_server_prosody_is_as_it_is_packaged() {
    // The day this fails, tests/servers/prosody need not mend that any more.
    let server = Server::start("prosody", &["hamlet"], &[("FAULTS", "der2pem")]);
    let sandbox = Sandbox::with_pair();
    let base64 = sandbox.done(&["export", "--format", "base64", "client.crt"]);
    let answer = server
        .client()
        .manage("append", JID, "laptop", base64.trim());
    assert_eq!(answer["outcome"], "failed", "{answer}");
}
