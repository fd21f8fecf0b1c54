//! `generate --from`: a certificate for every account of a list.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::{Outcome, Sandbox};

const MAKE: [&str; 6] = [
    "generate",
    "--key-type",
    "ecdsa-p256",
    "--out-dir",
    "certs",
    "--from",
];

fn make(sandbox: &Sandbox, args: &[&str]) -> Outcome {
    sandbox.run(&[&MAKE, args].concat())
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The names of the folders in `certs`, hidden ones too.
fn folders(sandbox: &Sandbox) -> BTreeSet<String> {
    let entries = fs::read_dir(sandbox.path("certs")).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object[member]
        .as_str()
        .unwrap_or_else(|| panic!("no {member} in {object}"))
}

/// Sees that each folder holds a key and a certificate for its JID, and that they belong together.
fn assert_whole(sandbox: &Sandbox, jids: &BTreeSet<String>) {
    assert_eq!(folders(sandbox), *jids);
    let names: Vec<String> = jids
        .iter()
        .flat_map(|jid| {
            [
                format!("certs/{jid}/client.key"),
                format!("certs/{jid}/client.crt"),
            ]
        })
        .collect();
    for names in names.chunks(1000) {
        let args: Vec<&str> = names.iter().map(String::as_str).collect();
        let objects = lines(&sandbox.done(&[&["inspect", "--json"], args.as_slice()].concat()));
        assert_eq!(objects.len(), names.len());
        for pair in objects.chunks(2) {
            assert_eq!(text(&pair[0], "spki_sha256"), text(&pair[1], "spki_sha256"));
            let folder = text(&pair[1], "source").split('/').nth(1).unwrap();
            assert_eq!(pair[1]["jids"], serde_json::json!([folder]));
        }
    }
}

#[test]
fn every_account_gets_a_folder_with_key_and_certificate() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "accounts",
        "hamlet@shakespeare.lit\nOphelia@Shakespeare.LIT\n",
    );
    let outcome = make(&sandbox, &["accounts", "--days", "30"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert_eq!(outcome.stdout, "");
    assert!(
        outcome.stderr.contains("made 2 certificates in 'certs'"),
        "{outcome:?}"
    );
    assert!(
        outcome
            .stderr
            .contains("line 2, is 'ophelia@shakespeare.lit' for 'Ophelia@Shakespeare.LIT'"),
        "{outcome:?}"
    );
    let accounts = ["hamlet@shakespeare.lit", "ophelia@shakespeare.lit"];
    assert_whole(&sandbox, &accounts.map(str::to_owned).into());
    for account in accounts {
        let file = |name: &str| sandbox.path(format!("certs/{account}/{name}"));
        let mode = fs::metadata(file("client.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let check = sandbox.run(&[
            "check",
            "--jid",
            account,
            "--expires-in",
            "29d",
            file("client.crt").to_str().unwrap(),
        ]);
        assert_eq!(check.status, 0, "{check:?}");
        let check = sandbox.run(&[
            "check",
            "--expires-in",
            "31d",
            file("client.crt").to_str().unwrap(),
        ]);
        assert_eq!(check.status, 1, "{check:?}");
    }
}

#[test]
fn a_csv_list_and_a_json_list_say_the_same() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "accounts.csv",
        "key_type,jid,name,email,days\n\
         ed25519,hamlet@shakespeare.lit,\"Hamlet, Prince\",prince@shakespeare.lit,10\n\
         ,ophelia@shakespeare.lit,,,\n",
    );
    sandbox.write(
        "accounts.jsonl",
        r#"{"jid": "hamlet@shakespeare.lit", "key_type": "ed25519", "name": "Hamlet, Prince", "email": "prince@shakespeare.lit", "days": 10}
{"jid": "ophelia@shakespeare.lit"}
"#,
    );
    for list in ["accounts.csv", "accounts.jsonl"] {
        let outcome = make(&sandbox, &[list, "--no-email", "--days", "20"]);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let certificate =
            |jid: &str| sandbox.json(&["inspect", &format!("certs/{jid}/client.crt")]);
        let (hamlet, ophelia) = (
            certificate("hamlet@shakespeare.lit"),
            certificate("ophelia@shakespeare.lit"),
        );
        assert_eq!(hamlet["key"]["algorithm"], "ed25519");
        assert_eq!(hamlet["common_name"], "Hamlet, Prince");
        assert_eq!(
            hamlet["subject_alt_names"][1]["value"],
            "prince@shakespeare.lit"
        );
        assert_eq!(hamlet["days_left"], 9);
        assert_eq!(ophelia["key"]["curve"], "P-256");
        assert_eq!(ophelia["common_name"], "ophelia@shakespeare.lit");
        assert_eq!(ophelia["subject_alt_names"].as_array().unwrap().len(), 1);
        assert_eq!(ophelia["days_left"], 19);
        fs::remove_dir_all(sandbox.path("certs")).unwrap();
    }
}

