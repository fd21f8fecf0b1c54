//! Client certificates for XMPP accounts.
pub mod certificate;
pub mod check;
pub mod files;
pub mod inspection;
pub mod jid;
pub mod key;
pub mod objects;
pub mod private_key_info;
pub mod public_key;
pub mod renewal;
pub mod stanza;
pub mod validity;
pub mod xmpp_addr;
