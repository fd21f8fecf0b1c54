//! The command that hands the new files on to whoever uses them.

use std::path::Path;
use std::process::{Command, Stdio};

use super::super::successor::Pair;
use crate::core_files;
use crate::failure::Failure;

/// Runs the hook with the paths in its environment; what it prints is not our result.
pub(super) fn run(hook: &str, pair: &Pair) -> Result<(), Failure> {
    let failed = |what: String| {
        Failure::output(
            format!("the deploy hook {what}, so the old certificate stays enabled"),
            "mend the hook and run the same command again, which repeats it",
        )
    };
    let absolute = |path: &Path| {
        std::path::absolute(path).map_err(|error| failed(format!("cannot be run: {error}")))
    };
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(hook)
        .env("XMPPCERT_CERT", absolute(&pair.path)?)
        .env("XMPPCERT_KEY", absolute(&pair.key_path)?)
        .stdin(Stdio::null())
        .stdout(std::io::stderr());
    let mut child = core_files::allowed(|| command.spawn())
        .map_err(|error| failed(format!("cannot be run: {error}")))?;
    let status = child
        .wait()
        .map_err(|error| failed(format!("cannot be waited for: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(format!("failed ({status})")))
    }
}