#[test]
fn a_bad_line_is_told_with_its_number_and_stops_nothing_else() {
    let sandbox = Sandbox::new();
    let list = "jid,name,email,days,key_type\n\
        hamlet@shakespeare.lit,,,,\n\
        shakespeare.lit,,,,\n\
        ophelia@shakespeare.lit,,,0,\n\
        \n\
        laertes@shakespeare.lit,,nonsense,,\n\
        claudius@shakespeare.lit,,,,rsa-1024\n\
        Hamlet@shakespeare.lit,,,,\n\
        gertrude@shakespeare.lit,,\n\
        yorick@shakespeare.lit,\"Alas\u{1b}[31m\",,,\n\
        horatio@shakespeare.lit,,,,\n";
    sandbox.write("accounts", list);
    let outcome = make(&sandbox, &["accounts", "--json"]);
    assert_eq!(outcome.status, 3, "{outcome:?}");
    let made: BTreeMap<u64, Value> = lines(&outcome.stdout)
        .into_iter()
        .map(|object| (object["line"].as_u64().unwrap(), object["jids"][0].clone()))
        .collect();
    let expected = [
        (2, "hamlet@shakespeare.lit"),
        (11, "horatio@shakespeare.lit"),
    ];
    assert_eq!(made, expected.map(|(line, jid)| (line, jid.into())).into());
    assert!(!outcome.stderr.contains('\u{1b}'), "{outcome:?}");
    let errors: BTreeMap<u64, String> = lines(&outcome.stderr)
        .into_iter()
        .filter(|object| object.get("error").is_some())
        .map(|object| {
            assert_eq!(object["exit_status"], 3);
            let message = text(&object, "error").to_owned();
            (object["line"].as_u64().unwrap(), message)
        })
        .collect();
    let wanted = [
        (3, "is not a JID"),
        (4, "valid for no time"),
        (6, "'nonsense' is not an e-mail address"),
        (7, "'rsa-1024' keys are not made"),
        (8, "'hamlet@shakespeare.lit' is in an earlier line already"),
        (9, "the number of fields is 3, but that of columns 5"),
        (10, "control character U+001B"),
    ];
    assert_eq!(errors.len(), wanted.len(), "{errors:?}");
    for (line, part) in wanted {
        assert!(errors[&line].contains(part), "{errors:?}");
        assert!(
            errors[&line].contains(&format!("'accounts', line {line}: ")),
            "{errors:?}"
        );
    }
}

#[test]
fn a_list_with_columns_of_another_kind_is_refused_whole() {
    let sandbox = Sandbox::new();
    sandbox.write("accounts", "jid,nickname\nhamlet@shakespeare.lit,Ham\n");
    let outcome = make(&sandbox, &["accounts"]);
    assert_eq!(outcome.status, 3, "{outcome:?}");
    assert!(
        outcome.stderr.contains("there is no column 'nickname'"),
        "{outcome:?}"
    );
    assert!(folders(&sandbox).is_empty());
}

