//! Powers modulo candidates, several candidates at once: one in each lane of a vector.
//!
//! # Arithmetic
//!
//! A number is a row of limbs of [`Radix::bits`] bits; limb *i* of all lanes is one vector. Products of limbs are summed
//! column by column in 64-bit lanes, which are wide enough for the sums of a whole squaring, so that carries move once.
//! Residues are in Montgomery form, *x R* mod *n* with R = 2^(bits × limbs), and reduced only as far as needed: R is at least
//! 2^[`HEADROOM`] × 2^(bits of *n*), so a squaring makes less than *x*²/R + 2 *n* of *x*: from 257 *n*, with which a window of an
//! exponent may begin, less than 4 *n*, then less than 2.001 *n*, and in the third squaring as much times 2^7, which is less than
//! 257 *n* again. No comparison with *n* and no final subtraction is there to leak anything.
//!
//! Montgomery's reduction takes [`Radix::block`] limbs at a time. With B = 2^(bits × block), *k* = -1/*n* mod B and the
//! folded modulus *f* = (*k n* + 1)/B, adding T mod B times *k n* makes T divisible by B, and
//!
//! > (T + (T mod B) *k n*)/B = floor(T/B) + (T mod B) *f*,
//!
//! so the low limbs themselves are the multipliers, and none has to wait for the one before. That leaves T larger by up to B *n*;
//! therefore the last block is reduced in the usual way, by *q* = (T mod B) *k* mod B and (T + *q n*)/B, which leaves less than 2 *n* more
//! than T/R.
//!
//! # What an observer can see
//!
//! The sequence of instructions and addresses depends on the sizes alone: windows of exponents are shift counts of vectors, or
//! masks over a whole table, never indices. Multiplication and shifts of vectors take the same time whatever the operands.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod ifma;
mod portable;

use zeroize::Zeroizing;

#[cfg(target_arch = "x86_64")]
pub(super) use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
pub(super) use ifma::Ifma;
pub(super) use portable::Portable;

/// By how many bits R exceeds the moduli at least.
const HEADROOM: usize = 16;

/// The window of exponents of two: three bits shift by seven at most, see above.
pub(super) const SHIFT_WINDOW: usize = 3;

/// The window of exponents of other bases.
pub(super) const TABLE_WINDOW: usize = 4;

/// The greatest moduli whose column sums are known to fit.
pub(super) const MAX_BITS: usize = 2048;

/// A set of instructions that can raise to powers.
pub(super) trait Instructions<const LANES: usize>: Sized {
    const RADIX: Radix;

    /// Raises the base to the power; nothing if told to halt.
    fn power(&self, job: &Power<'_, LANES>) -> Option<Residues<LANES>>;
}

/// What to raise to which power, modulo what.
pub(super) struct Power<'a, const LANES: usize> {
    pub(super) moduli: &'a Moduli<LANES>,
    pub(super) base: Base<'a, LANES>,
    /// The windows of the exponents, from the most significant.
    pub(super) windows: &'a [[u64; LANES]],
    /// How many times to square the power after that, looking at each.
    pub(super) squarings: u32,
    /// Asked now and then.
    pub(super) halt: &'a dyn Fn() -> bool,
}

pub(super) enum Base<'a, const LANES: usize> {
    /// Exponents have windows of [`SHIFT_WINDOW`].
    Two,
    /// In Montgomery form; exponents have windows of [`TABLE_WINDOW`].
    Other(&'a [[u64; LANES]]),
}

/// Bit *i* tells of the power after *i* squarings, in each lane.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Residues<const LANES: usize> {
    /// It was 1.
    pub(super) one: [u64; LANES],
    /// It was -1.
    pub(super) minus_one: [u64; LANES],
}

impl<const LANES: usize> Residues<LANES> {
    const NONE: Self = Self {
        one: [0; LANES],
        minus_one: [0; LANES],
    };

    /// Takes up the residues after so many squarings, which are out of Montgomery form and not above twice the modulus.
    fn note(&mut self, squarings: u32, residues: &[[u64; LANES]], moduli: &Moduli<LANES>) {
        for (lane, n) in moduli.by_lane.iter().enumerate() {
            let residue = residues.iter().map(|limb| limb[lane]);
            let mut residue: Zeroizing<Vec<u64>> = Zeroizing::new(residue.collect());
            moduli.radix.reduce_once(&mut residue, n);
            let (mut from_one, mut from_minus_one) = (0, 0);
            let mut first = 1;
            for (limb, n) in residue.iter().zip(&**n) {
                from_one |= limb ^ first;
                // The modulus is odd: one less is another last bit.
                from_minus_one |= limb ^ n ^ first;
                first = 0;
            }
            self.one[lane] |= u64::from(from_one == 0) << squarings;
            self.minus_one[lane] |= u64::from(from_minus_one == 0) << squarings;
        }
    }
}

