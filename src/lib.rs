//! Client certificates for XMPP accounts: made, read, judged and renewed.
//!
//! A client certificate lets an XMPP client log in by SASL EXTERNAL, without a password (XEP-0178). Servers that implement
//! XEP-0257 keep one for each device. This library does what the program `xmppcert` offers, and never prints, exits or
//! looks at the clock:
//!
//! - [`jid`] and [`validity`] parse what a certificate is to say, [`key`] makes or takes the key ([`rsa_keygen`] finds RSA keys),
//!   [`certificate`] puts them together, and [`renewal`] makes the successor of an old one;
//! - [`objects`] finds certificates and keys in files, [`inspection`] tells what they say, and [`check`] whether servers and
//!   clients would take them;
//! - [`stanza`] makes XEP-0257 elements, and [`files`] writes keys and certificates, all or nothing;
//! - [`batch`] makes the certificates of a whole list of accounts;
//! - `online` (a feature, on by default) keeps sessions with live accounts, and `diagnosis` tells what stands between the
//!   users of a server and logins by certificate.
//!
//! ```
//! use xmppcert::jid::Jid;
//!
//! let jid = Jid::parse("Hamlet@Shakespeare.LIT")?;
//! assert_eq!(jid.as_str(), "hamlet@shakespeare.lit");
//! # Ok::<(), xmppcert::jid::JidError>(())
//! ```

pub mod batch;
mod ber;
pub mod certificate;
pub mod check;
#[cfg(feature = "online")]
pub mod diagnosis;
mod elliptic_curve;
pub mod files;
pub mod fingerprint;
pub mod inspection;
pub mod jid;
pub mod key;
mod object_identifier;
pub mod objects;
#[cfg(feature = "online")]
pub mod online;
pub mod private_key_info;
pub mod public_key;
pub mod renewal;
pub mod rotation;
pub mod rsa_keygen;
pub mod stanza;
pub mod validity;
pub mod xmpp_addr;
