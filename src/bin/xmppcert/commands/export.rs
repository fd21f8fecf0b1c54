//! `xmppcert export`: a certificate in the form that a program needs.

use std::io::IsTerminal as _;

use time::OffsetDateTime;
use xmppcert::files::Output;
use xmppcert::key::KeyError;
use xmppcert::stanza;
use zeroize::Zeroizing;

use super::input::{self, CertificateFile};
use super::output_files::{self, OutputFiles};
use crate::cli::{ExportArgs, Format};
use crate::escaping::escape_xml;
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

pub(crate) fn run(
    terminal: Terminal,
    args: &ExportArgs,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    let path = &args.certificate;
    if input::is_stdin(path) && args.key.as_deref().is_some_and(input::is_stdin) {
        return Err(input::stdin_twice());
    }
    let to_stdout = args.out.as_deref().is_none_or(input::is_stdin);
    if args.format == Format::Der && to_stdout && std::io::stdout().is_terminal() {
        return Err(Failure::usage(
            "DER is binary, and standard output is a terminal",
            "write it to a file with '--out FILE'",
        ));
    }
    if args.name.is_some() && args.format != Format::Stanza {
        return Err(Failure::usage(
            "'--name' names the certificate in a stanza only",
            "add '--format stanza', or leave '--name' out",
        ));
    }
    if args.key.is_some() && args.format != Format::Combined {
        return Err(Failure::usage(
            "'--key' is for the form that contains the key only",
            "add '--format combined', or leave '--key' out",
        ));
    }
    if args
        .name
        .as_deref()
        .is_some_and(|name| name.trim().is_empty())
    {
        return Err(Failure::usage(
            "'--name': the name is empty",
            "give a name, such as that of the device",
        ));
    }
    let output = if to_stdout {
        Some(terminal.output()?)
    } else {
        None
    };
    input::recover(terminal, path);
    let file = input::certificate(terminal, path, now)?;
    let content = render(args, &file)?;
    match (output, &args.out) {
        (Some(mut output), _) => {
            output.octets(&content)?;
            output.finish()?;
        }
        (None, Some(out)) => {
            let file = if args.format == Format::Combined {
                Output::private(out)
            } else {
                Output::public(out)
            };
            let files = OutputFiles::begin(vec![file], args.force)?;
            let kept = files.write(&[content.as_slice()], |_| Ok(()))?;
            terminal.note(&format!(
                "wrote {}",
                output_files::list(std::slice::from_ref(out))
            ));
            output_files::note_kept(terminal, &kept);
        }
        (None, None) => {}
    }
    Ok(Exit::Done)
}

fn render(args: &ExportArgs, file: &CertificateFile) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let der = &file.certificate.der;
    let text = match args.format {
        Format::Pem => output_files::pem("CERTIFICATE", der),
        Format::Der => return Ok(Zeroizing::new(der.clone())),
        Format::Base64 => format!("{}\n", stanza::base64(der)),
        Format::Stanza => {
            let name = args
                .name
                .as_deref()
                .or(file.certificate.subject.common_name.as_deref())
                .unwrap_or("xmppcert");
            let append = stanza::append(name, der, true).map_err(|error| {
                Failure::usage(format!("'--name': {error}"), "give a name that can be read")
            })?;
            format!("{}\n", escape_xml(&append))
        }
        Format::Combined => return combined(args, file),
    };
    Ok(Zeroizing::new(text.into_bytes()))
}

/// The private key from where it was named, from the same file, or from beside the certificate.
fn combined(args: &ExportArgs, file: &CertificateFile) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let path = &args.certificate;
    let loaded;
    let (key, key_path) = match (&args.key, &file.private_key) {
        (Some(key_path), _) => {
            loaded = input::private_key(key_path)?;
            (&loaded, key_path.clone())
        }
        (None, Some(key)) => (key, path.clone()),
        (None, None) if input::is_stdin(path) => {
            return Err(Failure::usage(
                "the combined form needs the private key",
                "name it with '--key FILE'",
            ));
        }
        (None, None) => {
            let key_path = input::key_beside(path);
            loaded = input::unnamed_key(&key_path)?;
            (&loaded, key_path)
        }
    };
    input::require_match(&key_path, key, path, &file.certificate)?;
    let pem = key
        .to_pem()
        .map_err(|error| input::key_failure(&key_path, &KeyError::Unreadable(error)))?;
    Ok(output_files::combined(&pem, &file.certificate.der))
}
