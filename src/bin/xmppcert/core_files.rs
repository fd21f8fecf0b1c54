//! Keys and passwords stay out of core files.

use std::sync::OnceLock;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Too little for a core file. Linux does not mind the limit where `core_pattern` pipes core files to a program, but for a
/// limit of 1, by which it knows that program's own crashes (`fs/coredump.c`).
const NOTHING: u64 = if cfg!(target_os = "linux") { 1 } else { 0 };

/// The limit that the program was started with.
static GIVEN: OnceLock<Rlimit> = OnceLock::new();

/// From here on a crash leaves no core file. Where the system refuses, there is nothing to be done.
pub(crate) fn forbid() {
    let given = GIVEN.get_or_init(|| getrlimit(Resource::Core));
    let highest = given.maximum.unwrap_or(NOTHING);
    let _refused = setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(highest.min(NOTHING)),
            maximum: given.maximum,
        },
    );
}

/// Starts another program with the limit that this one was started with.
#[cfg(feature = "online")]
pub(crate) fn allowed<T>(start: impl FnOnce() -> T) -> T {
    if let Some(given) = GIVEN.get() {
        let _refused = setrlimit(Resource::Core, *given);
    }
    let started = start();
    forbid();
    started
}
