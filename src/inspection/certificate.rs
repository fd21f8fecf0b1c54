//! Certificates and requests.

use serde::Serialize;
use time::OffsetDateTime;
use x509_parser::asn1_rs::FromDer as _;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::cri_attributes::ParsedCriAttribute;
use x509_parser::extensions::X509Extension;
use x509_parser::x509::{SubjectPublicKeyInfo, X509Name};

use super::extensions::Extensions;
use super::tbs::Certificate;
use super::{InspectError, Kind, definitions, names, signature};
use crate::ber;
use crate::fingerprint::{hex, sha1, sha256};
use crate::public_key::KeyDescription;
use crate::validity::Standing;

/// What a certificate says.
#[derive(Clone, Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, that others do not follow from"
)]
pub struct CertificateInspection {
    /// 1, 2 or 3, as people count; one more than the number encoded.
    pub version: u32,
    /// The serial number in hexadecimal, without the octet that only says it is positive.
    pub serial: String,
    /// The serial number's octets as they are encoded.
    #[serde(skip)]
    pub serial_octets: Vec<u8>,
    /// The issuer's name (RFC 4514).
    pub issuer: String,
    /// What it says of its subject.
    #[serde(flatten)]
    pub subject: Subject,
    /// The first second of validity; nothing where it is not in the form of RFC 5280 4.1.2.5.
    #[serde(
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub not_before: Option<OffsetDateTime>,
    /// The last second of validity; nothing where it is not in the form of RFC 5280 4.1.2.5.
    #[serde(
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub not_after: Option<OffsetDateTime>,
    /// Where now lies between the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// Whole days until notAfter, below zero once it has passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i64>,
    /// Whether issuer and subject are the same and the certificate's own key verifies its
    /// signature; nothing where that was not to be verified, or the algorithm cannot be here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub self_signed: Option<bool>,
    /// SHA-1 of the certificate, which some servers show.
    pub sha1: String,
    /// Whether it meets the definition of a certificate (RFC 5280 4.1), as OpenSSL has it.
    #[serde(skip)]
    pub meets_definition: bool,
    /// Whether the parameters of its algorithms can be taken apart, of which OpenSSL looks at some only.
    #[serde(skip)]
    pub has_sound_parameters: bool,
    /// Octets that follow the certificate inside the same object.
    #[serde(skip)]
    pub trailing_octets: usize,
    /// Whether issuer and subject are the same name, octet for octet.
    #[serde(skip)]
    pub self_issued: bool,
    /// Whether OpenSSL takes it for self-signed, for which it does not verify the signature: the
    /// same names, identifiers that match, and an algorithm for the key.
    #[serde(skip)]
    pub looks_self_signed: bool,
    /// Whether the digest of the signature is one that OpenSSL's security level 2 takes.
    #[serde(skip)]
    pub has_strong_signature: bool,
    /// The certificate itself.
    #[serde(skip)]
    pub der: Vec<u8>,
}

/// What a request says.
#[derive(Clone, Debug, Serialize)]
pub struct RequestInspection {
    /// What it asks to be certified.
    #[serde(flatten)]
    pub subject: Subject,
    /// SHA-1 of the request.
    pub sha1: String,
}

/// What certificates and requests both say of their subject.
#[derive(Clone, Debug, Serialize)]
pub struct Subject {
    /// The subject's name (RFC 4514).
    #[serde(rename = "subject")]
    pub name: String,
    /// Its first commonName.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common_name: Option<String>,
    /// Its emailAddress attributes.
    #[serde(skip)]
    pub email_addresses: Vec<String>,
    /// The subject's key.
    pub key: KeyDescription,
    /// The algorithm of the signature over the object.
    pub signature_algorithm: String,
    /// Names, usages and the other extensions.
    #[serde(flatten)]
    pub extensions: Extensions,
    /// SHA-256 of the whole object.
    pub sha256: String,
    /// SHA-256 of the SubjectPublicKeyInfo.
    pub spki_sha256: String,
    /// The SubjectPublicKeyInfo, DER.
    #[serde(skip)]
    pub spki: Vec<u8>,
}