#[test]
fn what_is_there_already_is_an_error_unless_the_run_goes_on_from_another() {
    let sandbox = Sandbox::new();
    sandbox.write("accounts", "hamlet@shakespeare.lit\n");
    make(&sandbox, &["accounts"]);
    let before = sandbox.read("certs/hamlet@shakespeare.lit/client.key");
    sandbox.write(
        "accounts",
        "ophelia@shakespeare.lit\nhamlet@shakespeare.lit\n",
    );
    let outcome = make(&sandbox, &["accounts"]);
    assert_eq!(outcome.status, 3, "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains("line 2: 'certs/hamlet@shakespeare.lit' exists already"),
        "{outcome:?}"
    );
    sandbox.write(
        "accounts",
        "ophelia@shakespeare.lit\nhamlet@shakespeare.lit\nyorick@shakespeare.lit\n",
    );
    let outcome = make(&sandbox, &["accounts", "--resume", "--json"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let states: BTreeMap<String, String> = lines(&outcome.stdout)
        .iter()
        .map(|object| {
            (
                object["jids"][0].as_str().unwrap().to_owned(),
                text(object, "state").to_owned(),
            )
        })
        .collect();
    let expected = [("hamlet", "kept"), ("ophelia", "kept"), ("yorick", "made")];
    let expected =
        expected.map(|(name, state)| (format!("{name}@shakespeare.lit"), state.to_owned()));
    assert_eq!(states, expected.into());
    assert_eq!(
        sandbox.read("certs/hamlet@shakespeare.lit/client.key"),
        before
    );
}

#[test]
fn a_folder_that_is_not_what_the_list_asks_for_is_told_and_left_alone() {
    let sandbox = Sandbox::new();
    let jids = ["a@x.y", "b@x.y", "c@x.y", "d@x.y", "e@x.y", "f@x.y"];
    sandbox.write("accounts", jids.join("\n"));
    make(&sandbox, &["accounts"]);
    let file = |jid: &str, name: &str| sandbox.path(format!("certs/{jid}/{name}"));
    fs::copy(file("b@x.y", "client.key"), file("a@x.y", "client.key")).unwrap();
    fs::copy(file("a@x.y", "client.crt"), file("b@x.y", "client.crt")).unwrap();
    fs::copy(file("d@x.y", "client.key"), file("c@x.y", "client.key")).unwrap();
    fs::copy(file("d@x.y", "client.crt"), file("c@x.y", "client.crt")).unwrap();
    fs::remove_file(file("d@x.y", "client.crt")).unwrap();
    let whole = fs::read(file("e@x.y", "client.key")).unwrap();
    fs::write(file("e@x.y", "client.key"), &whole[..whole.len() / 2]).unwrap();
    let outcome = make(&sandbox, &["accounts", "--resume"]);
    assert_eq!(outcome.status, 3, "{outcome:?}");
    for part in [
        "line 1: 'certs/a@x.y' is not what this line asks for: the key does not belong to the certificate",
        "line 2: 'certs/b@x.y' is not what this line asks for: the key does not belong to the certificate",
        "line 3: 'certs/c@x.y' is not what this line asks for: the certificate is for 'd@x.y'",
        "line 4: 'certs/d@x.y' is not what this line asks for: cannot read 'certs/d@x.y/client.crt'",
        "line 5: 'certs/e@x.y' is not what this line asks for: 'client.key' is damaged",
        "1 was there already, 5 lines failed",
    ] {
        assert!(outcome.stderr.contains(part), "{part}: {outcome:?}");
    }
    assert_eq!(
        fs::read(file("e@x.y", "client.key")).unwrap(),
        whole[..whole.len() / 2]
    );
    let outcome = sandbox.run(&[
        "generate",
        "--from",
        "accounts",
        "--out-dir",
        "certs",
        "--key-type",
        "ed25519",
        "--resume",
    ]);
    assert!(
        outcome.stderr.contains("line 6: 'certs/f@x.y' is not what this line asks for: the key is of the type ecdsa-p256"),
        "{outcome:?}"
    );
}

#[test]
fn shares_are_disjoint_and_together_are_the_whole_list() {
    let sandbox = Sandbox::new();
    let jids: BTreeSet<String> = (0..40).map(|number| format!("user{number}@x.y")).collect();
    let list: Vec<&str> = jids.iter().map(String::as_str).collect();
    sandbox.write("accounts", list.join("\n"));
    let mut all = Vec::new();
    for shard in ["0/3", "1/3", "2/3"] {
        let outcome = make(&sandbox, &["accounts", "--shard", shard, "--json"]);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let share = lines(&outcome.stdout);
        assert!((5..25).contains(&share.len()), "{shard}: {}", share.len());
        all.extend(share);
    }
    assert_eq!(all.len(), jids.len());
    assert_whole(&sandbox, &jids);
    for (shard, hint) in [("3/3", "the last one is 2/3"), ("a/b", "as in 0/8 to 7/8")] {
        let outcome = make(&sandbox, &["accounts", "--shard", shard]);
        assert_eq!(outcome.status, 2, "{outcome:?}");
        assert!(outcome.stderr.contains(hint), "{outcome:?}");
    }
}

/// A run that reads its list from a pipe, so that the test says when it goes on.
fn start(sandbox: &Sandbox, args: &[&str]) -> Child {
    let mut command = sandbox.command();
    command.args(MAKE).arg("-").args(args);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

#[test]
fn an_interrupted_run_finishes_what_it_has_begun_and_says_how_to_go_on() {
    for number in [Signal::INT, Signal::TERM] {
        let sandbox = Sandbox::new();
        let mut child = start(&sandbox, &["--json"]);
        let mut list = child.stdin.take().unwrap();
        list.write_all(b"a@x.y\nb@x.y\n").unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let made: BTreeSet<String> = (0..2)
            .map(|_| {
                let object: Value = serde_json::from_str(&output.next().unwrap().unwrap()).unwrap();
                object["jids"][0].as_str().unwrap().to_owned()
            })
            .collect();
        signal(&child, number);
        let outcome = Outcome::from(child.wait_with_output().unwrap());
        drop(list);
        assert_eq!(outcome.status, 130, "{outcome:?}");
        let error = lines(&outcome.stderr).pop().unwrap();
        assert_eq!(
            text(&error, "error"),
            "interrupted: made 2 certificates in 'certs'"
        );
        assert_eq!(
            text(&error, "hint"),
            "to go on, give the same command with '--resume'"
        );
        assert_whole(&sandbox, &made);
    }
}

#[test]
fn two_runs_fill_one_directory_and_what_a_dead_one_left_goes() {
    let sandbox = Sandbox::new();
    let mut child = start(&sandbox, &["--json"]);
    let mut list = child.stdin.take().unwrap();
    list.write_all(b"a@x.y\n").unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(output.next().unwrap().unwrap().contains("a@x.y"));

    let hidden = sandbox.path("certs/.xmppcert-batch");
    assert_eq!(
        fs::metadata(&hidden).unwrap().permissions().mode() & 0o777,
        0o700
    );
    let dead = hidden.join("0123456789abcdef");
    fs::create_dir_all(dead.join("yorick@x.y")).unwrap();
    fs::write(dead.join("lock"), "").unwrap();
    fs::write(dead.join("yorick@x.y/client.key"), "half a k").unwrap();
    sandbox.write("accounts", "b@x.y\n");
    let outcome = make(&sandbox, &["accounts"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert!(!dead.exists());
    assert!(hidden.exists(), "the first run is still alive");

    list.write_all(b"c@x.y\n").unwrap();
    drop(list);
    assert!(output.next().unwrap().unwrap().contains("c@x.y"));
    assert!(child.wait().unwrap().success());
    assert_whole(
        &sandbox,
        &["a@x.y", "b@x.y", "c@x.y"].map(str::to_owned).into(),
    );
}

/// With `XMPPCERT_BATCH_ACCOUNTS=10000`, at full size.
#[test]
fn killed_at_random_and_resumed_every_account_is_complete_and_there_once() {
    let count =
        std::env::var("XMPPCERT_BATCH_ACCOUNTS").map_or(800, |count| count.parse().unwrap());
    let kills = 20;
    let sandbox = Sandbox::new();
    let jids: BTreeSet<String> = (0..count)
        .map(|number| format!("user{number}@x.y"))
        .collect();
    let list: Vec<&str> = jids.iter().map(String::as_str).collect();
    sandbox.write("accounts", list.join("\n"));
    let random = RandomState::new();
    let mut made = BTreeSet::new();
    let mut killed = 0;
    for run in 0..kills {
        let patience = usize::try_from(random.hash_one(run)).unwrap() % count;
        let mut command = sandbox.command();
        command.args(MAKE).args(["accounts", "--resume", "--json"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        for (number, line) in output.lines().enumerate() {
            // The last one may have been cut off by the kill.
            let Ok(object) = serde_json::from_str::<Value>(&line.unwrap()) else {
                continue;
            };
            let jid = object["jids"][0].as_str().unwrap().to_owned();
            for file in ["client.key", "client.crt"] {
                let path = sandbox.path(format!("certs/{jid}/{file}"));
                assert!(path.is_file(), "{jid} was reported but is not there");
            }
            if text(&object, "state") == "made" {
                assert!(made.insert(jid.clone()), "{jid} was made twice");
            }
            if number == patience {
                child.kill().unwrap();
            }
        }
        let status = child.wait().unwrap();
        killed += usize::from(!status.success());
    }
    assert!(
        killed > kills / 2,
        "killed {killed} times, so this tested nothing"
    );
    let verdict = make(&sandbox, &["accounts", "--resume", "--json"]);
    assert_eq!(verdict.status, 0, "{verdict:?}");
    let reported: BTreeSet<String> = lines(&verdict.stdout)
        .iter()
        .map(|object| object["jids"][0].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(reported, jids);
    assert_whole(&sandbox, &jids);
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_list() {
    let sandbox = Sandbox::new();
    let mut child = start(&sandbox, &["--json", "--shard", "0/1000000"]);
    let mut list = child.stdin.take().unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
    let pid = child.id();
    let mut peak = |lines: u32| {
        for number in 0..lines {
            writeln!(list, "user{number}@shakespeare.lit").unwrap();
        }
        writeln!(list, "the end").unwrap();
        assert!(errors.next().unwrap().unwrap().contains("the end"));
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap();
        peak.trim().trim_end_matches(" kB").parse::<u32>().unwrap()
    };
    let first = peak(1000);
    let second = peak(60_000);
    assert!(second < first + 1024, "{first} kB, then {second} kB");
    drop(list);
    child.wait().unwrap();
}

#[test]
fn options_that_make_no_sense_together_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("accounts", "a@x.y\n");
    let conflicts: [&[&str]; 8] = [
        &["--jid", "b@x.y"],
        &["--name", "b"],
        &["--email", "b@x.y"],
        &["--key", "b.key"],
        &["--out", "b"],
        &["--combined"],
        &["--csr"],
        &["--force"],
    ];
    for args in conflicts {
        let list = ["generate", "--from", "accounts", "--out-dir", "certs"];
        let outcome = sandbox.run(&[&list, args].concat());
        assert_eq!(outcome.status, 2, "{outcome:?}");
        assert!(
            outcome.stderr.contains("--from <LIST>") && outcome.stderr.contains(args[0]),
            "{outcome:?}"
        );
    }
    let alone: [&[&str]; 5] = [
        &["--from", "accounts"],
        &["--out-dir", "certs"],
        &["--resume"],
        &["--shard", "0/1"],
        &["--jobs", "2"],
    ];
    for args in alone {
        let outcome = sandbox.run(&[&["generate"], args].concat());
        assert_eq!(outcome.status, 2, "{outcome:?}");
    }
    for args in &alone[1..] {
        let stderr = sandbox.fails(2, &[&["generate", "--jid", "b@x.y"], *args].concat());
        let message = format!(
            "error: '{}' is for lists of accounts, and there is none\n",
            args[0]
        );
        assert!(stderr.starts_with(&message), "{stderr}");
    }
    for jobs in ["0", "x"] {
        let outcome = make(&sandbox, &["accounts", "--jobs", jobs]);
        assert_eq!(outcome.status, 2);
        let message = format!(
            "error: invalid value '{jobs}' for '--jobs <N>': it is not a number from 1 on\n"
        );
        assert!(outcome.stderr.starts_with(&message), "{outcome:?}");
    }
    let stderr = sandbox.fails(2, &["generate", "--from", "accounts", "--out-dir", "-"]);
    assert!(
        stderr.starts_with("error: '--out-dir' takes a directory, and '-' is none\n"),
        "{stderr}"
    );
    assert!(!sandbox.path("-").exists());
    assert!(!sandbox.path("certs").exists());
}

#[test]
fn where_nothing_can_be_written_nothing_else_is_tried() {
    let sandbox = Sandbox::new();
    sandbox.write("accounts", "a@x.y\n");
    sandbox.write("file", "");
    for directory in ["no/such/directory", "file"] {
        let outcome = sandbox.run(&["generate", "--from", "accounts", "--out-dir", directory]);
        assert_eq!(outcome.status, 4, "{outcome:?}");
        assert!(
            outcome.stderr.contains(&format!("'{directory}'")),
            "{outcome:?}"
        );
    }
    assert_eq!(make(&sandbox, &["no-list"]).status, 3);
}

#[test]
fn a_resumed_run_keeps_no_account_that_is_not_as_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "accounts",
        "jid,name,email\na@x.y,Ann,ann@x.y\nb@x.y,,\nc@x.y,,\nd@x.y,,\n",
    );
    assert_eq!(make(&sandbox, &["accounts"]).status, 0);
    assert_eq!(make(&sandbox, &["accounts", "--resume"]).status, 0);
    sandbox.write(
        "accounts",
        "jid,name,email\na@x.y,,ann@x.y\nb@x.y,,b@z.y\nc@x.y,,\nd@x.y,,\n",
    );
    let key = sandbox.path("certs/c@x.y/client.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let outcome = make(&sandbox, &["accounts", "--resume"]);
    assert_eq!(outcome.status, 3, "{outcome:?}");
    for part in [
        "line 2: 'certs/a@x.y' is not what this line asks for: the certificate has the name 'Ann'\n",
        "line 3: 'certs/b@x.y' is not what this line asks for: the certificate has the e-mail address 'b@x.y'\n",
        "line 4: 'certs/c@x.y' is not what this line asks for: others may read or change the key\n",
        "hint: if nobody has, 'chmod 600 certs/c@x.y/client.key' is enough",
        "1 was there already, 3 lines failed",
    ] {
        assert!(outcome.stderr.contains(part), "{part}: {outcome:?}");
    }
    let outcome = make(&sandbox, &["accounts", "--resume", "--no-email"]);
    assert!(
        outcome.stderr.contains("line 5: 'certs/d@x.y' is not what this line asks for: the certificate has the e-mail address 'd@x.y'"),
        "{outcome:?}"
    );
    // A group may be meant to read it.
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    let outcome = make(&sandbox, &["accounts", "--resume"]);
    assert!(
        outcome.stderr.contains("2 were there already"),
        "{outcome:?}"
    );
}

#[test]
fn what_is_wrong_with_a_line_is_told_in_words_that_fit() {
    let sandbox = Sandbox::new();
    for (list, message) in [
        (
            "jid,name\na@x.y\n",
            "line 2: the number of fields is 1, but that of columns 2\nhint: give each column a field; ",
        ),
        (
            "jid,name\na@x.y,b,c\n",
            "line 2: the number of fields is 3, but that of columns 2\nhint: put fields that have a comma in quotes\n",
        ),
        (
            "a/b@x.lit\n",
            "line 1: 'a/b@x.lit' is not a JID: it has a '/' before the '@', so it names a server and not an account\nhint: if the account really has this character, write it as '\\2f' (XEP-0106)\n",
        ),
        (
            "a@x.y\rb@x.y\r",
            "line 1: it has a carriage return (CR) in it, which ends no line\nhint: save the list with line feeds",
        ),
        (
            &"a@x.y\r".repeat(20_000),
            "line 1: it has a carriage return (CR) in it, which ends no line\n",
        ),
        (
            "{\"jid\":\"a@x.y\",\"foo\":1}\n",
            "line 1: there is no member 'foo', only jid, name, email, days, key_type, at column ",
        ),
        (
            "{\"jid\"\n",
            "line 1: it ends in the midst of an object, at column 6\n",
        ),
        (
            "{\"name\":\"a\"}\n",
            "line 1: the member 'jid' is missing, at column ",
        ),
        (
            "{\"jid\":\"a@x.y\",\"jid\":\"b@x.y\"}\n",
            "line 1: the member 'jid' is there twice, at column ",
        ),
        (
            "{\"jid\":\"a@x.y\",\"days\":[]}\n",
            "line 1: 'days' is neither a number nor text",
        ),
    ] {
        sandbox.write("accounts", list);
        let outcome = make(&sandbox, &["accounts"]);
        assert_eq!(outcome.status, 3, "{outcome:?}");
        let message = format!("error: 'accounts', {message}");
        assert!(
            outcome.stderr.starts_with(&message),
            "{message}: {outcome:?}"
        );
    }
}

#[test]
fn a_list_without_accounts_is_an_error() {
    let sandbox = Sandbox::new();
    for list in ["jid\n", "jid,name\n\n", "\n\n"] {
        sandbox.write("accounts", list);
        let outcome = make(&sandbox, &["accounts"]);
        assert_eq!(outcome.status, 3, "{outcome:?}");
        assert!(
            outcome
                .stderr
                .starts_with("error: 'accounts' names no account\n"),
            "{outcome:?}"
        );
    }
}

#[test]
fn where_only_the_report_is_lost_the_message_says_so() {
    let sandbox = Sandbox::new();
    sandbox.write("accounts", "a@x.y\n");
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = sandbox.command();
    command.args(MAKE).args(["accounts", "--json"]);
    let outcome = Outcome::from(command.stdout(Stdio::from(full)).output().unwrap());
    assert_eq!(outcome.status, 4, "{outcome:?}");
    let told = "made 1 certificate, but cannot write to standard output: ";
    assert!(outcome.stderr.contains(told), "{outcome:?}");
    assert!(
        outcome.stderr.contains("then go on with '--resume'"),
        "{outcome:?}"
    );
    assert!(sandbox.path("certs/a@x.y/client.crt").is_file());
}
