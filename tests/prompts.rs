//! What happens on a terminal: questions, colours, signs of life, and no binary.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Command, Output, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use crate::support::{JID, Outcome, Sandbox};

const UNECHOED: [&str; 2] = ["Password", "Store"];
const ASKS_FOR_ACCOUNT: &str = "XMPP address, such as hamlet@shakespeare.lit";

/// The end of a terminal that a person sits at.
struct Person {
    end: File,
    terminal: OwnedFd,
}

impl Person {
    fn new() -> Self {
        let end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&end).unwrap();
        unlockpt(&end).unwrap();
        let name = ptsname(&end, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let terminal = rustix::fs::open(name, flags, Mode::empty()).unwrap();
        let size = Winsize {
            ws_row: 24,
            ws_col: 200,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&terminal, size).unwrap();
        Self {
            end: File::from(end),
            terminal,
        }
    }

    fn terminal(&self) -> Stdio {
        self.terminal.try_clone().unwrap().into()
    }

    /// Runs `command`, and types each answer once its question is shown. The outcome has all that
    /// was shown as its standard error.
    fn talk(self, mut command: Command, conversation: &[(&str, &str)]) -> Outcome {
        let mut child = command.spawn().unwrap();
        // Only the child has the terminal now, so that reading ends with it.
        drop(command);
        let Self { mut end, terminal } = self;
        drop(terminal);
        let mut shown = Vec::new();
        let mut answered = 0;
        let mut conversation = conversation.iter();
        let mut next = conversation.next();
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = end.read(&mut buffer) {
            shown.extend_from_slice(&buffer[..count]);
            if let Some((question, answer)) = next
                && String::from_utf8_lossy(&shown[answered..]).contains(question)
            {
                answered = shown.len();
                // What is typed before the program listens, which turns the echo off for these, it may throw away.
                while UNECHOED.iter().any(|start| question.starts_with(start))
                    && tcgetattr(&end)
                        .unwrap()
                        .local_modes
                        .contains(LocalModes::ECHO)
                    && child.try_wait().unwrap().is_none()
                {
                    std::thread::yield_now();
                }
                end.write_all(answer.as_bytes()).unwrap();
                next = conversation.next();
            }
        }
        let mut stdout = Vec::new();
        if let Some(mut pipe) = child.stdout.take() {
            pipe.read_to_end(&mut stdout).unwrap();
        }
        let status = child.wait().unwrap();
        let outcome = Outcome::from(Output {
            status,
            stdout,
            stderr: shown,
        });
        assert_eq!(next, None, "never asked: {outcome:?}");
        outcome
    }
}

/// `generate` with a small key where somebody can answer.
fn generate(sandbox: &Sandbox, person: &Person, args: &[&str]) -> Command {
    attended(
        sandbox,
        person,
        &[&["generate", "--key-type", "ecdsa-p256"], args].concat(),
    )
}

/// Where somebody can answer, and interrupt: in a session of its own, with the terminal to control it.
fn attended(sandbox: &Sandbox, person: &Person, args: &[&str]) -> Command {
    let plain = sandbox.command();
    let mut command = Command::new("setsid");
    command
        .arg("--ctty")
        .arg(plain.get_program())
        .args(args)
        .current_dir(sandbox.path("."))
        .stdin(person.terminal())
        .stderr(person.terminal())
        .stdout(Stdio::piped());
    command
}

