//! `xmppcert man`: the manual pages, one a command.
//!
//! Names, options and descriptions come from the command line itself and the rules from the library's table; the rest
//! is written by hand, in `manual/`.

use std::io;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use xmppcert::check::{Effect, RULES};
#[cfg(feature = "online")]
use xmppcert::diagnosis::OBSTACLES;

use crate::cli::{Cli, ManArgs};
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

/// What is written by hand, by command; the first is the page of the program itself.
const HAND_WRITTEN: &[(&str, &str)] = &[
    ("xmppcert", include_str!("../manual/xmppcert.roff")),
    ("generate", include_str!("../manual/generate.roff")),
    ("inspect", include_str!("../manual/inspect.roff")),
    ("check", include_str!("../manual/check.roff")),
    ("export", include_str!("../manual/export.roff")),
    ("renew", include_str!("../manual/renew.roff")),
    #[cfg(feature = "online")]
    ("upload", include_str!("../manual/upload.roff")),
    #[cfg(feature = "online")]
    ("list", include_str!("../manual/list.roff")),
    #[cfg(feature = "online")]
    ("disable", include_str!("../manual/disable.roff")),
    #[cfg(feature = "online")]
    ("revoke", include_str!("../manual/revoke.roff")),
    #[cfg(feature = "online")]
    ("rotate", include_str!("../manual/rotate.roff")),
    #[cfg(feature = "online")]
    ("login", include_str!("../manual/login.roff")),
    #[cfg(feature = "online")]
    ("doctor", include_str!("../manual/doctor.roff")),
    ("completions", include_str!("../manual/completions.roff")),
];

/// When the pages last changed in what they say: readers of manual pages expect a date.
const DATE: &str = "2026-11-24";

const EXIT_STATUS: &str = include_str!("../manual/exit-status.roff");

pub(crate) fn run(terminal: Terminal, args: &ManArgs) -> Result<Exit, Failure> {
    let mut program = Cli::command();
    // Gives every command its full name and the options that all of them share.
    program.build();
    let page = page(&program, &args.page).ok_or_else(|| {
        let names: Vec<&str> = HAND_WRITTEN.iter().map(|(name, _)| *name).collect();
        Failure::usage(
            format!("there is no manual page '{}'", args.page),
            format!("choose one of {}", names.join(", ")),
        )
    })?;
    let page = page.map_err(|error| {
        Failure::output(
            format!("cannot make the manual page: {error}"),
            "report this as a fault",
        )
    })?;
    let mut output = terminal.output()?;
    output.octets(&page)?;
    output.finish()?;
    Ok(Exit::Done)
}

/// Nothing where there is no such page.
fn page(program: &Command, wanted: &str) -> Option<io::Result<Vec<u8>>> {
    let wanted = wanted.strip_prefix("xmppcert-").unwrap_or(wanted);
    let (name, by_hand) = HAND_WRITTEN.iter().find(|(name, _)| *name == wanted)?;
    let command = if *name == program.get_name() {
        program
    } else {
        program.find_subcommand(name)?
    };
    Some(render(command, by_hand))
}

fn render(command: &Command, by_hand: &str) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    let man = Man::new(command.clone())
        .manual("XMPP client certificates")
        .source(concat!("xmppcert ", env!("CARGO_PKG_VERSION")))
        .date(DATE);
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    match command.get_name() {
        "check" => rules().to_writer(&mut page)?,
        #[cfg(feature = "online")]
        "doctor" => findings().to_writer(&mut page)?,
        _ => {}
    }
    page.extend_from_slice(EXIT_STATUS.as_bytes());
    page.extend_from_slice(by_hand.as_bytes());
    // An empty line parts paragraphs already.
    let page = String::from_utf8_lossy(&page).replace("\n.br\n\n.br\n", "\n.sp\n");
    Ok(page.into_bytes())
}

/// The table of rules, with what each means for whom.
fn rules() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["RULES"]);
    for rule in RULES {
        roff.control("TP", []);
        roff.text([bold(rule.id), roman(format!(" ({})", rule.reference))]);
        roff.text([roman(rule.summary)]);
        for (consumer, effect) in rule.effects {
            roff.control("br", []);
            roff.text([roman(format!("{}: {}.", consumer.name(), meaning(*effect)))]);
        }
    }
    roff
}

/// The table of what a server may have, with what mends it.
#[cfg(feature = "online")]
fn findings() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["FINDINGS"]);
    roff.text([roman(
        "DOMAIN stands for the domain. Lines for Prosody belong into prosody.cfg.lua, those for ejabberd into ejabberd.yml.",
    )]);
    for obstacle in OBSTACLES {
        roff.control("TP", []);
        roff.text([
            bold(obstacle.id),
            roman(format!(" ({})", obstacle.severity)),
        ]);
        roff.text([roman(obstacle.means)]);
        let mut mends = obstacle.mends.iter().peekable();
        while let Some((place, lines)) = mends.next() {
            roff.control("IP", []);
            let mut places = place.name().to_owned();
            // The same lines are printed once.
            while let Some((other, _)) = mends.next_if(|(_, other)| other == lines) {
                places = format!("{places}, {}", other.name());
            }
            roff.text([roman(format!("{places}:"))]);
            roff.control("nf", []);
            for line in lines.lines() {
                roff.text([roman(format!("    {line}"))]);
            }
            roff.control("fi", []);
        }
    }
    roff
}

fn meaning(effect: Effect) -> &'static str {
    match effect {
        Effect::NoUpload => "cannot be uploaded",
        Effect::NoLogin => "no login",
        Effect::AuthzidOnly => "no login without an authorization identity (\"=\")",
        Effect::NoTls12 => "no login under TLS 1.2",
        Effect::NoTls13 => "no login under TLS 1.3",
    }
}
