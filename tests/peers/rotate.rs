//! `rotate` on a real Prosody: no password, no gap, and safe to kill at any point.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::namespace;
use crate::script;
use crate::server::{PASSWORD, Server};
use crate::support::{JID, Outcome, Sandbox};

/// A pair on the disk whose certificate is stored on the account, as 'laptop'.
struct Device {
    server: Server,
    sandbox: Sandbox,
}

impl Device {
    fn new() -> Self {
        let device = Self {
            server: Server::start("prosody", &["hamlet"], &[]),
            sandbox: Sandbox::with_pair(),
        };
        device.sandbox.write("password", PASSWORD);
        device.done(&[
            "upload",
            "client.crt",
            "--name",
            "laptop",
            "--password-file",
            "password",
        ]);
        device
    }

    fn run(&self, args: &[&str]) -> Outcome {
        let server = self.server.options();
        let server: Vec<&str> = server.iter().map(String::as_str).collect();
        self.sandbox.run(&[args, &server].concat())
    }

    fn done(&self, args: &[&str]) -> Outcome {
        let outcome = self.run(args);
        assert_eq!(outcome.status, 0, "{args:?}: {outcome:?}");
        outcome
    }

    /// Name and fingerprint of what is stored.
    fn items(&self) -> BTreeSet<(String, String)> {
        let list = self
            .done(&["list", "--json", "--cert", "client.crt"])
            .stdout;
        list.lines()
            .map(|line| {
                let item: Value = serde_json::from_str(line).unwrap();
                let text = |field: &str| item[field].as_str().unwrap().to_owned();
                (text("name"), text("sha256"))
            })
            .collect()
    }

    fn fingerprint(&self) -> String {
        let inspection = self.sandbox.json(&["inspect", "client.crt"]);
        inspection["sha256"].as_str().unwrap().to_owned()
    }

    /// The pair on the disk logs in, it alone is stored, and nothing is left of the way there.
    fn assert_settled(&self, context: &str) {
        let names: Vec<String> = self.sandbox.files().into_keys().collect();
        let expected = [
            "client.crt",
            "client.crt.old",
            "client.key",
            "client.key.old",
            "password",
        ];
        assert_eq!(names, expected, "{context}");
        let items = self.items();
        assert_eq!(items.len(), 1, "{context}: {items:?}");
        assert_eq!(items.first().unwrap().1, self.fingerprint(), "{context}");
    }
}

#[test]
fn a_rotation_replaces_the_certificate_on_the_account_and_on_the_disk() {
    let device = Device::new();
    let old = device.fingerprint();
    let line = device.done(&["rotate", "client.crt", "--json"]).stdout;
    let line: Value = serde_json::from_str(&line).unwrap();
    let new = device.fingerprint();
    assert_ne!(old, new);
    assert_eq!(line["sha256"], *new);
    assert_eq!(line["action"], "rotated");
    assert_eq!(line["confirmed"], true);
    device.assert_settled("after a rotation");
    let name = line["name"].as_str().unwrap();
    assert!(name.starts_with("laptop 20"), "{name}");

    // Twice on one day: never under the name of the one that still has to work.
    device.done(&["rotate", "client.crt"]);
    device.assert_settled("after another");
    let items = device.items();
    assert_eq!(items.first().unwrap().0, format!("{name}.2"));

    // The one before is of no use any more.
    assert_eq!(
        device
            .run(&["login", "client.crt.old", "--key", "client.key.old"])
            .status,
        1
    );
}

