//! Bad input and output that cannot be written: a clear error, the exit status of its kind, and
//! nothing on the disk changed.

use std::fs::{self, File, Permissions};
use std::io::Read as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

use crate::support::{JID, Outcome, Sandbox, data, der, generate};

/// Runs a shell script here with the program as `$X`.
fn shell(sandbox: &Sandbox, script: &str) -> Outcome {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", script])
        .env("X", env!("CARGO_BIN_EXE_xmppcert"))
        .current_dir(sandbox.path("."))
        .stdin(Stdio::null());
    shell.output().unwrap().into()
}

/// A file of every sort that is no certificate, with what is said about it.
fn with_bad_files() -> (Sandbox, Vec<(&'static str, &'static str)>) {
    let sandbox = Sandbox::with_pair();
    let pem = sandbox.text("client.crt");
    let encoded = der(pem.as_bytes());
    let block = |label: &str, content: &str| {
        format!("-----BEGIN {label}-----\n{content}\n-----END {label}-----\n")
    };
    fs::create_dir(sandbox.path("directory")).unwrap();
    symlink("directory", sandbox.path("link-to-directory")).unwrap();
    symlink("absent", sandbox.path("dangling")).unwrap();
    drop(UnixListener::bind(sandbox.path("socket")).unwrap());
    sandbox.write("empty", "");
    sandbox.write("text", "hello\n");
    sandbox.write("digits", "0123456789\n");
    sandbox.write("binary", [0; 5000]);
    sandbox.write(
        "utf-16",
        pem.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>(),
    );
    sandbox.write("cut.crt", &pem[..300]);
    sandbox.write("cut.der", &encoded[..200]);
    sandbox.write("two-octets.der", &encoded[..2]);
    sandbox.write("length-only.der", b"\x30\x84\x7f\xff\xff\xff");
    sandbox.write("no-base64.crt", block("CERTIFICATE", "!!!"));
    sandbox.write("hollow.crt", block("CERTIFICATE", ""));
    sandbox.write("other-end.crt", pem.replace("END CERTIFICATE", "END KEY"));
    sandbox.write("garbage.crt", block("CERTIFICATE", "aGVsbG8="));
    sandbox.write("large.crt", block("CERTIFICATE", &"A".repeat(1_500_000)));
    let large = [b"\x30\x83\x10\x00\x00".to_vec(), vec![0; 1 << 20]].concat();
    sandbox.write("large.der", large);
    sandbox.write("much-text", "much text\n".repeat(1_700_000));
    let table = vec![
        ("absent", "cannot read 'absent': no such file or directory"),
        (
            "client.crt/x",
            "cannot read 'client.crt/x': not a directory",
        ),
        ("directory", "cannot read 'directory': it is a directory"),
        (
            "link-to-directory",
            "cannot read 'link-to-directory': it is a directory",
        ),
        (
            "dangling",
            "cannot read 'dangling': no such file or directory",
        ),
        ("socket", "cannot read 'socket': it is a socket"),
        (
            "/dev/zero",
            "cannot read '/dev/zero': it is a device without end",
        ),
        (
            "/dev/urandom",
            "cannot read '/dev/urandom': it is a device without end",
        ),
        ("/dev/null", "'/dev/null' is empty"),
        ("empty", "'empty' is empty"),
        ("text", "'text' holds neither PEM nor DER"),
        ("digits", "'digits' holds neither PEM nor DER"),
        ("binary", "'binary' holds neither PEM nor DER"),
        ("utf-16", "'utf-16' holds neither PEM nor DER"),
        (
            "cut.crt",
            "'cut.crt' holds a PEM block without its END line",
        ),
        ("cut.der", "'cut.der' ends in the middle of an object"),
        (
            "two-octets.der",
            "'two-octets.der' ends in the middle of an object",
        ),
        (
            "length-only.der",
            "'length-only.der' holds an object larger than 1 MiB, which no certificate or key is",
        ),
        (
            "no-base64.crt",
            "'no-base64.crt' holds a PEM block whose content is not base64",
        ),
        ("hollow.crt", "'hollow.crt' holds a malformed certificate"),
        (
            "other-end.crt",
            "'other-end.crt' holds a PEM block whose END line names another kind than its BEGIN line",
        ),
        ("garbage.crt", "'garbage.crt' holds a malformed certificate"),
        (
            "large.crt",
            "'large.crt' holds an object larger than 1 MiB, which no certificate or key is",
        ),
        (
            "large.der",
            "'large.der' holds an object larger than 1 MiB, which no certificate or key is",
        ),
        ("much-text", "'much-text' has no PEM block in 16 MiB"),
    ];
    (sandbox, table)
}

