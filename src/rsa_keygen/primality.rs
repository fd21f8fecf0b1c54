//! Tests for being a prime: a fast one to drop composites, and those that a prime must pass.

use std::array;

use crypto_bigint::{BoxedUint, Odd};
use crypto_primes::hazmat::MillerRabin;
use zeroize::Zeroizing;

#[cfg(target_arch = "x86_64")]
use super::lanes::{Avx2, Ifma};
use super::lanes::{
    Base, Instructions, Moduli, Portable, Power, SHIFT_WINDOW, TABLE_WINDOW, limbs,
};
use super::{Error, fill_randomly, integer};

/// With that of crypto-primes one more than FIPS 186-5 asks of primes of 1024 bits, two more than of greater ones (table B.1).
const ROUNDS: usize = 5;

/// The best instructions there are for raising to powers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Arithmetic {
    Portable(Portable),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Ifma(Ifma),
}

impl Arithmetic {
    /// What this processor has, the fastest first.
    pub(super) fn available() -> impl Iterator<Item = Self> {
        [
            #[cfg(target_arch = "x86_64")]
            Ifma::detect().map(Self::Ifma),
            #[cfg(target_arch = "x86_64")]
            Avx2::detect().map(Self::Avx2),
            Some(Self::Portable(Portable)),
        ]
        .into_iter()
        .flatten()
    }

    /// How many candidates are tested in the time of one.
    pub(super) const fn lanes(self) -> usize {
        match self {
            Self::Portable(_) => 1,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => 4,
            #[cfg(target_arch = "x86_64")]
            Self::Ifma(_) => 8,
        }
    }

    /// Fermat's test by base 2: which of the candidates, one for each lane, divide 2^(candidate - 1) - 1. All primes do, and
    /// hardly a composite. Candidates are odd, their highest bit is set.
    ///
    /// Nothing if told to halt.
    pub(super) fn fermat(
        self,
        candidates: &[Zeroizing<Vec<u64>>],
        halt: &dyn Fn() -> bool,
    ) -> Option<Vec<bool>> {
        match self {
            Self::Portable(portable) => fermat(&portable, candidates, halt),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(avx2) => fermat(&avx2, candidates, halt),
            #[cfg(target_arch = "x86_64")]
            Self::Ifma(ifma) => fermat(&ifma, candidates, halt),
        }
    }

    /// Whether the candidate passes at least [`ROUNDS`] rounds of Miller and Rabin's test, each with a random base (FIPS 186-5
    /// B.3.1). The candidate is odd, its highest bit is set.
    ///
    /// Nothing if told to halt.
    pub(super) fn miller_rabin(
        self,
        candidate: &[u64],
        halt: &dyn Fn() -> bool,
    ) -> Result<Option<bool>, Error> {
        for _ in 0..ROUNDS.div_ceil(self.lanes()) {
            let verdict = match self {
                Self::Portable(portable) => miller_rabin(&portable, candidate, halt),
                #[cfg(target_arch = "x86_64")]
                Self::Avx2(avx2) => miller_rabin(&avx2, candidate, halt),
                #[cfg(target_arch = "x86_64")]
                Self::Ifma(ifma) => miller_rabin(&ifma, candidate, halt),
            };
            if !matches!(verdict, Ok(Some(true))) {
                return verdict;
            }
        }
        Ok(Some(true))
    }
}

fn fermat<I: Instructions<LANES>, const LANES: usize>(
    instructions: &I,
    candidates: &[Zeroizing<Vec<u64>>],
    halt: &dyn Fn() -> bool,
) -> Option<Vec<bool>> {
    // The last one fills the lanes that are left.
    let candidate = |lane: usize| candidates.get(lane).or_else(|| candidates.last());
    let candidates: [&[u64]; LANES] = array::from_fn(|lane| candidate(lane).map_or(&[][..], |c| c));
    let bits = bit_length(candidates[0]);
    let moduli = Moduli::new(I::RADIX, candidates, bits);
    let mut windows = Zeroizing::new(vec![[0; LANES]; bits.div_ceil(SHIFT_WINDOW)]);
    for (lane, candidate) in candidates.into_iter().enumerate() {
        // One less than an odd number.
        let exponent = limbs(candidate, SHIFT_WINDOW, windows.len());
        for (window, limb) in windows.iter_mut().rev().zip(&*exponent) {
            window[lane] = *limb;
        }
        if let Some(last) = windows.last_mut() {
            last[lane] &= !1;
        }
    }
    let residues = instructions.power(&Power {
        moduli: &moduli,
        base: Base::Two,
        windows: &windows,
        squarings: 0,
        halt,
    })?;
    Some(residues.one.map(|one| one == 1).to_vec())
}

