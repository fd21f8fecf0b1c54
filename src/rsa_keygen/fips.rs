//! A key from two primes, and what FIPS 186-5 asks of it.

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use rsa::{BoxedUint, PrivateKey};

use super::{Error, PUBLIC_EXPONENT, integer};

/// The highest bits of a prime may not be below those of the square root of 1/2 (A.1.1, 2.1.3): so the modulus has its full length.
const LEAST_HIGH_WORD: u64 = 0xb504_f333_f9de_6485;

/// By how much two primes may agree in their highest bits (A.1.1, 2.1.4).
const COMMON_BITS: u32 = 100;

/// Whether two numbers of the same length differ by more than 2^(bits - 100).
pub(super) fn are_apart(one: &[u64], other: &[u64]) -> bool {
    let bits = 64 * u32::try_from(one.len()).unwrap_or(u32::MAX);
    let (one, other) = (integer(one), integer(other));
    let distance = if one > other {
        one - other
    } else {
        other - one
    };
    // Twice as far, which spares a comparison.
    distance.bit_width() > bits - COMMON_BITS + 1
}

/// The key of two primes, or nothing where they do not suit.
///
/// # Errors
/// [`Error::Inconsistent`] where the parts of the key do not fit together, or it cannot verify what it signed.
pub(super) fn key(primes: &[&[u64]; 2]) -> Result<Option<PrivateKey>, Error> {
    let [p, q] = primes;
    let is_high_enough = |prime: &[u64]| prime.last() >= Some(&LEAST_HIGH_WORD);
    if !is_high_enough(p) || !is_high_enough(q) || !are_apart(p, q) {
        return Ok(None);
    }
    let bits = 64 * u32::try_from(p.len()).unwrap_or(u32::MAX);
    let (mut p, mut q) = (integer(p), integer(q));
    if p < q {
        // As is usual: the coefficient is 1/q modulo p.
        (p, q) = (q, p);
    }
    // d = 1/e modulo the least common multiple of p - 1 and q - 1 (A.1.1, 3), then all parts are checked against each other.
    let key = PrivateKey::from_p_q(p, q, BoxedUint::from(u64::from(PUBLIC_EXPONENT)))
        .map_err(|_| Error::Inconsistent)?;
    if key.n().bit_width() != 2 * bits || key.d().bit_width() <= bits {
        return Ok(None);
    }
    sign_and_verify(&key)?;
    Ok(Some(key))
}

/// The pairwise consistency test (FIPS 140-3 implementation guidance 10.3.A), which ring does: `rsa` is not to sign.
fn sign_and_verify(key: &PrivateKey) -> Result<(), Error> {
    const MESSAGE: &[u8] = b"xmppcert: pairwise consistency";
    let encoded = key.to_pkcs8_der().map_err(|_| Error::Inconsistent)?;
    let pair =
        ring::rsa::KeyPair::from_pkcs8(encoded.as_bytes()).map_err(|_| Error::Inconsistent)?;
    let mut signature = vec![0; pair.public().modulus_len()];
    let random = ring::rand::SystemRandom::new();
    pair.sign(&RSA_PKCS1_SHA256, &random, MESSAGE, &mut signature)
        .map_err(|_| Error::Inconsistent)?;
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public())
        .verify(MESSAGE, &signature)
        .map_err(|_| Error::Inconsistent)
}