#[test]
fn bad_input_is_told_with_exit_status_3_and_nothing_changes() {
    let (sandbox, table) = with_bad_files();
    let before = sandbox.files();
    for (file, error) in table {
        for command in ["inspect", "check", "export", "renew"] {
            let said = sandbox.fails(3, &[command, file]);
            assert!(
                said.starts_with(&format!("error: {error}\nhint: ")),
                "{command} {file}: {said}"
            );
            assert_eq!(said.lines().count(), 2, "{command} {file}: {said}");
        }
        if !error.contains("malformed certificate") {
            let args = ["generate", "--jid", JID, "--key", file, "--out", "new"];
            let said = sandbox.fails(3, &args);
            assert!(
                said.starts_with(&format!("error: {error}\n")),
                "{file}: {said}"
            );
        }
        let said = sandbox.fails(3, &["check", "--json", file]);
        let error: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(error["exit_status"], 3);
    }
    assert_eq!(sandbox.files(), before);
}

#[test]
fn an_object_that_is_not_read_here_is_named_with_the_way_out() {
    let sandbox = Sandbox::with_pair();
    for (label, hint) in [
        (
            "PKCS7",
            "take the certificates out with 'openssl pkcs7 -print_certs -in FILE -out NEW'",
        ),
        (
            "X509 CRL",
            "give a certificate, a certificate request or a key",
        ),
    ] {
        let block = format!("-----BEGIN {label}-----\nMAA=\n-----END {label}-----\n");
        sandbox.write("other.pem", block);
        for command in ["inspect", "check", "export", "renew"] {
            assert_eq!(
                sandbox.fails(3, &[command, "other.pem"]),
                format!(
                    "error: 'other.pem' holds '{label}', which is not read here\nhint: {hint}\n"
                )
            );
        }
    }
}

#[test]
fn an_object_of_another_kind_is_named() {
    let sandbox = Sandbox::with_pair();
    let before = sandbox.files();
    let (key, encrypted) = (data("inspect/pkcs8.key"), data("inspect/encrypted.key"));
    let (request, public) = (data("inspect/request.csr"), data("inspect/public.pem"));
    for (file, what) in [
        (&key, "a private key"),
        (&encrypted, "an encrypted private key"),
        (&request, "a certificate request"),
        (&public, "a public key"),
    ] {
        for command in ["check", "export", "renew"] {
            assert_eq!(
                sandbox.fails(3, &[command, file]),
                format!(
                    "error: '{file}' holds {what}, not a certificate\n\
                     hint: give the certificate, which 'xmppcert generate' calls NAME.crt\n"
                )
            );
        }
    }
    for args in [&["check", "client.crt"][..], &["renew", "client.crt"]] {
        let said = sandbox.fails(3, &[args, &["--key", "client.crt"]].concat());
        assert_eq!(
            said,
            "error: 'client.crt' holds a certificate, not a private key\n\
             hint: give the private key, which 'xmppcert generate' calls NAME.key\n"
        );
    }
    assert_eq!(sandbox.files(), before);
}

