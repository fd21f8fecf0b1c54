//! Extensions of certificates and requests (RFC 5280 4.2).

use serde::Serialize;
use x509_parser::extensions::{ParsedExtension, X509Extension};

use super::alt_names::{AltNames, SubjectAltName};
use super::definitions;
use crate::ber::Element;
use crate::fingerprint::hex;
use crate::object_identifier::dotted;
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

/// Purposes of extKeyUsage (RFC 5280 4.2.1.12).
const EXTENDED_KEY_USAGES: [(&str, &str); 7] = [
    ("2.5.29.37.0", "anyExtendedKeyUsage"),
    ("1.3.6.1.5.5.7.3.1", "serverAuth"),
    ("1.3.6.1.5.5.7.3.2", "clientAuth"),
    ("1.3.6.1.5.5.7.3.3", "codeSigning"),
    ("1.3.6.1.5.5.7.3.4", "emailProtection"),
    ("1.3.6.1.5.5.7.3.8", "timeStamping"),
    ("1.3.6.1.5.5.7.3.9", "OCSPSigning"),
];

/// What the extensions say, all of them together.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Extensions {
    /// The XMPP addresses, verbatim and in order.
    pub jids: Vec<String>,
    /// The same addresses with octets and type of string.
    #[serde(skip)]
    pub xmpp_addrs: Vec<XmppAddr>,
    /// Whether an xmppAddr holds what `LuaSec`, which Prosody reads certificates with, crashes on.
    #[serde(skip)]
    pub crashes_luasec: bool,
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
    /// The first octet of netscape-cert-type, which is older than extKeyUsage.
    #[serde(skip)]
    pub netscape_cert_type: Option<u8>,
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
            let oid = dotted(extension.oid.as_bytes());
            let content = all.take_in(&oid, extension);
            all.all.push(Extension {
                oid,
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

    fn take_in(&mut self, oid: &str, extension: &X509Extension<'_>) -> ExtensionContent {
        let value = extension.value;
        if oid == SUBJECT_ALT_NAME {
            return self.take_in_alt_names(value);
        }
        match (definitions::of_extension(oid), Element::first(value)) {
            (Some(definition), Some((element, _))) if definition.is_met_by(value) => {
                if self.take_in_known(oid, &element) {
                    ExtensionContent::Decoded
                } else {
                    ExtensionContent::Opaque
                }
            }
            (Some(_), _) => ExtensionContent::Malformed,
            // Of these OpenSSL takes no notice, but somebody else may.
            (None, _) => match extension.parsed_extension() {
                ParsedExtension::ParseError { .. } => ExtensionContent::Malformed,
                _ => ExtensionContent::Opaque,
            },
        }
    }

    /// Whether the value, which meets its definition, is told in the fields.
    fn take_in_known(&mut self, oid: &str, value: &Element<'_>) -> bool {
        let parts = || value.parts().unwrap_or_default();
        match oid {
            "2.5.29.15" => self.key_usage = key_usages(&value.joined().unwrap_or_default()),
            "2.5.29.37" => {
                self.extended_key_usage = parts().iter().map(extended_key_usage).collect();
            }
            "2.5.29.19" => {
                for part in parts() {
                    if part.tag == 1 {
                        self.is_ca = part.content != [0];
                    } else {
                        self.path_len = part.content.iter().try_fold(0u32, |value, octet| {
                            value.checked_mul(256)?.checked_add((*octet).into())
                        });
                    }
                }
            }
            "2.5.29.14" => {
                self.subject_key_identifier = value.joined().map(|octets| hex(&octets));
            }
            "2.5.29.35" => {
                let identifier = parts().into_iter().find(|part| part.is_context(0));
                let octets = identifier.and_then(|identifier| identifier.joined());
                self.authority_key_identifier = octets.map(|octets| hex(&octets));
            }
            "2.16.840.1.113730.1.1" => {
                let octets = value.joined().unwrap_or_default();
                self.netscape_cert_type = Some(octets.get(1).copied().unwrap_or_default());
                return false;
            }
            _ => return false,
        }
        true
    }

    fn take_in_alt_names(&mut self, value: &[u8]) -> ExtensionContent {
        let AltNames {
            names,
            xmpp_addrs,
            is_malformed,
            crashes_luasec,
        } = AltNames::read(value);
        self.subject_alt_names.extend(names);
        self.crashes_luasec |= crashes_luasec && !is_malformed;
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

/// From the content of a BIT STRING, of which OpenSSL looks at two octets.
fn key_usages(content: &[u8]) -> Vec<&'static str> {
    let octets = content.get(1..).unwrap_or_default();
    let unused = content.first().copied().unwrap_or_default();
    let mut flags = [0; 2];
    for (flag, octet) in flags.iter_mut().zip(octets) {
        *flag = *octet;
    }
    if let Some(last) = octets
        .len()
        .checked_sub(1)
        .and_then(|last| flags.get_mut(last))
    {
        *last &= 0xffu8.checked_shl(unused.into()).unwrap_or_default();
    }
    let flags = u16::from_be_bytes(flags);
    let bits = KEY_USAGES.iter().enumerate();
    bits.filter(|(bit, _)| flags << bit & 0x8000 != 0)
        .map(|(_, name)| *name)
        .collect()
}

fn extended_key_usage(usage: &Element<'_>) -> String {
    let oid = dotted(usage.content);
    let known = EXTENDED_KEY_USAGES.iter().find(|(known, _)| *known == oid);
    known.map_or(oid, |(_, name)| (*name).to_owned())
}
