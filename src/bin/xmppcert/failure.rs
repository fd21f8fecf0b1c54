//! What ends a command early: one line on what is wrong, one on what to do, and the exit status.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::escaping::escape;

/// How a command ends. The numbers are a contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done, or the answer is yes.
    Done = 0,
    /// The answer is no.
    No = 1,
    /// The command line cannot be understood.
    Usage = 2,
    /// An input is unreadable or malformed.
    Input = 3,
    /// The output was not written, and nothing was changed; where only the report is lost, the message says so.
    Output = 4,
    /// The server cannot be reached, does not answer, or is not the one it should be.
    #[cfg(feature = "online")]
    Unreachable = 5,
    /// The server refused.
    #[cfg(feature = "online")]
    Refused = 6,
    /// The user gave up.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) hint: String,
    pub(crate) exit: Exit,
    /// The object at fault, where it is one of those in a file.
    pub(crate) object: Option<ObjectPlace>,
}

/// Which object: that of this number, from 0, in this file.
#[derive(Debug)]
pub(crate) struct ObjectPlace {
    pub(crate) source: String,
    pub(crate) index: usize,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
            exit,
            object: None,
        }
    }

    /// The same, about one object of a file.
    pub(crate) fn of_object(self, source: impl Into<String>, index: usize) -> Self {
        let source = source.into();
        Self {
            object: Some(ObjectPlace { source, index }),
            ..self
        }
    }

    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message, hint)
    }

    pub(crate) fn input(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Input, message, hint)
    }

    pub(crate) fn output(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Output, message, hint)
    }

    /// For a report that could not be printed, where what it tells is done: `done` says what that is.
    pub(crate) fn after(self, done: &str) -> Self {
        // Who stopped reading does not miss it.
        if self.message.is_empty() {
            return self;
        }
        Self {
            message: format!("{done}, but {}", self.message),
            ..self
        }
    }

    /// Whoever read our output has stopped reading, which is no error.
    pub(crate) fn broken_pipe() -> Self {
        Self::new(Exit::Done, String::new(), String::new())
    }

    pub(crate) fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "interrupted", "nothing was changed")
    }

    /// What clap says, in our own form, with whatever was typed escaped. `command` is the one
    /// that was meant, as far as that can be seen.
    pub(crate) fn usage_error(mut error: clap::Error, command: Option<&str>) -> Self {
        let escaped: Vec<(ContextKind, ContextValue)> = error
            .context()
            .filter_map(|(kind, value)| Some((kind, escape_context(value)?)))
            .collect();
        for (kind, value) in escaped {
            error.insert(kind, value);
        }
        if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            || error.kind() == ErrorKind::MissingSubcommand
        {
            return Self::usage("no command is given", "try 'xmppcert --help'");
        }
        let text = error.to_string();
        let mut paragraphs = text.split("\n\n");
        let message = paragraphs.next().unwrap_or_default();
        let message = message.strip_prefix("error: ").unwrap_or(message);
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let tip = paragraphs.find_map(|paragraph| paragraph.trim().strip_prefix("tip: "));
        let hint = match (tip, command) {
            (Some(tip), _) => tip.lines().next().unwrap_or(tip).to_owned(),
            (None, Some(command)) => format!("try 'xmppcert {command} --help'"),
            (None, None) => "try 'xmppcert --help'".to_owned(),
        };
        Self::usage(message, hint)
    }
}

fn escape_context(value: &ContextValue) -> Option<ContextValue> {
    match value {
        ContextValue::String(text) => Some(ContextValue::String(escape(text).into_owned())),
        ContextValue::Strings(texts) => Some(ContextValue::Strings(
            texts.iter().map(|text| escape(text).into_owned()).collect(),
        )),
        _ => None,
    }
}
