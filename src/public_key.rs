//! What kind of key a SubjectPublicKeyInfo holds (RFC 5280 4.1.2.7, RFC 3279 2.3, RFC 8410).

use std::fmt;

use serde::Serialize;
use x509_parser::asn1_rs::{Any, FromDer as _, Tag};
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::ber::Element;
use crate::elliptic_curve;
use crate::object_identifier::dotted;

/// Names of algorithms that a SubjectPublicKeyInfo or a PKCS #8 key may state.
const ALGORITHMS: &[(&str, &str)] = &[
    ("1.2.840.113549.1.1.1", "rsa"),
    // X.509 of 1988.
    ("2.5.8.1.1", "rsa"),
    ("1.2.840.113549.1.1.10", "rsa-pss"),
    ("1.2.840.10045.2.1", "ecdsa"),
    ("1.2.840.10040.4.1", "dsa"),
    // OIW's object identifiers, and those of signatures, which OpenSSL takes for the key's.
    ("1.3.14.3.2.12", "dsa"),
    ("1.3.14.3.2.13", "dsa"),
    ("1.3.14.3.2.27", "dsa"),
    ("1.2.840.10040.4.3", "dsa"),
    ("1.2.840.113549.1.3.1", "dh"),
    ("1.3.101.110", "x25519"),
    ("1.3.101.111", "x448"),
    ("1.3.101.112", "ed25519"),
    ("1.3.101.113", "ed448"),
    ("2.16.840.1.101.3.4.3.17", "ml-dsa-44"),
    ("2.16.840.1.101.3.4.3.18", "ml-dsa-65"),
    ("2.16.840.1.101.3.4.3.19", "ml-dsa-87"),
    ("1.2.643.7.1.1.1.1", "gost-2012-256"),
    ("1.2.643.7.1.1.1.2", "gost-2012-512"),
];

/// Names of elliptic curves: NIST's where it has one, else those of SEC 2 and RFC 5639.
const CURVES: &[(&str, &str)] = &[
    ("1.2.840.10045.3.1.1", "P-192"),
    ("1.3.132.0.33", "P-224"),
    ("1.2.840.10045.3.1.7", "P-256"),
    ("1.3.132.0.34", "P-384"),
    ("1.3.132.0.35", "P-521"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.36.3.3.2.8.1.1.3", "brainpoolP224r1"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.9", "brainpoolP320r1"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
    ("1.2.156.10197.1.301", "SM2"),
];

/// The kind and size of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyDescription {
    /// `rsa`, `ecdsa`, `ed25519` and the like, or the dotted object identifier.
    pub algorithm: String,
    /// The length of the modulus (RSA) or of the prime (DSA).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bits: Option<usize>,
    /// The named curve of an elliptic curve key, or its dotted object identifier. Left out where
    /// the key spells its curve out (RFC 3279 2.3.5, forbidden by RFC 5480 2.1.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curve: Option<String>,
    /// Whether the curve is spelt out, and was recognised by its prime.
    #[serde(skip)]
    pub has_explicit_curve: bool,
    /// Whether the key is of a length or form that its algorithm does not have.
    #[serde(skip)]
    pub is_malformed: bool,
}

