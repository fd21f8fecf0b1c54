//! Behaviour of the program, through the real binary. One file a subject.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and it looks at files as a user would"
)]

#[cfg(feature = "online")]
mod accounts;
mod batch;
mod bulk;
mod check;
#[cfg(feature = "online")]
mod doctor;
mod documents;
mod export;
#[cfg(feature = "online")]
mod fake_server;
mod files;
mod generate;
mod hostile_input;
mod inspect;
mod jids;
mod keys;
mod kills;
mod names;
#[cfg(feature = "online")]
mod online;
mod prompts;
mod readme;
#[cfg(feature = "online")]
mod removal;
mod renew;
#[cfg(feature = "online")]
mod rotate;
mod secrets;
#[cfg(feature = "online")]
mod stored_account;
mod support;
#[cfg(feature = "online")]
mod upload;
mod validity;
