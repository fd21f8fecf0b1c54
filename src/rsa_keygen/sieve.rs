//! Candidates without small factors.

use std::sync::{LazyLock, OnceLock};

use zeroize::Zeroizing;

use super::Error;

/// Small primes are below this. Twice as many primes drop every 18th candidate more and take twice the time: here is where one
/// gains no more than the other costs.
const LIMIT: usize = 1 << 18;

/// How many odd numbers are looked at from a random one on: some four times as many as it takes on average to meet a prime
/// of 2048 bits.
const WINDOW: usize = 4096;

/// The most 64-bit words that a candidate has.
const MAX_WORDS: usize = super::lanes::MAX_BITS / 64;

/// How many groups of primes are divided by at a time, so that none waits for its multiplications.
const ABREAST: usize = 4;

/// The public exponent, by which no prime may leave a remainder of 1 (FIPS 186-5 A.1.1).
const EXPONENT: u64 = super::PUBLIC_EXPONENT as u64;

static SMALL_PRIMES: LazyLock<SmallPrimes> = LazyLock::new(SmallPrimes::new);

/// The odd primes below [`LIMIT`], in groups whose product fits a word.
struct SmallPrimes {
    groups: Vec<Group>,
    primes: Vec<SmallPrime>,
    /// For each number of words, what [`Group::scale`] says.
    scales: [OnceLock<Vec<u64>>; MAX_WORDS + 1],
}

#[derive(Clone, Copy)]
struct Group {
    product: u64,
    /// -1/product mod 2^64
    negated_inverse: u64,
    /// The index after its last prime.
    end: usize,
}

#[derive(Clone, Copy)]
struct SmallPrime {
    prime: u32,
    /// The greatest number that is, times the prime, below 2^64.
    reciprocal: u64,
}

impl SmallPrimes {
    fn new() -> Self {
        // Index i stands for 2i + 1.
        let mut composite = vec![false; LIMIT / 2];
        let mut primes = Vec::new();
        for half in 1..LIMIT / 2 {
            if composite[half] {
                continue;
            }
            let prime = 2 * half + 1;
            for multiple in (prime * prime / 2..LIMIT / 2).step_by(prime) {
                composite[multiple] = true;
            }
            primes.push(prime as u64);
        }
        let mut groups = Vec::new();
        let mut product = 1_u64;
        for (index, prime) in primes.iter().enumerate() {
            match product.checked_mul(*prime) {
                // One bit is left for the sum of two residues.
                Some(greater) if greater < 1 << 63 => product = greater,
                _ => {
                    groups.push(Group::new(product, index));
                    product = *prime;
                }
            }
        }
        groups.push(Group::new(product, primes.len()));
        while !groups.len().is_multiple_of(ABREAST) {
            groups.push(Group::new(1, primes.len()));
        }
        Self {
            groups,
            primes: primes.into_iter().map(SmallPrime::new).collect(),
            scales: [const { OnceLock::new() }; MAX_WORDS + 1],
        }
    }

    /// Marks, among the odd numbers from `start` on, those that a small prime divides.
    fn mark(&self, start: &[u64], marks: &mut [bool]) {
        let scales = self.scales[start.len()].get_or_init(|| {
            let scale = |group: &Group| group.scale(start.len());
            self.groups.iter().map(scale).collect()
        });
        let (groups, _) = self.groups.as_chunks::<ABREAST>();
        let (scales, _) = scales.as_chunks::<ABREAST>();
        let mut first = 0;
        for (groups, scales) in groups.iter().zip(scales) {
            let mut residues = [0; ABREAST];
            for word in start {
                for (residue, group) in residues.iter_mut().zip(groups) {
                    *residue = group.reduced(u128::from(*residue) + u128::from(*word));
                }
            }
            for ((group, residue), scale) in groups.iter().zip(residues).zip(scales) {
                let index = group.reduced(u128::from(residue) * u128::from(*scale));
                for prime in &self.primes[first..group.end] {
                    prime.mark(index, marks);
                }
                first = group.end;
            }
        }
    }
}

