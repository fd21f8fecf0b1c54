//! One lane of 64-bit limbs, for every processor.
//!
//! With 128-bit products there is no room for sums of columns, so every row of a product carries at once. Whether a 64-bit
//! multiplication takes the same time for all operands is up to the processor; on those of today it does.

use zeroize::Zeroizing;

use super::{
    Base, Instructions, Moduli, Power, Radix, Residues, SHIFT_WINDOW, TABLE_WINDOW, power,
};

const LANES: usize = 1;

/// What every processor can do.
#[derive(Clone, Copy, Debug)]
pub(in crate::rsa_keygen) struct Portable;

impl Instructions<LANES> for Portable {
    const RADIX: Radix = Radix { bits: 64, block: 1 };

    fn power(&self, job: &Power<'_, LANES>) -> Option<Residues<LANES>> {
        power(job)
    }
}

power!();

#[derive(Clone, Copy, Default)]
struct Vector(u64);

impl zeroize::Zeroize for Vector {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

fn load(limb: [u64; LANES]) -> Vector {
    let [limb] = limb;
    Vector(limb)
}

fn store(vector: Vector) -> [u64; LANES] {
    [vector.0]
}

/// x = x² / R, times 2^shift.
fn square(x: &mut [Vector], columns: &mut [Vector], modulus: &Modulus, shift: Option<Vector>) {
    columns.fill(Vector(0));
    let length = x.len();
    for (index, limb) in x.iter().enumerate() {
        let (row, above) = columns[2 * index + 1..].split_at_mut(length - index - 1);
        above[0].0 = accumulate(row, *limb, &x[index + 1..]);
    }
    // Every product of two different limbs is there twice.
    let mut shifted_out = 0;
    let mut carry = 0;
    let (pairs, _) = columns.as_chunks_mut::<2>();
    for (pair, limb) in pairs.iter_mut().zip(&*x) {
        let square = u128::from(limb.0) * u128::from(limb.0);
        for (column, part) in pair.iter_mut().zip([half(square), half(square >> 64)]) {
            let doubled = column.0 << 1 | shifted_out;
            shifted_out = column.0 >> 63;
            let sum = u128::from(doubled) + u128::from(part) + u128::from(carry);
            column.0 = half(sum);
            carry = half(sum >> 64);
        }
    }
    reduce(x, columns, modulus, shift);
}

/// x = x y / R.
fn multiply(x: &mut [Vector], y: &[Vector], columns: &mut [Vector], modulus: &Modulus) {
    columns.fill(Vector(0));
    for (index, limb) in x.iter().enumerate() {
        let (row, above) = columns[index..].split_at_mut(y.len());
        above[0].0 = accumulate(row, *limb, y);
    }
    reduce(x, columns, modulus, None);
}

/// x = x / R, and not above twice the modulus.
fn leave_montgomery_form(x: &mut [Vector], columns: &mut [Vector], modulus: &Modulus) {
    columns.fill(Vector(0));
    columns[..x.len()].copy_from_slice(x);
    reduce(x, columns, modulus, None);
}

/// x = columns / R, times 2^shift.
fn reduce(x: &mut [Vector], columns: &mut [Vector], modulus: &Modulus, shift: Option<Vector>) {
    let length = x.len();
    let last = length - 1;
    let mut carry = 0;
    let mut add_row = |columns: &mut [Vector], row, others: &[Vector]| {
        let (columns, above) = columns.split_at_mut(length);
        let row = accumulate(columns, row, others);
        let column = u128::from(row) + u128::from(above[0].0) + u128::from(carry);
        above[0].0 = half(column);
        carry = half(column >> 64);
    };
    for index in 0..last {
        let q = columns[index];
        add_row(&mut columns[index + 1..], q, &modulus.folded);
    }
    let q = Vector(columns[last].0.wrapping_mul(modulus.factor[0].0));
    add_row(&mut columns[last..], q, &modulus.n);
    let mut shifted_out = 0;
    let shift = shift.unwrap_or_default().0;
    for (x, column) in x.iter_mut().zip(&columns[length..]) {
        x.0 = column.0 << shift | shifted_out;
        shifted_out = column.0 >> 1 >> (63 - shift);
    }
}

/// Adds a row of a product to the columns, and says what belongs above them.
#[inline]
fn accumulate(columns: &mut [Vector], row: Vector, others: &[Vector]) -> u64 {
    let mut carry = 0;
    for (column, other) in columns.iter_mut().zip(others) {
        let sum =
            u128::from(row.0) * u128::from(other.0) + u128::from(column.0) + u128::from(carry);
        column.0 = half(sum);
        carry = half(sum >> 64);
    }
    carry
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
fn half(value: u128) -> u64 {
    value as u64
}

/// The entry of the table that the window names. All are read.
fn select(entry: &mut [Vector], table: &[Zeroizing<Vec<Vector>>], window: Vector) {
    entry.fill(Vector(0));
    for (number, candidate) in (0..).zip(table) {
        // Zero for the one, something with the highest bit set for the others.
        let difference: u64 = window.0 ^ number;
        let mask = (difference | difference.wrapping_neg()).cast_signed() >> 63;
        let chosen = !mask.cast_unsigned();
        for (entry, candidate) in entry.iter_mut().zip(&**candidate) {
            entry.0 |= candidate.0 & chosen;
        }
    }
}
