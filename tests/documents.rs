//! Manual pages and completions are committed, and are what the program prints.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{self, Sandbox};

fn commands() -> Vec<String> {
    let help = Sandbox::new().done(&["--help"]);
    let list = help.split("Commands:").nth(1).unwrap();
    let lines = list
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with("  "));
    lines
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect()
}

fn compare(file: &str, printed: &str) {
    support::compare(file, printed, "documents");
}

#[test]
fn every_command_has_its_manual_page() {
    let sandbox = Sandbox::new();
    compare("man/xmppcert.1", &sandbox.done(&["man"]));
    let commands = commands();
    assert!(commands.contains(&"generate".to_owned()), "{commands:?}");
    for command in &commands {
        let page = sandbox.done(&["man", command]);
        for section in [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "EXIT STATUS",
            "EXAMPLES",
            "FILES",
            "SEE ALSO",
        ] {
            let heading = [format!(".SH {section}\n"), format!(".SH \"{section}\"\n")];
            assert!(
                heading.iter().any(|heading| page.contains(heading)),
                "{command}: no {section}"
            );
        }
        compare(&format!("man/xmppcert-{command}.1"), &page);
    }
    let pages = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("man"))
        .unwrap()
        .count();
    assert_eq!(
        pages,
        commands.len() + 1,
        "man/ holds a page that no command prints"
    );
}

#[test]
fn every_shell_has_its_completions() {
    let sandbox = Sandbox::new();
    for (shell, file) in [
        ("bash", "xmppcert.bash"),
        ("zsh", "_xmppcert"),
        ("fish", "xmppcert.fish"),
        ("elvish", "xmppcert.elv"),
        ("powershell", "_xmppcert.ps1"),
    ] {
        compare(
            &format!("completions/{file}"),
            &sandbox.done(&["completions", shell]),
        );
    }
}

#[test]
fn bash_completes_commands_options_and_values() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions/xmppcert.bash");
    let complete = |words: &[&str]| {
        let shell = r#"source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
            "$(complete -p xmppcert | sed 's/.*-F \([^ ]*\).*/\1/')" xmppcert "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
            printf '%s\n' "${COMPREPLY[@]}""#;
        let output = Command::new("bash")
            .args(["--norc", "-c", shell, "bash"])
            .arg(&script)
            .args(words)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let reply = String::from_utf8(output.stdout).unwrap();
        reply
            .lines()
            .map(|line| line.trim().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(complete(&["xmppcert", "gen"]), ["generate"]);
    assert_eq!(
        complete(&["xmppcert", "generate", "--key-t"]),
        ["--key-type"]
    );
    assert!(complete(&["xmppcert", "generate", "--key-type", "e"]).contains(&"ed25519".to_owned()));
    assert!(complete(&["xmppcert", "export", "--format", "st"]).contains(&"stanza".to_owned()));
}
