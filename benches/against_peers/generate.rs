//! A key with its certificate: the whole of one command against the whole of the openssl recipe.

use std::fs;
use std::path::Path;

use crate::machine::{self, XMPPCERT};
use crate::measure::{Plan, Report, Row};

/// The recipe of the README.
const CONFIGURATION: &str = "[req]
prompt = no
distinguished_name = subject
req_extensions = client
[subject]
commonName = hamlet@shakespeare.lit
emailAddress = hamlet@shakespeare.lit
[client]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
subjectAltName = otherName:1.3.6.1.5.5.7.8.5;UTF8:hamlet@shakespeare.lit,email:hamlet@shakespeare.lit
";

pub(crate) fn measure(plan: &Plan, report: &mut Report) {
    // Ours waits until the disk has both files, five times over; the recipe does not.
    let disk = ("generate, P-256, whole process", machine::workshop());
    let memory = (
        "generate, P-256, whole process, files in memory",
        machine::workshop_in_memory(),
    );
    for (work, workshop) in [disk, memory] {
        if !plan.wants(work) {
            continue;
        }
        report.note_peer("openssl", &["version"]);
        fs::write(workshop.path().join("client.cnf"), CONFIGURATION).unwrap();
        for cores in machine::core_counts() {
            let row = machine::on_cores(cores, || row(plan, work, workshop.path(), cores));
            report.push(row);
        }
    }
}

fn row(plan: &Plan, work: &str, directory: &Path, cores: usize) -> Row {
    Row::measured(
        work,
        "openssl ecparam -genkey; openssl req; openssl x509 -req",
        cores,
        plan.runs(60),
        || {
            let arguments = ["generate", "--jid", "hamlet@shakespeare.lit"];
            let more = ["--key-type", "ecdsa-p256", "--quiet", "--out", "ours"];
            machine::run(directory, XMPPCERT, &[&arguments[..], &more].concat());
            for file in ["ours.key", "ours.crt"] {
                fs::remove_file(directory.join(file)).unwrap();
            }
        },
        || {
            let openssl = |arguments: &str| {
                let arguments: Vec<&str> = arguments.split(' ').collect();
                machine::run(directory, "openssl", &arguments);
            };
            openssl("ecparam -name prime256v1 -genkey -noout -out client.key");
            openssl("req -new -config client.cnf -key client.key -out client.csr");
            openssl(
                "x509 -req -days 365 -in client.csr -signkey client.key -extfile client.cnf -extensions client -out client.crt",
            );
        },
    )
}
