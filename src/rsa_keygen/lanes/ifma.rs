//! Eight lanes of 52-bit limbs, by the instructions that AVX-512 IFMA has for them.
//!
//! `madd52lo` and `madd52hi` multiply the low 52 bits of their operands and add the low or the high 52 bits of the product to a
//! 64-bit sum. A column of a squaring and its reduction takes at most 2 × 40 of each, less than 2^60.

use std::arch::x86_64::{
    __m512i, _mm256_extract_epi64, _mm512_add_epi64, _mm512_and_si512, _mm512_cmpeq_epi64_mask,
    _mm512_extracti64x4_epi64, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_mask_mov_epi64,
    _mm512_set_epi64, _mm512_set1_epi64, _mm512_setzero_si512, _mm512_sllv_epi64,
    _mm512_srli_epi64,
};

use zeroize::Zeroizing;

use super::{
    Base, Instructions, Moduli, Power, Radix, Residues, SHIFT_WINDOW, TABLE_WINDOW, power,
};

const LANES: usize = 8;
const BITS: u32 = 52;
/// The rows of a product that are worked on at once, and the limbs reduced at once: enough for the sums to stay in registers.
const BLOCK: usize = 5;

/// The proof that the processor has the instructions.
#[derive(Clone, Copy, Debug)]
pub(in crate::rsa_keygen) struct Ifma(());

impl Ifma {
    pub(in crate::rsa_keygen) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma"))
            .then_some(Self(()))
    }
}

impl Instructions<LANES> for Ifma {
    const RADIX: Radix = Radix {
        bits: BITS as usize,
        block: BLOCK,
    };

    #[expect(
        unsafe_code,
        reason = "the compiler cannot know that the processor has been asked"
    )]
    fn power(&self, job: &Power<'_, LANES>) -> Option<Residues<LANES>> {
        // SAFETY: a value of this type is made only after the instructions were found.
        unsafe { power(job) }
    }
}

