//! The client certificate profile: what xmppcert puts into certificates and requests.

use std::fmt;
use std::str::FromStr;

use pem::{EncodeConfig, LineEnding, Pem};
use rcgen::{
    CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyUsagePurpose, PublicKeyData as _, SanType,
    SerialNumber,
};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::jid::Jid;
use crate::key::PrivateKey;
use crate::validity::Validity;
use crate::xmpp_addr::XmppAddr;

/// emailAddress in a subject (RFC 2985 5.2.1).
const EMAIL_ADDRESS: [u64; 7] = [1, 2, 840, 113_549, 1, 9, 1];
/// subjectKeyIdentifier (RFC 5280 4.2.1.2).
const SUBJECT_KEY_IDENTIFIER: [u64; 4] = [2, 5, 29, 14];
/// The most that conforming software takes (RFC 5280 4.1.2.2).
const SERIAL_OCTETS: usize = 20;

/// What a client certificate shall say.
#[derive(Clone, Debug)]
pub struct ClientCertificateParams {
    /// The accounts that may log in with it.
    pub jids: Jids,
    /// commonName of the subject.
    pub common_name: CommonName,
    /// emailAddress of the subject and rfc822Name among the subject alternative names. Clients on
    /// Android log in as this address, so it should be the first bare JID.
    pub email: Option<EmailAddress>,
    /// notBefore and notAfter.
    pub validity: Validity,
}

impl ClientCertificateParams {
    /// A certificate over `key`, signed with it.
    ///
    /// # Errors
    /// [`SigningError`] where the system gives no random octets for serial number or signature.
    pub fn self_sign(&self, key: PrivateKey) -> Result<CertifiedKey, SigningError> {
        let mut params = self.profile(&key)?;
        params.serial_number = Some(serial_number()?);
        // RFC 5280 4.2.1.1 lets a self-signed certificate do without, but linters ask for it.
        params.use_authority_key_identifier_extension = true;
        let certificate = params.self_signed(key.pair())?;
        Ok(CertifiedKey {
            key,
            certificate: certificate.der().to_vec(),
        })
    }

    /// A certificate request (PKCS #10, RFC 2986) for the same names and extensions, DER.
    ///
    /// # Errors
    /// [`SigningError`] where the system gives no random octets for the signature.
    pub fn request(&self, key: &PrivateKey) -> Result<Vec<u8>, SigningError> {
        let mut params = self.profile(key)?;
        let key_identifier = params.key_identifier(key.pair());
        let header = [
            0x04,
            u8::try_from(key_identifier.len()).map_err(|_| SigningError)?,
        ];
        params
            .custom_extensions
            .push(CustomExtension::from_oid_content(
                &SUBJECT_KEY_IDENTIFIER,
                [&header[..], &key_identifier].concat(),
            ));
        Ok(params.serialize_request(key.pair())?.der().to_vec())
    }

    /// The profile: every field that certificate and request have in common.
    fn profile(&self, key: &PrivateKey) -> Result<CertificateParams, SigningError> {
        let mut params = CertificateParams::default();
        params.not_before = self.validity.not_before();
        params.not_after = self.validity.not_after();

        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(
            DnType::CommonName,
            DnValue::Utf8String(self.common_name.0.clone()),
        );
        params.subject_alt_names = self.jids.as_slice().iter().map(XmppAddr::encode).collect();
        if let Some(EmailAddress(email)) = &self.email {
            let email = rcgen::string::Ia5String::try_from(email.as_str())?;
            params.distinguished_name.push(
                DnType::CustomDnType(EMAIL_ADDRESS.to_vec()),
                DnValue::Ia5String(email.clone()),
            );
            params.subject_alt_names.push(SanType::Rfc822Name(email));
        }

        params.key_usages.push(KeyUsagePurpose::DigitalSignature);
        if key.algorithm().is_rsa() {
            // RFC 8813 3 and RFC 9295 3 forbid this for the other kinds of key.
            params.key_usages.push(KeyUsagePurpose::KeyEncipherment);
        }
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        // Said outright, not left out: CA:TRUE would let its owner sign certificates for other
        // accounts wherever a server takes this one as a trust anchor.
        params.is_ca = IsCa::ExplicitNoCa;
        // The method that every program knows, RFC 5280 4.2.1.2 (1). It is a name, not a safeguard.
        let key_identifier = digest(&SHA1_FOR_LEGACY_USE_ONLY, key.pair().der_bytes());
        params.key_identifier_method = KeyIdMethod::PreSpecified(key_identifier.as_ref().to_vec());
        Ok(params)
    }
}