impl Subject {
    fn of(
        name: &X509Name<'_>,
        spki: &SubjectPublicKeyInfo<'_>,
        signature_algorithm: String,
        extensions: &[X509Extension<'_>],
        der: &[u8],
    ) -> Self {
        Self {
            name: names::rfc4514(name),
            common_name: names::attributes(name, names::COMMON_NAME)
                .into_iter()
                .next(),
            email_addresses: names::attributes(name, names::EMAIL_ADDRESS),
            key: KeyDescription::of(spki),
            signature_algorithm,
            extensions: Extensions::of(extensions),
            sha256: sha256(der),
            spki_sha256: sha256(spki.raw),
            spki: spki.raw.to_vec(),
        }
    }
}

impl CertificateInspection {
    /// `verifies` is whether to verify the signature of one that is of its own issue.
    pub(super) fn of(
        der: &[u8],
        now: OffsetDateTime,
        verifies: bool,
    ) -> Result<Self, InspectError> {
        let malformed = InspectError::Malformed(Kind::Certificate);
        let strict = ber::to_der(der).ok_or_else(|| malformed.clone())?;
        let certificate = Certificate::read(der, &strict).ok_or(malformed)?;
        let (not_before, not_after) = (certificate.not_before, certificate.not_after);
        let self_issued = certificate.subject.as_raw() == certificate.issuer.as_raw();
        let subject = Subject::of(
            &certificate.subject,
            &certificate.spki,
            signature::name(&certificate.algorithm),
            &certificate.extensions,
            certificate.raw,
        );
        let (algorithm, key) = (&subject.signature_algorithm, &subject.key);
        Ok(Self {
            version: certificate.version,
            serial: hex(match certificate.serial {
                [0, magnitude @ ..] if !magnitude.is_empty() => magnitude,
                octets => octets,
            }),
            serial_octets: certificate.serial.to_vec(),
            issuer: names::rfc4514(&certificate.issuer),
            not_before,
            not_after,
            standing: not_before
                .zip(not_after)
                .map(|(not_before, not_after)| Standing::at(now, not_before, not_after)),
            days_left: not_after
                .map(|not_after| (not_after - now).whole_seconds().div_euclid(24 * 60 * 60)),
            self_signed: if !self_issued {
                Some(false)
            } else if verifies {
                signature::verifies(&certificate, algorithm, key)
            } else {
                None
            },
            sha1: sha1(certificate.raw),
            meets_definition: definitions::is_certificate(der),
            trailing_octets: match certificate.rest {
                trust if definitions::is_trust(trust) => 0,
                rest => rest.len(),
            },
            self_issued,
            has_sound_parameters: [
                &certificate.inner_algorithm,
                &certificate.algorithm,
                &certificate.spki.algorithm,
            ]
            .into_iter()
            .filter_map(|algorithm| algorithm.parameters.as_ref())
            .all(|parameters| {
                !parameters.header.is_constructed() || ber::is_sound(parameters.data)
            }),
            looks_self_signed: signature::looks_self_signed(&certificate, key),
            has_strong_signature: signature::is_strong(algorithm, &certificate.algorithm),
            der: certificate.raw.to_vec(),
            subject,
        })
    }
}

impl RequestInspection {
    pub(super) fn of(der: &[u8]) -> Result<Self, InspectError> {
        let malformed = InspectError::Malformed(Kind::Request);
        let (_, request) =
            X509CertificationRequest::from_der(der).map_err(|_| malformed.clone())?;
        let info = &request.certification_request_info;
        let extensions: Vec<X509Extension<'_>> = info
            .iter_attributes()
            .filter_map(|attribute| match attribute.parsed_attribute() {
                ParsedCriAttribute::ExtensionRequest(requested) => Some(&requested.extensions),
                _ => None,
            })
            .flatten()
            .cloned()
            .collect();
        let signature_algorithm = signature::name(&request.signature_algorithm);
        let subject = Subject::of(
            &info.subject,
            &info.subject_pki,
            signature_algorithm,
            &extensions,
            request.as_raw(),
        );
        Ok(Self {
            subject,
            sha1: sha1(request.as_raw()),
        })
    }
}
