//! Rotation: a certificate is replaced on the account and on the disk, and at no moment is the account without one that
//! works.
//!
//! The order makes it so. The successor is stored on the account and has logged in before it takes its place on the disk,
//! and the old certificate is disabled only after that. A [`Rotation`] is written down before the account is touched, with
//! the successor's key in it; whatever a killed run had reached can be seen on the account and on the disk, so that the
//! next run goes on from there:
//!
//! | killed | on the account | on the disk | the next run |
//! |---|---|---|---|
//! | before the rotation is written down | the old one | the old pair | begins |
//! | before the successor is stored | the old one | the old pair | stores the successor |
//! | before the files are swapped | both | the old pair | logs in with the successor, swaps |
//! | before the old one is disabled | both | the new pair | runs the hook again, disables the old one |
//! | before the record is removed | the new one | the new pair | removes the record |

mod name;
mod record;

pub use name::item_name;
pub use record::Rotation;
