//! How fast this is beside other programs: every row alternates runs of ours and of theirs, so that both meet the same
//! machine in the same mood.
//!
//! `cargo bench --bench against_peers -- [--json] [--quick] [--runs N] [WORD...]` measures the rows whose name contains a WORD, or all.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a measurement that cannot go on is none, and its results are printed"
)]

mod batch;
mod generate;
mod inspect;
mod machine;
mod measure;
mod rsa;
mod startup;

use measure::{Plan, Report};

fn main() {
    let plan = Plan::from_arguments(std::env::args().skip(1));
    let mut report = Report::new();
    rsa::measure(&plan, &mut report);
    startup::measure(&plan, &mut report);
    generate::measure(&plan, &mut report);
    inspect::measure(&plan, &mut report);
    batch::measure(&plan, &mut report);
    report.print(&plan);
}