/// The curve of `ECParameters` (RFC 3279 2.3.5): version, fieldID {type, prime}, and more.
fn explicit_curve(parameters: &Any<'_>) -> Option<&'static str> {
    let (rest, _version) = Any::from_der(parameters.data).ok()?;
    let (_, field) = Any::from_der(rest).ok()?;
    let (prime, _kind) = Any::from_der(field.data).ok()?;
    let (_, prime) = Any::from_der(prime).ok()?;
    elliptic_curve::over_prime(significant(prime.data))
}

impl KeyDescription {
    /// From dotted object identifiers, and the first integer of the key or its parameters where
    /// that gives the size.
    pub(crate) fn new(algorithm: &str, curve: Option<&str>, modulus: Option<&[u8]>) -> Self {
        Self {
            algorithm: name_of(ALGORITHMS, algorithm),
            bits: modulus.map(bit_length),
            curve: curve.map(|curve| name_of(CURVES, curve)),
            has_explicit_curve: false,
            is_malformed: false,
        }
    }

    /// Describes a key from a certificate, a request or a public key file.
    pub(crate) fn of(spki: &SubjectPublicKeyInfo<'_>) -> Self {
        let parameters = spki.algorithm.parameters.as_ref();
        let prime = parameters.and_then(|dsa| {
            let (_, prime) = Any::from_der(dsa.data).ok()?;
            Some(prime.data)
        });
        let algorithm = dotted(spki.algorithm.algorithm.as_bytes());
        let name = name_of(ALGORITHMS, &algorithm);
        let is_dsa = name == "dsa";
        let modulus = rsa_numbers(&name, &spki.subject_public_key.data).map(|[modulus, _]| modulus);
        let curve = parameters
            .filter(|parameters| parameters.tag() == Tag::Oid)
            .and_then(|curve| curve.as_oid().ok());
        let mut description = Self::new(
            &algorithm,
            curve.map(|curve| dotted(curve.as_bytes())).as_deref(),
            modulus.or_else(|| prime.filter(|_| is_dsa)),
        );
        let spelt_out = parameters.filter(|parameters| parameters.tag() == Tag::Sequence);
        if let Some(parameters) = spelt_out.filter(|_| description.algorithm == "ecdsa") {
            description.has_explicit_curve = true;
            description.curve = explicit_curve(parameters).map(str::to_owned);
        }
        description.is_malformed = match description.algorithm.as_str() {
            "rsa" | "rsa-pss" => modulus.is_none(),
            "ed25519" => parameters.is_some() || spki.subject_public_key.data.len() != 32,
            "ed448" => parameters.is_some() || spki.subject_public_key.data.len() != 57,
            "ecdsa" => !is_point(&spki.subject_public_key.data, description.curve.as_deref()),
            "dsa" => !is_dsa_key(parameters, &spki.subject_public_key.data),
            _ => false,
        };
        description
    }
}

/// Modulus and exponent (RFC 8017 A.1.1), also of RSA-PSS, which has keys of the same form (RFC 4055 1.2).
///
/// OpenSSL takes them for positive, however they are padded, and does not look at what follows the key.
fn rsa_numbers<'a>(algorithm: &str, key: &'a [u8]) -> Option<[&'a [u8]; 2]> {
    let (key, _) = Element::first(key).filter(|_| matches!(algorithm, "rsa" | "rsa-pss"))?;
    let is_sequence = key.is_universal() && key.tag == 16;
    match key.parts().filter(|_| is_sequence)?.as_slice() {
        [modulus, exponent] if is_integer(modulus) && is_integer(exponent) => {
            Some([modulus, exponent].map(|number| significant(number.content)))
        }
        _ => None,
    }
}

/// Whether there are p, q and g (RFC 3279 2.3.2) and y.
fn is_dsa_key(parameters: Option<&Any<'_>>, key: &[u8]) -> bool {
    let domain = parameters.filter(|parameters| parameters.tag() == Tag::Sequence);
    let has_domain = domain.is_some_and(|domain| {
        let (mut rest, mut count) = (domain.data, 0);
        while let Some((number, following)) = Element::first(rest) {
            if !is_integer(&number) {
                return false;
            }
            (rest, count) = (following, count + 1);
        }
        rest.is_empty() && count == 3
    });
    has_domain && Element::first(key).is_some_and(|(y, _)| is_integer(&y))
}

fn is_integer(element: &Element<'_>) -> bool {
    element.is_universal() && element.tag == 2 && !element.is_constructed
}

