#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::collections::HashSet;
use std::iter;

use crypto_bigint::{BoxedUint, Odd};
use crypto_primes::hazmat::{MillerRabin, Primality};
use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};

use super::sieve::Candidates;
use super::*;

/// The sizes of primes: those of keys, and one that is quick to test.
const WORDS: [usize; 4] = [4, 16, 24, 32];

/// How many random numbers are compared. `XMPPCERT_CANDIDATES=100000 cargo test --release rsa_keygen` takes about half an hour.
fn candidates(usual: usize) -> usize {
    std::env::var("XMPPCERT_CANDIDATES").map_or(usual, |count| count.parse().unwrap())
}

fn never() -> bool {
    false
}

fn random_odd(words: usize) -> Zeroizing<Vec<u64>> {
    let mut number = Zeroizing::new(vec![0; words]);
    fill_randomly(&mut number).unwrap();
    number[0] |= 1;
    number[words - 1] |= 1 << 63;
    number
}

fn number(hexadecimal: &str) -> Zeroizing<Vec<u64>> {
    let digits = hexadecimal.as_bytes().rchunks(16);
    let words = digits.map(|word| u64::from_str_radix(str::from_utf8(word).unwrap(), 16).unwrap());
    Zeroizing::new(words.collect())
}

/// What each set of instructions says, which is one number a lane.
fn fermat(numbers: &[Zeroizing<Vec<u64>>]) -> Vec<Vec<bool>> {
    let all = |arithmetic: Arithmetic| -> Vec<bool> {
        let batches = numbers.chunks(arithmetic.lanes());
        let verdicts = batches.map(|batch| {
            let mut verdicts = arithmetic.fermat(batch, &never).unwrap();
            verdicts.truncate(batch.len());
            verdicts
        });
        verdicts.flatten().collect()
    };
    Arithmetic::available().map(all).collect()
}

fn base_two_by_others(candidate: &[u64]) -> bool {
    let test: MillerRabin<BoxedUint> = MillerRabin::new(Odd::new(integer(candidate)).unwrap());
    test.test_base_two() != Primality::Composite
}

#[test]
fn every_instruction_set_agrees_with_crypto_primes_on_random_odd_numbers() {
    for (words, usual) in WORDS.into_iter().zip([2000, 64, 32, 32]) {
        let numbers: Vec<_> = iter::repeat_with(|| random_odd(words))
            .take(candidates(usual))
            .collect();
        let expected: Vec<_> = numbers.iter().map(|n| base_two_by_others(n)).collect();
        for verdicts in fermat(&numbers) {
            assert_eq!(verdicts, expected, "{} bits", 64 * words);
        }
    }
}

#[test]
fn every_instruction_set_agrees_with_crypto_primes_on_numbers_without_small_factors() {
    let mut primes = 0;
    let mut candidate = vec![0; 4];
    let mut candidates = Candidates::new(4);
    let numbers: Vec<_> = iter::repeat_with(|| {
        candidates.next(&mut candidate).unwrap();
        Zeroizing::new(candidate.clone())
    })
    .take(800)
    .collect();
    let expected: Vec<_> = numbers.iter().map(|n| base_two_by_others(n)).collect();
    for verdicts in fermat(&numbers) {
        assert_eq!(verdicts, expected);
        primes = verdicts.iter().filter(|is_prime| **is_prime).count();
    }
    // One in eight or nine of those that the sieve leaves.
    assert!((40..200).contains(&primes), "{primes} primes of 800");
}

#[test]
fn the_sieve_drops_what_a_small_prime_divides_and_nothing_else() {
    for words in WORDS {
        let limit = u64::try_from(sieve::limit(words)).unwrap();
        let mut candidates = Candidates::new(words);
        let mut first = vec![0; words];
        candidates.next(&mut first).unwrap();
        // How far each is from the first.
        let mut kept = HashSet::new();
        let mut last = 0;
        for _ in 0..100 {
            let mut candidate = vec![0; words];
            candidates.next(&mut candidate).unwrap();
            last = candidate[0].wrapping_sub(first[0]);
            assert!(last < 8192, "all are of one window");
            kept.insert(last);
        }
        let mut dropped = HashSet::new();
        let odd = (3..limit).step_by(2);
        for (divisor, rest) in odd
            .map(|divisor| (divisor, divisor))
            .chain([(65537, 65538)])
        {
            let next = (rest - remainder(&first, divisor)) % divisor;
            let multiples = (next..=last).step_by(usize::try_from(divisor).unwrap());
            dropped.extend(multiples.filter(|distance| distance % 2 == 0));
        }
        for distance in (2..=last).step_by(2) {
            assert_ne!(kept.contains(&distance), dropped.contains(&distance));
        }
    }
}

