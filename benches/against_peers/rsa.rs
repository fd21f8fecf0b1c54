//! RSA keys.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::process::{Command, Stdio};

use xmppcert::key::{KeyAlgorithm, PrivateKey};
use xmppcert::rsa_keygen::Watch;

use crate::measure::{Plan, Report, Row};

/// The search for primes is a lottery, so only means of many runs say something.
const RUNS: usize = 60;

pub(crate) fn measure(plan: &Plan, report: &mut Report) {
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let threads = if cores == NonZeroUsize::MIN {
        vec![cores]
    } else {
        vec![cores, NonZeroUsize::MIN]
    };
    for (algorithm, bits) in [
        (KeyAlgorithm::Rsa2048, "2048"),
        (KeyAlgorithm::Rsa3072, "3072"),
        (KeyAlgorithm::Rsa4096, "4096"),
    ] {
        let work = format!("RSA-{bits} key");
        if !plan.wants(&work) {
            continue;
        }
        report.note_peer("openssl", &["version"]);
        for &threads in &threads {
            let ours = || {
                let key = PrivateKey::generate_watched(algorithm, threads, &Watch::default());
                drop(black_box(key.unwrap()));
            };
            // It searches on one core, however many there are.
            let theirs = || {
                let status = Command::new("openssl")
                    .args(["genrsa", bits])
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status();
                assert!(status.unwrap().success());
            };
            let peer = format!("openssl genrsa {bits}");
            report.push(Row::measured(
                &work,
                &peer,
                threads.get(),
                plan.runs(RUNS),
                ours,
                theirs,
            ));
        }
    }
}
