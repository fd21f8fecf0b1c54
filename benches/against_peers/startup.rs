//! Starting and ending a process, which is most of what a small piece of work takes: the floor below the other rows.

use crate::machine::{self, XMPPCERT};
use crate::measure::{Plan, Report, Row};

pub(crate) fn measure(plan: &Plan, report: &mut Report) {
    let work = "start-up, --version, whole process";
    if !plan.wants(work) {
        return;
    }
    report.note_peer("openssl", &["version"]);
    let workshop = machine::workshop();
    let directory = workshop.path();
    for peer in ["true", "openssl version"] {
        let words: Vec<&str> = peer.split(' ').collect();
        report.push(Row::measured(
            work,
            peer,
            machine::cores(),
            plan.runs(200),
            || machine::run(directory, XMPPCERT, &["--version"]),
            || machine::run(directory, words[0], &words[1..]),
        ));
    }
}
