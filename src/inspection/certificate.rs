//! Certificates and requests.

use serde::Serialize;
use time::OffsetDateTime;
use x509_parser::asn1_rs::FromDer as _;
use x509_parser::certificate::X509Certificate;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::cri_attributes::ParsedCriAttribute;
use x509_parser::extensions::X509Extension;
use x509_parser::x509::{SubjectPublicKeyInfo, X509Name};

use super::extensions::Extensions;
use super::{InspectError, Kind, hex, names, sha1, sha256, signature};
use crate::public_key::KeyDescription;
use crate::validity::Standing;

/// What a certificate says.
#[derive(Clone, Debug, Serialize)]
pub struct CertificateInspection {
    /// 1, 2 or 3, as people count; one more than the number encoded.
    pub version: u32,
    /// The serial number's octets in hexadecimal.
    pub serial: String,
    /// The issuer's name (RFC 4514).
    pub issuer: String,
    /// What it says of its subject.
    #[serde(flatten)]
    pub subject: Subject,
    /// The first second of validity.
    #[serde(with = "time::serde::rfc3339")]
    pub not_before: OffsetDateTime,
    /// The last second of validity.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// Where now lies between the two.
    pub standing: Standing,
    /// Whole days until notAfter, below zero once it has passed.
    pub days_left: i64,
    /// Whether issuer and subject are the same and the certificate's own key verifies its
    /// signature; nothing where the algorithm cannot be verified here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub self_signed: Option<bool>,
    /// SHA-1 of the certificate, which some servers show.
    pub sha1: String,
    /// Octets that follow the certificate inside the same object.
    #[serde(skip)]
    pub trailing_octets: usize,
    /// Whether issuer and subject are the same name, octet for octet.
    #[serde(skip)]
    pub self_issued: bool,
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
        }
    }
}

impl CertificateInspection {
    pub(super) fn of(der: &[u8], now: OffsetDateTime) -> Result<Self, InspectError> {
        let (rest, certificate) = X509Certificate::from_der(der)
            .map_err(|_| InspectError::Malformed(Kind::Certificate))?;
        let der = certificate.as_raw();
        let not_before = certificate.validity().not_before.to_datetime();
        let not_after = certificate.validity().not_after.to_datetime();
        let self_issued = certificate.subject().as_raw() == certificate.issuer().as_raw();
        Ok(Self {
            version: certificate.version().0.saturating_add(1),
            serial: hex(certificate.raw_serial()),
            issuer: names::rfc4514(certificate.issuer()),
            subject: Subject::of(
                certificate.subject(),
                certificate.public_key(),
                signature::name(&certificate.signature_algorithm),
                certificate.extensions(),
                der,
            ),
            not_before,
            not_after,
            standing: Standing::at(now, not_before, not_after),
            days_left: (not_after - now).whole_seconds().div_euclid(24 * 60 * 60),
            self_signed: if self_issued {
                signature::verifies(&certificate)
            } else {
                Some(false)
            },
            sha1: sha1(der),
            trailing_octets: rest.len(),
            self_issued,
            der: der.to_vec(),
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
