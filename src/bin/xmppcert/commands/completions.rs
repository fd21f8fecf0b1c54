//! `xmppcert completions`: what a shell needs to complete our command line.

use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsArgs};
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

pub(crate) fn run(terminal: Terminal, args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut output = terminal.output()?;
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "xmppcert", &mut script);
    output.octets(&script)?;
    output.finish()?;
    Ok(Exit::Done)
}