#[test]
fn the_account_is_asked_for_and_the_same_command_shown() {
    let (sandbox, person) = (Sandbox::new(), Person::new());
    let command = generate(&sandbox, &person, &[]);
    let outcome = person.talk(command, &[(ASKS_FOR_ACCOUNT, "hamlet@shakespeare.lit\r")]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert_eq!(outcome.stdout, "");
    let same = "the same without questions: xmppcert generate --key-type ecdsa-p256 --jid hamlet@shakespeare.lit";
    assert!(outcome.stderr.contains(same), "{outcome:?}");
    assert_eq!(sandbox.inspect("client.crt")["jids"][0], JID);
}

#[test]
fn what_is_no_jid_is_asked_again_with_the_reason() {
    let (sandbox, person) = (Sandbox::new(), Person::new());
    let command = generate(&sandbox, &person, &[]);
    let outcome = person.talk(
        command,
        &[
            (ASKS_FOR_ACCOUNT, "shakespeare.lit\r"),
            (
                "it has no '@', so it names a server and not an account",
                "\u{15}d\\27artagnan@shakespeare.lit\r",
            ),
        ],
    );
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let same = r"--jid 'd\27artagnan@shakespeare.lit'";
    assert!(outcome.stderr.contains(same), "{outcome:?}");
    let jids = &sandbox.inspect("client.crt")["jids"];
    assert_eq!(jids[0], r"d\27artagnan@shakespeare.lit");
}

#[test]
fn another_name_is_asked_for_where_the_usual_one_is_taken() {
    let (sandbox, person) = (Sandbox::with_pair(), Person::new());
    let before = sandbox.files();
    let command = generate(&sandbox, &person, &[]);
    let outcome = person.talk(
        command,
        &[
            (ASKS_FOR_ACCOUNT, "ophelia@shakespeare.lit\r"),
            (
                "There are files called 'client' here already",
                "my laptop\r",
            ),
        ],
    );
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let same = "--jid ophelia@shakespeare.lit --out 'my laptop'";
    assert!(outcome.stderr.contains(same), "{outcome:?}");
    assert!(sandbox.path("my laptop.crt").exists());
    assert_eq!(sandbox.read("client.crt"), before["client.crt"]);
}

#[test]
fn giving_up_ends_with_exit_status_130_and_nothing_made() {
    for key in ["\u{3}", "ham\u{3}", "\u{4}", "ham\u{4}\u{4}"] {
        let (sandbox, person) = (Sandbox::new(), Person::new());
        let command = generate(&sandbox, &person, &[]);
        let outcome = person.talk(command, &[(ASKS_FOR_ACCOUNT, key)]);
        assert_eq!(outcome.status, 130, "{outcome:?}");
        assert!(sandbox.files().is_empty());
    }
}

#[test]
fn nobody_is_asked_where_nobody_could_answer_or_read() {
    let sandbox = Sandbox::new();
    for (args, stdin_is_terminal, status) in [
        (&["--json"][..], true, 2),
        (&[], false, 2),
        (&["--jid", JID], true, 0),
    ] {
        let person = Person::new();
        let mut command = sandbox.command();
        command
            .args(["generate", "--key-type", "ecdsa-p256"])
            .args(args)
            .stderr(person.terminal());
        if stdin_is_terminal {
            command.stdin(person.terminal());
        }
        let outcome = person.talk(command, &[]);
        assert_eq!(outcome.status, status, "{outcome:?}");
        assert!(!outcome.stderr.contains(ASKS_FOR_ACCOUNT), "{outcome:?}");
    }
    let person = Person::new();
    let mut command = sandbox.command();
    let output = command.arg("generate").stdin(person.terminal()).output();
    assert_eq!(Outcome::from(output.unwrap()).status, 2);
}

#[test]
fn binary_never_goes_to_a_terminal() {
    let (sandbox, person) = (Sandbox::with_pair(), Person::new());
    let mut command = sandbox.command();
    command
        .args(["export", "client.crt", "--format", "der"])
        .stdout(person.terminal())
        .stderr(person.terminal());
    let outcome = person.talk(command, &[]);
    assert_eq!(outcome.status, 2);
    assert!(
        outcome
            .stderr
            .contains("DER is binary, and standard output is a terminal"),
        "{outcome:?}"
    );
}

#[test]
fn the_search_for_an_rsa_key_is_shown_to_who_watches_only() {
    let (sandbox, person) = (Sandbox::new(), Person::new());
    let args = ["generate", "--jid", JID, "--key-type", "rsa-2048", "--out"];
    let mut command = sandbox.command();
    command.args(args).arg("shown").stderr(person.terminal());
    let outcome = person.talk(command, &[]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert!(
        outcome.stderr.contains("making an rsa-2048 key"),
        "{outcome:?}"
    );
    let outcome = sandbox.run(&[&args[..], &["unseen"]].concat());
    assert!(
        outcome.stderr.starts_with("wrote 'unseen.key'"),
        "{outcome:?}"
    );
}

#[test]
fn colours_are_for_terminals_unless_something_else_is_said() {
    let sandbox = Sandbox::with_pair();
    let on_terminal = |args: &[&str], no_color: Option<&str>| {
        let person = Person::new();
        let mut command = sandbox.command();
        command
            .args(args)
            .env("TERM", "xterm")
            .stdout(person.terminal());
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        person.talk(command, &[]).stderr.contains('\u{1b}')
    };
    let in_pipe = |args: &[&str], no_color: Option<&str>| {
        let mut command = sandbox.command();
        command.args(args);
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        let outcome: Outcome = command.output().unwrap().into();
        (outcome.stdout + &outcome.stderr).contains('\u{1b}')
    };
    for command in ["inspect", "check"] {
        let auto = [command, "client.crt"];
        let always = [command, "client.crt", "--color", "always"];
        let never = [command, "client.crt", "--color", "never"];
        assert!(on_terminal(&auto, None), "{command}");
        assert!(!on_terminal(&auto, Some("1")), "{command}");
        assert!(on_terminal(&auto, Some("")), "{command}: empty means unset");
        assert!(!on_terminal(&never, None), "{command}");
        assert!(!in_pipe(&auto, None), "{command}");
        assert!(in_pipe(&always, None), "{command}");
        assert!(in_pipe(&always, Some("1")), "{command}");
        let json = [&always[..], &["--json"]].concat();
        assert!(!in_pipe(&json, None), "{command}: JSON has no colours");
    }
    assert!(in_pipe(&["nonsense", "--color", "always"], None));
    assert!(in_pipe(&["nonsense", "--color=always"], None));
    assert!(!in_pipe(&["nonsense"], None));
}

#[cfg(feature = "online")]
#[test]
fn a_password_is_asked_for_and_not_shown() {
    let (server, person) = (crate::accounts::with_password("der Rest"), Person::new());
    let options = server.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let args = [&["list", "--jid", JID], options.as_slice()].concat();
    let question = "Password of hamlet@shakespeare.lit";
    let command = attended(&server.sandbox, &person, &args);
    let outcome = person.talk(command, &[(question, "der Rest\r")]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let note = "no certificate is stored on hamlet@shakespeare.lit";
    assert!(outcome.stderr.contains(note), "{outcome:?}");
    assert!(!format!("{outcome:?}").contains("der Rest"), "{outcome:?}");

    let person = Person::new();
    let command = attended(&server.sandbox, &person, &args);
    let outcome = person.talk(command, &[(question, "\u{3}")]);
    assert_eq!(outcome.status, 130, "{outcome:?}");

    // The end of the input is an answer too: there is none.
    let person = Person::new();
    let command = attended(&server.sandbox, &person, &args);
    let outcome = person.talk(command, &[(question, "\u{4}")]);
    assert_eq!(outcome.status, 2, "{outcome:?}");
    let message = "the password of 'hamlet@shakespeare.lit' is needed, and none was typed";
    assert!(outcome.stderr.contains(message), "{outcome:?}");
}

/// A server for `doctor` with an account, which writes down what is asked there.
#[cfg(feature = "online")]
fn server_for_doctor() -> (
    crate::fake_server::FakeServer,
    std::sync::Arc<std::sync::Mutex<String>>,
) {
    let asked = std::sync::Arc::<std::sync::Mutex<String>>::default();
    let written = std::sync::Arc::clone(&asked);
    let server = crate::fake_server::FakeServer::start(move |peer| {
        // Whoever only looks leaves before the login is through.
        peer.let_in("PLAIN")?;
        loop {
            let request = peer.until("</iq>")?;
            written.lock().unwrap().push_str(&request);
            peer.reply(&request, "result", "<items xmlns='urn:xmpp:saslcert:1'/>")?;
        }
    });
    (server, asked)
}

#[cfg(feature = "online")]
#[test]
fn doctor_asks_before_it_stores_a_certificate() {
    let question = "Store a test certificate on the account, and remove it again?";
    for (answer, is_stored) in [("y", true), ("n", false), ("\r", false)] {
        let ((server, asked), person) = (server_for_doctor(), Person::new());
        let options = server.options();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let account = ["--jid", JID, "--password-file", "password"];
        let args = [&["doctor", "shakespeare.lit"], &account[..], &options].concat();
        let command = attended(&server.sandbox, &person, &args);
        let outcome = person.talk(command, &[(question, answer)]);
        // Whatever else is wrong with a server like this.
        assert_eq!(outcome.status, 1, "{outcome:?}");
        let asked = asked.lock().unwrap();
        assert!(asked.contains("jabber:iq:version"), "{answer:?}: {asked}");
        assert_eq!(asked.contains("<append"), is_stored, "{answer:?}: {asked}");
    }
}

#[cfg(feature = "online")]
#[test]
fn doctor_does_nothing_where_its_question_is_given_up_and_does_not_ask_twice() {
    let question = "Store a test certificate on the account, and remove it again?";
    let ((server, asked), person) = (server_for_doctor(), Person::new());
    let options = server.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let account = ["--jid", JID, "--password-file", "password"];
    let args = [&["doctor", "shakespeare.lit"], &account[..], &options].concat();
    let command = attended(&server.sandbox, &person, &args);
    let outcome = person.talk(command, &[(question, "\u{3}")]);
    assert_eq!(outcome.status, 130, "{outcome:?}");
    assert_eq!(*asked.lock().unwrap(), "");

    // Neither where it was said already nor without an account.
    for more in [&["--try-upload"][..], &[]] {
        let person = Person::new();
        let account = if more.is_empty() { &[][..] } else { &account };
        let args = [&["doctor", "shakespeare.lit"], account, &options, more].concat();
        let command = attended(&server.sandbox, &person, &args);
        let outcome = person.talk(command, &[]);
        assert_eq!(outcome.status, 1, "{outcome:?}");
        assert!(!outcome.stderr.contains(question), "{outcome:?}");
    }
}
