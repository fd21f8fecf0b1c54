//! `xmppcert inspect`: what it says of files of every kind.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::support::{JID, Sandbox, compare, data, der, generate};

/// How each was made is in data/make.py.
const FILES: [&str; 14] = [
    "every-name.crt",
    "version-1.crt",
    "never.crt",
    "issued.crt",
    "unknown-signature.crt",
    "x509.crt",
    "trusted.crt",
    "request.csr",
    "public.pem",
    "pkcs8.key",
    "pkcs1.key",
    "sec1.key",
    "encrypted.key",
    "encrypted-sec1.key",
];

/// With the files of [`FILES`], so that sources are without a directory.
fn with_files() -> Sandbox {
    let sandbox = Sandbox::new();
    for file in FILES {
        sandbox.write(file, fs::read(data(&format!("inspect/{file}"))).unwrap());
    }
    sandbox
}

/// The number behind each `marker` replaced by N: it counts down day by day.
fn without_days(text: &str, marker: &str) -> String {
    let mut parts = text.split(marker);
    let mut result = parts.next().unwrap().to_owned();
    for part in parts {
        result.push_str(marker);
        result.push('N');
        result.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    result
}

fn lines(output: &str) -> Vec<Value> {
    output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn signatures_are_verified_unless_told_otherwise() {
    let sandbox = with_files();
    // The last octet of one is of its signature, whose end is then of another number.
    let mut forged = der(&sandbox.read("never.crt"));
    *forged.last_mut().unwrap() ^= 1;
    sandbox.write("forged.crt", forged);
    for (file, verified, unverified) in [
        ("never.crt", Some(true), None),
        ("forged.crt", Some(false), None),
        // That it names another issuer is seen without verifying anything.
        ("issued.crt", Some(false), Some(false)),
    ] {
        let mut told = sandbox.inspect(file);
        assert_eq!(told["self_signed"].as_bool(), verified, "{file}");
        let mut told_less = sandbox.json(&["inspect", "--no-verify", file]);
        assert_eq!(told_less["self_signed"].as_bool(), unverified, "{file}");
        // Nothing else is left out.
        for told in [&mut told, &mut told_less] {
            told.as_object_mut().unwrap().remove("self_signed");
        }
        assert_eq!(told_less, told, "{file}");
    }
    let text = sandbox.done(&["inspect", "--no-verify", "never.crt"]);
    assert!(
        text.contains("itself (the signature was not verified)"),
        "{text}"
    );
}

#[test]
fn json_is_a_contract() {
    let sandbox = with_files();
    let output = sandbox.done(&[&["inspect", "--json"], &FILES[..]].concat());
    assert_eq!(output.lines().count(), FILES.len());
    assert!(!output.contains("null"));
    compare(
        "tests/data/inspect/objects.jsonl",
        &without_days(&output, "\"days_left\":"),
        "inspect",
    );
}

#[test]
fn text_says_the_same_to_people() {
    let sandbox = with_files();
    let output = sandbox.done(&[&["inspect"], &FILES[..]].concat());
    compare(
        "tests/data/inspect/objects.txt",
        &without_days(&output, "expires in "),
        "inspect",
    );
}

#[test]
fn days_left_are_whole_days_until_the_end() {
    let sandbox = Sandbox::new();
    for (name, end) in [("a", "2020-01-01"), ("b", "2999-12-31T23:59:59Z")] {
        let args = [
            "--not-before",
            "2019-01-01",
            "--not-after",
            end,
            "--out",
            name,
        ];
        sandbox.done(&generate(&args));
        let certificate = sandbox.inspect(&format!("{name}.crt"));
        let not_after = certificate["not_after"].as_str().unwrap();
        let left = OffsetDateTime::parse(not_after, &Rfc3339).unwrap() - OffsetDateTime::now_utc();
        let days = certificate["days_left"].as_i64().unwrap();
        // The day may have changed in between.
        let expected = (left + Duration::hours(1))
            .whole_seconds()
            .div_euclid(86400);
        assert!((expected - 1..=expected).contains(&days), "{days} {left}");
    }
}

#[test]
fn the_time_left_is_told_in_words() {
    let sandbox = Sandbox::new();
    for (options, words, standing) in [
        (&["--days", "365"][..], "expires in 364 days", "current"),
        (&["--valid-for", "25h"], "expires in 1 day", "current"),
        (&["--valid-for", "2h"], "expires within a day", "current"),
        (&["--not-after", "never"], "never expires", "current"),
        (
            &["--not-before", "2020-01-01", "--not-after", "2020-01-02"],
            "expired",
            "expired",
        ),
        (
            &["--not-before", "2999-01-01"],
            "begins in",
            "not-yet-valid",
        ),
    ] {
        sandbox.done(&[&generate(options)[..], &["--force"]].concat());
        let text = sandbox.done(&["inspect", "client.crt"]);
        let validity = text.lines().find(|line| line.contains("Validity")).unwrap();
        assert!(
            validity
                .trim_start_matches("  Validity")
                .trim_start()
                .starts_with(words),
            "{validity}"
        );
        assert_eq!(sandbox.inspect("client.crt")["standing"], standing);
    }
    let text = sandbox.done(&["inspect", &data("rules/expired.crt")]);
    assert!(text.contains(" days ago\n"), "{text}");
}

#[test]
fn whatever_surrounds_a_block_the_certificate_is_found() {
    let sandbox = Sandbox::with_pair();
    let pem = sandbox.text("client.crt");
    let wanted = sandbox.inspect("client.crt")["sha256"].clone();
    let crlf = pem.replace('\n', "\r\n");
    let headers = pem.replacen("-----\n", "-----\nX-Name: value\n continued: here\n\n", 1);
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let one_line = format!("-----BEGIN CERTIFICATE-----{body}-----END CERTIFICATE-----");
    let unpadded = pem.replace('=', "");
    for (name, content) in [
        ("text before", format!("subject: hamlet\n0 1 2\n{pem}")),
        ("text behind", format!("{pem}and so on")),
        ("a zero in front", format!("0\n{pem}")),
        ("byte order mark", format!("\u{feff}{pem}")),
        ("CRLF", crlf),
        ("old Mac line ends", pem.replace('\n', "\r")),
        ("blank lines", pem.replace('\n', "\n\n")),
        ("indented", pem.replace('\n', "\n    ")),
        ("headers", headers),
        ("one line", one_line),
        ("no line end at the end", pem.trim_end().to_owned()),
        ("no padding", unpadded),
        (
            "much text",
            format!("{}{pem}", "much text\n".repeat(200_000)),
        ),
    ] {
        sandbox.write("file", content);
        assert_eq!(sandbox.inspect("file")["sha256"], wanted, "{name}");
    }
    sandbox.write("file", der(pem.as_bytes()));
    assert_eq!(sandbox.inspect("file")["sha256"], wanted);
}

#[test]
fn objects_of_every_kind_are_counted_through_in_one_file() {
    let sandbox = with_files();
    let all: Vec<u8> = FILES.iter().flat_map(|file| sandbox.read(file)).collect();
    let outcome = sandbox.run_with(&all, &["inspect", "--json", "-"]);
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    let objects = lines(&outcome.stdout);
    let kinds: Vec<&str> = objects
        .iter()
        .map(|object| object["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds[..7], ["certificate"; 7]);
    assert_eq!(kinds[7..9], ["request", "public-key"]);
    assert_eq!(kinds[9..], ["private-key"; 5]);
    for (index, object) in objects.iter().enumerate() {
        assert_eq!(object["index"], index);
        assert_eq!(object["source"], "-");
    }
}

#[test]
fn der_of_every_kind_is_told_apart() {
    let sandbox = with_files();
    for file in FILES {
        // OpenSSL's "trusted" form and the old encryption exist in PEM only.
        if ["trusted.crt", "encrypted-sec1.key"].contains(&file) {
            continue;
        }
        sandbox.write("object.der", der(&sandbox.read(file)));
        let (mut from_pem, mut from_der) = (sandbox.inspect(file), sandbox.inspect("object.der"));
        for object in [&mut from_pem, &mut from_der] {
            object["source"].take();
        }
        assert_eq!(from_pem, from_der, "{file}");
    }
}

#[test]
fn a_private_key_is_described_and_never_shown() {
    let sandbox = with_files();
    for file in FILES {
        if !sandbox.text(file).contains("PRIVATE KEY") {
            continue;
        }
        let mut hex = String::new();
        for octet in der(&sandbox.read(file)) {
            write!(hex, "{octet:02x}").unwrap();
        }
        let pem = sandbox.text(file);
        for args in [&["inspect"][..], &["inspect", "--json"], &["inspect", "-q"]] {
            let outcome = sandbox.run(&[args, &[file]].concat());
            assert_eq!(outcome.status, 0);
            let said = outcome.stdout + &outcome.stderr;
            for line in pem.lines().filter(|line| line.len() > 40) {
                assert!(!said.contains(&line[..16]), "{file}");
            }
            for octets in hex.as_bytes().chunks(32) {
                assert!(!said.contains(str::from_utf8(octets).unwrap()), "{file}");
            }
        }
    }
}

#[test]
fn extensions_that_are_not_decoded_are_listed_by_number_and_size() {
    let text = Sandbox::new().done(&["inspect", &data("inspect/every-name.crt")]);
    let extensions: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("  Extension       "))
        .collect();
    assert_eq!(
        extensions,
        [
            "1.2.3.4.5 (critical, 2 octets)",
            "2.5.29.36 (malformed, 2 octets)",
            "2.16.840.1.113730.1.13 (11 octets)",
        ]
    );
}

#[test]
fn a_bad_file_or_block_does_not_stop_the_others() {
    let sandbox = Sandbox::with_pair();
    let pem = sandbox.text("client.crt");
    let damaged = pem.replacen("MII", "M!I", 1);
    let cut = &pem[..300];
    sandbox.write("mixed.pem", format!("{damaged}{cut}\n{pem}"));
    sandbox.write("empty", "");
    let outcome = sandbox.run(&[
        "inspect",
        "--json",
        "absent",
        "mixed.pem",
        "empty",
        "client.crt",
    ]);
    assert_eq!(outcome.status, 3);
    let found = lines(&outcome.stdout);
    let places: Vec<_> = found
        .iter()
        .map(|object| {
            (
                object["source"].as_str().unwrap(),
                object["index"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(places, [("mixed.pem", 2), ("client.crt", 0)]);
    let errors: Vec<String> = lines(&outcome.stderr)
        .iter()
        .map(|error| {
            assert_eq!(error["exit_status"], 3);
            assert!(error["hint"].is_string());
            error["error"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(
        errors,
        [
            "cannot read 'absent': no such file or directory",
            "'mixed.pem' holds a PEM block whose content is not base64 (object 0)",
            "'mixed.pem' holds a PEM block without its END line (object 1)",
            "'empty' is empty",
        ]
    );
}

#[test]
fn blocks_that_mean_nothing_here_are_passed_over_with_a_warning() {
    let sandbox = with_files();
    let parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    sandbox.write(
        "openssl.key",
        format!("{parameters}{}", sandbox.text("sec1.key")),
    );
    let outcome = sandbox.run(&["inspect", "--json", "openssl.key"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    assert_eq!(lines(&outcome.stdout)[0]["kind"], "private-key");
    assert_eq!(
        outcome.stderr,
        "{\"warning\":\"'openssl.key' holds 'EC PARAMETERS', which is not read here (object 0)\"}\n"
    );
    sandbox.write("alone.pem", parameters);
    let said = sandbox.fails(3, &["inspect", "alone.pem"]);
    assert!(
        said.starts_with("error: 'alone.pem' holds 'EC PARAMETERS'"),
        "{said}"
    );
}

#[test]
fn standard_input_is_one_of_the_files_and_at_most_once() {
    let sandbox = Sandbox::with_pair();
    let pem = sandbox.read("client.crt");
    let outcome = sandbox.run_with(&pem, &["inspect", "client.key", "-"]);
    assert_eq!(outcome.status, 0);
    assert!(
        outcome.stdout.contains("\nstandard input: certificate\n"),
        "{}",
        outcome.stdout
    );
    let said = sandbox.fails(2, &["inspect", "-", "client.crt", "-"]);
    assert!(said.starts_with("error: '-' is given twice"), "{said}");
}

#[test]
fn a_long_bundle_is_read_to_its_end() {
    let sandbox = Sandbox::with_pair();
    let bundle = sandbox.text("client.crt").repeat(400);
    let outcome = sandbox.run_with(bundle.as_bytes(), &["inspect", "--json", "-"]);
    assert_eq!(outcome.status, 0);
    assert_eq!(outcome.stdout.lines().count(), 400);
    assert!(
        outcome
            .stdout
            .lines()
            .last()
            .unwrap()
            .contains("\"index\":399,")
    );
    assert!(outcome.stdout.contains(JID));
}
