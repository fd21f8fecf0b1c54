//! Many files, or files of many objects: worked on by all cores, told in their order.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use serde_json::Value;

use crate::support::{JID, Sandbox};

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// a.crt and b.crt with their keys, for different accounts.
fn two_pairs() -> Sandbox {
    let sandbox = Sandbox::new();
    for (name, jid) in [("a", JID), ("b", "ophelia@shakespeare.lit")] {
        sandbox.done(&[
            "generate",
            "--jid",
            jid,
            "--key-type",
            "ecdsa-p256",
            "--out",
            name,
        ]);
    }
    sandbox
}

#[test]
fn many_files_are_told_in_their_order_whatever_is_wrong_with_some() {
    let sandbox = two_pairs();
    let (a, b) = (sandbox.read("a.crt"), sandbox.read("b.crt"));
    let mut names = Vec::new();
    for number in 0..150 {
        let name = format!("{number}.crt");
        match number % 10 {
            3 => sandbox.write(&name, "nothing of the kind"),
            5 => std::fs::create_dir(sandbox.path(&name)).unwrap(),
            7 => {}
            _ if number % 2 == 0 => sandbox.write(&name, &a),
            _ => sandbox.write(&name, &b),
        }
        names.push(name);
    }
    let good: Vec<&String> = names
        .iter()
        .enumerate()
        .filter(|(number, _)| ![3, 5, 7].contains(&(number % 10)))
        .map(|(_, name)| name)
        .collect();
    let bad: Vec<&String> = names.iter().filter(|name| !good.contains(name)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for command in ["inspect", "check"] {
        let outcome = sandbox.run(&[&[command, "--json"], names.as_slice()].concat());
        assert_eq!(outcome.status, 3, "{command}: {}", outcome.stderr);
        let objects = lines(&outcome.stdout);
        let sources: Vec<&str> = objects
            .iter()
            .map(|object| object["source"].as_str().unwrap())
            .collect();
        assert_eq!(sources, good, "{command}");
        let errors = lines(&outcome.stderr);
        assert_eq!(errors.len(), bad.len(), "{command}");
        for (error, name) in errors.iter().zip(&bad) {
            let message = error["error"].as_str().unwrap();
            assert!(
                message.contains(&format!("'{name}'")),
                "{command}: {message}"
            );
        }
    }
}

#[test]
fn a_long_bundle_is_told_as_its_parts_would_be() {
    let sandbox = two_pairs();
    let (a, b) = (sandbox.text("a.crt"), sandbox.text("b.crt"));
    // More than one task for each core, and a last one that is not full.
    let bundle = format!("{a}{b}text\n-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n")
        .repeat(110);
    sandbox.write("bundle", &bundle);
    for from in ["bundle", "-"] {
        let outcome = sandbox.run_with(bundle.as_bytes(), &["inspect", "--json", from]);
        assert_eq!(outcome.status, 3);
        assert_eq!(outcome.stderr.lines().count(), 110);
        let objects = lines(&outcome.stdout);
        let indices: Vec<u64> = objects
            .iter()
            .map(|object| object["index"].as_u64().unwrap())
            .collect();
        let expected: Vec<u64> = (0..330).filter(|index| index % 3 != 2).collect();
        assert_eq!(indices, expected);
        for (number, object) in objects.iter().enumerate() {
            let jid = [JID, "ophelia@shakespeare.lit"][number % 2];
            assert_eq!(object["jids"][0], jid);
        }
    }
    sandbox.write("pair", a + &b);
    let one = sandbox.run(&["inspect", "pair"]).stdout;
    let two = sandbox.run(&["inspect", "pair", "pair"]).stdout;
    assert_eq!(two, format!("{one}\n{one}"));
}

#[test]
fn whoever_stops_reading_early_makes_no_error() {
    let sandbox = two_pairs();
    sandbox.write("bundle", sandbox.text("a.crt").repeat(1000));
    let mut command = sandbox.command();
    command.args(["inspect", "--json", "bundle"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut String::new()).unwrap();
    drop(output);
    let outcome = child.wait_with_output().unwrap();
    assert_eq!(outcome.status.code(), Some(0));
    assert!(outcome.stderr.is_empty(), "{outcome:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_a_bundle() {
    let sandbox = two_pairs();
    let certificate = sandbox.read("a.crt");
    let mut command = sandbox.command();
    command
        .args(["inspect", "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let pid = child.id();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut held_back = 50;
    let mut peak = |count: usize| {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..count {
                    input.write_all(&certificate).unwrap();
                }
            });
            for _ in 0..count - held_back {
                output.next().unwrap().unwrap();
            }
            // A last task that is not full waits for more, and some lines wait on the way out.
            held_back = 0;
        });
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak.unwrap()
            .trim()
            .trim_end_matches(" kB")
            .parse::<u64>()
            .unwrap()
    };
    let first = peak(1000);
    let second = peak(5000);
    assert!(second < first + 2048, "{first} kB, then {second} kB");
    drop(input);
    output.for_each(drop);
    assert!(child.wait().unwrap().success());
}

#[test]
fn check_says_no_if_it_says_no_to_one_and_tells_unreadable_files_apart() {
    let sandbox = two_pairs();
    sandbox.write("bad", "nothing");
    let status = |args: &[&str]| sandbox.run(&[&["check", "--quiet"], args].concat()).status;
    assert_eq!(status(&["a.crt", "b.crt"]), 0);
    assert_eq!(status(&["--jid", JID, "a.crt", "b.crt"]), 1);
    assert_eq!(status(&["--jid", JID, "b.crt", "a.crt"]), 1);
    assert_eq!(status(&["--jid", JID, "b.crt", "bad", "a.crt"]), 3);
    assert_eq!(status(&["a.crt", "bad"]), 3);
    assert_eq!(status(&["--key", "a.key", "a.crt", "b.crt"]), 1);
    assert_eq!(status(&["--key", "bad", "a.crt", "b.crt"]), 3);
    assert_eq!(status(&["-", "a.crt", "-"]), 2);
    assert_eq!(status(&["--key", "-", "a.crt", "-"]), 2);
}

#[test]
fn check_looks_for_the_key_beside_each_file() {
    let sandbox = two_pairs();
    std::fs::copy(sandbox.path("a.key"), sandbox.path("b.key")).unwrap();
    let outcome = sandbox.run(&["check", "--json", "a.crt", "b.crt"]);
    assert_eq!(outcome.status, 1, "{outcome:?}");
    let verdicts: Vec<Value> = lines(&outcome.stdout)
        .iter()
        .map(|object| object["verdict"].clone())
        .collect();
    assert_eq!(verdicts, ["accept", "reject"]);
    let one = sandbox.run(&["check", "a.crt"]).stdout;
    let other = sandbox.run(&["check", "b.crt"]).stdout;
    assert_eq!(
        sandbox.run(&["check", "a.crt", "b.crt"]).stdout,
        format!("{one}\n{other}")
    );
}

#[test]
fn check_can_judge_each_certificate_of_a_bundle_as_if_it_stood_alone() {
    let sandbox = two_pairs();
    let bundle = [
        sandbox.text("a.crt"),
        sandbox.text("a.key"),
        sandbox.text("b.crt"),
    ]
    .concat();
    sandbox.write("bundle.crt", bundle.repeat(40));
    std::fs::copy(sandbox.path("b.key"), sandbox.path("bundle.key")).unwrap();
    let outcome = sandbox.run(&["check", "--each", "--json", "--jid", JID, "bundle.crt"]);
    assert_eq!(outcome.status, 1, "{outcome:?}");
    let objects = lines(&outcome.stdout);
    assert_eq!(objects.len(), 80);
    for (number, object) in objects.iter().enumerate() {
        let (index, verdict) = [(0, "accept"), (2, "reject")][number % 2];
        assert_eq!(object["index"], number / 2 * 3 + index);
        assert_eq!(object["verdict"], verdict, "{object}");
    }
    let alone = sandbox.json(&["check", "a.crt"]);
    assert_eq!(objects[0]["consumers"], alone["consumers"]);
    let outcome = sandbox.run(&["check", "--each", "bundle.crt"]);
    assert!(
        outcome.stdout.starts_with("'bundle.crt', object 0: accept"),
        "{outcome:?}"
    );
}

#[test]
fn of_each_certificate_there_has_to_be_one() {
    let sandbox = two_pairs();
    let expected = sandbox.fails(3, &["check", "a.key"]);
    assert!(
        expected.starts_with("error: 'a.key' holds a private key, not a certificate\nhint: "),
        "{expected}"
    );
    assert_eq!(sandbox.fails(3, &["check", "--each", "a.key"]), expected);
    let long = sandbox.text("a.key").repeat(400);
    let outcome = sandbox.run_with(long.as_bytes(), &["check", "--each", "-"]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (3, ""));
    assert_eq!(
        outcome.stderr,
        expected.replace("'a.key'", "standard input")
    );
    let outcome = sandbox.run(&["check", "--each", "a.key", "a.crt"]);
    assert_eq!(outcome.status, 3, "{outcome:?}");
    assert_eq!(outcome.stderr, expected);
    // What is wrong is told once.
    let broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    sandbox.write("broken", sandbox.text("a.key") + broken);
    let stderr = sandbox.fails(3, &["check", "--each", "broken"]);
    assert_eq!(stderr.matches("error: ").count(), 1, "{stderr}");
}

#[test]
fn an_error_names_the_object_where_there_are_several() {
    let sandbox = two_pairs();
    let malformed = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let not_base64 = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    sandbox.write("one", malformed);
    sandbox.write("first", malformed.to_owned() + &sandbox.text("a.crt"));
    sandbox.write("bundle", sandbox.text("a.crt") + malformed + not_base64);
    sandbox.write("empty", "");
    let long = sandbox.text("a.crt").repeat(400) + not_base64;
    sandbox.write("long", long);
    for command in [&["inspect"][..], &["check", "--each"]] {
        let stderr = |file: &str| sandbox.run(&[command, &[file]].concat()).stderr;
        assert!(stderr("one").starts_with("error: 'one' holds a malformed certificate\n"));
        assert!(
            stderr("first")
                .starts_with("error: 'first' holds a malformed certificate (object 0)\n")
        );
        let text = stderr("bundle");
        assert!(
            text.contains("'bundle' holds a malformed certificate (object 1)\n"),
            "{text}"
        );
        assert!(
            text.contains("content is not base64 (object 2)\n"),
            "{text}"
        );
        assert!(stderr("long").contains("(object 400)\n"));
        let json = |file: &str| {
            let outcome = sandbox.run(&[command, &["--json", file]].concat());
            let errors = lines(&outcome.stderr).into_iter();
            let errors = errors.map(|error| (error["source"].clone(), error["index"].clone()));
            errors.collect::<Vec<_>>()
        };
        assert_eq!(json("one"), [("one".into(), 0.into())]);
        assert_eq!(
            json("bundle"),
            [("bundle".into(), 1.into()), ("bundle".into(), 2.into())]
        );
        assert_eq!(json("long"), [("long".into(), 400.into())]);
        assert_eq!(json("empty"), [(Value::Null, Value::Null)]);
    }
}