#[test]
fn nothing_happens_before_the_certificate_is_due_nor_in_a_dry_run() {
    let device = Device::new();
    let before = (device.sandbox.files(), device.items());
    let not_due = device
        .done(&["rotate", "client.crt", "--if-due", "30d", "--json"])
        .stdout;
    assert!(not_due.contains(r#""action":"not-due""#), "{not_due}");
    let dry = device
        .done(&[
            "rotate",
            "client.crt",
            "--if-due",
            "2y",
            "--dry-run",
            "--json",
        ])
        .stdout;
    assert!(dry.contains(r#""action":"would-rotate""#), "{dry}");
    assert_eq!((device.sandbox.files(), device.items()), before);

    device.done(&["rotate", "client.crt", "--if-due", "2y"]);
    device.assert_settled("once it is due");
}

#[test]
fn what_is_not_due_needs_no_disk_that_can_be_written_to() {
    let sandbox = Sandbox::with_pair();
    let read_only = "mount --bind . . && mount -o remount,bind,ro . && cd \"$PWD\" || exit 99";
    let rotate = |reach| {
        let args = ["rotate", "client.crt", "--if-due", reach, "--json"];
        namespace::run(&sandbox, read_only, &args)
    };
    let outcome = rotate("30d");
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert!(outcome.stdout.contains("not-due"), "{outcome:?}");
    // What is due says so before anything is sent.
    let outcome = rotate("2y");
    assert_eq!(outcome.status, 4, "{outcome:?}");
}

#[test]
fn a_file_that_is_mounted_in_its_place_is_found_before_anything_is_sent() {
    let sandbox = Sandbox::with_pair();
    for file in ["client.crt", "client.key"] {
        let mount = format!("cp -p {file} other && mount --bind other {file} || exit 99");
        for option in ["--json", "--dry-run"] {
            let outcome = namespace::run(&sandbox, &mount, &["rotate", "client.crt", option]);
            assert_eq!(outcome.status, 4, "{outcome:?}");
            let told = format!("cannot write '{file}': it is a mount point");
            assert!(outcome.stderr.contains(&told), "{outcome:?}");
        }
    }
}

#[test]
fn the_old_certificate_stays_enabled_until_the_hook_has_succeeded() {
    let device = Device::new();
    let old = device.fingerprint();
    let outcome = device.run(&["rotate", "client.crt", "--deploy-hook", "exit 3"]);
    assert_eq!(outcome.status, 4, "{outcome:?}");
    assert!(
        outcome.stderr.contains("the deploy hook failed"),
        "{outcome:?}"
    );
    assert_eq!(device.items().len(), 2);
    device.done(&["login", "client.crt"]);
    device.done(&["login", "client.crt.old", "--key", "client.key.old"]);

    let hook =
        r#"test "$(ls)" && cp "$XMPPCERT_CERT" deployed.crt && cp "$XMPPCERT_KEY" deployed.key"#;
    let outcome = device.done(&["rotate", "client.crt", "--deploy-hook", hook]);
    assert_eq!(outcome.stdout, "");
    device.done(&["login", "deployed.crt"]);
    let items = device.items();
    assert_eq!(items.len(), 1);
    assert_ne!(items.first().unwrap().1, old);
    assert_eq!(
        device.sandbox.read("deployed.crt"),
        device.sandbox.read("client.crt")
    );
}

#[test]
fn a_certificate_that_is_not_stored_or_gets_in_no_more_is_not_rotated() {
    let device = Device::new();
    let other = Sandbox::with_pair();
    device.sandbox.write("client.crt", other.read("client.crt"));
    device.sandbox.write("client.key", other.read("client.key"));
    let before = device.sandbox.files();
    let outcome = device.run(&["rotate", "client.crt"]);
    assert_eq!(outcome.status, 6, "{outcome:?}");
    assert_eq!(device.sandbox.files(), before);
}

#[test]
fn another_pair_that_was_put_in_place_meanwhile_stays_and_the_interrupted_successor_goes() {
    let device = Device::new();
    assert_eq!(
        device
            .run(&["rotate", "client.crt", "--deploy-hook", "exit 3"])
            .status,
        4
    );
    let interrupted = device.fingerprint();
    let jid = ["generate", "--jid", JID, "--key-type", "ed25519"];
    device.sandbox.done(&[&jid[..], &["--force"]].concat());
    let upload = ["upload", "client.crt", "--name", "by hand"];
    device.done(&[&upload[..], &["--password-file", "password"]].concat());
    let by_hand = device.fingerprint();

    let outcome = device.done(&["rotate", "client.crt", "--if-due", "30d", "--json"]);
    assert!(outcome.stdout.contains("not-due"), "{outcome:?}");
    let stored: Vec<String> = device.items().into_iter().map(|item| item.1).collect();
    assert!(stored.contains(&by_hand) && !stored.contains(&interrupted));
}

/// Kills it before each system call that changes the disk or says something to the server.
#[test]
fn killed_at_any_point_the_next_run_finishes_and_some_certificate_works_at_every_moment() {
    let device = Device::new();
    let server = device.server.options().join(" ");
    let binary = env!("CARGO_BIN_EXE_xmppcert");
    let mut points = 0;
    for call in [
        "write",
        "sendto",
        "renameat,renameat2,linkat,unlinkat",
        "fsync",
    ] {
        for number in 1.. {
            let context = format!("killed at {call} number {number}");
            // A run that is not killed has the next certificate made.
            let outcome = device.sandbox.try_peer(
                "strace",
                &[
                    "-qq",
                    "-o",
                    "/dev/null",
                    "-e",
                    &format!("trace={call}"),
                    "-e",
                    &format!("inject={call}:signal=KILL:when={number}"),
                    "sh",
                    "-c",
                    &format!("exec {binary} rotate -q client.crt --deploy-hook true {server}"),
                ],
            );
            if outcome.status == 0 {
                break;
            }
            assert_eq!(outcome.status, 137, "{context}: {outcome:?}");
            points += 1;
            device.done(&["login", "client.crt"]);
            device.done(&["rotate", "-q", "client.crt"]);
            device.assert_settled(&context);
        }
    }
    assert!(points >= 30, "{points}");
}

/// What the comments of a unit show between these two lines, as a file.
fn shown(unit: &str, from: &str, to: &str) -> String {
    let lines = unit.lines().filter_map(|line| line.strip_prefix('#'));
    let lines = lines.map(str::trim).skip_while(|line| *line != from);
    let mut text: Vec<&str> = lines.take_while(|line| *line != to).collect();
    text.push(to);
    text.join("\n") + "\n"
}

#[test]
fn systemd_has_nothing_to_say_of_the_units_that_the_comments_show() {
    let sandbox = Sandbox::new();
    let unit = std::fs::read_to_string(script("../contrib/systemd/xmppcert-rotate@.service"));
    let unit = unit.unwrap();
    let path = shown(&unit, "[Path]", "WantedBy=multi-user.target");
    let start = "ExecStart=systemctl try-restart bot.service";
    sandbox.write("bot-certificate.path", path);
    sandbox.write(
        "bot-certificate.service",
        format!("[Service]\nType=oneshot\n{start}\n"),
    );
    assert!(unit.contains(&format!("#   {start}\n")));
    for name in ["bot-certificate.service", "bot-certificate.path"] {
        let outcome = sandbox.try_peer("systemd-analyze", &["verify", "--man=no", name]);
        assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{name}");
    }
}

#[test]
fn systemd_has_nothing_to_say_of_the_units() {
    let sandbox = Sandbox::new();
    for kind in ["service", "timer"] {
        let unit = script(&format!("../contrib/systemd/xmppcert-rotate@.{kind}"));
        let instance = format!("xmppcert-rotate@srv-bot-client.crt.{kind}");
        std::fs::copy(unit, sandbox.path(&instance)).unwrap();
        let outcome = sandbox.try_peer("systemd-analyze", &["verify", "--man=no", &instance]);
        assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{kind}");
    }
}
