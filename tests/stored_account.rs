//! The account of a scripted server, with its certificates.

use std::io;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};

use crate::fake_server::{BIND, BOUND, FakeServer, Peer, SUCCESS, mechanisms};

/// The certificates of an account, as name and base64, and how its server treats who comes.
#[derive(Default)]
pub(crate) struct Account {
    pub(crate) items: Vec<(String, String)>,
    /// The items that are listed as not to manage certificates.
    pub(crate) may_not_manage: Vec<&'static str>,
    /// Offers passwords only.
    pub(crate) no_external: bool,
    /// The requests, one behind the other.
    pub(crate) asked: String,
    pub(crate) logins: usize,
    /// The number of the login that is refused.
    pub(crate) refused: Option<usize>,
    /// Called at each login, with its number.
    pub(crate) at_login: Option<Box<dyn FnMut(usize) + Send>>,
    /// Told of each login, which then has no answer.
    pub(crate) silent: Option<Sender<()>>,
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let rest = text.split_once(start)?.1;
    Some(rest.split_once(end)?.0)
}

fn serve(account: &Mutex<Account>, peer: &mut Peer) -> io::Result<()> {
    peer.secure()?;
    let is_password = account.lock().unwrap().no_external;
    peer.open(&mechanisms(&[if is_password {
        "SCRAM-SHA-1"
    } else {
        "EXTERNAL"
    }]))?;
    peer.until("</auth>")?;
    let (is_refused, silent) = {
        let mut account = account.lock().unwrap();
        account.logins += 1;
        let number = account.logins;
        if let Some(at_login) = &mut account.at_login {
            at_login(number);
        }
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
        account.asked += &request;
        let name = between(&request, "<name>", "</name>").unwrap_or_default();
        if let Some(certificate) = between(&request, "<x509cert>", "</x509cert>") {
            account.items.retain(|item| item.0 != name);
            account
                .items
                .push((name.to_owned(), certificate.to_owned()));
        } else if request.contains("<disable") || request.contains("<revoke") {
            account.items.retain(|item| item.0 != name);
        }
        let items = account.items.iter().map(|(name, certificate)| {
            let flag = if account.may_not_manage.contains(&name.as_str()) {
                "<no-cert-management/>"
            } else {
                ""
            };
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
pub(crate) fn start(account: Account) -> (FakeServer, Arc<Mutex<Account>>) {
    let account = Arc::new(Mutex::new(account));
    let at_the_server = Arc::clone(&account);
    let server = FakeServer::start(move |peer| serve(&at_the_server, peer));
    store(&server, &account, "client.crt", "laptop");
    (server, account)
}

/// Has the certificate in a file of the sandbox on the account.
pub(crate) fn store(server: &FakeServer, account: &Mutex<Account>, file: &str, name: &str) {
    let export = ["export", file, "--format", "base64"];
    let certificate = server.sandbox.done(&export).trim().to_owned();
    let item = (name.to_owned(), certificate);
    account.lock().unwrap().items.push(item);
}

/// The names of what is on the account.
pub(crate) fn names(account: &Mutex<Account>) -> Vec<String> {
    let account = account.lock().unwrap();
    account.items.iter().map(|item| item.0.clone()).collect()
}