/// One odd modulus in each lane, and what is derived from it.
pub(super) struct Moduli<const LANES: usize> {
    radix: Radix,
    by_lane: [Zeroizing<Vec<u64>>; LANES],
    n: Zeroizing<Vec<[u64; LANES]>>,
    /// *k* of the module's documentation, `block` limbs.
    factor: Zeroizing<Vec<[u64; LANES]>>,
    /// *f* of the module's documentation.
    folded: Zeroizing<Vec<[u64; LANES]>>,
    /// 1 in Montgomery form.
    one: Zeroizing<Vec<[u64; LANES]>>,
}

impl<const LANES: usize> Moduli<LANES> {
    /// The moduli are little-endian, odd, and of exactly so many bits.
    pub(super) fn new(radix: Radix, moduli: [&[u64]; LANES], bits: usize) -> Self {
        assert!(
            bits <= MAX_BITS,
            "the columns hold sums for {MAX_BITS} bits"
        );
        let length = (bits + HEADROOM)
            .div_ceil(radix.bits)
            .next_multiple_of(radix.block);
        let mut all = Self {
            radix,
            by_lane: moduli.map(|modulus| limbs(modulus, radix.bits, length)),
            n: Zeroizing::new(vec![[0; LANES]; length]),
            factor: Zeroizing::new(vec![[0; LANES]; radix.block]),
            folded: Zeroizing::new(vec![[0; LANES]; length]),
            one: Zeroizing::new(vec![[0; LANES]; length]),
        };
        for (lane, n) in all.by_lane.iter().enumerate() {
            let (factor, folded) = radix.fold(n);
            let one = radix.montgomery_one(n, bits);
            for (vectors, limbs) in [
                (&mut all.n, n),
                (&mut all.factor, &factor),
                (&mut all.folded, &folded),
                (&mut all.one, &one),
            ] {
                for (vector, limb) in vectors.iter_mut().zip(&**limbs) {
                    vector[lane] = *limb;
                }
            }
        }
        all
    }

    /// As many limbs as the moduli have, all zero.
    pub(super) fn zero(&self) -> Zeroizing<Vec<[u64; LANES]>> {
        Zeroizing::new(vec![[0; LANES]; self.n.len()])
    }
}

/// How numbers are cut into limbs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Radix {
    /// The bits of a limb.
    pub(super) bits: usize,
    /// How many limbs are reduced at a time.
    pub(super) block: usize,
}

impl Radix {
    const fn mask(self) -> u64 {
        u64::MAX >> (64 - self.bits)
    }

    /// `k` = -1/`n` mod B, and (`k n` + 1)/B.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the low limb of a sum is meant"
    )]
    fn fold(self, n: &[u64]) -> (Zeroizing<Vec<u64>>, Zeroizing<Vec<u64>>) {
        // Newton's iteration doubles the bits that are right, of which an odd number has three to begin with.
        let mut inverse = n[0];
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(n[0].wrapping_mul(inverse)));
        }
        let mut factor = Zeroizing::new(vec![0; self.block]);
        let mut sum = Zeroizing::new(vec![0_u64; n.len() + self.block]);
        sum[0] = 1;
        for (index, digit) in factor.iter_mut().enumerate() {
            *digit = sum[index].wrapping_mul(inverse.wrapping_neg()) & self.mask();
            let mut carry = 0;
            for (sum, n) in sum[index..].iter_mut().zip(n) {
                let column = u128::from(*digit) * u128::from(*n) + u128::from(*sum) + carry;
                *sum = column as u64 & self.mask();
                carry = column >> self.bits;
            }
            sum[index + n.len()] = carry as u64;
        }
        (factor, Zeroizing::new(sum[self.block..].to_vec()))
    }

    /// R mod `n`: 2^`bits` - `n`, doubled until it is R's turn.
    fn montgomery_one(self, n: &[u64], bits: usize) -> Zeroizing<Vec<u64>> {
        let mut residue = Zeroizing::new(vec![0; n.len()]);
        residue[bits / self.bits] = 1 << (bits % self.bits);
        self.reduce_once(&mut residue, n);
        for _ in bits..self.bits * n.len() {
            let mut carry = 0;
            for limb in residue.iter_mut() {
                let doubled = *limb << 1 & self.mask() | carry;
                carry = *limb >> (self.bits - 1);
                *limb = doubled;
            }
            self.reduce_once(&mut residue, n);
        }
        residue
    }

    /// Subtracts `n`, unless the result would be negative.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the low limb of a difference is meant"
    )]
    fn reduce_once(self, residue: &mut [u64], n: &[u64]) {
        let mut difference = Zeroizing::new(vec![0; n.len()]);
        let mut borrow = 0;
        for ((difference, limb), n) in difference.iter_mut().zip(&*residue).zip(n) {
            let column = i128::from(*limb) - i128::from(*n) - i128::from(borrow);
            *difference = column as u64 & self.mask();
            borrow = (column >> 127) as u64 & 1;
        }
        let keep = 0_u64.wrapping_sub(borrow);
        for (limb, difference) in residue.iter_mut().zip(&*difference) {
            *limb = *limb & keep | *difference & !keep;
        }
    }
}