#[test]
fn primes_are_found_to_be_primes_in_every_lane() {
    for words in WORDS {
        let prime = loop {
            let [prime, _] = primes(words);
            if base_two_by_others(&prime) {
                break prime;
            }
        };
        for arithmetic in Arithmetic::available() {
            assert_eq!(arithmetic.miller_rabin(&prime, &never), Ok(Some(true)));
            for lane in 0..arithmetic.lanes() {
                let mut batch = vec![random_composite(words); arithmetic.lanes()];
                batch[lane] = prime.clone();
                let expected: Vec<_> = (0..arithmetic.lanes()).map(|other| other == lane).collect();
                assert_eq!(
                    arithmetic.fermat(&batch, &never),
                    Some(expected),
                    "{arithmetic:?}, {} bits",
                    64 * words
                );
            }
        }
    }
}

fn random_composite(words: usize) -> Zeroizing<Vec<u64>> {
    iter::repeat_with(|| random_odd(words))
        .find(|number| !base_two_by_others(number))
        .unwrap()
}

/// Two primes of so many words, by the best instructions.
fn primes(words: usize) -> [Zeroizing<Vec<u64>>; 2] {
    let arithmetic = Arithmetic::available().next().unwrap();
    search::two_primes(words, arithmetic, NonZeroUsize::MIN, &Watch::default()).unwrap()
}

/// The primes nearest to powers of two: 2^bits - below and 2^(bits - 1) + above.
const EDGES: [(usize, u64, u64); 4] = [
    (256, 189, 95),
    (1_024, 105, 1_155),
    (1_536, 3_453, 699),
    (2_048, 1_557, 1_919),
];

#[test]
fn primes_of_nothing_but_ones_or_zeros_are_primes_and_their_neighbours_are_not() {
    for (bits, below, above) in EDGES {
        let mut ones = Zeroizing::new(vec![u64::MAX; bits / 64]);
        ones[0] -= below - 1;
        let mut zeros = Zeroizing::new(vec![0; bits / 64]);
        zeros[bits / 64 - 1] = 1 << 63;
        zeros[0] = above;
        let mut numbers = vec![ones.clone(), zeros.clone(), ones, zeros];
        numbers[2][0] -= 2;
        numbers[3][0] += 2;
        for verdicts in fermat(&numbers) {
            assert_eq!(verdicts, [true, true, false, false], "{bits} bits");
        }
        for arithmetic in Arithmetic::available() {
            assert_eq!(arithmetic.miller_rabin(&numbers[0], &never), Ok(Some(true)));
            assert_eq!(arithmetic.miller_rabin(&numbers[1], &never), Ok(Some(true)));
            assert_eq!(
                arithmetic.miller_rabin(&numbers[2], &never),
                Ok(Some(false))
            );
        }
    }
}

#[test]
fn pseudoprimes_pass_the_filter_and_fail_the_complete_test() {
    let pseudoprimes = [
        // Carmichael numbers, (6k + 1) (12k + 1) (18k + 1) with three primes.
        "c94517870c6d51fddb8d0505832b0075bf6fd0611afaeecb8a5d9fe0a258ff31",
        "977080a7acbc0e42d617b13702f4d986d60393d5b2a281f15dfc276caffaa9241ad4b1bc5ecb24ac90e8cc97759e128dd445e3a29557e60ff7736fd1\
         dbef8f3648ae82ede50f40c1eaded108f29217bc49c9aab9f994da96eb71a4b39333dd75f3c5e03a27a93a523363af574289664e369a0ead66aac7d9\
         0e300fe3caf2f3a9",
        // Strong pseudoprimes to base 2, p (2p - 1) with two primes.
        "1a4233b6e0cbfa57725d189bbebb2ffd432c9dc5a92a503746774b539a0236c81",
        "c73eed15efa252584e6356ec756e4e5932f0797fbd84602af244c52ed0246b573e77d46a11ef41c14da1d1362a04967033fc27d1cbf394fccbc0583e\
         c4d5767367a737d5dca399c6b1257b6c990a27f720106f4c2dd9f180e04b7ccfb4c1a7e51eb8290440f062eeaec86a1558e499cb170b8fac87d3095c\
         237278f2f14f977d",
    ];
    for pseudoprime in pseudoprimes.map(number) {
        for verdicts in fermat(std::slice::from_ref(&pseudoprime)) {
            assert_eq!(verdicts, [true]);
        }
        for arithmetic in Arithmetic::available() {
            assert_eq!(
                arithmetic.miller_rabin(&pseudoprime, &never),
                Ok(Some(false))
            );
        }
    }
    // Small ones: Carmichael's 561, 1729 and 825 265, and strong ones, 2047 and 3277.
    for pseudoprime in [561, 1729, 825_265, 2047, 3277] {
        for verdicts in fermat(&[Zeroizing::new(vec![pseudoprime])]) {
            assert_eq!(verdicts, [true], "{pseudoprime}");
        }
    }
}

