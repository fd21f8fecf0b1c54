//! How a rotation ends.

use serde::Serialize;
use xmppcert::rotation::Rotation;
use xmppcert::validity::format_date;

use super::Run;
use super::record::{Certified, SUFFIX};
use crate::failure::Failure;

/// The line that `--json` prints.
#[derive(Serialize)]
pub(super) struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    pub(super) sha256: String,
    pub(super) action: &'static str,
    pub(super) confirmed: bool,
}

impl Line {
    /// What was done, for who misses the line.
    pub(super) fn done(&self) -> Option<String> {
        let name = self.name.as_ref().filter(|_| self.confirmed)?;
        Some(format!("rotated to '{name}'"))
    }
}

impl Run<'_> {
    pub(super) fn not_due(&self) -> Line {
        let end = self.current.certificate.not_after.map(format_date);
        self.terminal.note(&format!(
            "not due: '{}' ends at {}",
            self.pair.path.display(),
            end.unwrap_or_default()
        ));
        self.line(None, "not-due")
    }

    pub(super) fn line(&self, name: Option<String>, action: &'static str) -> Line {
        Line {
            name,
            sha256: self.current.sha256().to_owned(),
            action,
            confirmed: false,
        }
    }

    pub(super) fn would_go_on(&self, rotation: &Rotation, successor: &Certified) -> Line {
        self.terminal.note(&format!(
            "would go on with the interrupted rotation from '{}' to '{}'",
            rotation.old_name, rotation.new_name
        ));
        Line {
            name: Some(rotation.new_name.clone()),
            sha256: successor.sha256().to_owned(),
            action: "would-rotate",
            confirmed: false,
        }
    }

    pub(super) fn damaged(&self) -> Failure {
        Failure::output(
            format!(
                "the record of a rotation of '{}' is damaged",
                self.pair.path.display()
            ),
            format!(
                "remove the hidden file beside it whose name ends in '{SUFFIX}', and what 'xmppcert list' shows without a file"
            ),
        )
    }
}