fn miller_rabin<I: Instructions<LANES>, const LANES: usize>(
    instructions: &I,
    candidate: &[u64],
    halt: &dyn Fn() -> bool,
) -> Result<Option<bool>, Error> {
    let bits = bit_length(candidate);
    let moduli = Moduli::new(I::RADIX, [candidate; LANES], bits);
    // candidate - 1 = odd part × 2^zeros
    let zeros = (candidate[0] - 1).trailing_zeros();
    if zeros >= u64::BITS {
        // Not one prime in 2^63 is so, and the words are not worth the trouble.
        return Ok(Some(false));
    }
    let mut odd_part = Zeroizing::new(candidate.to_vec());
    for index in 0..odd_part.len() {
        let above = odd_part.get(index + 1).copied().unwrap_or(0);
        odd_part[index] = odd_part[index] >> zeros | above << 1 << (63 - zeros);
    }
    let mut windows = Zeroizing::new(vec![[0; LANES]; bits.div_ceil(TABLE_WINDOW)]);
    let digits = limbs(&odd_part, TABLE_WINDOW, windows.len());
    for (window, digit) in windows.iter_mut().rev().zip(&*digits) {
        *window = [*digit; LANES];
    }
    // Montgomery's form of a random residue is as random as the residue.
    let mut bases = moduli.zero();
    for lane in 0..LANES {
        let base = random_below(candidate)?;
        let base = limbs(&base, I::RADIX.bits, bases.len());
        for (limb, base) in bases.iter_mut().zip(&*base) {
            limb[lane] = *base;
        }
    }
    let residues = instructions.power(&Power {
        moduli: &moduli,
        base: Base::Other(&bases),
        windows: &windows,
        // Always as many, not as many as there are zeros.
        squarings: u64::BITS - 1,
        halt,
    });
    let passes = |(one, minus_one): (&u64, &u64)| {
        let looked_at = (1_u64 << zeros) - 1;
        one & 1 != 0 || minus_one & looked_at != 0
    };
    Ok(residues.map(|residues| residues.one.iter().zip(&residues.minus_one).all(passes)))
}

/// One round of Miller and Rabin's test, with a random base, by the code of others.
pub(super) fn miller_rabin_by_others(candidate: &[u64]) -> Result<bool, Error> {
    let base = integer(&random_below(candidate)?);
    let Some(candidate) = Odd::new(integer(candidate)).into_option() else {
        return Ok(false);
    };
    let test: MillerRabin<BoxedUint> = MillerRabin::new(candidate);
    Ok(test.test(&base).is_probably_prime())
}

/// A random number from 2 on, below the limit less one (FIPS 186-5 B.3.1, step 4). The limit has its highest bit set.
fn random_below(limit: &[u64]) -> Result<Zeroizing<Vec<u64>>, Error> {
    let mut number = Zeroizing::new(vec![0; limit.len()]);
    let unused = limit.last().map_or(0, |word| word.leading_zeros());
    loop {
        fill_randomly(&mut number)?;
        if let Some(last) = number.last_mut() {
            *last = *last << unused >> unused;
        }
        let greater_than_one = number.iter().skip(1).any(|word| *word > 0) || number[0] > 1;
        // What is thrown away has nothing to do with what is kept.
        let less = number.iter().rev().cmp(limit.iter().rev()).is_lt();
        let but_one = number[0] == limit[0] - 1 && number[1..] == limit[1..];
        if greater_than_one && less && !but_one {
            return Ok(number);
        }
    }
}

fn bit_length(number: &[u64]) -> usize {
    let unused = number.last().map_or(0, |word| word.leading_zeros());
    64 * number.len() - unused as usize
}