/// Random, positive and of the greatest length: unique even where the same key signs again under
/// the same name (RFC 5280 4.1.2.2).
fn serial_number() -> Result<SerialNumber, SigningError> {
    let mut octets = [0; SERIAL_OCTETS];
    SystemRandom::new()
        .fill(&mut octets)
        .map_err(|_| SigningError)?;
    octets[0] = octets[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&octets))
}

/// A certificate together with its private key.
#[derive(Debug)]
pub struct CertifiedKey {
    /// The private key.
    pub key: PrivateKey,
    /// The certificate, DER.
    pub certificate: Vec<u8>,
}

impl CertifiedKey {
    /// The certificate as one PEM block with line feeds (RFC 7468 5).
    #[must_use]
    pub fn certificate_pem(&self) -> String {
        let config = EncodeConfig::new().set_line_ending(LineEnding::LF);
        pem::encode_config(
            &Pem::new("CERTIFICATE", self.certificate.as_slice()),
            config,
        )
    }
}

/// One or more JIDs, each once, in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jids(Vec<Jid>);

impl Jids {
    /// Drops repetitions: Prosody refuses a login with `=` even where the two JIDs are the same.
    /// Nothing where there is no JID at all.
    #[must_use]
    pub fn new(jids: impl IntoIterator<Item = Jid>) -> Option<Self> {
        let mut unique: Vec<Jid> = Vec::new();
        for jid in jids {
            if !unique.contains(&jid) {
                unique.push(jid);
            }
        }
        (!unique.is_empty()).then_some(Self(unique))
    }

    /// The JID whose bare form names the certificate.
    #[must_use]
    pub fn first(&self) -> &Jid {
        &self.0[0]
    }

    /// All of them, in the order of the certificate.
    #[must_use]
    pub fn as_slice(&self) -> &[Jid] {
        &self.0
    }
}

impl From<Jid> for Jids {
    fn from(jid: Jid) -> Self {
        Self(vec![jid])
    }
}

/// A commonName: 1 to 64 characters (ub-common-name, RFC 5280 Appendix A), none of them a control
/// character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommonName(String);

impl CommonName {
    const LIMIT: usize = 64;

    /// What a certificate is called whose JID is longer than a commonName may be.
    pub const FALLBACK: &str = "XMPP account";

    /// The first bare JID, or [`Self::FALLBACK`] where that is too long.
    #[must_use]
    pub fn of(jids: &Jids) -> Self {
        let bare = jids.first().to_bare();
        bare.as_str()
            .parse()
            .unwrap_or_else(|_| Self(Self::FALLBACK.to_owned()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CommonName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let length = text.chars().count();
        if text.trim().is_empty() {
            Err(NameError::Empty)
        } else if length > Self::LIMIT {
            Err(NameError::TooLong(length))
        } else if let Some(control) = text.chars().find(|character| character.is_control()) {
            Err(NameError::Control(control))
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

/// A mailbox that every reader of certificates takes: RFC 5321 4.1.2 without quoted strings,
/// address literals and anything beyond ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The bare form of `jid`, where that is a mailbox.
    #[must_use]
    pub fn of(jid: &Jid) -> Option<Self> {
        jid.to_bare().as_str().parse().ok()
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_atom = |part: &str| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c))
        };
        let is_label = |part: &str| {
            (1..=63).contains(&part.len())
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !part.starts_with('-')
                && !part.ends_with('-')
        };
        // Limits: RFC 5321 4.5.3.1.1 and 4.5.3.1.2, and 4.5.3.1.3 less the angle brackets.
        let is_mailbox = text.len() <= 254
            && text.rsplit_once('@').is_some_and(|(local, domain)| {
                local.len() <= 64
                    && local.split('.').all(is_atom)
                    && domain.split('.').all(is_label)
                    && domain.contains(|c: char| c.is_ascii_alphabetic())
            });
        if is_mailbox {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::NotAMailbox(text.to_owned()))
        }
    }
}

