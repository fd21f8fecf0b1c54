//! Names of signature algorithms, and whether a certificate's own key made its signature.

use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use x509_parser::asn1_rs::FromDer as _;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::{AlgorithmIdentifier, X509Name};

use super::names;
use super::tbs::Certificate;
use crate::ber::Element;
use crate::object_identifier::dotted;
use crate::public_key::KeyDescription;

/// Object identifiers and the names that RFC 3279, RFC 4055, RFC 5758 and RFC 8410 give them.
const NAMES: &[(&str, &str)] = &[
    ("1.2.840.113549.1.1.2", "md2WithRSAEncryption"),
    ("1.2.840.113549.1.1.3", "md4WithRSAEncryption"),
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    ("1.3.14.3.2.29", "sha1WithRSAEncryption"),
    ("1.2.840.113549.1.1.10", "rsassaPss"),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption"),
    ("1.2.840.113549.1.1.14", "sha224WithRSAEncryption"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
    ("1.2.840.10045.4.3.1", "ecdsa-with-SHA224"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    ("1.2.840.10040.4.3", "dsa-with-sha1"),
    ("2.16.840.1.101.3.4.3.2", "dsa-with-sha256"),
    ("1.2.840.113549.1.1.15", "sha512-224WithRSAEncryption"),
    ("1.2.840.113549.1.1.16", "sha512-256WithRSAEncryption"),
    ("2.16.840.1.101.3.4.3.1", "dsa-with-sha224"),
    ("2.16.840.1.101.3.4.3.3", "dsa-with-sha384"),
    ("2.16.840.1.101.3.4.3.4", "dsa-with-sha512"),
    ("2.16.840.1.101.3.4.3.9", "ecdsa-with-sha3-224"),
    ("2.16.840.1.101.3.4.3.10", "ecdsa-with-sha3-256"),
    ("2.16.840.1.101.3.4.3.11", "ecdsa-with-sha3-384"),
    ("2.16.840.1.101.3.4.3.12", "ecdsa-with-sha3-512"),
    ("2.16.840.1.101.3.4.3.13", "rsassa-pkcs1-v1_5-with-sha3-224"),
    ("2.16.840.1.101.3.4.3.14", "rsassa-pkcs1-v1_5-with-sha3-256"),
    ("2.16.840.1.101.3.4.3.15", "rsassa-pkcs1-v1_5-with-sha3-384"),
    ("2.16.840.1.101.3.4.3.16", "rsassa-pkcs1-v1_5-with-sha3-512"),
    ("1.3.14.3.2.15", "shaWithRSAEncryption"),
    ("1.3.36.3.3.1.2", "ripemd160WithRSAEncryption"),
    ("2.5.8.3.100", "mdc2WithRSAEncryption"),
    ("1.2.156.10197.1.501", "sm2-with-SM3"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
];

/// Those above, in lower case, that OpenSSL 3 has a name for and nothing more.
const UNKNOWN_TO_OPENSSL: &[&str] = &[
    "sha512-224withrsaencryption",
    "sha512-256withrsaencryption",
    "ecdsa-with-sha3-224",
    "ecdsa-with-sha3-256",
    "ecdsa-with-sha3-384",
    "ecdsa-with-sha3-512",
];

/// The name of a signature algorithm, or its dotted object identifier.
pub(super) fn name(algorithm: &AlgorithmIdentifier<'_>) -> String {
    let oid = dotted(algorithm.algorithm.as_bytes());
    let known = NAMES.iter().find(|(known, _)| *known == oid);
    known.map_or(oid, |(_, name)| (*name).to_owned())
}

/// Digests of 112 bits and more: SHA-224, the longer ones, and those of `EdDSA`. `name` is that of the algorithm.
pub(super) fn is_strong(name: &str, algorithm: &AlgorithmIdentifier<'_>) -> bool {
    if name == "rsassaPss" {
        // SHA-1 where nothing else is said (RFC 4055 3.1).
        let parameters = algorithm.parameters.as_ref();
        let parameters = parameters.and_then(|some| RsaSsaPssParams::try_from(some).ok());
        return parameters.is_some_and(|some| {
            dotted(some.hash_algorithm_oid().as_bytes()).starts_with("2.16.840.1.101.3.4.2.")
        });
    }
    let name = name.to_ascii_lowercase();
    if UNKNOWN_TO_OPENSSL.contains(&name.as_str()) {
        return false;
    }
    [
        "sha224", "sha256", "sha384", "sha512", "sha3-", "sm3", "ed25519", "ed448",
    ]
    .iter()
    .any(|strong| name.contains(strong))
}

/// Whether OpenSSL holds the certificate to be self-signed (`X509_get_extension_flags(3)`,
/// `EXFLAG_SS`), which it does without verifying the signature.
///
/// `key` is the certificate's own. The algorithm counts that stands inside of what is signed, where that of the digest
/// ([`is_strong`]) is the one outside.
pub(super) fn looks_self_signed(certificate: &Certificate<'_>, key: &KeyDescription) -> bool {
    let name = name(&certificate.inner_algorithm).to_ascii_lowercase();
    let fits_key = match key.algorithm.as_str() {
        "rsa" => name.contains("rsa") && !name.contains("ecdsa"),
        "rsa-pss" => name == "rsassapss",
        "ecdsa" => name.starts_with("ecdsa"),
        "dsa" => name.starts_with("dsa"),
        other => name == other,
    };
    fits_key
        && !UNKNOWN_TO_OPENSSL.contains(&name.as_str())
        && names::same(&certificate.subject, &certificate.issuer)
        && !names_another_issuer(certificate)
}

/// Whether the authorityKeyIdentifier is of another certificate (RFC 5280 4.2.1.1).
fn names_another_issuer(certificate: &Certificate<'_>) -> bool {
    let value_of = |oid: &str| {
        let mut all = certificate.extensions.iter();
        let extension = all.find(|extension| dotted(extension.oid.as_bytes()) == oid)?;
        Some(Element::first(extension.value)?.0)
    };
    let Some(authority) = value_of("2.5.29.35").and_then(|value| value.parts()) else {
        return false;
    };
    let own_identifier = value_of("2.5.29.14").and_then(|value| value.joined());
    authority.iter().any(|field| match field.tag {
        0 => own_identifier.is_some() && field.joined() != own_identifier,
        1 => {
            let names = field.parts().unwrap_or_default();
            let directory_name = names.iter().find(|name| name.is_context(4));
            let name = directory_name.and_then(|name| X509Name::from_der(name.content).ok());
            name.is_some_and(|(_, name)| !names::same(&name, &certificate.issuer))
        }
        2 => field.content != certificate.serial,
        _ => false,
    })
}

/// Whether the certificate's own key verifies its signature; nothing where ring cannot tell.
///
/// `name` is that of the signature's algorithm, `key` the certificate's own.
pub(super) fn verifies(
    certificate: &Certificate<'_>,
    name: &str,
    key: &KeyDescription,
) -> Option<bool> {
    let algorithm = &certificate.algorithm;
    if *algorithm != certificate.inner_algorithm {
        // RFC 5280 4.1.1.2: the two must be the same.
        return Some(false);
    }
    let verifier = verifier(name, key, algorithm)?;
    let key = UnparsedPublicKey::new(verifier, &certificate.spki.subject_public_key.data);
    let outcome = key.verify(certificate.tbs, &certificate.signature.data);
    Some(outcome.is_ok())
}

fn verifier(
    signature: &str,
    key: &KeyDescription,
    algorithm: &AlgorithmIdentifier<'_>,
) -> Option<&'static dyn VerificationAlgorithm> {
    let curve = key.curve.as_deref();
    match (key.algorithm.as_str(), signature, key.bits, curve) {
        ("rsa", "sha1WithRSAEncryption", Some(1024..=8192), _) => {
            Some(&signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY)
        }
        ("rsa", "sha256WithRSAEncryption", Some(1024..=8192), _) => {
            Some(&signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY)
        }
        ("rsa", "sha384WithRSAEncryption", Some(2048..=8192), _) => {
            Some(&signature::RSA_PKCS1_2048_8192_SHA384)
        }
        ("rsa", "sha512WithRSAEncryption", Some(1024..=8192), _) => {
            Some(&signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY)
        }
        ("rsa", "rsassaPss", Some(2048..=8192), _) => pss_verifier(algorithm),
        ("ecdsa", "ecdsa-with-SHA256", _, Some("P-256")) => {
            Some(&signature::ECDSA_P256_SHA256_ASN1)
        }
        ("ecdsa", "ecdsa-with-SHA384", _, Some("P-256")) => {
            Some(&signature::ECDSA_P256_SHA384_ASN1)
        }
        ("ecdsa", "ecdsa-with-SHA256", _, Some("P-384")) => {
            Some(&signature::ECDSA_P384_SHA256_ASN1)
        }
        ("ecdsa", "ecdsa-with-SHA384", _, Some("P-384")) => {
            Some(&signature::ECDSA_P384_SHA384_ASN1)
        }
        ("ed25519", "Ed25519", _, _) => Some(&signature::ED25519),
        _ => None,
    }
}

/// ring takes the usual salt only, which is as long as the digest (RFC 8017 9.1).
fn pss_verifier(algorithm: &AlgorithmIdentifier<'_>) -> Option<&'static dyn VerificationAlgorithm> {
    let parameters = algorithm.parameters.as_ref()?;
    let parameters = RsaSsaPssParams::try_from(parameters).ok()?;
    let digest = dotted(parameters.hash_algorithm_oid().as_bytes());
    match (digest.as_str(), parameters.salt_length()) {
        ("2.16.840.1.101.3.4.2.1", 32) => Some(&signature::RSA_PSS_2048_8192_SHA256),
        ("2.16.840.1.101.3.4.2.2", 48) => Some(&signature::RSA_PSS_2048_8192_SHA384),
        ("2.16.840.1.101.3.4.2.3", 64) => Some(&signature::RSA_PSS_2048_8192_SHA512),
        _ => None,
    }
}
