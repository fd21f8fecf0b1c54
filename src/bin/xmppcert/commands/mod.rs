//! One module a command: from what was typed to what is reported.

#[cfg(feature = "online")]
mod account;
mod batch;
mod bulk;
pub(crate) mod check;
pub(crate) mod completions;
mod conversation;
mod description;
#[cfg(feature = "online")]
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod generate;
mod input;
pub(crate) mod inspect;
#[cfg(feature = "online")]
pub(crate) mod list;
#[cfg(feature = "online")]
pub(crate) mod login;
pub(crate) mod man;
mod output_files;
#[cfg(feature = "online")]
pub(crate) mod removal;
pub(crate) mod renew;
mod report;
mod request;
#[cfg(feature = "online")]
pub(crate) mod rotate;
mod successor;
#[cfg(feature = "online")]
pub(crate) mod upload;
