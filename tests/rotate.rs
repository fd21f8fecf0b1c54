//! What `rotate` does where a server has its own mind; with a real one it is tested in `peers/rotate.rs`.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::sync::mpsc::channel;

use crate::fake_server::FakeServer;
use crate::stored_account::{Account, names, start, store};
use crate::support::{JID, Outcome, data};

fn rotate(server: &FakeServer) -> Outcome {
    rotate_with(server, &["client.crt"])
}

fn rotate_with(server: &FakeServer, args: &[&str]) -> Outcome {
    let options = server.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    server
        .sandbox
        .run(&[&["rotate"], args, options.as_slice()].concat())
}

fn nobody_connects() -> FakeServer {
    FakeServer::start(|_| panic!("nobody should connect"))
}

#[test]
fn a_certificate_that_may_not_store_others_is_not_rotated() {
    let (server, account) = start(Account {
        may_not_manage: vec!["laptop"],
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
    store(&server, &account, "client.crt", "desk");
    let outcome = rotate_with(&server, &["client.crt", "--dry-run"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert!(
        outcome.stderr.contains(", and disable 'desk', 'laptop'\n"),
        "{outcome:?}"
    );
    let outcome = rotate(&server);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains("disabled 'desk', 'laptop', as the list confirms\n"),
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

#[test]
fn which_name_goes_on_does_not_depend_on_the_order_of_the_list() {
    for order in [["b", "a", "c"], ["c", "a", "b"]] {
        let (server, account) = start(Account {
            may_not_manage: vec!["a"],
            ..Account::default()
        });
        account.lock().unwrap().items.clear();
        for name in order {
            store(&server, &account, "client.crt", name);
        }
        let outcome = rotate(&server);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let names = names(&account);
        assert!(
            names.len() == 1 && names[0].starts_with("b 20"),
            "{names:?}"
        );
    }
}

#[test]
fn a_certificate_for_several_accounts_is_not_taken_from_the_others() {
    let server = nobody_connects();
    let generate = ["generate", "--key-type", "ecdsa-p256", "--out", "several"];
    let jids = ["--jid", JID, "--jid", "yorick@elsinore.example"];
    server.sandbox.done(&[&generate[..], &jids].concat());
    let before = server.sandbox.files();
    for args in [&[][..], &["--jid", JID], &["--dry-run"]] {
        let outcome = rotate_with(&server, &[&["several.crt"], args].concat());
        assert_eq!(outcome.status, 3, "{args:?}: {outcome:?}");
        let message = "error: 'several.crt' is for several accounts, and its successor would be on one of them\n\
                       hint: make a certificate for each, or make one successor with 'xmppcert renew' and upload it to each: \
                       hamlet@shakespeare.lit, yorick@elsinore.example\n";
        assert_eq!(outcome.stderr, message, "{args:?}");
        assert_eq!(server.sandbox.files(), before);
    }
}

#[test]
fn several_resources_are_one_account() {
    let (server, account) = start(Account::default());
    let generate = ["generate", "--key-type", "ecdsa-p256", "--force"];
    let jids = ["--jid", "hamlet@shakespeare.lit/a", "--jid", JID];
    server.sandbox.done(&[&generate[..], &jids].concat());
    account.lock().unwrap().items.clear();
    store(&server, &account, "client.crt", "laptop");
    let outcome = rotate(&server);
    assert_eq!(outcome.status, 0, "{outcome:?}");
}

#[test]
fn what_cannot_log_in_is_told_before_anybody_is_asked() {
    let server = nobody_connects();
    let expired = fs::read(data("rules/expired.crt")).unwrap();
    server.sandbox.write("expired.crt", expired);
    let outcome = rotate_with(&server, &["client.crt", "--jid", "ophelia@shakespeare.lit"]);
    assert_eq!(outcome.status, 3, "{outcome:?}");
    assert!(
        outcome.stderr.starts_with(
            "error: 'client.crt' is for hamlet@shakespeare.lit, not for 'ophelia@shakespeare.lit'\n"
        ),
        "{outcome:?}"
    );

    let dates = ["--not-before", "2020-01-01", "--not-after", "2020-02-01"];
    let generate = ["generate", "--jid", JID, "--key-type", "ed25519", "--force"];
    server.sandbox.done(&[&generate[..], &dates].concat());
    for args in [&[][..], &["--dry-run"]] {
        let outcome = rotate_with(&server, &[&["client.crt"], args].concat());
        assert_eq!(outcome.status, 3, "{outcome:?}");
        assert!(
            outcome
                .stderr
                .starts_with("error: 'client.crt' has expired, so it cannot store its successor\n"),
            "{outcome:?}"
        );
    }
}

#[test]
fn a_login_that_fails_is_explained_as_by_login() {
    let (server, _account) = start(Account {
        no_external: true,
        ..Account::default()
    });
    let outcome = rotate(&server);
    assert_eq!(outcome.status, 6, "{outcome:?}");
    assert!(
        outcome.stderr.starts_with(
            "error: the server does not ask for a certificate in TLS, so EXTERNAL is not offered\n"
        ),
        "{outcome:?}"
    );
}

#[test]
fn what_is_no_certificate_is_an_error_of_the_input() {
    let server = nobody_connects();
    fs::create_dir(server.sandbox.path("there")).unwrap();
    for path in [
        ".",
        "nowhere/client.crt",
        "there/typo.crt",
        "typo.crt",
        "ca.pem/client.crt",
    ] {
        let outcome = rotate_with(&server, &[path]);
        let renewed = server.sandbox.run(&["renew", path]);
        assert_eq!(outcome.status, 3, "{outcome:?}");
        assert_eq!(outcome.stderr, renewed.stderr);
    }
}

#[test]
fn a_dry_run_leaves_the_record_alone() {
    let (server, account) = start(Account::default());
    let record = ".client.crt.xmppcert-rotation";
    for content in [None, Some(""), Some("torn")] {
        if let Some(content) = content {
            server.sandbox.write(record, content);
        }
        let before = server.sandbox.files();
        let outcome = rotate_with(&server, &["client.crt", "--dry-run", "--json"]);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        assert_eq!(server.sandbox.files(), before, "{content:?}");
        let line: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
        // Name and fingerprint are of the same certificate.
        assert_eq!(line["name"], "laptop");
        assert_eq!(
            line["sha256"],
            server.sandbox.inspect("client.crt")["sha256"]
        );
        assert_eq!(names(&account), ["laptop"]);
    }
}

#[test]
fn files_that_cannot_be_replaced_are_found_before_anybody_is_asked() {
    let server = nobody_connects();
    let sandbox = &server.sandbox;
    let options = server.options().join(" ");
    let x = env!("CARGO_BIN_EXE_xmppcert");
    fs::set_permissions(sandbox.path("."), Permissions::from_mode(0o777)).unwrap();
    // Only root can make files that somebody else owns, and then be another user.
    let (other, cases) = if rustix::process::getuid().is_root() {
        ("setpriv --reuid 65534 --regid 65534 --clear-groups", 0..)
    } else {
        ("", 2..)
    };
    for (case, made) in [
        // Owner and group of the one or the other could not be kept.
        "chown 65534 client.key",
        "chown 65534 client.crt client.key && chown 0:12345 client.crt",
        // What is to be put beside it finds its place taken, or has no name.
        "touch .client.key.xmppcert-new",
        "n=$(printf %0240d 1).key && cp -p client.key $n",
    ]
    .into_iter()
    .enumerate()
    .filter(|(case, _)| cases.contains(case))
    {
        let made = if other.is_empty() || case < 2 {
            made.to_owned()
        } else {
            format!("chown 65534:65534 client.* && {made}")
        };
        let key = if made.contains("$n") {
            "$n"
        } else {
            "client.key"
        };
        for option in ["", "--dry-run"] {
            let script = format!(
                "cp {x} x && mkdir d && chmod 777 d && cp -p client.crt client.key ca.pem d && cd d && {made} &&
                 {other} ../x rotate client.crt --key {key} {option} {options}"
            );
            let outcome = sandbox.try_peer("sh", &["-c", &script]);
            assert_eq!(outcome.status, 4, "{made} {option}: {outcome:?}");
            fs::remove_dir_all(sandbox.path("d")).unwrap();
        }
    }
}

#[test]
fn where_the_files_cannot_be_swapped_the_successor_is_named_and_a_rerun_goes_on() {
    let (server, account) = start(Account::default());
    // What is staged finds its place taken once the successor has logged in.
    let staged = server.sandbox.path(".client.key.xmppcert-new");
    let obstacle = staged.clone();
    account.lock().unwrap().at_login = Some(Box::new(move |number| {
        if number == 3 {
            fs::write(&obstacle, "").unwrap();
        }
    }));
    let outcome = rotate(&server);
    assert_eq!(outcome.status, 4, "{outcome:?}");
    let names_now = names(&account);
    assert_eq!(names_now.len(), 2, "{names_now:?}");
    let told = format!(
        "the successor is stored as '{}', but not in its place here: ",
        names_now[1]
    );
    assert!(outcome.stderr.contains(&told), "{outcome:?}");
    assert!(
        outcome
            .stderr
            .ends_with("; the same command goes on from there\n"),
        "{outcome:?}"
    );
    fs::remove_file(staged).unwrap();
    let outcome = rotate(&server);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert_eq!(names(&account), [names_now[1].clone()]);
}

#[test]
fn where_only_the_report_is_lost_the_message_says_so() {
    let (server, account) = start(Account::default());
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let mut command = server.sandbox.command();
    command.args(["rotate", "client.crt", "--json"]);
    let output = command.args(server.options()).stdout(full()).output();
    let outcome = Outcome::from(output.unwrap());
    assert_eq!(outcome.status, 4, "{outcome:?}");
    let name = names(&account)[0].clone();
    let told = format!("rotated to '{name}', but cannot write to standard output: ");
    assert!(outcome.stderr.contains(&told), "{outcome:?}");
}
