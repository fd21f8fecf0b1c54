//! What `rotate` does where a server has its own mind; with a real one it is tested in `peers/rotate.rs`.

use std::io;
use std::process::Stdio;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use crate::fake_server::{BIND, BOUND, FakeServer, Peer, SUCCESS, mechanisms};
use crate::support::Outcome;

/// The certificates of an account, as name and base64, and how its server treats who comes.
#[derive(Default)]
struct Account {
    items: Vec<(String, String)>,
    may_not_manage: bool,
    logins: usize,
    /// The number of the login that is refused.
    refused: Option<usize>,
    /// Told of each login, which then has no answer.
    silent: Option<Sender<()>>,
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let rest = text.split_once(start)?.1;
    Some(rest.split_once(end)?.0)
}

fn serve(account: &Mutex<Account>, peer: &mut Peer) -> io::Result<()> {
    peer.secure()?;
    peer.open(&mechanisms(&["EXTERNAL"]))?;
    peer.until("</auth>")?;
    let (is_refused, silent) = {
        let mut account = account.lock().unwrap();
        account.logins += 1;
        (
            account.refused == Some(account.logins),
            account.silent.clone(),
        )
    };
    if let Some(told) = silent {
        told.send(()).unwrap();
        return peer.hold();
    }
    if is_refused {
        return peer
            .send("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>");
    }
    peer.send(SUCCESS)?;
    peer.open(BIND)?;
    peer.answer(BOUND)?;
    loop {
        let request = peer.until("</iq>")?;
        let mut account = account.lock().unwrap();
        let name = between(&request, "<name>", "</name>").unwrap_or_default();
        if let Some(certificate) = between(&request, "<x509cert>", "</x509cert>") {
            account
                .items
                .push((name.to_owned(), certificate.to_owned()));
        } else if request.contains("<disable") {
            account.items.retain(|item| item.0 != name);
        }
        let flag = if account.may_not_manage {
            "<no-cert-management/>"
        } else {
            ""
        };
        let items = account.items.iter().map(|(name, certificate)| {
            format!("<item><name>{name}</name><x509cert>{certificate}</x509cert>{flag}</item>")
        });
        let items = items.collect::<String>();
        let payload = if request.contains("<items") {
            format!("<items xmlns='urn:xmpp:saslcert:1'>{items}</items>")
        } else {
            String::new()
        };
        drop(account);
        peer.reply(&request, "result", &payload)?;
    }
}

/// The server of an account on which the certificate of its sandbox is stored as 'laptop'.
fn start(account: Account) -> (FakeServer, Arc<Mutex<Account>>) {
    let account = Arc::new(Mutex::new(account));
    let at_the_server = Arc::clone(&account);
    let server = FakeServer::start(move |peer| serve(&at_the_server, peer));
    let export = ["export", "client.crt", "--format", "base64"];
    let certificate = server.sandbox.done(&export).trim().to_owned();
    account
        .lock()
        .unwrap()
        .items
        .push(("laptop".to_owned(), certificate));
    (server, account)
}

fn rotate(server: &FakeServer) -> Outcome {
    let options = server.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    server
        .sandbox
        .run(&[&["rotate", "client.crt"], options.as_slice()].concat())
}

#[test]
fn a_certificate_that_may_not_store_others_is_not_rotated() {
    let (server, account) = start(Account {
        may_not_manage: true,
        ..Account::default()
    });
    let before = (
        server.sandbox.files(),
        account.lock().unwrap().items.clone(),
    );
    let outcome = rotate(&server);
    assert_eq!(outcome.status, 6, "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains("'laptop' may log in but not store certificates")
    );
    assert_eq!(
        (
            server.sandbox.files(),
            account.lock().unwrap().items.clone()
        ),
        before
    );
}

#[test]
fn a_successor_that_does_not_get_in_is_removed_again() {
    // The first login looks, the second stores, the third is that of the successor.
    let (server, account) = start(Account {
        refused: Some(3),
        ..Account::default()
    });
    let before = (
        server.sandbox.files(),
        account.lock().unwrap().items.clone(),
    );
    let outcome = rotate(&server);
    assert_eq!(outcome.status, 6, "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains("the successor does not get in, so it was removed again")
    );
    assert_eq!(
        (
            server.sandbox.files(),
            account.lock().unwrap().items.clone()
        ),
        before
    );

    let outcome = rotate(&server);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let items = account.lock().unwrap().items.clone();
    assert!(
        items.len() == 1 && items[0].0.starts_with("laptop 20"),
        "{items:?}"
    );
}

#[test]
fn every_name_of_the_old_certificate_is_disabled_and_told() {
    let (server, account) = start(Account::default());
    let again = (
        "desk".to_owned(),
        account.lock().unwrap().items[0].1.clone(),
    );
    account.lock().unwrap().items.push(again);
    let options = server.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let dry = [&["rotate", "client.crt", "--dry-run"], options.as_slice()].concat();
    let outcome = server.sandbox.run(&dry);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert!(
        outcome.stderr.contains(", and disable 'laptop', 'desk'\n"),
        "{outcome:?}"
    );
    let outcome = rotate(&server);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains("disabled 'laptop', 'desk', as the list confirms\n"),
        "{outcome:?}"
    );
    assert_eq!(account.lock().unwrap().items.len(), 1);
}

#[test]
fn one_run_at_a_time_works_on_a_certificate() {
    let (told, logins) = channel();
    let (server, _account) = start(Account {
        silent: Some(told),
        ..Account::default()
    });
    let mut first = server.sandbox.command();
    first.args(["rotate", "client.crt"]).args(server.options());
    let mut first = first.stderr(Stdio::null()).spawn().unwrap();
    logins.recv().unwrap();
    let outcome = rotate(&server);
    assert_eq!(outcome.status, 4, "{outcome:?}");
    first.kill().unwrap();
    first.wait().unwrap();
    // The lock ended with the one that held it.
    let options = server.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let not_due = ["rotate", "client.crt", "--if-due", "30d"];
    server
        .sandbox
        .done(&[&not_due, options.as_slice()].concat());
    assert!(
        !server
            .sandbox
            .files()
            .keys()
            .any(|name| name.starts_with('.'))
    );
}

#[test]
fn the_hook_has_the_limit_of_core_files_that_was_given() {
    let (server, _account) = start(Account::default());
    let script = "ulimit -S -c 8; ulimit -S -c >before; exec \"$0\" \"$@\"";
    let output = std::process::Command::new("sh")
        .args([
            "-c",
            script,
            env!("CARGO_BIN_EXE_xmppcert"),
            "rotate",
            "client.crt",
        ])
        .args(["--deploy-hook", "ulimit -S -c >after"])
        .args(server.options())
        .current_dir(server.sandbox.path(""))
        .output();
    let outcome = Outcome::from(output.unwrap());
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert_eq!(server.sandbox.text("after"), server.sandbox.text("before"));
}
