//! The program: parses the command line, runs one command, and says how it ended.

mod cli;
mod commands;
mod core_files;
mod escaping;
mod failure;
mod startup;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use signal_hook::consts::SIGXFSZ;
use time::OffsetDateTime;

use crate::cli::{Cli, Color, Command, Global};
use crate::failure::Failure;
use crate::terminal::Terminal;

fn main() -> ExitCode {
    core_files::forbid();
    // A file that may not grow further is then an error like a full disk, and not the end. There
    // is nothing to do should this fail.
    let _file_size_limit = signal_hook::flag::register(SIGXFSZ, Arc::default());
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return not_understood(error),
    };
    let terminal = Terminal::new(cli.global);
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the wall clock is read"
    )]
    let now = OffsetDateTime::now_utc();
    let result = match &cli.command {
        Command::Generate(args) => commands::generate::run(terminal, args, now),
        Command::Inspect(args) => commands::inspect::run(terminal, args, now),
        Command::Check(args) => commands::check::run(terminal, args, now),
        Command::Export(args) => commands::export::run(terminal, args, now),
        Command::Renew(args) => commands::renew::run(terminal, args, now),
        #[cfg(feature = "online")]
        Command::Upload(args) => commands::upload::run(terminal, args, now),
        #[cfg(feature = "online")]
        Command::List(args) => commands::list::run(terminal, args, now),
        #[cfg(feature = "online")]
        Command::Disable(args) => commands::removal::disable(terminal, args, now),
        #[cfg(feature = "online")]
        Command::Revoke(args) => commands::removal::revoke(terminal, args, now),
        #[cfg(feature = "online")]
        Command::Rotate(args) => commands::rotate::run(terminal, args, now),
        #[cfg(feature = "online")]
        Command::Login(args) => commands::login::run(terminal, args, now),
        #[cfg(feature = "online")]
        Command::Doctor(args) => commands::doctor::run(terminal, args, now),
        Command::Completions(args) => commands::completions::run(terminal, args),
        Command::Man(args) => commands::man::run(terminal, args),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            terminal.error(&failure);
            failure.exit.into()
        }
    }
}

/// Help and version are asked for; the rest is an error, told in the form that was asked for as
/// far as that can be seen.
fn not_understood(error: clap::Error) -> ExitCode {
    let words: Vec<OsString> = std::env::args_os()
        .skip(1)
        .take_while(|word| word != "--")
        .collect();
    let is_colored = |when: &str| {
        words.iter().any(|word| *word == *format!("--color={when}"))
            || words
                .windows(2)
                .any(|pair| pair[0] == "--color" && pair[1] == when)
    };
    let terminal = Terminal::new(Global {
        json: words.iter().any(|word| word == "--json"),
        quiet: false,
        color: if is_colored("never") {
            Color::Never
        } else if is_colored("always") {
            Color::Always
        } else {
            Color::Auto
        },
    });
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        let shown = terminal.output().and_then(|mut output| {
            output.line(error.render().ansi().to_string().trim_end())?;
            output.finish()
        });
        return match shown {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                terminal.error(&failure);
                failure.exit.into()
            }
        };
    }
    let commands = Cli::command();
    let command = words.iter().find_map(|word| commands.find_subcommand(word));
    let failure = Failure::usage_error(error, command.map(clap::Command::get_name));
    terminal.error(&failure);
    failure.exit.into()
}
