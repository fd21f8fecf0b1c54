//! Streams of objects, whole and damaged, in pieces of every size.

use super::*;

/// Gives out one octet at a time, as the slowest pipe would.
struct Dripping<'a>(&'a [u8]);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(&mut buffer[..1])
    }
}

/// What is read, as `label=octets` or the error, both from a slice and drop by drop.
fn read(input: &[u8]) -> Vec<String> {
    let show = |next: Result<Object, ObjectError>| match next {
        Ok(object) => format!(
            "{}={}",
            object.label.as_deref().unwrap_or("DER"),
            String::from_utf8_lossy(&object.der).escape_debug()
        ),
        Err(error) => error.to_string(),
    };
    let at_once: Vec<_> = Objects::new(input).map(show).collect();
    let dripping: Vec<_> = Objects::new(Dripping(input)).map(show).collect();
    assert_eq!(at_once, dripping);
    at_once
}

#[test]
fn blocks_are_found_among_text_whatever_the_line_ends() {
    let input = "subject=CN=x\n-----BEGIN A B-----\nYWJj\r\n-----END A B-----\r\nmore -----\n\
                 -----BEGIN C-----ZGVm-----END C-----\n";
    assert_eq!(read(input.as_bytes()), ["A B=abc", "C=def"]);
    assert_eq!(
        read(input.replace('\n', "\r").as_bytes()),
        ["A B=abc", "C=def"]
    );
    assert_eq!(
        read(format!("\u{feff}{input}").as_bytes()),
        ["A B=abc", "C=def"]
    );
}

#[test]
fn text_outside_the_blocks_is_noticed() {
    let seen = |input: &str| {
        let mut objects = Objects::new(input.as_bytes());
        assert_eq!(objects.by_ref().filter_map(Result::ok).count(), 1);
        objects.text_seen()
    };
    assert!(!seen("-----BEGIN A-----\nYWJj\n-----END A-----\n\n"));
    assert!(seen("CN=x\n-----BEGIN A-----\nYWJj\n-----END A-----\n"));
    assert!(seen("-----BEGIN A-----\nYWJj\n-----END A-----\nbye"));
}

#[test]
fn headers_of_a_block_are_passed_over() {
    let input =
        "-----BEGIN K-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES,00\n 11\n\nYWJj\n-----END K-----";
    assert_eq!(read(input.as_bytes()), ["K=abc"]);
    let is_encrypted: Vec<_> = Objects::new(input.as_bytes())
        .filter_map(Result::ok)
        .map(|object| object.is_encrypted)
        .collect();
    assert_eq!(is_encrypted, [true]);
}

#[test]
fn what_openssl_does_not_read_is_told() {
    let fault = |input: &str| {
        let mut objects = Objects::new(Dripping(input.as_bytes())).flatten();
        objects.next().and_then(|object| object.pem_fault)
    };
    let block = "-----BEGIN A-----\nYWJj\n-----END A-----\n";
    for sound in [
        block.to_owned(),
        block.trim_end().to_owned(),
        block.replace('\n', "\r\n"),
        block.replace('\n', " \t\n"),
        block.replace("YWJj", "Y\n  WJ\nj"),
        block.replace("YWJj", &"YWJj".repeat(300)),
        format!("text\n{block}text"),
        format!("{}{block}", "y".repeat(openssl::LINE)),
        format!("\u{feff}{block}"),
    ] {
        assert_eq!(fault(&sound), None, "{sound:?}");
    }
    let full = "YWJj".repeat(16);
    for (unsound, expected) in [
        (format!(" {block}"), PemFault::BeginLine),
        (block.replace("A-----\nY", "A-----Y"), PemFault::BeginLine),
        (block.replace('\n', "\r"), PemFault::LineEnds),
        (block.replace("-----END", " -----END"), PemFault::EndLine),
        (format!("{}x", block.trim_end()), PemFault::EndLine),
        (block.replace("YW", "X: y\n\nYW"), PemFault::Headers(5)),
        (block.replace("YW", "X: y\nYW"), PemFault::BlankLine),
        (
            block.replace("YWJj", &format!("\n{full}YWJj")),
            PemFault::BlankLine,
        ),
        (block.replace("Jj", "I"), PemFault::Base64),
        (block.replace("YWJj", "\0\nYWJj"), PemFault::Nul),
        (format!("\0\n{block}"), PemFault::NulBefore),
    ] {
        assert_eq!(fault(&unsound), Some(expected), "{unsound:?}");
    }
    assert_eq!(
        fault(&block.replace("YWJj", &format!("\n{full}\nYWJj"))),
        None
    );
}

#[test]
fn a_bad_block_does_not_hide_those_behind_it() {
    let good = "-----BEGIN G-----\nYWJj\n-----END G-----\n";
    let cases = [
        ("-----BEGIN A-----\nYWJj\n", "without its END line"),
        (
            "-----BEGIN A-----\nYWJj\n-----END B-----\n",
            "names another kind",
        ),
        ("-----BEGIN A-----\nY!Jj\n-----END A-----\n", "not base64"),
    ];
    for (bad, reason) in cases {
        let found = read(format!("{bad}{good}").as_bytes());
        assert!(found[0].contains(reason), "{found:?}");
        assert_eq!(found[1], "G=abc");
    }
}

#[test]
fn what_ends_too_early_is_an_error() {
    assert_eq!(read(b""), ["is empty"]);
    assert_eq!(read(b"hello\n"), ["holds neither PEM nor DER"]);
    assert_eq!(
        read(b"-----BEGIN A-----\nYWJj\n-----END A--"),
        ["holds a PEM block without its END line"]
    );
    assert_eq!(read(&[0x30, 0x82, 1]), ["ends in the middle of an object"]);
    assert_eq!(read(&[0x30, 3, 2, 1]), ["ends in the middle of an object"]);
}

#[test]
fn der_objects_may_follow_each_other_but_nothing_else_may() {
    let object = [0x30, 3, 2, 1, 5];
    let twice = [object, object].concat();
    assert_eq!(read(&twice).len(), 2);
    let found = read(&[&object[..], b"x"].concat());
    assert_eq!(found[1], "goes on after the object with something else");
    assert_eq!(found.len(), 2);
}

#[test]
fn text_that_begins_with_a_zero_is_not_der() {
    let input = b"0 s:CN = x\n-----BEGIN A-----\nYWJj\n-----END A-----\n";
    assert_eq!(read(input), ["A=abc"]);
}

#[test]
fn endless_streams_end_at_the_limit() {
    let last = |mut objects: Objects<_>| objects.next().map(|next| next.map(|_| ()));
    for (octet, reason) in [
        (0, "has no PEM block in 16 MiB"),
        (b'-', "has no PEM block in 16 MiB"),
    ] {
        let error = last(Objects::new(io::repeat(octet)));
        assert!(matches!(error, Some(Err(error)) if error.to_string() == reason));
    }
    let endless_block = (&b"-----BEGIN A-----\n"[..]).chain(io::repeat(b'A'));
    let error = Objects::new(endless_block)
        .next()
        .map(|next| next.map(|_| ()));
    assert!(matches!(error, Some(Err(ObjectError::TooLarge))));
    let huge_der = (&[0x30, 0x84, 0x7f, 0xff, 0xff, 0xff][..]).chain(io::repeat(0));
    let error = Objects::new(huge_der).next().map(|next| next.map(|_| ()));
    assert!(matches!(error, Some(Err(ObjectError::TooLarge))));
}
