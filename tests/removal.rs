//! `disable` and `revoke` take a certificate off the account under whatever names it has.

use std::fs::File;
use std::process::Stdio;

use crate::fake_server::FakeServer;
use crate::stored_account::{Account, names, start, store};
use crate::support::{JID, Outcome, generate};

fn run(server: &FakeServer, args: &[&str]) -> Outcome {
    let options = server.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let by = ["--cert", "client.crt"];
    server
        .sandbox
        .run(&[args, &by, options.as_slice()].concat())
}

#[test]
fn a_certificate_loses_all_its_names_whichever_was_given() {
    for (command, done) in [("disable", "disabled"), ("revoke", "revoked")] {
        for wanted in ["phone", "the phone", "phone.crt"] {
            let (server, account) = start(Account::default());
            server.sandbox.done(&generate(&["--out", "phone"]));
            for name in ["phone", "the phone"] {
                store(&server, &account, "phone.crt", name);
            }
            let outcome = run(&server, &[command, wanted]);
            assert_eq!(outcome.status, 0, "{wanted}: {outcome:?}");
            assert_eq!(names(&account), ["laptop"], "{wanted}");
            assert_eq!(
                outcome.stderr,
                format!(
                    "{done} 'phone' on {JID}, as its list confirms\n\
                     {done} 'the phone' on {JID}, as its list confirms\n"
                )
            );
        }
    }
}

#[test]
fn what_cannot_be_read_is_removed_by_its_name() {
    let (server, account) = start(Account::default());
    for name in ["odd", "also odd"] {
        let item = (name.to_owned(), "????".to_owned());
        account.lock().unwrap().items.push(item);
    }
    let outcome = run(&server, &["disable", "odd"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert_eq!(names(&account), ["laptop", "also odd"]);
}

#[test]
fn where_only_the_report_is_lost_the_message_says_so() {
    let (server, account) = start(Account::default());
    server.sandbox.done(&generate(&["--out", "phone"]));
    for name in ["phone", "the phone"] {
        store(&server, &account, "phone.crt", name);
    }
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let mut command = server.sandbox.command();
    command.args(["revoke", "phone", "--cert", "client.crt", "--json"]);
    let output = command.args(server.options()).stdout(full()).output();
    let outcome = Outcome::from(output.unwrap());
    assert_eq!(outcome.status, 4, "{outcome:?}");
    let told = "revoked 'phone', 'the phone', but cannot write to standard output: ";
    assert!(outcome.stderr.contains(told), "{outcome:?}");
    assert_eq!(names(&account), ["laptop"]);
}
