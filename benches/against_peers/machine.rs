//! The cores this may use, and a directory to work in.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The program as a user has it.
pub(crate) const XMPPCERT: &str = env!("CARGO_BIN_EXE_xmppcert");

pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// One core, and all of them where there are more.
pub(crate) fn core_counts() -> Vec<usize> {
    let mut counts = vec![1, cores()];
    counts.dedup();
    counts
}

/// Keeps this process, its threads and the programs that it runs to so many cores meanwhile.
pub(crate) fn on_cores<T>(count: usize, work: impl FnOnce() -> T) -> T {
    let all = sched_getaffinity(None).unwrap();
    let mut few = CpuSet::new();
    let allowed = (0..CpuSet::MAX_CPU).filter(|core| all.is_set(*core));
    allowed.take(count).for_each(|core| few.set(core));
    sched_setaffinity(None, &few).unwrap();
    let result = work();
    sched_setaffinity(None, &all).unwrap();
    result
}

/// Runs a program that has to succeed, without its output.
pub(crate) fn run(directory: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .unwrap_or_else(|error| panic!("'{program}' is needed: {error}"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {output:?}"
    );
}

/// A directory beside the build, on a disk rather than in memory.
pub(crate) fn workshop() -> tempfile::TempDir {
    tempfile::tempdir_in(PathBuf::from(env!("CARGO_TARGET_TMPDIR"))).unwrap()
}

/// A directory in which nothing waits for a disk.
pub(crate) fn workshop_in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap()
}

/// A list of so many accounts.
pub(crate) fn accounts(count: usize) -> String {
    let names: Vec<String> = (0..count)
        .map(|number| format!("user{number}@shakespeare.lit"))
        .collect();
    names.join("\n")
}
