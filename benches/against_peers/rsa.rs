//! RSA keys.

use std::hint::black_box;
use std::process::{Command, Stdio};

use xmppcert::key::{KeyAlgorithm, PrivateKey};

use crate::measure::{Plan, Report, Row};

/// The search for primes is a lottery, so only means of many runs say something.
const RUNS: usize = 60;

pub(crate) fn measure(plan: &Plan, report: &mut Report) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
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
        report.push(Row::measured(
            &work,
            &format!("openssl genrsa {bits}"),
            cores,
            plan.runs(RUNS),
            || drop(black_box(PrivateKey::generate(algorithm).unwrap())),
            || {
                let status = Command::new("openssl")
                    .args(["genrsa", bits])
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status();
                assert!(status.unwrap().success());
            },
        ));
    }
}
