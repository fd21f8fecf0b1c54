//! Whether a curve goes through a point: those of NIST (SP 800-186 3.2.1), on which TLS signs.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

use crate::fingerprint::hex;

/// Room for every field, in whole limbs.
const PRECISION: u32 = 576;

/// y² = x³ - 3x + b modulo a prime that is 3 modulo 4. In hexadecimal.
struct Curve {
    name: &'static str,
    prime: &'static str,
    b: &'static str,
}

const CURVES: [Curve; 3] = [
    Curve {
        name: "P-256",
        prime: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        b: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
    },
    Curve {
        name: "P-384",
        prime: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
        b: "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
    },
    Curve {
        name: "P-521",
        prime: "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        b: "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
    },
];

/// The curve over the field of this prime, whose octets begin with one that is not zero. OpenSSL recognises these curves where
/// their parameters are spelt out.
pub(crate) fn over_prime(prime: &[u8]) -> Option<&'static str> {
    let prime = hex(prime);
    let known = CURVES.iter().find(|curve| curve.prime == prime);
    known.map(|curve| curve.name)
}

/// Whether the curve of this name goes through `point`, which is in one of the forms of SEC 1 2.3.3 or X9.62; nothing where the
/// curve is not known here.
pub(crate) fn has_point(curve: &str, point: &[u8]) -> Option<bool> {
    let curve = CURVES.iter().find(|known| known.name == curve)?;
    let prime = integer(curve.prime)?;
    let params = BoxedMontyParams::new_vartime(Odd::new(prime.clone()).into_option()?);
    let coordinate = |octets: &[u8]| {
        let number = BoxedUint::from_be_slice(octets, PRECISION).ok()?;
        (number < prime).then(|| BoxedMontyForm::new(number, &params))
    };
    let b = BoxedMontyForm::new(integer(curve.b)?, &params);
    let three = BoxedMontyForm::new(integer("3")?, &params);
    let square = |x: &BoxedMontyForm| &(&(&x.square() - &three) * x) + &b;
    Some(match point {
        [2 | 3, x @ ..] => coordinate(x).is_some_and(|x| {
            let square = square(&x);
            // The root, if there is one: the prime is 3 modulo 4.
            let root = square.pow(&(prime.shr(2) + BoxedUint::one_with_precision(PRECISION)));
            root.square() == square
        }),
        [4 | 6 | 7, both @ ..] => {
            let (x, y) = both.split_at(both.len() / 2);
            let point = coordinate(x).zip(coordinate(y));
            point.is_some_and(|(x, y)| y.square() == square(&x))
        }
        _ => false,
    })
}

fn integer(hexadecimal: &str) -> Option<BoxedUint> {
    BoxedUint::from_str_radix_with_precision_vartime(hexadecimal, 16, PRECISION).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: &str = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
    const Y: &str = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

    fn octets(form: u8, coordinates: &str) -> Vec<u8> {
        let digits = coordinates.as_bytes().chunks(2).map(|pair| {
            let digits = str::from_utf8(pair).unwrap_or_default();
            u8::from_str_radix(digits, 16).unwrap_or_default()
        });
        std::iter::once(form).chain(digits).collect()
    }

    #[test]
    fn the_generator_is_on_its_curve_and_its_neighbour_is_not() {
        for form in [4, 6, 7] {
            let point = octets(form, &format!("{X}{Y}"));
            assert_eq!(has_point("P-256", &point), Some(true));
            let beside = octets(form, &format!("{X}{}", Y.replace("f5", "f6")));
            assert_eq!(has_point("P-256", &beside), Some(false));
        }
        for form in [2, 3] {
            assert_eq!(has_point("P-256", &octets(form, X)), Some(true));
            let beside = octets(form, &format!("{}1", "0".repeat(63)));
            assert_eq!(has_point("P-256", &beside), Some(false));
        }
        assert_eq!(has_point("P-256", &[0]), Some(false));
        assert_eq!(has_point("P-256", &octets(2, &"f".repeat(64))), Some(false));
        assert_eq!(has_point("secp256k1", &octets(2, X)), None);
    }
}
