//! Extensions of certificates and requests (RFC 5280 4.2).

use serde::Serialize;
use x509_parser::asn1_rs::Oid;
use x509_parser::extensions::{ExtendedKeyUsage, KeyUsage, ParsedExtension, X509Extension};

use super::alt_names::{AltNames, SubjectAltName};
use super::resources;
use crate::fingerprint::hex;
use crate::xmpp_addr::XmppAddr;

/// subjectAltName (RFC 5280 4.2.1.6).
const SUBJECT_ALT_NAME: &str = "2.5.29.17";

/// Bit positions of keyUsage (RFC 5280 4.2.1.3).
const KEY_USAGES: [&str; 9] = [
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
];

/// What the extensions say, all of them together.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Extensions {
    /// The XMPP addresses, verbatim and in order.
    pub jids: Vec<String>,
    /// The same addresses with octets and type of string.
    #[serde(skip)]
    pub xmpp_addrs: Vec<XmppAddr>,
    /// Every subject alternative name in order.
    pub subject_alt_names: Vec<SubjectAltName>,
    /// RFC 5280 names; empty also where the extension is absent.
    pub key_usage: Vec<&'static str>,
    /// RFC 5280 names, or dotted object identifiers; empty also where the extension is absent.
    pub extended_key_usage: Vec<String>,
    /// cA of basicConstraints; false where the extension is absent.
    pub is_ca: bool,
    /// pathLenConstraint of basicConstraints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_len: Option<u32>,
    /// In hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_key_identifier: Option<String>,
    /// In hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority_key_identifier: Option<String>,
    /// All of them, in order, decoded above or not.
    #[serde(rename = "extensions")]
    pub all: Vec<Extension>,
}

/// One extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Extension {
    /// Dotted.
    pub oid: String,
    /// Whether who does not know it must refuse the certificate.
    pub critical: bool,
    /// Octets of the value.
    pub size: usize,
    /// Whether its content is told elsewhere.
    pub content: ExtensionContent,
}

/// What became of the content of an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExtensionContent {
    /// Told in the other fields.
    Decoded,
    /// Of a kind that is not decoded here.
    Opaque,
    /// Against the definition of its kind.
    Malformed,
}

impl Extensions {
    pub(super) fn of(extensions: &[X509Extension<'_>]) -> Self {
        let mut all = Self::default();
        for extension in extensions {
            let content = all.take_in(extension);
            all.all.push(Extension {
                oid: extension.oid.to_id_string(),
                critical: extension.critical,
                size: extension.value.len(),
                content,
            });
        }
        all
    }

    /// Whether there is an extension of this dotted object identifier.
    #[must_use]
    pub fn has(&self, oid: &str) -> bool {
        self.all.iter().any(|extension| extension.oid == oid)
    }

    fn take_in(&mut self, extension: &X509Extension<'_>) -> ExtensionContent {
        match extension.oid.to_id_string().as_str() {
            SUBJECT_ALT_NAME => return self.take_in_alt_names(extension.value),
            resources::IP_ADDR_BLOCKS if !resources::are_ip_addr_blocks(extension.value) => {
                return ExtensionContent::Malformed;
            }
            resources::AUTONOMOUS_SYS_IDS
                if !resources::are_autonomous_sys_ids(extension.value) =>
            {
                return ExtensionContent::Malformed;
            }
            _ => {}
        }
        match extension.parsed_extension() {
            ParsedExtension::KeyUsage(usage) => {
                self.key_usage = key_usages(*usage);
                ExtensionContent::Decoded
            }
            ParsedExtension::ExtendedKeyUsage(usage) => {
                self.extended_key_usage = extended_key_usages(usage);
                ExtensionContent::Decoded
            }
            ParsedExtension::BasicConstraints(constraints) => {
                self.is_ca = constraints.ca;
                self.path_len = constraints.path_len_constraint;
                ExtensionContent::Decoded
            }
            ParsedExtension::SubjectKeyIdentifier(identifier) => {
                self.subject_key_identifier = Some(hex(identifier.0));
                ExtensionContent::Decoded
            }
            ParsedExtension::AuthorityKeyIdentifier(identifier) => {
                self.authority_key_identifier = identifier
                    .key_identifier
                    .as_ref()
                    .map(|identifier| hex(identifier.0));
                ExtensionContent::Decoded
            }
            ParsedExtension::ParseError { .. } => ExtensionContent::Malformed,
            _ => ExtensionContent::Opaque,
        }
    }

    fn take_in_alt_names(&mut self, value: &[u8]) -> ExtensionContent {
        let AltNames {
            names,
            xmpp_addrs,
            is_malformed,
        } = AltNames::read(value);
        self.subject_alt_names.extend(names);
        // Where there are two such extensions, Prosody looks at the first one.
        if !self.has(SUBJECT_ALT_NAME) {
            self.jids = xmpp_addrs
                .iter()
                .map(|addr| addr.text().into_owned())
                .collect();
            self.xmpp_addrs = xmpp_addrs;
        }
        if is_malformed {
            ExtensionContent::Malformed
        } else {
            ExtensionContent::Decoded
        }
    }
}

fn key_usages(usage: KeyUsage) -> Vec<&'static str> {
    let bits = KEY_USAGES.iter().enumerate();
    bits.filter(|(bit, _)| usage.flags >> bit & 1 == 1)
        .map(|(_, name)| *name)
        .collect()
}

fn extended_key_usages(usage: &ExtendedKeyUsage<'_>) -> Vec<String> {
    let known = [
        (usage.any, "anyExtendedKeyUsage"),
        (usage.server_auth, "serverAuth"),
        (usage.client_auth, "clientAuth"),
        (usage.code_signing, "codeSigning"),
        (usage.email_protection, "emailProtection"),
        (usage.time_stamping, "timeStamping"),
        (usage.ocsp_signing, "OCSPSigning"),
    ];
    let named = known
        .iter()
        .filter(|(said, _)| *said)
        .map(|(_, name)| (*name).to_owned());
    named
        .chain(usage.other.iter().map(Oid::to_id_string))
        .collect()
}