#[test]
fn a_fifo_is_read_like_a_pipe_and_never_replaced() {
    let sandbox = Sandbox::with_pair();
    let outcome = shell(
        &sandbox,
        "mkfifo fifo && { cat client.crt > fifo & } && $X check fifo",
    );
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let said = sandbox.fails(3, &["renew", "fifo"]);
    assert!(
        said.starts_with("error: 'fifo' is not a file, so it cannot be replaced\n"),
        "{said}"
    );
    let outcome = shell(
        &sandbox,
        "mkfifo new.key && $X generate --jid a@b.c --out new --force",
    );
    assert_eq!(outcome.status, 4);
    assert!(
        outcome
            .stderr
            .starts_with("error: cannot write 'new.key': it is a"),
        "{outcome:?}"
    );
}

#[test]
fn a_file_that_may_not_be_read_is_an_error() {
    let sandbox = Sandbox::with_pair();
    fs::set_permissions(sandbox.path("client.crt"), Permissions::from_mode(0o000)).unwrap();
    if File::open(sandbox.path("client.crt")).is_ok() {
        // Nothing is forbidden to root, who can make himself somebody else.
        fs::set_permissions(sandbox.path("."), Permissions::from_mode(0o755)).unwrap();
        let outcome = shell(
            &sandbox,
            "cp $X x && setpriv --reuid 65534 --regid 65534 --clear-groups ./x inspect client.crt",
        );
        assert_eq!(outcome.status, 3, "{outcome:?}");
        assert!(
            outcome.stderr.contains("'client.crt': permission denied"),
            "{outcome:?}"
        );
    } else {
        let said = sandbox.fails(3, &["inspect", "client.crt"]);
        assert!(said.contains("'client.crt': permission denied"), "{said}");
    }
}

#[test]
fn a_name_as_long_as_can_be_is_fine_to_read() {
    let sandbox = Sandbox::with_pair();
    let long = format!("{}.crt", "x".repeat(251));
    sandbox.write(&long, sandbox.read("client.crt"));
    let outcome = sandbox.run(&["check", &long]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
}

#[test]
fn standard_input_can_be_bad_too() {
    let sandbox = Sandbox::with_pair();
    for (redirection, error) in [
        ("< /dev/null", "standard input is empty"),
        ("<&-", "standard input is empty"),
        (
            "< /dev/zero",
            "cannot read standard input: it is a device without end",
        ),
        ("< .", "cannot read standard input: it is a directory"),
        (
            "< client.key",
            "standard input holds a private key, not a certificate",
        ),
    ] {
        let outcome = shell(&sandbox, &format!("$X check - {redirection}"));
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (3, ""),
            "{redirection}"
        );
        assert!(
            outcome.stderr.starts_with(&format!("error: {error}\n")),
            "{redirection}: {}",
            outcome.stderr
        );
    }
}

#[test]
fn output_that_cannot_be_written_is_told_with_exit_status_4() {
    let sandbox = Sandbox::with_pair();
    fs::create_dir(sandbox.path("taken.key")).unwrap();
    symlink("absent", sandbox.path("dangling.key")).unwrap();
    let long = "x".repeat(300);
    let before = sandbox.files();
    for (name, error) in [
        ("client", "'client.key' exists already"),
        (
            "absent/client",
            "cannot write 'absent/client.key': no such directory",
        ),
        (
            "client.crt/x",
            "cannot write 'client.crt/x.key': not a directory",
        ),
        (&long, "cannot write 'xxx"),
        ("/proc/client", "cannot write '/proc/client."),
    ] {
        let said = sandbox.fails(4, &generate(&["--out", name]));
        assert!(
            said.starts_with(&format!("error: {error}")),
            "{name}: {said}"
        );
        assert!(said.contains("\nhint: "), "{said}");
        assert_eq!(sandbox.files(), before, "{name}");
    }
    for (name, error) in [
        ("taken", "cannot write 'taken.key': it is a directory"),
        (
            "dangling",
            "cannot write 'dangling.key': it is a symbolic link to a missing file",
        ),
    ] {
        let said = sandbox.fails(4, &generate(&["--out", name, "--force"]));
        assert!(
            said.starts_with(&format!("error: {error}\n")),
            "{name}: {said}"
        );
        assert_eq!(sandbox.files(), before, "{name}");
    }
    for out in ["/dev/full", ".", "client.crt/x"] {
        let args = ["export", "client.crt", "--force", "--out", out];
        let said = sandbox.fails(4, &args);
        assert!(
            said.starts_with(&format!("error: cannot write '{out}': ")),
            "{said}"
        );
        assert_eq!(sandbox.files(), before, "{out}");
    }
}

