//! `xmppcert man`: the manual pages, one a command.

use clap::CommandFactory as _;

use crate::cli::{Cli, ManArgs};
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

pub(crate) fn run(_terminal: Terminal, _args: &ManArgs) -> Result<Exit, Failure> {
    let _ = Cli::command();
    Ok(Exit::Done)
}
