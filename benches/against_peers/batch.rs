//! A batch of accounts, against the least that any program could do for as many files: ring makes and signs, and one sync
//! serves a group.

use std::cell::Cell;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};

use crate::machine::{self, XMPPCERT};
use crate::measure::{Plan, Report, Row};

/// As many accounts are in one group of a batch at most.
const GROUP: usize = 1024;

pub(crate) fn measure(plan: &Plan, report: &mut Report) {
    // Each run fills a directory of its own, and none is removed before the end: some file systems take long to find a free
    // inode among those that were just given up (ext4 without a journal, in seconds).
    let workshop = machine::workshop();
    let directory = workshop.path();
    let fresh = Cell::new(0);
    let fresh = || {
        fresh.set(fresh.get() + 1);
        format!("out{}", fresh.get())
    };
    let counts: &[usize] = if plan.is_quick() {
        &[100, 1000]
    } else {
        &[100, 1000, 10_000]
    };
    for &count in counts {
        let work = format!("batch of {count}, P-256");
        if !plan.wants(&work) {
            continue;
        }
        fs::write(directory.join("accounts"), machine::accounts(count)).unwrap();
        for cores in machine::core_counts() {
            let row = machine::on_cores(cores, || {
                Row::measured(
                    &work,
                    "a bare loop: ring key, signature, same files, one sync a group",
                    cores,
                    plan.runs(if count > 1000 { 5 } else { 20 }),
                    || {
                        let what = ["generate", "--from", "accounts", "--quiet"];
                        let how = ["--key-type", "ecdsa-p256", "--out-dir", &fresh()];
                        machine::run(directory, XMPPCERT, &[what, how].concat());
                    },
                    || bare_loop(&directory.join(fresh()), count, cores),
                )
            });
            report.push(row);
        }
    }
}

fn bare_loop(out: &Path, count: usize, threads: usize) {
    fs::create_dir(out).unwrap();
    let next = AtomicUsize::new(0);
    let disk = File::open(out).unwrap();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    make(&out.join(format!("user{number}@shakespeare.lit")));
                    if (number + 1).is_multiple_of(GROUP) {
                        rustix::fs::syncfs(&disk).unwrap();
                    }
                }
            });
        }
    });
    rustix::fs::syncfs(&disk).unwrap();
}

/// Files as large as those of the batch, of which only the key and the signature are real.
fn make(folder: &Path) {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let key =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
    let signature = key.sign(&random, &[0; 500]).unwrap();
    fs::create_dir(folder).unwrap();
    for (name, mode, size) in [("client.key", 0o600, 241), ("client.crt", 0o644, 850)] {
        let mut content = vec![0; size];
        content[..pkcs8.as_ref().len()].copy_from_slice(pkcs8.as_ref());
        content[150..150 + signature.as_ref().len()].copy_from_slice(signature.as_ref());
        let mut options = OpenOptions::new();
        let options = options.write(true).create_new(true).mode(mode);
        let mut file = options.open(folder.join(name)).unwrap();
        file.write_all(&content).unwrap();
    }
}
