//! Sessions with live accounts (RFC 6120), and the certificates that are stored on them (XEP-0257).
//!
//! A [`session::Connection`] is made to a [`Target`]: found by DNS, inside TLS, the server verified. It tells
//! what the server offers, and becomes a [`session::Session`] by logging in, through which [`stored`] works. Each step
//! ends within the time-out, whatever the server does, and each error says what was seen.
//!
//! This is the one part of the library that looks at the clock.

mod adhoc;
mod connect;
mod dns;
mod error;
mod probe;
mod resolver;
mod sasl;
mod scram;
pub mod session;
pub mod stored;
mod stream;
mod target;
mod tls;
mod trust;
mod xml;

pub use connect::{Endpoint, Transport};
pub use dns::{Answer, Lookup};
pub use error::{OnlineError, Refusal, Step};
pub use probe::Probe;
pub use sasl::{Credentials, Password, authorization_identity};
pub use stream::Features;
pub use target::{Location, Target};
pub use tls::{Identity, TlsFacts, UnusableKey};
pub use trust::{BadPin, Distrust, Pin, Reason, Trust};
pub use xml::{ELEMENT_LIMIT, Element};