#[test]
fn two_thousand_pairs_of_small_primes_are_random_and_share_nothing() {
    const PAIRS: usize = 2000;
    let mut seen = HashSet::new();
    let (mut third_bit, mut one_of_four, mut one_of_three) = (0, 0, 0);
    for _ in 0..PAIRS {
        let [p, q] = primes(4);
        for prime in [&p, &q] {
            assert!(base_two_by_others(prime));
            assert_eq!(prime[3] >> 62, 0b11, "the two highest bits are set");
            assert_ne!(remainder(prime, 65537), 1);
            assert!((3..1000).all(|divisor| remainder(prime, divisor) != 0));
            third_bit += prime[3] >> 61 & 1;
            one_of_four += u64::from(prime[0] % 4 == 1);
            one_of_three += u64::from(remainder(prime, 3) == 1);
            assert!(seen.insert(prime.to_vec()), "a prime came twice");
        }
        assert!(fips::are_apart(&p, &q));
    }
    // Half of 4000, give or take six standard deviations of 31.6.
    for count in [third_bit, one_of_four, one_of_three] {
        assert!((1810..2190).contains(&count), "{count} of 4000");
    }
}

fn remainder(number: &[u64], divisor: u64) -> u64 {
    let step = |rest: u64, word: &u64| {
        let high = (rest << 32 | word >> 32) % divisor;
        (high << 32 | word & 0xffff_ffff) % divisor
    };
    number.iter().rev().fold(0, step)
}

#[test]
fn keys_have_the_sizes_and_bounds_of_fips_186() {
    for (bits, threads) in [(2048, 1), (3072, 3), (4096, 2)] {
        let watch = Watch::default();
        let key = generate(bits, NonZeroUsize::new(threads).unwrap(), &watch).unwrap();
        key.validate().unwrap();
        assert_eq!(key.n().bit_width() as usize, bits);
        assert_eq!(*key.e(), BoxedUint::from(65537_u64));
        assert!(key.d().bit_width() as usize > bits / 2);
        let [p, q] = key.primes() else {
            panic!("two primes")
        };
        assert!(p > q);
        for prime in [p, q] {
            assert_eq!(prime.bit_width() as usize, bits / 2);
            let test: MillerRabin<BoxedUint> = MillerRabin::new(prime.clone());
            assert_ne!(test.test_base_two(), Primality::Composite);
        }
        assert!(watch.tested() > 0);
    }
}

#[test]
fn primes_that_agree_in_a_hundred_bits_are_too_close() {
    let number = random_odd(16);
    for (bit, are_apart) in [(1023, true), (925, true), (923, false), (1, false)] {
        let mut other = number.clone();
        other[bit / 64] ^= 1 << (bit % 64);
        assert_eq!(fips::are_apart(&number, &other), are_apart, "bit {bit}");
    }
}

#[test]
fn a_pair_that_is_not_of_primes_makes_no_key() {
    let [prime, _] = primes(16);
    let mut composite = random_composite(16);
    composite[15] |= 0b11 << 62;
    assert_eq!(
        fips::key(&[&prime, &composite]).err(),
        Some(Error::Inconsistent)
    );
    let mut low = prime.clone();
    low[15] = 0xb504_f333_f9de_6484;
    assert!(fips::key(&[&prime, &low]).unwrap().is_none());
}

#[test]
fn a_search_ends_when_it_is_cancelled() {
    let watch = Watch::default();
    watch.cancel();
    let threads = NonZeroUsize::new(2).unwrap();
    assert_eq!(
        generate(4096, threads, &watch).err(),
        Some(Error::Cancelled)
    );
    assert_eq!(watch.tested(), 0);
}

#[test]
fn sizes_that_servers_refuse_are_not_made() {
    for bits in [0, 512, 1024, 2047, 2560, 8192] {
        let made = generate(bits, NonZeroUsize::MIN, &Watch::default());
        assert_eq!(made.err(), Some(Error::Size), "{bits} bits");
    }
}