#[test]
fn on_a_full_disk_nothing_is_left_behind() {
    let sandbox = Sandbox::with_pair();
    let before = sandbox.files();
    for command in [
        "generate --jid a@b.c --key-type ecdsa-p256 --out new",
        "generate --jid a@b.c --key-type ecdsa-p256 --combined --out new",
        "generate --jid a@b.c --key-type ecdsa-p256 --force",
        "renew client.crt",
        "renew client.crt --same-key",
        "export client.crt --out new.crt",
    ] {
        // No file may grow, which is as close as one gets without being root.
        let outcome = shell(&sandbox, &format!("ulimit -f 0; $X {command}"));
        assert_eq!(outcome.status, 4, "{command}: {outcome:?}");
        assert!(
            outcome.stderr.starts_with("error: cannot write '"),
            "{outcome:?}"
        );
        assert_eq!(sandbox.files(), before, "{command}");
    }
    for command in [
        "inspect client.crt",
        "check client.crt",
        "export client.crt",
        "--help",
        "man",
    ] {
        let outcome = shell(&sandbox, &format!("$X {command} > /dev/full"));
        assert_eq!(outcome.status, 4, "{command}: {outcome:?}");
        assert_eq!(
            outcome.stderr,
            "error: cannot write to standard output: no space left on device\n\
             hint: see that there is room where it goes\n"
        );
    }
}

#[test]
fn where_no_report_can_be_given_nothing_is_changed() {
    let sandbox = Sandbox::with_pair();
    let before = sandbox.files();
    for command in [
        "generate --json --jid a@b.c --key-type ecdsa-p256 --out new",
        "generate --json --jid a@b.c --key-type ecdsa-p256 --force",
        "generate --jid a@b.c --key-type ecdsa-p256 --out -",
        "renew --json client.crt",
        "check client.crt",
        "inspect client.crt",
        "export client.crt",
        "completions bash",
        "--version",
    ] {
        for (redirection, error) in [
            (
                ">&-",
                "standard output is closed, so there is nowhere to print to",
            ),
            (
                "> /dev/full",
                "cannot write to standard output: no space left on device",
            ),
        ] {
            let outcome = shell(&sandbox, &format!("$X {command} {redirection}"));
            assert_eq!(outcome.status, 4, "{command} {redirection}: {outcome:?}");
            assert!(
                outcome.stderr.contains(error),
                "{command} {redirection}: {outcome:?}"
            );
            assert_eq!(sandbox.files(), before, "{command} {redirection}");
        }
    }
    // Whoever opens /dev/null for it, however they do, means it.
    for redirection in ["> /dev/null", "1<> /dev/null"] {
        let outcome = shell(&sandbox, &format!("$X inspect client.crt {redirection}"));
        assert_eq!(outcome.status, 0, "{redirection}: {outcome:?}");
    }
    // Nothing is printed, so nothing is missed.
    assert_eq!(shell(&sandbox, "$X renew client.crt >&- 2>&-").status, 0);
}

#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    let sandbox = Sandbox::with_pair();
    sandbox.write("bundle.pem", sandbox.text("client.crt").repeat(300));
    for args in [
        &["inspect", "bundle.pem"][..],
        &["inspect", "--json", "bundle.pem"],
        &["man", "check"],
    ] {
        let mut command = sandbox.command();
        command
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut few = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut few).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(output.stderr, b"", "{args:?}");
    }
}