/// Cuts a little-endian number into `count` limbs of `bits` bits.
pub(super) fn limbs(words: &[u64], bits: usize, count: usize) -> Zeroizing<Vec<u64>> {
    let word = |index: usize| words.get(index).copied().unwrap_or(0);
    let limb = |index: usize| {
        let (index, shift) = (index * bits / 64, index * bits % 64);
        let low = word(index) >> shift;
        let high = if shift == 0 {
            0
        } else {
            word(index + 1) << (64 - shift)
        };
        (low | high) & u64::MAX >> (64 - bits)
    };
    Zeroizing::new((0..count).map(limb).collect())
}

/// Defines `power` over the `load`, `store`, `square`, `multiply`, `leave_montgomery_form` and `select` of a module.
///
/// A function that uses instructions which not every processor has must say so itself, and cannot be generic over what they
/// are; otherwise this would be one.
macro_rules! power {
    ($(#[$attribute:meta])*) => {
        $(#[$attribute])*
        fn power(job: &Power<'_, LANES>) -> Option<Residues<LANES>> {
            let modulus = Modulus::load(job.moduli);
            let one = load_all(&job.moduli.one);
            let mut columns = Zeroizing::new(vec![load([0; LANES]); 2 * one.len()]);
            let mut x = one.clone();
            match job.base {
                Base::Two => {
                    for window in job.windows {
                        if (job.halt)() {
                            return None;
                        }
                        for _ in 1..SHIFT_WINDOW {
                            square(&mut x, &mut columns, &modulus, None);
                        }
                        square(&mut x, &mut columns, &modulus, Some(load(*window)));
                    }
                }
                Base::Other(base) => {
                    let mut table = vec![one, load_all(base)];
                    while table.len() < 1 << TABLE_WINDOW {
                        let mut next = table[table.len() - 1].clone();
                        multiply(&mut next, &table[1], &mut columns, &modulus);
                        table.push(next);
                    }
                    let mut factor = x.clone();
                    for window in job.windows {
                        if (job.halt)() {
                            return None;
                        }
                        for _ in 0..TABLE_WINDOW {
                            square(&mut x, &mut columns, &modulus, None);
                        }
                        select(&mut factor, &table, load(*window));
                        multiply(&mut x, &factor, &mut columns, &modulus);
                    }
                }
            }
            let mut residues = Residues::NONE;
            for squarings in 0..=job.squarings {
                let mut plain = x.clone();
                leave_montgomery_form(&mut plain, &mut columns, &modulus);
                let plain: Zeroizing<Vec<_>> =
                    Zeroizing::new(plain.iter().map(|vector| store(*vector)).collect());
                residues.note(squarings, &plain, job.moduli);
                if squarings < job.squarings {
                    square(&mut x, &mut columns, &modulus, None);
                }
            }
            Some(residues)
        }

        $(#[$attribute])*
        fn load_all(limbs: &[[u64; LANES]]) -> Zeroizing<Vec<Vector>> {
            Zeroizing::new(limbs.iter().map(|limb| load(*limb)).collect())
        }

        /// The moduli and what is derived from them, in vectors.
        struct Modulus {
            n: Zeroizing<Vec<Vector>>,
            factor: Zeroizing<Vec<Vector>>,
            folded: Zeroizing<Vec<Vector>>,
        }

        impl Modulus {
            $(#[$attribute])*
            fn load(moduli: &Moduli<LANES>) -> Self {
                Self {
                    n: load_all(&moduli.n),
                    factor: load_all(&moduli.factor),
                    folded: load_all(&moduli.folded),
                }
            }
        }
    };
}
use power;
