//! What has to be seen before the runtime begins.
//!
//! The runtime opens /dev/null in the place of a standard stream that is closed, and afterwards nothing tells that from a
//! /dev/null that was meant, as `subprocess.DEVNULL` of Python is. A result must not vanish in the one, and must in the other.

use std::sync::atomic::{AtomicBool, Ordering};

static STDOUT_CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether the program was started without a standard output.
pub(crate) fn stdout_was_closed() -> bool {
    STDOUT_CLOSED.load(Ordering::Relaxed)
}

extern "C" fn look() {
    let is_closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
    STDOUT_CLOSED.store(is_closed, Ordering::Relaxed);
}

/// The loader calls what stands in this section before it calls `main`.
#[expect(
    unsafe_code,
    reason = "the one way to run before the runtime; `look` needs nothing of it"
)]
#[used]
#[cfg_attr(
    target_vendor = "apple",
    unsafe(link_section = "__DATA,__mod_init_func")
)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
static LOOK: extern "C" fn() = look;
