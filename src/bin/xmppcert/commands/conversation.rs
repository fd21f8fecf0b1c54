//! The questions that `generate` asks on a terminal when no account was named.

use xmppcert::check::shell_word;
use xmppcert::files::reason;

use super::input;
use super::output_files::with_suffix;
use crate::cli::GenerateArgs;
use crate::failure::Failure;
use crate::terminal::{self, Terminal};

/// The arguments with what was missing, asked for.
pub(super) fn complete(terminal: Terminal, args: &GenerateArgs) -> Result<GenerateArgs, Failure> {
    let jid = loop {
        let typed = ask("XMPP address, such as hamlet@shakespeare.lit")?;
        match input::jid(&typed) {
            Ok(_) => break typed,
            Err(failure) => terminal.error(&failure),
        }
    };
    let mut complete = GenerateArgs {
        jids: vec![jid],
        ..args.clone()
    };
    let default = std::path::Path::new("client");
    let is_taken = [".key", ".crt", ".csr", ".pem"]
        .iter()
        .any(|suffix| with_suffix(default, suffix).exists());
    if args.out.is_none() && !args.force && is_taken {
        let name = loop {
            let name = ask("There are files called 'client' here already; name for the new ones")?;
            if !name.is_empty() {
                break name;
            }
        };
        complete.out = Some(name.into());
    }
    terminal.note(&format!(
        "the same without questions: {}",
        command_line(&complete)
    ));
    Ok(complete)
}

/// The answer; the end of the input (Ctrl-D) is none.
fn ask(question: &str) -> Result<String, Failure> {
    match terminal::ask(question) {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => Err(Failure::interrupted()),
        Err(error) => Err(Failure::usage(
            format!("cannot ask for the account: {}", reason(&error)),
            "name it with '--jid', as in '--jid hamlet@shakespeare.lit'",
        )),
    }
}

/// What was typed and answered, as a shell would take it.
fn command_line(args: &GenerateArgs) -> String {
    let mut words: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|word| shell_word(&word.to_string_lossy()))
        .collect();
    words.insert(0, "xmppcert".to_owned());
    for jid in &args.jids {
        words.push(format!("--jid {}", shell_word(jid)));
    }
    let typed_out = std::env::args_os().any(|word| word.to_string_lossy().starts_with("--out"));
    if let (Some(out), false) = (&args.out, typed_out) {
        words.push(format!("--out {}", shell_word(&out.to_string_lossy())));
    }
    words.join(" ")
}
