//! The search for two primes on several threads.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use zeroize::Zeroizing;

use super::primality::{Arithmetic, miller_rabin_by_others};
use super::sieve::Candidates;
use super::{Error, Watch, fips};

/// Two primes of so many 64-bit words, with their two highest bits set, neither one more than a multiple of the public
/// exponent, and far enough from each other.
///
/// Every thread looks for any prime. What passes Fermat's test is put to the complete test by whoever is free first, in two parts
/// that can be done at the same time, while the others search on; when there are two, the search rests.
pub(super) fn two_primes(
    words: usize,
    arithmetic: Arithmetic,
    threads: NonZeroUsize,
    watch: &Watch,
) -> Result<[Zeroizing<Vec<u64>>; 2], Error> {
    let search = Search {
        words,
        arithmetic,
        watch,
        halted: AtomicBool::new(false),
        state: Mutex::default(),
        changed: Condvar::new(),
    };
    thread::scope(|scope| {
        for _ in 1..threads.get() {
            // Should no thread be had, the others find the primes.
            let worker = thread::Builder::new().name("prime search".to_owned());
            drop(worker.spawn_scoped(scope, || search.work()));
        }
        search.work();
    });
    let state = search
        .state
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = state.failure {
        return Err(error);
    }
    let mut numbers = state.found.into_iter().map(|found| found.number);
    match (numbers.next(), numbers.next()) {
        (Some(one), Some(other)) => Ok([one, other]),
        _ => Err(Error::Cancelled),
    }
}

struct Search<'a> {
    words: usize,
    arithmetic: Arithmetic,
    watch: &'a Watch,
    /// Tells those that test candidates to look what there is to do.
    halted: AtomicBool,
    state: Mutex<State>,
    /// Wakes those that wait for others' tests.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// What passed Fermat's test, and has not failed another.
    found: Vec<Found>,
    failure: Option<Error>,
}

struct Found {
    number: Zeroizing<Vec<u64>>,
    ours: Progress,
    others: Progress,
}

/// How far a part of the complete test is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Open,
    Taken,
    Passed,
}

/// A part of the complete test.
#[derive(Clone, Copy)]
enum Part {
    /// Rounds by our arithmetic.
    Ours,
    /// A round by the code of others.
    Others,
}

impl Found {
    fn progress(&mut self, part: Part) -> &mut Progress {
        match part {
            Part::Ours => &mut self.ours,
            Part::Others => &mut self.others,
        }
    }
}

impl State {
    fn is_complete(&mut self) -> bool {
        let passed =
            |found: &Found| found.ours == Progress::Passed && found.others == Progress::Passed;
        self.found.len() == 2 && self.found.iter().all(passed)
    }

    /// Takes a part of a test that nobody has begun.
    fn take(&mut self) -> Option<(Zeroizing<Vec<u64>>, Part)> {
        for found in &mut self.found {
            // The slower one first.
            for part in [Part::Others, Part::Ours] {
                if *found.progress(part) == Progress::Open {
                    *found.progress(part) = Progress::Taken;
                    return Some((found.number.clone(), part));
                }
            }
        }
        None
    }
}

impl Search<'_> {
    /// Does whatever there is to do, until there are two primes.
    fn work(&self) {
        if let Err(error) = self.try_work() {
            let mut state = self.lock();
            state.failure = Some(error);
            self.halted.store(true, Ordering::Relaxed);
            self.changed.notify_all();
        }
    }

    fn try_work(&self) -> Result<(), Error> {
        let mut candidates = Candidates::new(self.words);
        let mut batch = vec![Zeroizing::new(vec![0; self.words]); self.arithmetic.lanes()];
        loop {
            let mut state = self.lock();
            if self.watch.is_cancelled() {
                return Err(Error::Cancelled);
            }
            if state.failure.is_some() || state.is_complete() {
                return Ok(());
            }
            if let Some((number, part)) = state.take() {
                drop(state);
                self.test(&number, part)?;
            } else if state.found.len() == 2 {
                let waited = self.changed.wait(state);
                drop(waited.unwrap_or_else(PoisonError::into_inner));
            } else {
                drop(state);
                self.try_batch(&mut candidates, &mut batch)?;
            }
        }
    }

    /// Puts the next candidates to Fermat's test.
    fn try_batch(
        &self,
        candidates: &mut Candidates,
        batch: &mut [Zeroizing<Vec<u64>>],
    ) -> Result<(), Error> {
        for candidate in &mut *batch {
            candidates.next(candidate)?;
        }
        let halt = || self.halted.load(Ordering::Relaxed) || self.watch.is_cancelled();
        let Some(verdicts) = self.arithmetic.fermat(batch, &halt) else {
            return Ok(());
        };
        self.watch.count(batch.len());
        for (candidate, _) in batch.iter().zip(verdicts).filter(|(_, passed)| *passed) {
            // Two primes of one window would be close to each other.
            candidates.restart();
            self.found(candidate);
        }
        Ok(())
    }

    fn found(&self, candidate: &Zeroizing<Vec<u64>>) {
        let mut state = self.lock();
        let suits = |other: &Found| fips::are_apart(candidate, &other.number);
        if state.found.len() < 2 && state.found.iter().all(suits) {
            state.found.push(Found {
                number: candidate.clone(),
                ours: Progress::Open,
                others: Progress::Open,
            });
            self.halted.store(state.found.len() == 2, Ordering::Relaxed);
            self.changed.notify_all();
        }
    }

    fn test(&self, number: &Zeroizing<Vec<u64>>, part: Part) -> Result<(), Error> {
        let cancelled = || self.watch.is_cancelled();
        let passed = match part {
            Part::Ours => self.arithmetic.miller_rabin(number, &cancelled)?,
            Part::Others => Some(miller_rabin_by_others(number)?),
        }
        .ok_or(Error::Cancelled)?;
        let mut state = self.lock();
        // Another part may have thrown it out already.
        if let Some(index) = state.found.iter().position(|found| found.number == *number) {
            if passed {
                *state.found[index].progress(part) = Progress::Passed;
            } else {
                state.found.remove(index);
                self.halted.store(false, Ordering::Relaxed);
            }
        }
        self.changed.notify_all();
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
