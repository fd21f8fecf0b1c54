//! Writing what a command makes, all or nothing.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use pem::{EncodeConfig, LineEnding, Pem};
use xmppcert::files::{FileSet, Output, Overwrite, WriteError};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::terminal::Terminal;

/// Files that can be written as far as can be told before there is anything to write.
pub(crate) struct OutputFiles {
    set: FileSet,
}

impl OutputFiles {
    pub(crate) fn begin(files: Vec<Output>, replace: bool) -> Result<Self, Failure> {
        let overwrite = if replace {
            Overwrite::Replace
        } else {
            Overwrite::Refuse
        };
        let set = FileSet::begin(files, overwrite).map_err(|error| unwritten(&error))?;
        Ok(Self { set })
    }

    /// Writes `contents`, calling `report` with the old files that are kept when nothing is
    /// left but to put the new ones in place: if the report cannot be given, nothing has changed. Returns the old files that were kept.
    pub(crate) fn write(
        self,
        contents: &[&[u8]],
        report: impl FnOnce(&[PathBuf]) -> Result<(), Failure>,
    ) -> Result<Vec<PathBuf>, Failure> {
        let ready = self
            .set
            .prepare(contents)
            .map_err(|error| unwritten(&error))?;
        report(ready.kept())?;
        ready.commit().map_err(|error| unwritten(&error))
    }
}

pub(crate) fn unwritten(error: &WriteError) -> Failure {
    Failure::output(error.to_string(), error.hint())
}

/// `NAME` with `.key` and the like behind it, whatever dots are in NAME.
pub(crate) fn with_suffix(name: &Path, suffix: &str) -> PathBuf {
    let mut path = OsString::from(name);
    path.push(suffix);
    path.into()
}

/// One PEM block with line feeds (RFC 7468).
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let config = EncodeConfig::new().set_line_ending(LineEnding::LF);
    pem::encode_config(&Pem::new(label, der), config)
}

/// A key and its certificate in one file, the key first.
pub(crate) fn combined(key: &Zeroizing<String>, certificate: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([key.as_bytes(), pem("CERTIFICATE", certificate).as_bytes()].concat())
}

/// File names for a message.
pub(crate) fn list(files: &[PathBuf]) -> String {
    let names: Vec<String> = files
        .iter()
        .map(|file| format!("'{}'", file.display()))
        .collect();
    names.join(" and ")
}

pub(crate) fn note_kept(terminal: Terminal, kept: &[PathBuf]) {
    if !kept.is_empty() {
        terminal.note(&format!("kept the old: {}", list(kept)));
    }
}
