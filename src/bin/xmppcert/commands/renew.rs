//! `xmppcert renew`: the successor of a certificate, in its place.

use std::os::unix::fs::FileTypeExt as _;

use time::OffsetDateTime;
use xmppcert::key::PrivateKey;

use super::input;
use super::output_files::{self, OutputFiles};
use super::report::{self, Files, Report};
use super::successor::{self, Pair, Successor};
use crate::cli::RenewArgs;
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

pub(crate) fn run(
    terminal: Terminal,
    args: &RenewArgs,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    let path = &args.certificate;
    if input::is_stdin(path) || args.key.as_deref().is_some_and(input::is_stdin) {
        return Err(Failure::usage(
            "'renew' replaces files, and '-' is none",
            "name the file of the certificate",
        ));
    }
    // Reading it would wait for a writer, for nothing.
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_fifo()) {
        return Err(Failure::input(
            format!(
                "'{}' is not a file, so it cannot be replaced",
                path.display()
            ),
            "name the file of the certificate",
        ));
    }
    let json = if terminal.is_json() {
        Some(terminal.output()?)
    } else {
        None
    };
    input::recover(terminal, path);
    let file = input::certificate(terminal, path, now)?;
    let pair = Pair::of(path, args.key.as_ref(), &file)?;
    // A key that nobody named and that is not there is not needed for a new one.
    let is_key_needed = args.same_key || args.key.is_some();
    let old_key = if is_key_needed || pair.key_path.symlink_metadata().is_ok() {
        Some(pair.key(&file)?)
    } else {
        None
    };
    let params = Successor::params(path, &file.certificate, now)?;
    let outputs = OutputFiles::begin(pair.outputs(), true)?;

    let key = match old_key {
        Some(old) if args.same_key => {
            PrivateKey::try_from(old).map_err(|error| input::key_failure(&pair.key_path, &error))?
        }
        _ => successor::new_key(terminal, args.key_type.as_deref(), &file.certificate)?,
    };
    let successor = Successor::sign(terminal, params, key, &file.certificate, now)?;

    let certificate_pem = output_files::pem("CERTIFICATE", &successor.certificate);
    let both = output_files::combined(&successor.key_pem, &successor.certificate);
    // A key that stays is written as well, octet for octet, so that what is kept of the old files is a pair too.
    let same_key = if args.same_key && !pair.is_combined {
        Some(input::whole(&pair.key_path)?)
    } else {
        None
    };
    let contents: Vec<&[u8]> = match (pair.is_combined, &same_key) {
        (true, _) => vec![&both],
        (false, Some(key)) => vec![key, certificate_pem.as_bytes()],
        (false, None) => vec![successor.key_pem.as_bytes(), certificate_pem.as_bytes()],
    };
    let mut files = Files {
        key: Some(pair.key_path),
        certificate: Some(path.clone()),
        others: Vec::new(),
    };
    let kept = outputs.write(&contents, |kept| {
        let Some(mut json) = json else {
            return Ok(());
        };
        files.others.extend_from_slice(kept);
        json.json(&Report::on_certificate(
            &successor.params,
            &successor.key,
            &successor.certificate,
            &files,
        ))?;
        json.finish()
    })?;
    terminal.note(&format!(
        "renewed '{}', {}",
        path.display(),
        report::end(successor.params.validity)
    ));
    output_files::note_kept(terminal, &kept);
    terminal.hint("the server does not know it yet: upload it before the old one ends");
    Ok(Exit::Done)
}
