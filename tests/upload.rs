//! `upload` judges a certificate by the software that it is for, before anything of it is sent.

use std::fs::{self, File};
use std::io;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use crate::fake_server::{FakeServer, Peer};
use crate::stored_account::{self, Account};
use crate::support::{JID, Outcome, data};

/// What a server answers when it is asked what it is.
#[derive(Clone, Copy, Debug)]
enum Says {
    /// Its version, with this name in it.
    Version(&'static str),
    /// No version, but an identity with this name.
    Identity(&'static str),
    /// An error to every such question.
    Error,
    /// Nothing.
    Silence,
}

const REFUSED: &str = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";

/// An account without certificates; all that was asked is written down.
fn serve(says: Says, asked: &Mutex<String>, peer: &mut Peer) -> io::Result<()> {
    peer.let_in("PLAIN")?;
    let mut item = String::new();
    loop {
        let request = peer.until("</iq>")?;
        asked.lock().unwrap().push_str(&request);
        let (kind, payload) = if request.contains("'jabber:iq:version'") {
            match says {
                Says::Version(name) => (
                    "result",
                    format!(
                        "<query xmlns='jabber:iq:version'><name>{name}</name><version>1.0</version></query>"
                    ),
                ),
                Says::Silence => continue,
                Says::Identity(_) | Says::Error => ("error", REFUSED.to_owned()),
            }
        } else if request.contains("disco#info") {
            match says {
                Says::Identity(name) => (
                    "result",
                    format!(
                        "<query xmlns='http://jabber.org/protocol/disco#info'>\
                         <identity category='pubsub' type='pep' name='other'/>\
                         <identity category='server' type='im' name='{name}'/></query>"
                    ),
                ),
                _ => ("error", REFUSED.to_owned()),
            }
        } else if request.contains("<append") {
            let name = request.find("<name>").unwrap();
            let end = request.find("</append>").unwrap();
            request[name..end].clone_into(&mut item);
            ("result", String::new())
        } else {
            let items = if item.is_empty() {
                String::new()
            } else {
                format!("<item>{item}</item>")
            };
            (
                "result",
                format!("<items xmlns='urn:xmpp:saslcert:1'>{items}</items>"),
            )
        };
        peer.reply(&request, kind, &payload)?;
    }
}

fn start(says: Says) -> (FakeServer, Arc<Mutex<String>>) {
    let asked = Arc::new(Mutex::new(String::new()));
    let written = Arc::clone(&asked);
    (
        FakeServer::start(move |peer| serve(says, &written, peer)),
        asked,
    )
}

/// Uploads the certificate of tests/data that breaks this rule.
fn upload(server: &FakeServer, rule: &str, args: &[&str]) -> Outcome {
    let file = format!("{rule}.crt");
    let content = fs::read(data(&format!("rules/{file}"))).unwrap();
    server.sandbox.write(&file, content);
    let upload = ["upload", &file, "--jid", JID, "--password-file", "password"];
    let options = server.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    server.sandbox.run(&[&upload, args, &options].concat())
}

const NOT_FOR_PROSODY: &str = "crashes-luasec";
const NOT_FOR_EJABBERD: &str = "names-another-issuer";

#[test]
fn a_certificate_is_judged_by_the_software_of_the_server() {
    for (says, refused, taken, place) in [
        (
            Says::Version("Prosody"),
            NOT_FOR_PROSODY,
            NOT_FOR_EJABBERD,
            " on Prosody",
        ),
        (
            Says::Version(" ejabberd\n"),
            NOT_FOR_EJABBERD,
            NOT_FOR_PROSODY,
            " on ejabberd",
        ),
        (
            Says::Identity("ejabberd"),
            NOT_FOR_EJABBERD,
            NOT_FOR_PROSODY,
            " on ejabberd",
        ),
        // What is not known is taken for what 'check' takes for granted.
        (
            Says::Version("Openfire"),
            NOT_FOR_PROSODY,
            NOT_FOR_EJABBERD,
            "",
        ),
        (Says::Version(""), NOT_FOR_PROSODY, NOT_FOR_EJABBERD, ""),
        (Says::Error, NOT_FOR_PROSODY, NOT_FOR_EJABBERD, ""),
    ] {
        let (server, asked) = start(says);
        let outcome = upload(&server, refused, &[]);
        assert_eq!(outcome.status, 3, "{says:?}: {outcome:?}");
        let message = format!("error: '{refused}.crt' would be of no use{place}: ");
        assert!(outcome.stderr.contains(&message), "{says:?}: {outcome:?}");
        assert_eq!(outcome.stdout, "");
        let sent = asked.lock().unwrap().clone();
        assert!(!sent.contains("saslcert"), "{says:?}: {sent}");

        let outcome = upload(&server, taken, &[]);
        assert_eq!(outcome.status, 0, "{says:?}: {outcome:?}");
    }
}

#[test]
fn a_server_that_does_not_say_what_it_is_ends_no_upload() {
    for (rule, status) in [(NOT_FOR_EJABBERD, 0), (NOT_FOR_PROSODY, 3)] {
        let (server, asked) = start(Says::Silence);
        let outcome = upload(&server.waited_for_in_vain(), rule, &[]);
        assert_eq!(outcome.status, status, "{outcome:?}");
        let is_sent = asked.lock().unwrap().contains("<append");
        assert_eq!(is_sent, status == 0);
    }
}

#[test]
fn who_wants_no_check_has_none() {
    let (server, asked) = start(Says::Version("Prosody"));
    let outcome = upload(&server, NOT_FOR_PROSODY, &["--no-check"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert!(!asked.lock().unwrap().contains("jabber:iq:version"));
    // Not even what no server would take is kept back.
    let outcome = upload(&server, "no-client-auth", &["--no-check", "--name", "odd"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
}

#[test]
fn what_no_server_would_take_is_refused_before_a_password_is_wanted() {
    let server = FakeServer::start(|_| panic!("nobody should connect"));
    let options = server.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    for (file, jid, told) in [
        (
            "plain",
            "ophelia@shakespeare.lit",
            "none of the XMPP addresses in the certificate is 'ophelia@shakespeare.lit'",
        ),
        ("expired", JID, "the certificate expired at "),
        ("malformed-date", JID, ""),
        ("no-client-auth", JID, ""),
        ("too-large-to-upload", JID, ""),
    ] {
        let name = format!("{file}.crt");
        let content = fs::read(data(&format!("rules/{name}"))).unwrap();
        server.sandbox.write(&name, content);
        // Without a terminal, to want a password is an error of its own.
        let upload = ["upload", &name, "--jid", jid];
        let outcome = server.sandbox.run(&[&upload[..], &options].concat());
        assert_eq!(outcome.status, 3, "{outcome:?}");
        let message = format!("error: '{name}' would be of no use: {told}");
        assert!(outcome.stderr.starts_with(&message), "{outcome:?}");
        assert!(
            outcome
                .stderr
                .ends_with("'--no-check' uploads it all the same\n"),
            "{outcome:?}"
        );
    }
}

#[test]
fn the_next_step_is_named_where_it_can_be_taken() {
    for (file, more, command) in [
        ("client.crt", &[][..], "xmppcert login client.crt"),
        (
            "my cert.crt",
            &["--jid", JID],
            "xmppcert login 'my cert.crt' --jid hamlet@shakespeare.lit",
        ),
        // What was read from standard input is not there any more.
        ("-", &[], ""),
    ] {
        let (server, _asked) = start(Says::Version("Prosody"));
        let sandbox = &server.sandbox;
        let stdin = sandbox.read("client.crt");
        sandbox.write("my cert.crt", &stdin);
        let upload = [
            "upload",
            file,
            "--name",
            "laptop",
            "--password-file",
            "password",
        ];
        let options = server.options();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let outcome = sandbox.run_with(&stdin, &[&upload[..], more, &options].concat());
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let address = &options[options.iter().position(|word| *word == "--server").unwrap() + 1];
        let hint = match command {
            "" => String::new(),
            _ => {
                format!("hint: '{command} --server {address} --ca ca.pem' proves that it logs in\n")
            }
        };
        let note = "uploaded as 'laptop' on hamlet@shakespeare.lit, as its list confirms\n";
        assert!(
            outcome.stderr.ends_with(&format!("{note}{hint}")),
            "{outcome:?}"
        );
    }
}

#[test]
fn a_private_key_in_the_file_stays_here_and_that_is_told_in_json_too() {
    let message = "'both.pem' also holds a private key; only the certificate is uploaded";
    for (args, told) in [
        (&[][..], format!("warning: {message}\n")),
        (&["--json"], format!("{{\"warning\":\"{message}\"}}\n")),
        (&["--quiet"], String::new()),
    ] {
        let (server, asked) = start(Says::Version("Prosody"));
        let sandbox = &server.sandbox;
        let both = sandbox.text("client.key") + &sandbox.text("client.crt");
        sandbox.write("both.pem", both);
        let upload = ["upload", "both.pem", "--password-file", "-"];
        let options = server.options();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let outcome = sandbox.run_with(b"secret", &[&upload[..], args, &options].concat());
        assert_eq!(outcome.status, 0, "{outcome:?}");
        assert!(outcome.stderr.starts_with(&told), "{outcome:?}");
        assert_eq!(told.is_empty(), outcome.stderr.is_empty(), "{outcome:?}");
        let asked = asked.lock().unwrap();
        let key = sandbox.text("client.key");
        let line = key.lines().nth(1).unwrap();
        assert!(asked.contains("<x509cert>") && !asked.contains(line));
    }
}

#[test]
fn a_certificate_that_is_stored_without_the_restriction_is_not_said_to_have_it() {
    for (restricted, args, status, is_sent) in [
        // Prosody, for one, does not list which are restricted.
        (vec![], &["--no-cert-management"][..], 4, false),
        (vec![], &["--no-cert-management", "--force"], 0, true),
        (vec!["laptop"], &["--no-cert-management"], 0, false),
        (vec!["laptop"], &[], 0, false),
        (vec!["laptop"], &["--force"], 0, true),
        (vec![], &["--force"], 0, false),
    ] {
        let (server, account) = stored_account::start(Account {
            may_not_manage: restricted,
            ..Account::default()
        });
        let options = server.options();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let upload = ["upload", "client.crt", "--name", "laptop", "--no-check"];
        let by = ["--cert", "client.crt"];
        let outcome = server
            .sandbox
            .run(&[&upload[..], args, &by, &options].concat());
        assert_eq!(outcome.status, status, "{args:?}: {outcome:?}");
        let asked = account.lock().unwrap().asked.clone();
        assert_eq!(asked.contains("<append"), is_sent, "{args:?}: {asked}");
        let is_restricted = args.contains(&"--no-cert-management");
        let restricts = asked.contains("<no-cert-management/>");
        assert_eq!(restricts, is_sent && is_restricted, "{args:?}: {asked}");
        if status != 0 {
            assert_eq!(
                outcome.stderr,
                "error: 'laptop' is stored already, and '--no-cert-management' was not applied to it\n\
                 hint: store it again with '--force'\n"
            );
        }
    }
}

#[test]
fn where_only_the_report_is_lost_the_message_says_so() {
    let (server, _asked) = start(Says::Version("Prosody"));
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = server.sandbox.command();
    command.args(["upload", "client.crt", "--name", "laptop", "--json"]);
    command.args(["--password-file", "password"]);
    command.args(server.options()).stdout(Stdio::from(full));
    let outcome = Outcome::from(command.output().unwrap());
    assert_eq!(outcome.status, 4, "{outcome:?}");
    let told = "uploaded as 'laptop', but cannot write to standard output: ";
    assert!(outcome.stderr.contains(told), "{outcome:?}");
}
