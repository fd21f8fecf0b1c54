//! Candidates without small factors.

use std::sync::OnceLock;

use zeroize::Zeroizing;

use super::Error;

/// How many odd numbers are looked at from a random one on: some four times as many as it takes on average to meet a prime
/// of 2048 bits.
const WINDOW: usize = 4096;

/// The most 64-bit words that a candidate has.
const MAX_WORDS: usize = super::lanes::MAX_BITS / 64;

/// How many groups of primes are divided by at a time, so that none waits for its multiplications.
const ABREAST: usize = 4;

/// The public exponent, by which no prime may leave a remainder of 1 (FIPS 186-5 A.1.1).
const EXPONENT: u64 = super::PUBLIC_EXPONENT as u64;

/// Small primes are below this for candidates of so many words.
///
/// A prime near L drops 1/L of the candidates that smaller ones leave, which are as many as a prime has words, over the
/// logarithm of L. Testing one takes the cube of its words, dividing it the words. So the limit is proportional to the cube
/// of the words, but for logarithms. The factor is from measurements of eight lanes and single keys, which pay for the table of
/// primes too; where tests take longer, twice the limit would gain a twentieth.
pub(super) const fn limit(words: usize) -> usize {
    20 * words.pow(3)
}

/// What is needed for candidates of each number of words.
static SMALL_PRIMES: [OnceLock<SmallPrimes>; MAX_WORDS + 1] =
    [const { OnceLock::new() }; MAX_WORDS + 1];

/// The odd primes below a limit, in groups whose product fits a word.
struct SmallPrimes {
    groups: Vec<Group>,
    primes: Vec<SmallPrime>,
}

#[derive(Clone, Copy)]
struct Group {
    product: u64,
    /// -1/product mod 2^64
    negated_inverse: u64,
    /// What turns a number of so many words, divided by 2^64 for each of them, into the index of the odd number that the product
    /// divides, counted from that number: -1/2 × 2^(64 × words), and once more 2^64 for the multiplication.
    scale: u64,
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
    fn new(words: usize) -> Self {
        let limit = limit(words);
        // Index i stands for 2i + 1.
        let mut composite = vec![false; limit / 2];
        let mut primes = Vec::new();
        for half in 1..limit / 2 {
            if composite[half] {
                continue;
            }
            let prime = 2 * half + 1;
            for multiple in (prime * prime / 2..limit / 2).step_by(prime) {
                composite[multiple] = true;
            }
            primes.push(prime as u64);
        }
        let mut groups = Vec::new();
        let mut product = 1_u64;
        for (index, prime) in primes.iter().enumerate() {
            match product.checked_mul(*prime) {
                // Two bits are left, so that residues need not be reduced all the way.
                Some(greater) if greater < 1 << 62 => product = greater,
                _ => {
                    groups.push(Group::new(product, words, index));
                    product = *prime;
                }
            }
        }
        groups.push(Group::new(product, words, primes.len()));
        while !groups.len().is_multiple_of(ABREAST) {
            groups.push(Group::new(1, words, primes.len()));
        }
        Self {
            groups,
            primes: primes.into_iter().map(SmallPrime::new).collect(),
        }
    }

    /// Marks, among the odd numbers from `start` on, those that a small prime divides.
    fn mark(&self, start: &[u64], marks: &mut [bool]) {
        let (groups, _) = self.groups.as_chunks::<ABREAST>();
        let mut first = 0;
        for groups in groups {
            let mut residues = [0; ABREAST];
            for word in start {
                for (residue, group) in residues.iter_mut().zip(groups) {
                    *residue = group.reduced(u128::from(*residue) + u128::from(*word));
                }
            }
            for (group, residue) in groups.iter().zip(residues) {
                let index = group.product_of(residue, group.scale);
                for prime in &self.primes[first..group.end] {
                    prime.mark(index, marks);
                }
                first = group.end;
            }
        }
    }
}

impl Group {
    fn new(product: u64, words: usize, end: usize) -> Self {
        let mut inverse = product;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(product.wrapping_mul(inverse)));
        }
        let mut group = Self {
            product,
            negated_inverse: inverse.wrapping_neg(),
            scale: 0,
            end,
        };
        // 2^64, and by square and multiply 2^(64 × (words + 2)), of which each multiplication takes 2^64.
        let radix = product.wrapping_neg() % product;
        let squared = u128::from(radix) * u128::from(radix) % u128::from(product);
        let squared = u64::try_from(squared).unwrap_or_default();
        let exponent = words + 1;
        let mut power = squared;
        for bit in (0..exponent.ilog2()).rev() {
            power = group.product_of(power, power);
            if exponent >> bit & 1 == 1 {
                power = group.product_of(power, squared);
            }
        }
        // -1/2 is (product - 1)/2.
        group.scale = group.product_of(product / 2, power);
        group
    }

    /// one × other / 2^64 modulo the product, where both are below twice the product.
    #[inline]
    fn product_of(&self, one: u64, other: u64) -> u64 {
        self.reduced(u128::from(one) * u128::from(other))
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
        let words = self.start.len();
        SMALL_PRIMES[words]
            .get_or_init(|| SmallPrimes::new(words))
            .mark(&self.start, &mut self.marks);
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
