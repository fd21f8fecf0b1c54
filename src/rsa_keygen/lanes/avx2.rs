//! Four lanes of 28-bit limbs, for processors with AVX2.
//!
//! A product of limbs has 56 bits. A column of a squaring and its reduction takes at most 2 × 74 of them and some carries, less than
//! 2^64: the doubled limbs of a squaring count twice, but there are half as many.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi64, _mm256_and_si256, _mm256_cmpeq_epi64, _mm256_extract_epi64,
    _mm256_mul_epu32, _mm256_or_si256, _mm256_set_epi64x, _mm256_set1_epi64x, _mm256_setzero_si256,
    _mm256_sllv_epi64, _mm256_srli_epi64,
};

use zeroize::Zeroizing;

use super::{
    Base, Instructions, Moduli, Power, Radix, Residues, SHIFT_WINDOW, TABLE_WINDOW, power,
};

const LANES: usize = 4;
const BITS: i32 = 28;
/// The rows of a product that are worked on at once, and the limbs reduced at once: enough for the sums to stay in registers.
const BLOCK: usize = 4;

/// The proof that the processor has the instructions.
#[derive(Clone, Copy, Debug)]
pub(in crate::rsa_keygen) struct Avx2(());

impl Avx2 {
    pub(in crate::rsa_keygen) fn detect() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }
}

impl Instructions<LANES> for Avx2 {
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

power!(#[target_feature(enable = "avx2")]);

#[derive(Clone, Copy)]
struct Vector(__m256i);

impl zeroize::Zeroize for Vector {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

#[target_feature(enable = "avx2")]
fn load(limb: [u64; LANES]) -> Vector {
    let [l0, l1, l2, l3] = limb.map(u64::cast_signed);
    Vector(_mm256_set_epi64x(l3, l2, l1, l0))
}

#[target_feature(enable = "avx2")]
fn store(vector: Vector) -> [u64; LANES] {
    [
        _mm256_extract_epi64::<0>(vector.0),
        _mm256_extract_epi64::<1>(vector.0),
        _mm256_extract_epi64::<2>(vector.0),
        _mm256_extract_epi64::<3>(vector.0),
    ]
    .map(i64::cast_unsigned)
}

impl Vector {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn zero() -> Self {
        Self(_mm256_setzero_si256())
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn plus(self, other: Self) -> Self {
        Self(_mm256_add_epi64(self.0, other.0))
    }

    /// Multiplies the low 32 bits.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn times(self, other: Self) -> Self {
        Self(_mm256_mul_epu32(self.0, other.0))
    }

    /// What belongs to this limb.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn limb(self) -> Self {
        Self(_mm256_and_si256(
            self.0,
            _mm256_set1_epi64x((1 << BITS) - 1),
        ))
    }

    /// What belongs to the next limb.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn carry(self) -> Self {
        Self(_mm256_srli_epi64::<BITS>(self.0))
    }
}

/// x = x² / R, times 2^shift.
#[target_feature(enable = "avx2")]
fn square(x: &mut [Vector], columns: &mut [Vector], modulus: &Modulus, shift: Option<Vector>) {
    let length = x.len();
    columns.fill(Vector::zero());
    let (blocks, _) = x.as_chunks::<BLOCK>();
    for (index, rows) in blocks.iter().enumerate() {
        let first = index * BLOCK;
        // Every product of two different limbs is there twice.
        let doubled = rows.map(|row| row.plus(row));
        for (r, row) in rows.iter().enumerate() {
            let column = 2 * (first + r);
            columns[column] = columns[column].plus(row.times(*row));
            for (s, other) in doubled.iter().enumerate().skip(r + 1) {
                let column = 2 * first + r + s;
                columns[column] = columns[column].plus(row.times(*other));
            }
        }
        accumulate(
            &mut columns[2 * first + BLOCK..],
            &doubled,
            &x[first + BLOCK..length],
        );
    }
    reduce(x, columns, modulus, shift);
}

/// x = x y / R.
#[target_feature(enable = "avx2")]
fn multiply(x: &mut [Vector], y: &[Vector], columns: &mut [Vector], modulus: &Modulus) {
    columns.fill(Vector::zero());
    let (blocks, _) = x.as_chunks::<BLOCK>();
    for (index, rows) in blocks.iter().enumerate() {
        accumulate(&mut columns[index * BLOCK..], rows, y);
    }
    reduce(x, columns, modulus, None);
}

/// x = x / R, and not above twice the modulus.
#[target_feature(enable = "avx2")]
fn leave_montgomery_form(x: &mut [Vector], columns: &mut [Vector], modulus: &Modulus) {
    columns.fill(Vector::zero());
    columns[..x.len()].copy_from_slice(x);
    reduce(x, columns, modulus, None);
}

/// x = columns / R, times 2^shift.
#[target_feature(enable = "avx2")]
fn reduce(x: &mut [Vector], columns: &mut [Vector], modulus: &Modulus, shift: Option<Vector>) {
    let length = x.len();
    let last = length - BLOCK;
    for first in (0..last).step_by(BLOCK) {
        for column in first..first + BLOCK {
            columns[column + 1] = columns[column + 1].plus(columns[column].carry());
            columns[column] = columns[column].limb();
        }
        let (low, high) = columns[first..].split_at_mut(BLOCK);
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
    for (r, column) in columns[..BLOCK].iter().enumerate() {
        for (digit, factor) in q[r..].iter_mut().zip(&*modulus.factor) {
            *digit = digit.plus(column.times(*factor));
        }
    }
    let mut carry = Vector::zero();
    for digit in &mut q {
        let sum = digit.plus(carry);
        *digit = sum.limb();
        carry = sum.carry();
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
                let shifted = Vector(_mm256_sllv_epi64(sum.limb().0, shift.0)).plus(shifted_out);
                *x = shifted.limb();
                shifted_out = shifted.carry();
            }
        }
    }
}

/// Adds the product of two numbers to the columns.
#[inline]
#[target_feature(enable = "avx2")]
fn accumulate(columns: &mut [Vector], rows: &[Vector; BLOCK], others: &[Vector]) {
    let columns = &mut columns[..others.len() + BLOCK];
    let Some(mut sums) = columns.first_chunk::<BLOCK>().copied() else {
        return;
    };
    let [r0, r1, r2, r3] = *rows;
    for (index, other) in others.iter().enumerate() {
        let [s0, s1, s2, s3] = sums;
        columns[index] = s0.plus(r0.times(*other));
        sums = [
            s1.plus(r1.times(*other)),
            s2.plus(r2.times(*other)),
            s3.plus(r3.times(*other)),
            columns[index + BLOCK],
        ];
    }
    columns[others.len()..].copy_from_slice(&sums);
}

/// The entry of the table that each lane's window names. All are read.
#[target_feature(enable = "avx2")]
fn select(entry: &mut [Vector], table: &[Zeroizing<Vec<Vector>>], window: Vector) {
    entry.fill(Vector::zero());
    for (number, candidate) in (0..).zip(table) {
        let chosen = _mm256_cmpeq_epi64(window.0, _mm256_set1_epi64x(number));
        for (entry, candidate) in entry.iter_mut().zip(&**candidate) {
            let part = _mm256_and_si256(chosen, candidate.0);
            *entry = Vector(_mm256_or_si256(entry.0, part));
        }
    }
}
