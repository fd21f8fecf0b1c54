//! What README.md shows is what the program does.

use std::process::{Command, Stdio};

use crate::support::{Outcome, Sandbox};

fn readme() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

/// The moments are those of the run.
fn without_dates(text: &str) -> String {
    let words = text.split_inclusive([' ', '\n']).map(|word| {
        let bare = word.trim_end();
        if bare.len() == 20 && bare.starts_with("20") && bare.ends_with('Z') {
            word.replace(bare, "DATE")
        } else {
            word.to_owned()
        }
    });
    words.collect()
}

#[test]
fn the_session_prints_what_it_shows() {
    let readme = readme();
    let first = readme
        .lines()
        .position(|line| line.starts_with("    $ "))
        .unwrap();
    assert!(first < 15, "a session comes first");
    let session: Vec<&str> = readme
        .lines()
        .skip(first)
        .take_while(|line| line.is_empty() || line.starts_with("    "))
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect();
    let sandbox = Sandbox::new();
    let mut commands = 0;
    for step in session.join("\n").trim_end().split("$ ").skip(1) {
        let (command, shown) = step.split_once('\n').unwrap_or((step, ""));
        // The others need a server, which the tests of `peers` have.
        let verb = command.split(' ').nth(1).unwrap();
        if !["generate", "inspect", "check", "export", "renew"].contains(&verb) {
            continue;
        }
        let mut shell = Command::new("sh");
        shell
            .args([
                "-c",
                "PATH=${X%/*}:$PATH; exec 2>&1; eval \"$1\"",
                "sh",
                command,
            ])
            .env("X", env!("CARGO_BIN_EXE_xmppcert"))
            .env_remove("NO_COLOR")
            .current_dir(sandbox.path("."))
            .stdin(Stdio::null());
        let outcome: Outcome = shell.output().unwrap().into();
        let printed = without_dates(&outcome.stdout);
        // A session may stop early, but what it shows is there line by line.
        let shown = without_dates(&format!("{}\n", shown.trim_end()));
        assert!(
            printed.starts_with(&shown),
            "{command}:\n{printed}\nbut README:\n{shown}"
        );
        commands += 1;
    }
    assert!(commands > 0);
}

#[test]
fn it_is_short_and_names_every_command_and_exit_status() {
    let readme = readme();
    assert!(readme.lines().count() <= 200);
    let help = Sandbox::new().done(&["--help"]);
    let commands = help.split("Commands:\n").nth(1).unwrap().lines();
    for line in commands.take_while(|line| line.starts_with("  ")) {
        let command = line.split_whitespace().next().unwrap();
        assert!(readme.contains(&format!("`{command}")), "{command}");
    }
    let page = Sandbox::new().done(&["man", "generate"]);
    let statuses = page.split(".SH \"EXIT STATUS\"\n").nth(1).unwrap();
    let statuses = statuses.split(".SH").next().unwrap();
    for status in statuses.split(".TP\n").skip(1) {
        let number = status.lines().next().unwrap();
        assert!(
            readme.contains(&format!("| {number} |")),
            "exit status {number}"
        );
    }
}