power!(#[target_feature(enable = "avx512f,avx512ifma")]);

#[derive(Clone, Copy)]
struct Vector(__m512i);

impl zeroize::Zeroize for Vector {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn load(limb: [u64; LANES]) -> Vector {
    let [l0, l1, l2, l3, l4, l5, l6, l7] = limb.map(u64::cast_signed);
    Vector(_mm512_set_epi64(l7, l6, l5, l4, l3, l2, l1, l0))
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn store(vector: Vector) -> [u64; LANES] {
    let low = _mm512_extracti64x4_epi64::<0>(vector.0);
    let high = _mm512_extracti64x4_epi64::<1>(vector.0);
    [
        _mm256_extract_epi64::<0>(low),
        _mm256_extract_epi64::<1>(low),
        _mm256_extract_epi64::<2>(low),
        _mm256_extract_epi64::<3>(low),
        _mm256_extract_epi64::<0>(high),
        _mm256_extract_epi64::<1>(high),
        _mm256_extract_epi64::<2>(high),
        _mm256_extract_epi64::<3>(high),
    ]
    .map(i64::cast_unsigned)
}

impl Vector {
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn zero() -> Self {
        Self(_mm512_setzero_si512())
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn plus(self, other: Self) -> Self {
        Self(_mm512_add_epi64(self.0, other.0))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn plus_low(self, a: Self, b: Self) -> Self {
        Self(_mm512_madd52lo_epu64(self.0, a.0, b.0))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn plus_high(self, a: Self, b: Self) -> Self {
        Self(_mm512_madd52hi_epu64(self.0, a.0, b.0))
    }

    /// What belongs to this limb.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn limb(self) -> Self {
        Self(_mm512_and_si512(self.0, _mm512_set1_epi64((1 << BITS) - 1)))
    }

    /// What belongs to the next limb.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn carry(self) -> Self {
        Self(_mm512_srli_epi64::<BITS>(self.0))
    }
}

/// x = x² / R, times 2^shift.
#[target_feature(enable = "avx512f,avx512ifma")]
fn square(x: &mut [Vector], columns: &mut [Vector], modulus: &Modulus, shift: Option<Vector>) {
    let length = x.len();
    columns.fill(Vector::zero());
    let (blocks, _) = x.as_chunks::<BLOCK>();
    for (index, rows) in blocks.iter().enumerate() {
        let first = index * BLOCK;
        for (r, row) in rows.iter().enumerate() {
            for (s, other) in rows.iter().enumerate().skip(r + 1) {
                let column = 2 * first + r + s;
                columns[column] = columns[column].plus_low(*row, *other);
                columns[column + 1] = columns[column + 1].plus_high(*row, *other);
            }
        }
        accumulate(
            &mut columns[2 * first + BLOCK..],
            rows,
            &x[first + BLOCK..length],
        );
    }
    // Every product of two different limbs is there twice.
    let (pairs, _) = columns.as_chunks_mut::<2>();
    for ([low, high], x) in pairs.iter_mut().zip(&*x) {
        *low = low.plus(*low).plus_low(*x, *x);
        *high = high.plus(*high).plus_high(*x, *x);
    }
    reduce(x, columns, modulus, shift);
}

/// x = x y / R.
#[target_feature(enable = "avx512f,avx512ifma")]
fn multiply(x: &mut [Vector], y: &[Vector], columns: &mut [Vector], modulus: &Modulus) {
    columns.fill(Vector::zero());
    let (blocks, _) = x.as_chunks::<BLOCK>();
    for (index, rows) in blocks.iter().enumerate() {
        accumulate(&mut columns[index * BLOCK..], rows, y);
    }
    reduce(x, columns, modulus, None);
}

/// x = x / R, and not above twice the modulus.
#[target_feature(enable = "avx512f,avx512ifma")]
fn leave_montgomery_form(x: &mut [Vector], columns: &mut [Vector], modulus: &Modulus) {
    columns.fill(Vector::zero());
    columns[..x.len()].copy_from_slice(x);
    reduce(x, columns, modulus, None);
}

/// x = columns / R, times 2^shift.
#[target_feature(enable = "avx512f,avx512ifma")]
fn reduce(x: &mut [Vector], columns: &mut [Vector], modulus: &Modulus, shift: Option<Vector>) {
    let length = x.len();
    let last = length - BLOCK;
    for first in (0..last).step_by(BLOCK) {
        for column in first..first + BLOCK {
            columns[column + 1] = columns[column + 1].plus(columns[column].carry());
        }
        let (low, high) = columns[first..].split_at_mut(BLOCK);
        // The multiplier takes no more than the limb.
        if let Some(rows) = low.first_chunk() {
            accumulate(high, rows, &modulus.folded);
        }
    }

    let columns = &mut columns[last..];
    for column in 0..BLOCK {
        columns[column + 1] = columns[column + 1].plus(columns[column].carry());
        columns[column] = columns[column].limb();
    }
    let mut q = [Vector::zero(); BLOCK];
    for r in 0..BLOCK {
        for s in 0..BLOCK - r {
            q[r + s] = q[r + s].plus_low(columns[r], modulus.factor[s]);
            if r + s + 1 < BLOCK {
                q[r + s + 1] = q[r + s + 1].plus_high(columns[r], modulus.factor[s]);
            }
        }
    }
    for digit in 1..BLOCK {
        q[digit] = q[digit].plus(q[digit - 1].carry());
    }
    accumulate(columns, &q, &modulus.n);
    let (zero, result) = columns.split_at(BLOCK);
    let mut carry = Vector::zero();
    for column in zero {
        carry = column.plus(carry).carry();
    }
    match shift {
        None => {
            for (x, column) in x.iter_mut().zip(result) {
                let sum = column.plus(carry);
                *x = sum.limb();
                carry = sum.carry();
            }
        }
        Some(shift) => {
            let mut shifted_out = Vector::zero();
            for (x, column) in x.iter_mut().zip(result) {
                let sum = column.plus(carry);
                carry = sum.carry();
                let shifted = Vector(_mm512_sllv_epi64(sum.limb().0, shift.0)).plus(shifted_out);
                *x = shifted.limb();
                shifted_out = shifted.carry();
            }
        }
    }
}

/// Adds the product of two numbers to the columns.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn accumulate(columns: &mut [Vector], rows: &[Vector; BLOCK], others: &[Vector]) {
    let columns = &mut columns[..others.len() + BLOCK];
    let Some(mut sums) = columns.first_chunk::<BLOCK>().copied() else {
        return;
    };
    let [r0, r1, r2, r3, r4] = *rows;
    for (index, other) in others.iter().enumerate() {
        let [s0, s1, s2, s3, s4] = sums;
        columns[index] = s0.plus_low(r0, *other);
        sums = [
            s1.plus_low(r1, *other).plus_high(r0, *other),
            s2.plus_low(r2, *other).plus_high(r1, *other),
            s3.plus_low(r3, *other).plus_high(r2, *other),
            s4.plus_low(r4, *other).plus_high(r3, *other),
            columns[index + BLOCK].plus_high(r4, *other),
        ];
    }
    columns[others.len()..].copy_from_slice(&sums);
}

/// The entry of the table that each lane's window names. All are read.
#[target_feature(enable = "avx512f,avx512ifma")]
fn select(entry: &mut [Vector], table: &[Zeroizing<Vec<Vector>>], window: Vector) {
    for (number, candidate) in (0..).zip(table) {
        let chosen = _mm512_cmpeq_epi64_mask(window.0, _mm512_set1_epi64(number));
        for (entry, candidate) in entry.iter_mut().zip(&**candidate) {
            *entry = Vector(_mm512_mask_mov_epi64(entry.0, chosen, candidate.0));
        }
    }
}