fn significant(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// Whether two SubjectPublicKeyInfo, DER, are of the same key, even where their parameters or points are
/// encoded in different forms.
#[must_use]
pub fn is_same(one: &[u8], other: &[u8]) -> bool {
    let value = |spki| {
        let (_, spki) = SubjectPublicKeyInfo::from_der(spki).ok()?;
        let algorithm = name_of(ALGORITHMS, &dotted(spki.algorithm.algorithm.as_bytes()));
        let key = &spki.subject_public_key.data;
        let key = match rsa_numbers(&algorithm, key) {
            Some(numbers) => numbers.map(<[u8]>::to_vec),
            None if algorithm == "ecdsa" => [compressed(key), Vec::new()],
            None => [key.to_vec(), Vec::new()],
        };
        Some((algorithm, key))
    };
    one == other || value(one).is_some_and(|one| Some(one) == value(other))
}

/// Whether the octets of an elliptic curve key (SubjectPublicKeyInfo, DER) look like a point and are none of its curve.
pub(crate) fn is_off_curve(spki: &[u8], key: &KeyDescription) -> bool {
    // Of a curve that is spelt out, only the prime was compared.
    let curve = key.curve.as_deref().filter(|_| !key.has_explicit_curve);
    let spki = SubjectPublicKeyInfo::from_der(spki).ok();
    let found = curve.zip(spki).and_then(|(curve, (_, spki))| {
        elliptic_curve::has_point(curve, &spki.subject_public_key.data)
    });
    key.algorithm == "ecdsa" && found == Some(false)
}

/// Why signatures with this RSA key (SubjectPublicKeyInfo, DER) are not verified by OpenSSL, or mean nothing (RFC 8017 3.1).
pub(crate) fn rsa_fault(spki: &[u8], key: &KeyDescription) -> Option<&'static str> {
    /// `OPENSSL_RSA_MAX_MODULUS_BITS`
    const MOST_BITS: usize = 16384;
    /// `OPENSSL_RSA_SMALL_MODULUS_BITS`, up to which exponents may be of any length, and `OPENSSL_RSA_MAX_PUBEXP_BITS`.
    const SMALL_BITS: usize = 3072;
    const MOST_EXPONENT_BITS: usize = 64;
    let (_, spki) = SubjectPublicKeyInfo::from_der(spki).ok()?;
    let [modulus, exponent] = rsa_numbers(&key.algorithm, &spki.subject_public_key.data)?;
    let is_even = |number: &[u8]| number.last().is_none_or(|octet| octet & 1 == 0);
    let (bits, exponent_bits) = (bit_length(modulus), bit_length(exponent));
    if bits > MOST_BITS {
        Some("its modulus is longer than 16384 bits")
    } else if is_even(modulus) {
        Some("its modulus is even")
    } else if is_even(exponent) || exponent_bits < 2 {
        Some("its exponent is even, or smaller than 3")
    } else if bits > SMALL_BITS && exponent_bits > MOST_EXPONENT_BITS {
        Some("its exponent is longer than 64 bits, and its modulus than 3072")
    } else if (exponent_bits, exponent) >= (bits, modulus) {
        Some("its exponent is not smaller than its modulus")
    } else {
        None
    }
}

/// A point in the shorter form of SEC 1 2.3.3: the sign, and one coordinate.
fn compressed(point: &[u8]) -> Vec<u8> {
    match point {
        [4 | 6 | 7, both @ ..] if both.len() % 2 == 0 => {
            let sign = 2 + (both.last().copied().unwrap_or_default() & 1);
            [&[sign], &both[..both.len() / 2]].concat()
        }
        _ => point.to_vec(),
    }
}

/// Whether the octets are a point of SEC 1 2.3.3 for the curve, or at least look like one where its size is not known.
/// Whether the curve goes through it is not tried, which takes longer.
fn is_point(octets: &[u8], curve: Option<&str>) -> bool {
    let field = match curve {
        Some("P-256" | "secp256k1" | "brainpoolP256r1") => Some(32),
        Some("P-384" | "brainpoolP384r1") => Some(48),
        Some("P-521") => Some(66),
        _ => None,
    };
    let is_of = |length: usize, fields: usize| field.is_none_or(|field| length == fields * field);
    match octets {
        [2 | 3, x @ ..] => is_of(x.len(), 1),
        [4, both @ ..] => is_of(both.len(), 2),
        // Form and sign are told twice (X9.62).
        [form @ (6 | 7), both @ ..] => {
            let is_odd = both.last().is_some_and(|octet| octet & 1 == 1);
            is_of(both.len(), 2) && (*form == 7) == is_odd
        }
        _ => false,
    }
}

impl fmt::Display for KeyDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.algorithm.as_str() {
            "rsa" => "RSA",
            "rsa-pss" => "RSA-PSS",
            "ecdsa" => "ECDSA",
            "dsa" => "DSA",
            "ed25519" => "Ed25519",
            "ed448" => "Ed448",
            "x25519" => "X25519",
            "x448" => "X448",
            other => other,
        })?;
        if let Some(bits) = self.bits {
            write!(f, " {bits} bits")?;
        }
        if let Some(curve) = &self.curve {
            write!(f, " {curve}")?;
        }
        Ok(())
    }
}

fn name_of(names: &[(&str, &str)], oid: &str) -> String {
    let known = names.iter().find(|(known, _)| *known == oid);
    known.map_or(oid, |(_, name)| *name).to_owned()
}

fn bit_length(integer: &[u8]) -> usize {
    let significant = significant(integer);
    significant.first().map_or(0, |first| {
        significant.len() * 8 - first.leading_zeros() as usize
    })
}
