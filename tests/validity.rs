//! Every way to say how long a certificate is valid.

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::support::{Sandbox, contains, der, generate};

/// Options, and the dates as they are encoded: thirteen characters are a UTCTime, fifteen a
/// GeneralizedTime (RFC 5280 4.1.2.5).
const DATES: &str = "\
--not-before 2027-01-31 --not-after 2027-02-28 | 270131000000Z 270228000000Z
--not-before 2027-01-31T12:30:00+02:00 --days 1 | 270131103000Z 270201103000Z
--not-before 2027-01-31T12:30:00.999Z --valid-for 1h | 270131123000Z 270131133000Z
--not-before 2028-02-29 --days 365 | 280229000000Z 290228000000Z
--not-before 2028-02-29 --valid-for 1y | 280229000000Z 290228000000Z
--not-before 2028-02-29 --valid-for 4y | 280229000000Z 320229000000Z
--not-before 2028-01-31 --valid-for 1mo | 280131000000Z 280229000000Z
--not-before 2027-01-31 --valid-for 1mo | 270131000000Z 270228000000Z
--not-before 2027-08-31 --valid-for 18mo | 270831000000Z 290228000000Z
--not-before 2096-02-29 --valid-for 4y | 20960229000000Z 21000228000000Z
--not-before 1950-01-01 --not-after 2049-12-31T23:59:59Z | 500101000000Z 491231235959Z
--not-before 2049-12-31T23:59:59Z --not-after 2050-01-01 | 491231235959Z 20500101000000Z
--not-before 2049-12-31 --valid-for 24h | 491231000000Z 20500101000000Z
--not-before 2050-01-01 --valid-for 1y | 20500101000000Z 20510101000000Z
--not-before 2027-01-01 --not-after never | 270101000000Z 99991231235959Z
--not-before 2027-01-01 --not-after 9999-12-31T23:59:59Z | 270101000000Z 99991231235959Z";

const NO_TIME: &str = "a certificate that is valid for no time cannot be used";
const TOO_LATE: &str = "the certificate would end after the year 9999, and it cannot state that";

/// Options, and what is wrong with the last one.
const ERRORS: &str = "\
--days 0 | NO_TIME
--days -1 | '-1' is not a number of days
--days 1.5 | '1.5' is not a number of days
--days 365d | '365d' is not a number of days
--days \u{663} | '\u{663}' is not a number of days
--days 2912200 | TOO_LATE
--days 99999999999999999999999 | TOO_LATE
--valid-for 0y | NO_TIME
--valid-for 8000y | TOO_LATE
--valid-for 4294967295w | TOO_LATE
--valid-for 18446744073709551616h | TOO_LATE
--valid-for 1m | '1m' is not a length of time
--valid-for -1d | '-1d' is not a length of time
--valid-for 365 | '365' is not a length of time
--not-after 2026-02-29 | '2026-02-29' is not a date
--not-after 10000-01-01 | '10000-01-01' is not a date
--not-after tomorrow | 'tomorrow' is not a date
--not-after Never | 'Never' is not a date
--not-after 9999-12-31T23:59:59-01:00 | TOO_LATE
--not-before 2027-01-02 --not-after 2027-01-01 | the certificate would end at 2027-01-01T00:00:00Z but start at 2027-01-02T00:00:00Z
--not-before 2027-01-01 --not-after 2027-01-01 | the certificate would end at 2027-01-01T00:00:00Z but start at 2027-01-01T00:00:00Z
--not-before 9999-12-31T23:59:59Z --days 1 | TOO_LATE
--not-before 1949-12-31 | '1949-12-31T00:00:00Z' is before 1950, and a certificate cannot state it
--days 1 --not-before 1900-01-01 | '1900-01-01T00:00:00Z' is before 1950, and a certificate cannot state it
--not-before 0000-01-01 | '0000-01-01T00:00:00Z' is before 1950, and a certificate cannot state it";

