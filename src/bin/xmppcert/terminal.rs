//! Talking to the person or the script: results on standard output, everything else on standard
//! error, and nothing from a file or an argument unescaped.

use std::fmt;
use std::io::{self, BufRead as _, BufWriter, IsTerminal as _, Stdout, Write as _};
use std::sync::Arc;
use std::time::Duration;

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use serde::Serialize;
use xmppcert::rsa_keygen::Watch;

use crate::cli::{Color, Global};
use crate::escaping::{escape, json};
use crate::failure::Failure;
use crate::startup;

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

/// The way back to whoever called us.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    json: bool,
    quiet: bool,
    color: ColorChoice,
}

#[derive(Serialize)]
struct JsonError<'a> {
    error: &'a str,
    hint: &'a str,
    exit_status: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
}

#[derive(Serialize)]
struct JsonWarning<'a> {
    warning: &'a str,
}

impl Terminal {
    pub(crate) fn new(global: Global) -> Self {
        Self {
            json: global.json,
            quiet: global.quiet,
            color: match global.color {
                Color::Auto => ColorChoice::Auto,
                Color::Always => ColorChoice::Always,
                Color::Never => ColorChoice::Never,
            },
        }
    }

    /// Whether results go out as JSON.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// Whether nothing but results and errors is wanted.
    pub(crate) fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Whether somebody is there to answer: both ways of asking lead to a terminal.
    pub(crate) fn is_attended(self) -> bool {
        !self.json && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Shows that work goes on, and for how long, until dropped; only to who watches.
    pub(crate) fn spinner(self, message: &str) -> Spinner {
        if self.json || self.quiet || !io::stderr().is_terminal() {
            return Spinner(None);
        }
        let bar = ProgressBar::new_spinner().with_message(message.to_owned());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Spinner(Some(bar))
    }

    /// Like a spinner, and shows how far the search for primes is.
    pub(crate) fn search(self, message: &str, watch: Arc<Watch>) -> Spinner {
        let spinner = self.spinner(message);
        if let Some(bar) = &spinner.0 {
            let template = "{spinner} {msg}, {tested} candidates tested ({elapsed})";
            if let Ok(style) = ProgressStyle::with_template(template) {
                let tested = move |_: &ProgressState, text: &mut dyn fmt::Write| {
                    // There is nobody to tell that it cannot be told.
                    write!(text, "{}", watch.tested()).unwrap_or_default();
                };
                bar.set_style(style.with_key("tested", tested));
            }
        }
        spinner
    }

    /// Shows how much of so many octets is done, until dropped; only to who watches, and not where results scroll by.
    pub(crate) fn progress(self, total: Option<u64>) -> Progress {
        let is_scrolling = self.json && io::stdout().is_terminal();
        if self.quiet || is_scrolling || !io::stderr().is_terminal() {
            return Progress(None);
        }
        let (bar, template) = match total {
            Some(total) => (
                ProgressBar::new(total),
                "{bar:30} {percent}% {msg} ({elapsed}, {eta} left)",
            ),
            None => (ProgressBar::new_spinner(), "{spinner} {msg} ({elapsed})"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Progress(Some(bar))
    }

    /// Standard output, or an error where there is none.
    pub(crate) fn output(self) -> Result<Output, Failure> {
        if startup::stdout_was_closed() {
            return Err(Failure::output(
                "standard output is closed, so there is nowhere to print to",
                "leave standard output open, or send it to a file",
            ));
        }
        Ok(Output {
            look: Look {
                is_colored: match self.color {
                    ColorChoice::Auto => AutoStream::choice(&io::stdout()) != ColorChoice::Never,
                    choice => choice != ColorChoice::Never,
                },
            },
            stream: BufWriter::new(io::stdout()),
        })
    }

    pub(crate) fn error(self, failure: &Failure) {
        self.error_in_line(None, failure);
    }

    /// An error about one line of a list, whose number the message has too.
    pub(crate) fn error_in_line(self, line: Option<u64>, failure: &Failure) {
        if failure.message.is_empty() {
            return;
        }
        if self.json {
            let object = failure.object.as_ref();
            let error = JsonError {
                error: &failure.message,
                hint: &failure.hint,
                exit_status: failure.exit as u8,
                source: object.map(|object| object.source.as_str()),
                index: object.map(|object| object.index),
                line,
            };
            self.say(&json(&error));
            return;
        }
        // One message, so quiet keeps both.
        self.labelled(BAD, "error", &failure.message);
        self.labelled(HINT, "hint", &failure.hint);
    }

    pub(crate) fn warn(self, message: &str) {
        if self.quiet {
            return;
        }
        if self.json {
            self.say(&json(&JsonWarning { warning: message }));
        } else {
            self.labelled(WARNING, "warning", message);
        }
    }

    /// Something worth knowing that is not a result.
    pub(crate) fn note(self, message: &str) {
        if !self.quiet && !self.json {
            self.say(&escape(message));
        }
    }

    pub(crate) fn hint(self, message: &str) {
        if !self.quiet && !self.json {
            self.labelled(HINT, "hint", message);
        }
    }

    fn labelled(self, style: Style, label: &str, message: &str) {
        self.say(&format!("{style}{label}:{style:#} {}", escape(message)));
    }

    /// Whoever closed standard error does not want to know.
    fn say(self, line: &str) {
        let color = match self.color {
            ColorChoice::Auto => AutoStream::choice(&io::stderr()),
            choice => choice,
        };
        let _unheard = writeln!(AutoStream::new(io::stderr().lock(), color), "{line}");
    }
}

/// Asks whoever is there; nothing if the input ends before the line does, as by Ctrl-D.
pub(crate) fn ask(question: &str) -> io::Result<Option<String>> {
    let mut stderr = io::stderr().lock();
    write!(stderr, "{}: ", escape(question))?;
    stderr.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    if let Some(answer) = line.strip_suffix('\n') {
        return Ok(Some(answer.trim().to_owned()));
    }
    // What comes next does not belong behind the question.
    writeln!(stderr)?;
    Ok(None)
}

/// A sign of life on standard error.
pub(crate) struct Spinner(Option<ProgressBar>);

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// How far the work is, on standard error.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    pub(crate) fn set(&self, position: u64, message: impl FnOnce() -> String) {
        if let Some(bar) = &self.0 {
            bar.set_position(position);
            bar.set_message(message());
        }
    }

    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }

