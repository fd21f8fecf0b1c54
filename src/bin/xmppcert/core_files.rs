//! Keys and passwords stay out of core files.

use std::sync::OnceLock;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Too little for a core file. On Linux a limit of 1, and no other, is minded even where core files go to a program
/// (core(5), `core_pattern`).
const NOTHING: u64 = if cfg!(target_os = "linux") { 1 } else { 0 };

/// The limit that the program was started with.
static GIVEN: OnceLock<Rlimit> = OnceLock::new();

/// From here on a crash leaves no core file. What little could fail here, a limit that is lower already, is as good.
pub(crate) fn forbid() {
    let given = GIVEN.get_or_init(|| getrlimit(Resource::Core));
    let least = |limit: Option<u64>| limit.map_or(NOTHING, |limit| limit.min(NOTHING));
    let _as_good = setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(least(given.current).min(least(given.maximum))),
            maximum: given.maximum,
        },
    );
}

/// Starts another program with the limit that this one was started with.
#[cfg(feature = "online")]
pub(crate) fn allowed<T>(start: impl FnOnce() -> T) -> T {
    if let Some(given) = GIVEN.get() {
        let _lower = setrlimit(Resource::Core, *given);
    }
    let started = start();
    forbid();
    started
}