impl Group {
    fn new(product: u64, end: usize) -> Self {
        let mut inverse = product;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(product.wrapping_mul(inverse)));
        }
        Self {
            product,
            negated_inverse: inverse.wrapping_neg(),
            end,
        }
    }

    /// value / 2^64 modulo the product, by Montgomery's reduction. Values below 2^64 × product give results below twice the
    /// product.
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the low word of the value is meant, and the result is one"
    )]
    fn reduced(&self, value: u128) -> u64 {
        let q = (value as u64).wrapping_mul(self.negated_inverse);
        ((value + u128::from(q) * u128::from(self.product)) >> 64) as u64
    }

    /// What turns a number of so many words, divided by 2^64 for each of them, into the index of the odd number that the product
    /// divides, counted from that number: -1/2 × 2^(64 × words), and once more 2^64 for the multiplication.
    fn scale(&self, words: usize) -> u64 {
        let product = u128::from(self.product);
        let radix = (1_u128 << 64) % product;
        let squared = radix * radix % product;
        // -1/2 is (product - 1)/2, and multiplying by 2^128 makes 2^64 after the reduction.
        (0..=words).fold(self.product / 2, |scale, _| {
            self.reduced(u128::from(scale) * squared)
        })
    }
}

impl SmallPrime {
    #[expect(clippy::cast_possible_truncation, reason = "it is below the limit")]
    fn new(prime: u64) -> Self {
        Self {
            prime: prime as u32,
            reciprocal: u64::MAX / prime,
        }
    }

    /// Marks every prime-th number from the index on, which is taken modulo the prime.
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the high word of a product is meant, and a remainder is small"
    )]
    fn mark(&self, index: u64, marks: &mut [bool]) {
        let prime = u64::from(self.prime);
        let quotient = ((u128::from(index) * u128::from(self.reciprocal)) >> 64) as u64;
        // The quotient may be too small by one.
        let rest = index - quotient * prime;
        let mut next = if rest < prime { rest } else { rest - prime } as usize;
        while let Some(mark) = marks.get_mut(next) {
            *mark = true;
            next += prime as usize;
        }
    }
}

/// Random numbers to test for being primes: each is odd, its two highest bits are set, no small prime divides it, nor the
/// public exponent its predecessor.
///
/// From a random number on, all odd ones are gone through, until [`Candidates::restart`] or the end of a window calls for another
/// random number.
pub(super) struct Candidates {
    start: Zeroizing<Vec<u64>>,
    /// Which of the odd numbers from `start` on are out.
    marks: Zeroizing<Vec<bool>>,
    /// The index of the next to look at.
    next: usize,
}

impl Candidates {
    /// Candidates of so many 64-bit words, at least two.
    pub(super) fn new(words: usize) -> Self {
        Self {
            start: Zeroizing::new(vec![0; words]),
            marks: Zeroizing::new(vec![false; WINDOW]),
            next: WINDOW,
        }
    }

    /// Goes on from another random number.
    pub(super) fn restart(&mut self) {
        self.next = WINDOW;
    }

    /// Puts the next one into `candidate`.
    pub(super) fn next(&mut self, candidate: &mut [u64]) -> Result<(), Error> {
        loop {
            while self.next < WINDOW {
                let index = self.next;
                self.next += 1;
                if self.marks[index] {
                    continue;
                }
                let mut carry = 2 * index as u64;
                for (word, start) in candidate.iter_mut().zip(&*self.start) {
                    let overflows;
                    (*word, overflows) = start.overflowing_add(carry);
                    carry = u64::from(overflows);
                }
                // The end of the size is as improbable as can be.
                if carry == 0 {
                    return Ok(());
                }
            }
            self.draw()?;
        }
    }

    fn draw(&mut self) -> Result<(), Error> {
        super::fill_randomly(&mut self.start)?;
        if let [first, .., last] = &mut self.start[..] {
            *first |= 1;
            *last |= 0b11 << 62;
        }
        self.marks.fill(false);
        SMALL_PRIMES.mark(&self.start, &mut self.marks);
        // 2^64 mod 65537 is 1.
        let remainder = self.start.iter().map(|word| word % EXPONENT).sum::<u64>();
        let one = (EXPONENT + 1 - remainder % EXPONENT) % EXPONENT;
        // Half of that, modulo the exponent.
        let index = if one.is_multiple_of(2) {
            one
        } else {
            one + EXPONENT
        } / 2;
        SmallPrime::new(EXPONENT).mark(index, &mut self.marks);
        self.next = 0;
        Ok(())
    }
}
