//! Names of signature algorithms, and whether a certificate's own key made its signature.

use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use x509_parser::certificate::X509Certificate;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::AlgorithmIdentifier;

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
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
];

/// The name of a signature algorithm, or its dotted object identifier.
pub(super) fn name(algorithm: &AlgorithmIdentifier<'_>) -> String {
    let oid = algorithm.algorithm.to_id_string();
    let known = NAMES.iter().find(|(known, _)| *known == oid);
    known.map_or(oid, |(_, name)| (*name).to_owned())
}

/// Whether the certificate's own key verifies its signature; nothing where ring cannot tell.
pub(super) fn verifies(certificate: &X509Certificate<'_>) -> Option<bool> {
    let algorithm = &certificate.signature_algorithm;
    if *algorithm != certificate.tbs_certificate.signature {
        // RFC 5280 4.1.1.2: the two must be the same.
        return Some(false);
    }
    let spki = certificate.public_key();
    let verifier = verifier(&name(algorithm), &KeyDescription::of(spki), algorithm)?;
    let key = UnparsedPublicKey::new(verifier, &spki.subject_public_key.data);
    let signature = &certificate.signature_value.data;
    Some(
        key.verify(certificate.tbs_certificate.as_ref(), signature)
            .is_ok(),
    )
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
    let digest = parameters.hash_algorithm_oid().to_id_string();
    match (digest.as_str(), parameters.salt_length()) {
        ("2.16.840.1.101.3.4.2.1", 32) => Some(&signature::RSA_PSS_2048_8192_SHA256),
        ("2.16.840.1.101.3.4.2.2", 48) => Some(&signature::RSA_PSS_2048_8192_SHA384),
        ("2.16.840.1.101.3.4.2.3", 64) => Some(&signature::RSA_PSS_2048_8192_SHA512),
        _ => None,
    }
}
