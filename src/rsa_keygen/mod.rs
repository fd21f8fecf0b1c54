//! RSA keys, found several times faster than by testing one candidate after the other.
//!
//! # How
//!
//! - `sieve` takes a random number and drops the odd numbers after it that small primes divide.
//! - `primality` puts what is left to Fermat's test by base 2, several candidates at once: one in each lane of a vector
//!   (`lanes`), eight with AVX-512 IFMA, four with AVX2, otherwise one by one. This is where the time goes.
//! - `search` has all threads do so until there are two primes in all, and meanwhile puts what passes to the complete test.
//! - `fips` makes the key, and holds it against FIPS 186-5 A.1.
//!
//! # Why the keys are right
//!
//! The first test only selects. Should it let a composite pass, the complete test drops that; should it miss a prime, the key comes a
//! little later. Neither sieve nor lanes can make a key wrong.
//!
//! A prime has passed rounds of Miller and Rabin's test with random bases, one more than FIPS 186-5 table B.1 asks at
//! any size, and of these one by the code of crypto-primes, which shares nothing with ours: a fault in one code alone cannot
//! pass a composite. Random candidates that pass a single round are composite with a probability far below 2^-100 at these sizes
//! (Damgård, Landrock and Pomerance, "Average case error estimates for the strong probable prime test", 1993).
//!
//! The primes have their two highest bits set, so they are above √2 × 2^(bits/2 - 1); they are more than 2^(bits/2 - 100) apart;
//! neither p - 1 nor q - 1 is a multiple of 65537; d is 1/e modulo lcm(p - 1, q - 1), and above 2^(bits/2): the key is
//! refused otherwise. `rsa` checks all its parts against each other, and ring signs with it and verifies the signature.
//!
//! Within a window, the first prime after a random number is taken. So primes after long gaps are likelier than others, as they
//! are with OpenSSL and crypto-primes; the loss is less than one bit of more than a thousand (Brandt and Damgård, "On
//! generation of probable primes by incremental search", 1992). The two primes never come from one window.
//!
//! # What an observer can see
//!
//! Arithmetic modulo a candidate has no branch and no address that depends on it (see `lanes`). What does depend on candidates:
//!
//! - which numbers of a window are crossed out, and where a cache line is touched for that. It tells of a window's random
//!   start modulo small primes. Whoever could see each access would learn the residues of a prime modulo small primes,
//!   as they would from any program that sieves; but each window is visited once, in less than a millisecond;
//! - that a candidate was composite. It is dropped, and independent of the prime but for their known distance;
//! - how many candidates were tested before the prime was found, which tells what the length of a gap between primes tells;
//! - crypto-primes and `rsa` as they are.
//!
//! Buffers with candidates are wiped. Copies in registers, and those that the compiler spills to the stack, are not.

mod fips;
mod lanes;
mod primality;
mod search;
mod sieve;
#[cfg(test)]
mod tests;

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rsa::{BoxedUint, PrivateKey};
use zeroize::Zeroizing;

use primality::Arithmetic;

/// F4, as everybody has it. FIPS 186-5 A.1.1 wants it odd and above 2^16.
const PUBLIC_EXPONENT: u32 = 65537;

/// Makes an RSA key whose modulus has so many bits: 2048, 3072 or 4096. The public exponent is 65537.
///
/// `threads` threads search, of which the caller's is one. `watch` may be looked at, or used to cancel, from other threads.
///
/// # Errors
/// [`Error::Size`] for other sizes, [`Error::Random`] if the system gives no random octets, [`Error::Cancelled`] after
/// [`Watch::cancel`].
pub fn generate(bits: usize, threads: NonZeroUsize, watch: &Watch) -> Result<PrivateKey, Error> {
    if !matches!(bits, 2048 | 3072 | 4096) {
        return Err(Error::Size);
    }
    let arithmetic = Arithmetic::available().next().ok_or(Error::Inconsistent)?;
    loop {
        let [p, q] = search::two_primes(bits / 128, arithmetic, threads, watch)?;
        if let Some(key) = fips::key(&[&p, &q])? {
            return Ok(key);
        }
    }
}

/// What the search for primes and whoever waits for it tell each other.
#[derive(Debug, Default)]
pub struct Watch {
    cancelled: AtomicBool,
    tested: AtomicUsize,
}

impl Watch {
    /// Ends the search, within a millisecond or so.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// How many candidates have been tested so far. With luck a handful suffice, some 130 are usual for 4096 bits, and there is no
    /// limit.
    #[must_use]
    pub fn tested(&self) -> usize {
        self.tested.load(Ordering::Relaxed)
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn count(&self, candidates: usize) {
        self.tested.fetch_add(candidates, Ordering::Relaxed);
    }
}

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A size that nobody should use, or that not everybody takes.
    Size,
    /// The system's random number generator failed.
    Random,
    /// [`Watch::cancel`] was called.
    Cancelled,
    /// The key made does not fit together, so something calculates wrongly.
    Inconsistent,
}

impl Error {
    /// What to do about it, in one line.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Size => "take 2048, 3072 or 4096 bits",
            Self::Random => "see that the system's random number generator works",
            Self::Cancelled => "start again",
            Self::Inconsistent => "look for faults of memory and processor",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Size => "no RSA key of such a size is made",
            Self::Random => "the system gave no random octets",
            Self::Cancelled => "the search for primes was cancelled",
            Self::Inconsistent => "the parts of a new RSA key do not fit together",
        })
    }
}

impl std::error::Error for Error {}

fn fill_randomly(words: &mut [u64]) -> Result<(), Error> {
    let mut octets = Zeroizing::new(vec![0; 8 * words.len()]);
    getrandom::fill(&mut octets).map_err(|_| Error::Random)?;
    let (chunks, _) = octets.as_chunks();
    for (word, octets) in words.iter_mut().zip(chunks) {
        *word = u64::from_le_bytes(*octets);
    }
    Ok(())
}

/// A little-endian number as others take it.
fn integer(words: &[u64]) -> BoxedUint {
    let octets = words.iter().flat_map(|word| word.to_le_bytes());
    let octets: Zeroizing<Vec<u8>> = Zeroizing::new(octets.collect());
    let bits = 64 * u32::try_from(words.len()).unwrap_or(u32::MAX);
    BoxedUint::from_le_slice_truncated(&octets, bits)
}
