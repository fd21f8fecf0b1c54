//! What certificates say: one of them, and bundles of more and more.

use std::fs;
use std::path::Path;

use crate::machine::{self, XMPPCERT};
use crate::measure::{Plan, Report, Row};

const KEY_TYPES: [(&str, &str); 2] = [("P-256", "ecdsa-p256"), ("RSA-4096", "rsa-4096")];
/// How many different certificates a bundle has.
const DIFFERENT: usize = 20;

pub(crate) fn measure(plan: &Plan, report: &mut Report) {
    let workshop = machine::workshop();
    let directory = workshop.path();
    for (name, key_type) in KEY_TYPES {
        let single = format!("inspect 1 certificate, {name}, whole process");
        let bundle = |count: usize| format!("inspect a bundle of {count}, {name}");
        let counts: &[usize] = if plan.is_quick() {
            &[1, 10, 100, 1000]
        } else {
            &[1, 10, 100, 1000, 10_000, 100_000]
        };
        if !plan.wants(&single) && !counts.iter().any(|count| plan.wants(&bundle(*count))) {
            continue;
        }
        report.note_peer("openssl", &["version"]);
        report.note_peer("certtool", &["--version"]);
        let certificates = certificates(directory, key_type);
        fs::write(directory.join("one.crt"), &certificates[0]).unwrap();
        if plan.wants(&single) {
            for peer in [
                "certtool -i --infile one.crt",
                "openssl x509 -noout -text -in one.crt",
            ] {
                for cores in machine::core_counts() {
                    report.push(row(plan, directory, &single, "one.crt", peer, cores, 100));
                }
            }
        }
        for &count in counts {
            let work = bundle(count);
            if !plan.wants(&work) {
                continue;
            }
            let content: String = certificates.iter().cycle().take(count).cloned().collect();
            fs::write(directory.join("bundle.pem"), content).unwrap();
            let runs = [40, 5][usize::from(count > 1000)];
            for peer in [
                "openssl storeutl -noout -text -certs bundle.pem",
                "certtool -i --infile bundle.pem",
            ] {
                for cores in machine::core_counts() {
                    report.push(row(plan, directory, &work, "bundle.pem", peer, cores, runs));
                }
            }
        }
    }
}

fn certificates(directory: &Path, key_type: &str) -> Vec<String> {
    fs::write(directory.join("accounts"), machine::accounts(DIFFERENT)).unwrap();
    let arguments = [
        "generate",
        "--from",
        "accounts",
        "--quiet",
        "--out-dir",
        key_type,
    ];
    machine::run(
        directory,
        XMPPCERT,
        &[&arguments[..], &["--key-type", key_type]].concat(),
    );
    let path = |number| format!("{key_type}/user{number}@shakespeare.lit/client.crt");
    (0..DIFFERENT)
        .map(|number| fs::read_to_string(directory.join(path(number))).unwrap())
        .collect()
}

fn row(
    plan: &Plan,
    directory: &Path,
    work: &str,
    file: &str,
    peer: &str,
    cores: usize,
    runs: usize,
) -> Row {
    let words: Vec<&str> = peer.split(' ').collect();
    machine::on_cores(cores, || {
        Row::measured(
            work,
            peer,
            cores,
            plan.runs(runs),
            || machine::run(directory, XMPPCERT, &["inspect", file]),
            || machine::run(directory, words[0], &words[1..]),
        )
    })
}
