//! Real shells load the completions, and mandoc has nothing against the manual pages.

use std::path::Path;

use crate::script;
use crate::support::Sandbox;

#[test]
fn zsh_completes_commands_and_options() {
    let sandbox = Sandbox::new();
    // A shell on a terminal of its own, as completion takes place nowhere else.
    sandbox.write(
        "complete.zsh",
        r#"
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell "PS1=; fpath=($1 \$fpath); autoload -U compinit; compinit -u -D; print LOA''DED"
        zpty -r shell heard '*LOADED*'
        zpty -w -n shell "xmppcert $2"$'\t'
        zpty -r shell said "*$3*"
        print -r -- "$said"
        zpty -d shell
        "#,
    );
    let completions = script("../completions");
    for (typed, completed) in [
        ("gen", "generate"),
        ("generate --key-t", "--key-type"),
        ("export --format st", "stanza"),
    ] {
        let said = sandbox.peer(
            "timeout",
            &[
                "20",
                "zsh",
                "-f",
                "complete.zsh",
                &completions,
                typed,
                completed,
            ],
        );
        assert!(said.contains(completed), "{typed}: {said:?}");
    }
}

#[test]
fn fish_completes_commands_options_and_values() {
    let sandbox = Sandbox::new();
    let file = script("../completions/xmppcert.fish");
    for (typed, completed) in [
        ("xmppcert gen", "generate"),
        ("xmppcert generate --key-t", "--key-type"),
        ("xmppcert generate --key-type ed", "ed25519"),
        ("xmppcert export --format st", "stanza"),
    ] {
        let commands = format!("source {file}; complete --do-complete '{typed}'");
        let said = sandbox.peer("fish", &["--no-config", "--command", &commands]);
        let mut words = said.lines().map(|line| line.split('\t').next().unwrap());
        assert!(
            words.any(|word| word.ends_with(completed)),
            "{typed}: {said:?}"
        );
    }
}

#[test]
fn mandoc_has_no_warning_for_any_page() {
    let pages = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("man")).unwrap();
    let mut count = 0;
    for page in pages {
        let page = page.unwrap().path();
        let outcome =
            Sandbox::new().try_peer("mandoc", &["-Tlint", "-Wwarning", page.to_str().unwrap()]);
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (0, ""),
            "{}",
            page.display()
        );
        count += 1;
    }
    assert!(count > 5);
}
