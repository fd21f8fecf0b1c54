//! What certificates say: one of them, and bundles of more and more.

use std::fs;
use std::path::Path;

use crate::machine::{self, XMPPCERT};
use crate::measure::{Plan, Report, Row};

/// Of a self-signed certificate ours verifies the signature unless told otherwise, which no peer does and which then is
/// most of the work.
const KINDS: [(&str, &str, Issuer, &[&str]); 5] = [
    ("P-256", "ecdsa-p256", Issuer::Authority, &[]),
    ("P-256 self-signed", "ecdsa-p256", Issuer::Itself, &[]),
    (
        "P-256 self-signed, --no-verify",
        "ecdsa-p256",
        Issuer::Itself,
        &["--no-verify"],
    ),
    ("RSA-4096 self-signed", "rsa-4096", Issuer::Itself, &[]),
    (
        "RSA-4096 self-signed, --no-verify",
        "rsa-4096",
        Issuer::Itself,
        &["--no-verify"],
    ),
];
/// How many different certificates a bundle has.
const DIFFERENT: usize = 20;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Issuer {
    Itself,
    Authority,
}

/// What a certification authority puts into our certificates.
const EXTENSIONS: &str = "subjectAltName=otherName:1.3.6.1.5.5.7.8.5;UTF8:hamlet@shakespeare.lit,email:hamlet@shakespeare.lit
keyUsage=critical,digitalSignature
extendedKeyUsage=clientAuth
basicConstraints=critical,CA:FALSE
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
";

pub(crate) fn measure(plan: &Plan, report: &mut Report) {
    let workshop = machine::workshop();
    let directory = workshop.path();
    for (name, key_type, issuer, options) in KINDS {
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
        let certificates = match issuer {
            Issuer::Itself => self_signed(key_type),
            Issuer::Authority => issued(directory, key_type),
        };
        fs::write(directory.join("one.crt"), &certificates[0]).unwrap();
        let ours = |file| [&["inspect"], options, &[file]].concat();
        if plan.wants(&single) && options.is_empty() {
            for peer in [
                "certtool -i --infile one.crt",
                "openssl x509 -noout -text -in one.crt",
            ] {
                for cores in machine::core_counts() {
                    let ours = ours("one.crt");
                    report.push(row(plan, directory, &single, &ours, peer, cores, 100));
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
            let (runs, core_counts) = match count {
                ..=1000 => (20, machine::core_counts()),
                1001..=10_000 => (5, machine::core_counts()),
                // A minute for each of theirs.
                _ => (2, vec![machine::cores()]),
            };
            for peer in [
                "openssl storeutl -noout -text -certs bundle.pem",
                "certtool -i --infile bundle.pem",
            ] {
                for &cores in &core_counts {
                    let ours = ours("bundle.pem");
                    report.push(row(plan, directory, &work, &ours, peer, cores, runs));
                }
            }
        }
    }
}

fn self_signed(key_type: &str) -> Vec<String> {
    let workshop = machine::workshop();
    let directory = workshop.path();
    fs::write(directory.join("accounts"), machine::accounts(DIFFERENT)).unwrap();
    let arguments = [
        "generate",
        "--from",
        "accounts",
        "--quiet",
        "--out-dir",
        "out",
    ];
    machine::run(
        directory,
        XMPPCERT,
        &[&arguments[..], &["--key-type", key_type]].concat(),
    );
    let path = |number| format!("out/user{number}@shakespeare.lit/client.crt");
    (0..DIFFERENT)
        .map(|number| fs::read_to_string(directory.join(path(number))).unwrap())
        .collect()
}

fn issued(directory: &Path, key_type: &str) -> Vec<String> {
    let openssl = |arguments: &str| {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        machine::run(directory, "openssl", &arguments);
    };
    fs::write(directory.join("extensions"), EXTENSIONS).unwrap();
    openssl("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -subj /CN=CA -days 365");
    (0..DIFFERENT)
        .map(|_| {
            let request = ["generate", "--csr", "--force", "--quiet", "--out", "issued"];
            let what = ["--jid", "hamlet@shakespeare.lit", "--key-type", key_type];
            machine::run(directory, XMPPCERT, &[&request[..], &what].concat());
            openssl("x509 -req -in issued.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -extfile extensions -out issued.crt");
            fs::read_to_string(directory.join("issued.crt")).unwrap()
        })
        .collect()
}

fn row(
    plan: &Plan,
    directory: &Path,
    work: &str,
    ours: &[&str],
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
            || machine::run(directory, XMPPCERT, ours),
            || machine::run(directory, words[0], &words[1..]),
        )
    })
}