    /// Prints something else meanwhile.
    pub(crate) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Standard output for results.
pub(crate) struct Output {
    stream: BufWriter<Stdout>,
    look: Look,
}

/// How results look, for those who make them before it is their turn to be printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    is_colored: bool,
}

impl Look {
    /// Lines of our own making; whatever comes from elsewhere has been escaped.
    pub(crate) fn lines<L: AsRef<str>>(self, lines: &[L]) -> String {
        let mut text = String::with_capacity(64 * lines.len());
        for line in lines {
            text.push_str(line.as_ref());
            text.push('\n');
        }
        if self.is_colored {
            text
        } else {
            strip_str(&text).to_string()
        }
    }

    /// One object on a line of its own.
    #[expect(
        clippy::unused_self,
        reason = "JSON has no colours, and its users need not know"
    )]
    pub(crate) fn json(self, value: &impl Serialize) -> String {
        let mut text = json(value);
        text.push('\n');
        text
    }
}

impl Output {
    pub(crate) fn look(&self) -> Look {
        self.look
    }

    /// A line of our own making; whatever comes from elsewhere has been escaped.
    pub(crate) fn line(&mut self, line: &str) -> Result<(), Failure> {
        self.octets(self.look.lines(&[line]).as_bytes())
    }

    /// One object on a line of its own.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        self.octets(self.look.json(value).as_bytes())
    }

    /// Exactly these octets.
    pub(crate) fn octets(&mut self, octets: &[u8]) -> Result<(), Failure> {
        self.stream
            .write_all(octets)
            .map_err(|error| unwritten(&error))
    }

    /// Sends on what has been written so far.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.stream.flush().map_err(|error| unwritten(&error))
    }

    /// Sees that all of it has arrived.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.stream.flush().map_err(|error| unwritten(&error))
    }
}

/// Names in a message.
#[cfg(feature = "online")]
pub(crate) fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("'{name}'")).collect();
    names.join(", ")
}

fn unwritten(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::broken_pipe();
    }
    Failure::output(
        format!(
            "cannot write to standard output: {}",
            xmppcert::files::reason(error)
        ),
        "see that there is room where it goes",
    )
}