fn moment(value: &Value) -> OffsetDateTime {
    OffsetDateTime::parse(value.as_str().unwrap(), &Rfc3339).unwrap()
}

/// A UTCTime or GeneralizedTime, DER.
fn time(date: &str) -> Vec<u8> {
    let tag = if date.len() == 13 { 0x17 } else { 0x18 };
    let mut encoded = vec![tag, u8::try_from(date.len()).unwrap()];
    encoded.extend_from_slice(date.as_bytes());
    encoded
}

#[test]
fn a_period_counts_from_now_and_begins_five_minutes_ago() {
    let sandbox = Sandbox::new();
    for (index, (args, length)) in [
        (&[][..], Duration::days(365)),
        (&["--days", "1"], Duration::days(1)),
        (&["--days", "3650"], Duration::days(3650)),
        (&["--valid-for", "36h"], Duration::hours(36)),
        (&["--valid-for", "90d"], Duration::days(90)),
        (&["--valid-for", "12w"], Duration::days(84)),
    ]
    .into_iter()
    .enumerate()
    {
        let name = index.to_string();
        let report = sandbox.json(&generate(&[args, &["--out", &name]].concat()));
        assert_eq!(
            moment(&report["not_after"]) - moment(&report["not_before"]),
            length + Duration::minutes(5),
            "{args:?}"
        );
        let certificate = sandbox.inspect(&format!("{name}.crt"));
        assert_eq!(certificate["standing"], "current", "{args:?}");
        assert_eq!(certificate["not_after"], report["not_after"]);
    }
}

#[test]
fn dates_are_those_that_were_asked_for() {
    let sandbox = Sandbox::new();
    for (index, line) in DATES.lines().enumerate() {
        let (options, dates) = line.split_once(" | ").unwrap();
        let name = index.to_string();
        let mut args: Vec<&str> = options.split(' ').collect();
        args.extend(["--out", &name]);
        sandbox.done(&generate(&args));
        let dates: Vec<u8> = dates.split(' ').flat_map(time).collect();
        let certificate = der(&sandbox.read(&format!("{name}.crt")));
        assert!(contains(&certificate, &dates), "{line}");
    }
}

#[test]
fn a_validity_that_cannot_be_is_a_clear_error() {
    let sandbox = Sandbox::new();
    for line in ERRORS.lines() {
        let (options, error) = line.split_once(" | ").unwrap();
        let error = error
            .replace("NO_TIME", NO_TIME)
            .replace("TOO_LATE", TOO_LATE);
        let args: Vec<&str> = options.split(' ').collect();
        let said = sandbox.fails(2, &generate(&args));
        let first = said.lines().next().unwrap();
        let option = args[args.len() - 2];
        assert!(
            first == format!("error: '{option}': {error}"),
            "{line}: {first}"
        );
        assert!(said.lines().nth(1).unwrap().starts_with("hint: "));
    }
    for (one, other) in [
        ("--days=1", "--valid-for=1d"),
        ("--days=1", "--not-after=never"),
        ("--valid-for=1d", "--not-after=never"),
    ] {
        let said = sandbox.fails(2, &generate(&[one, other]));
        assert!(said.contains("cannot be used with"), "{said}");
    }
    assert!(sandbox.files().is_empty());
}

#[test]
fn a_certificate_that_is_not_current_is_made_with_a_warning() {
    let sandbox = Sandbox::new();
    for (name, args, warning) in [
        (
            "past",
            ["--not-before", "2020-01-01", "--not-after", "2020-02-01"],
            "warning: the certificate has expired already\n",
        ),
        (
            "future",
            ["--not-before", "2999-01-01", "--valid-for", "1d"],
            "warning: until the certificate begins, servers offer no login with it\n",
        ),
    ] {
        let outcome = sandbox.run(&generate(&[&args[..], &["--out", name]].concat()));
        assert_eq!(outcome.status, 0);
        assert!(outcome.stderr.starts_with(warning), "{}", outcome.stderr);
    }
}
