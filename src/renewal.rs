//! The successor of a certificate: what is carried over from the old one.

use std::fmt;

use time::OffsetDateTime;

use crate::certificate::{ClientCertificateParams, CommonName, EmailAddress, Jids};
use crate::inspection::CertificateInspection;
use crate::jid::JidError;
use crate::validity::{Validity, ValidityError};

/// The parameters of a certificate like `old` from `now` on: the same JIDs, common name and e-mail
/// address, and as long.
///
/// JIDs are normalised on the way, so a certificate that servers refuse for its spelling has a
/// successor that they take.
///
/// # Errors
/// [`RenewalError`] where the old certificate names no account, or its dates make no sense.
pub fn successor(
    old: &CertificateInspection,
    now: OffsetDateTime,
) -> Result<ClientCertificateParams, RenewalError> {
    let extensions = &old.subject.extensions;
    let addresses = extensions.xmpp_addrs.iter().map(|address| {
        address.to_jid().map_err(|error| RenewalError::BadAddress {
            address: address.text().into_owned(),
            error,
        })
    });
    let jids =
        Jids::new(addresses.collect::<Result<Vec<_>, _>>()?).ok_or(RenewalError::NoAddress)?;
    let common_name = old
        .subject
        .common_name
        .as_deref()
        .and_then(|name| name.parse().ok());
    let mut rfc822_names = extensions
        .subject_alt_names
        .iter()
        .filter(|name| name.kind == "rfc822Name");
    let email = rfc822_names
        .next()
        .map(|name| &name.value)
        .or_else(|| old.subject.email_addresses.first());
    let dates = old.not_before.zip(old.not_after);
    let (not_before, not_after) = dates.ok_or(RenewalError::MalformedDates)?;
    let validity = Validity::new(not_before, not_after)
        .and_then(|validity| validity.renewed_at(now))
        .map_err(RenewalError::Validity)?;
    Ok(ClientCertificateParams {
        common_name: common_name.unwrap_or_else(|| CommonName::of(&jids)),
        email: email.and_then(|email| email.parse::<EmailAddress>().ok()),
        jids,
        validity,
    })
}

/// Why a certificate has no successor. Worded to follow the name of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RenewalError {
    /// It holds no XMPP address.
    NoAddress,
    /// It holds an XMPP address that is no account's JID.
    BadAddress {
        /// The address.
        address: String,
        /// What is wrong with it.
        error: JidError,
    },
    /// Its dates are not in the form of RFC 5280 4.1.2.5.
    MalformedDates,
    /// Its period cannot be used again.
    Validity(ValidityError),
}

impl fmt::Display for RenewalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress => f.write_str("holds no XMPP address"),
            Self::BadAddress { address, error } => {
                write!(
                    f,
                    "holds the XMPP address '{address}', which is not a JID: {error}"
                )
            }
            Self::MalformedDates => f.write_str("has dates that cannot be read"),
            Self::Validity(error) => write!(f, "has dates that cannot be used again: {error}"),
        }
    }
}

impl std::error::Error for RenewalError {}
