//! Subject alternative names (RFC 5280 4.2.1.6), read as OpenSSL reads them.
//!
//! Where one name is against the definition, OpenSSL and the servers that use it see none of them. What stands behind
//! the sequence does not trouble it.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use x509_parser::asn1_rs::FromDer as _;
use x509_parser::x509::X509Name;

use super::definition::is_oid;
use super::{definitions, names};
use crate::ber::Element;
use crate::fingerprint::hex;
use crate::object_identifier::dotted;
use crate::xmpp_addr::{ID_ON_XMPP_ADDR, StringType, XmppAddr};

/// id-on-dnsSRV (RFC 4985).
const ID_ON_DNS_SRV: &str = "1.3.6.1.5.5.7.8.7";

/// One of the subject alternative names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SubjectAltName {
    /// `xmppAddr`, `srvName`, or the name of RFC 5280 4.2.1.6.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// As text; `#` and hexadecimal where it is none.
    pub value: String,
    /// The type of string of an otherName.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_type: Option<StringType>,
}

/// What one extension holds.
#[derive(Debug, Default)]
pub(super) struct AltNames {
    pub(super) names: Vec<SubjectAltName>,
    pub(super) xmpp_addrs: Vec<XmppAddr>,
    /// Against the definition, in one name or in all.
    pub(super) is_malformed: bool,
    /// See [`XmppAddr::crashes_luasec`].
    pub(super) crashes_luasec: bool,
}

impl AltNames {
    pub(super) fn read(value: &[u8]) -> Self {
        let mut all = Self {
            is_malformed: !definitions::GENERAL_NAMES.is_met_by(value),
            ..Self::default()
        };
        let Some((sequence, _)) = Element::first(value) else {
            return all;
        };
        let mut rest = sequence.content;
        while let Some((name, following)) = Element::first(rest) {
            if !all.take_in(&name) {
                all.push("malformed", format!("#{}", hex(name.content)), None);
            }
            rest = following;
        }
        all
    }

    fn push(&mut self, kind: &'static str, value: String, string_type: Option<StringType>) {
        self.names.push(SubjectAltName {
            kind,
            value,
            string_type,
        });
    }

    /// False where the name is none.
    fn take_in(&mut self, name: &Element<'_>) -> bool {
        let Some(octets) = name.joined().filter(|_| name.class == 2) else {
            return false;
        };
        let text = || String::from_utf8_lossy(&octets).into_owned();
        let opaque = || format!("#{}", hex(name.content));
        let (kind, value) = match name.tag {
            0 => return self.take_in_other_name(name),
            1 => ("rfc822Name", text()),
            2 => ("dNSName", text()),
            3 => ("x400Address", opaque()),
            4 => match X509Name::from_der(name.content) {
                Ok((&[], name)) => ("directoryName", names::rfc4514(&name)),
                _ => return false,
            },
            5 => ("ediPartyName", opaque()),
            6 => ("uniformResourceIdentifier", text()),
            7 => ("iPAddress", ip_address(&octets)),
            8 if is_oid(name.content) => ("registeredID", dotted(name.content)),
            _ => return false,
        };
        self.push(kind, value, None);
        true
    }

    /// `OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }`
    fn take_in_other_name(&mut self, name: &Element<'_>) -> bool {
        let Some((kind, value)) = Element::first(name.content) else {
            return false;
        };
        if !(name.is_constructed && kind.is_universal() && kind.tag == 6 && is_oid(kind.content)) {
            return false;
        }
        // Every otherName has the frame of an xmppAddr, whatever stands within.
        let Some(content) = XmppAddr::decode(value) else {
            return false;
        };
        let text = content.text().into_owned();
        let string_type = Some(content.string_type);
        let oid = dotted(kind.content);
        match oid.as_str() {
            ID_ON_XMPP_ADDR => {
                self.push("xmppAddr", text, string_type);
                self.crashes_luasec |= content.crashes_luasec();
                if !content.is_nothing() {
                    self.xmpp_addrs.push(content);
                }
            }
            ID_ON_DNS_SRV => self.push("srvName", text, string_type),
            oid => {
                let is_text = !matches!(
                    content.string_type,
                    StringType::OctetString | StringType::Other(_) | StringType::Tagged
                );
                let value = if is_text {
                    text
                } else {
                    format!("#{}", hex(&content.octets))
                };
                self.push("otherName", format!("{oid}={value}"), string_type);
            }
        }
        true
    }
}

fn ip_address(octets: &[u8]) -> String {
    if let Ok(octets) = <[u8; 4]>::try_from(octets) {
        Ipv4Addr::from(octets).to_string()
    } else if let Ok(octets) = <[u8; 16]>::try_from(octets) {
        Ipv6Addr::from(octets).to_string()
    } else {
        format!("#{}", hex(octets))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XMPP_ADDR: &[u8] = b"\xa0\x11\x06\x08\x2b\x06\x01\x05\x05\x07\x08\x05\xa0\x05\x0c\x03a@b";

    fn read(names: &[u8]) -> AltNames {
        let length = u8::try_from(names.len()).unwrap_or_default();
        AltNames::read(&[&[0x30, length], names].concat())
    }

    #[test]
    fn every_kind_of_name_is_told() {
        let names = read(
            &[
                XMPP_ADDR,
                b"\x81\x03a@b\x82\x01b\x86\x02b:\x87\x04\x7f\0\0\x01\x88\x03\x2a\x03\x04\xa4\x02\x30\0",
                b"\xa0\x08\x06\x02\x2a\x03\xa0\x02\x05\0",
            ]
            .concat(),
        );
        assert!(!names.is_malformed, "{names:?}");
        let told: Vec<_> = names
            .names
            .iter()
            .map(|name| (name.kind, name.value.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("xmppAddr", "a@b"),
                ("rfc822Name", "a@b"),
                ("dNSName", "b"),
                ("uniformResourceIdentifier", "b:"),
                ("iPAddress", "127.0.0.1"),
                ("registeredID", "1.2.3.4"),
                ("directoryName", ""),
                ("otherName", "1.2.3=#"),
            ]
        );
    }

    #[test]
    fn one_name_against_the_definition_spoils_the_extension() {
        for damaged in [
            &b"\x80\x02\x06\0"[..],
            b"\xa0\x04\x06\x02\x2a\x03",
            b"\xa0\x0a\x06\x02\x2a\x03\xa0\x02\x05\0\x05\0",
            b"\xa9\0",
            b"\x0c\x01a",
            b"\x88\x01\x80",
            b"\x82\x05b",
        ] {
            let names = read(&[XMPP_ADDR, damaged].concat());
            assert!(names.is_malformed, "{damaged:x?}: {names:?}");
        }
        assert!(AltNames::read(b"").is_malformed);
        assert!(AltNames::read(b"\x31\0").is_malformed);
    }

    #[test]
    fn what_follows_the_sequence_is_ignored() {
        assert!(!AltNames::read(b"\x30\x03\x82\x01bxyz").is_malformed);
    }
}