/// Why a text cannot stand in the subject of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// A commonName without a visible character.
    Empty,
    /// A commonName of so many characters, more than 64.
    TooLong(usize),
    /// A commonName with this control character.
    Control(char),
    /// Not an e-mail address.
    NotAMailbox(String),
}

impl NameError {
    /// What to do about it, in one line.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty | Self::Control(_) => "give a name that can be read",
            Self::TooLong(_) => "shorten it, or leave '--name' out",
            Self::NotAMailbox(_) => "give an address like hamlet@shakespeare.lit, or '--no-email'",
        }
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the name is empty"),
            Self::TooLong(length) => write!(
                f,
                "the name has {length} characters, and a common name may have {}",
                CommonName::LIMIT
            ),
            Self::Control(character) => write!(
                f,
                "the name contains the control character U+{:04X}",
                u32::from(*character)
            ),
            Self::NotAMailbox(text) => {
                write!(
                    f,
                    "'{text}' is not an e-mail address that a certificate can hold"
                )
            }
        }
    }
}

impl std::error::Error for NameError {}

/// The system gave no random octets, so nothing could be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigningError;

impl From<rcgen::Error> for SigningError {
    fn from(_: rcgen::Error) -> Self {
        // Keys and names are of types that rcgen and ring take, which leaves the random octets.
        Self
    }
}

impl fmt::Display for SigningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing could be signed: the system gave no random octets")
    }
}

impl std::error::Error for SigningError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_are_told_from_other_addresses() {
        for good in [
            "hamlet@shakespeare.lit",
            "a.b+c@x",
            "o'neil@x.y",
            "h@192.0.2.1.example",
        ] {
            assert_eq!(good.parse::<EmailAddress>().map(|_| ()), Ok(()), "{good}");
        }
        let long_local = format!("{}@x.y", "a".repeat(65));
        for bad in [
            "",
            "hamlet",
            "@x",
            "a@",
            "a b@x",
            ".a@x",
            "a.@x",
            "a..b@x",
            "jürgen@x",
            "a@bücher.example",
            "d\\27artagnan@x",
            "a,b@x",
            "a@-x",
            "a@x-",
            "a@192.0.2.1",
            "a@[::1]",
            "a@b@c",
            &long_local,
        ] {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_common_name_has_1_to_64_characters() {
        assert!("ü".repeat(64).parse::<CommonName>().is_ok());
        assert_eq!(
            "ü".repeat(65).parse::<CommonName>(),
            Err(NameError::TooLong(65))
        );
        assert_eq!(" ".parse::<CommonName>(), Err(NameError::Empty));
        assert_eq!("a\nb".parse::<CommonName>(), Err(NameError::Control('\n')));
    }

    #[test]
    fn a_serial_number_is_positive_and_no_longer_than_allowed() {
        let serials: Vec<_> = (0..50).filter_map(|_| serial_number().ok()).collect();
        for serial in &serials {
            let octets = serial.to_bytes();
            assert_eq!(octets.len(), SERIAL_OCTETS);
            assert!((0x40..0x80).contains(&octets[0]));
        }
        assert_eq!(serials.len(), 50);
        assert!(serials.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
