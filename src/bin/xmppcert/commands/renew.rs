//! `xmppcert renew`: the successor of a certificate, in its place.

use std::path::PathBuf;

use time::OffsetDateTime;
use xmppcert::files::Output;
use xmppcert::inspection::{CertificateInspection, Inspection};
use xmppcert::key::{KeyAlgorithm, PrivateKey};
use xmppcert::objects::Object;
use xmppcert::private_key_info::PrivateKeyInfo;
use xmppcert::renewal;
use zeroize::Zeroizing;

use super::generate;
use super::input::{self, CertificateFile};
use super::output_files::{self, OutputFiles};
use super::report::{self, Files, Report};
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
    let json = if terminal.is_json() {
        Some(terminal.output()?)
    } else {
        None
    };
    input::recover(terminal, path);
    let file = input::certificate(terminal, path, now)?;
    let pair = Pair::of(args, &file)?;
    let params = renewal::successor(&file.certificate, now).map_err(|error| {
        Failure::input(
            format!("{} {error}", input::name(path)),
            "make a new certificate with 'xmppcert generate --jid JID'",
        )
    })?;
    let outputs = OutputFiles::begin(pair.outputs(args), true)?;

    let key = match (&args.key_type, pair.old_key) {
        (None, Some(old)) if args.same_key => {
            PrivateKey::try_from(old).map_err(|error| input::key_failure(&pair.key_path, &error))?
        }
        (Some(name), _) => generate::new_key(terminal, Some(name))?,
        (None, _) => generate::new_key(terminal, Some(same_type(&file.certificate)?.name()))?,
    };
    let description = key.description().clone();
    let key_pem = key.to_pem().map_err(|error| generate::no_key(&error))?;
    let certificate = params
        .self_sign(key)
        .map_err(generate::unsigned)?
        .certificate;
    warn_of_differences(terminal, &file.certificate, &certificate, now);

    let certificate_pem = output_files::pem("CERTIFICATE", &certificate);
    let both = output_files::combined(&key_pem, &certificate);
    let contents: Vec<&[u8]> = match (pair.is_combined, args.same_key) {
        (true, _) => vec![&both],
        (false, true) => vec![certificate_pem.as_bytes()],
        (false, false) => vec![key_pem.as_bytes(), certificate_pem.as_bytes()],
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
            &params,
            &description,
            &certificate,
            &files,
        ))?;
        json.finish()
    })?;
    terminal.note(&format!(
        "renewed '{}', {}",
        path.display(),
        report::end(params.validity)
    ));
    output_files::note_kept(terminal, &kept);
    terminal.hint("upload it to the server before the old one ends");
    Ok(Exit::Done)
}

/// The key of the certificate, and where it is.
struct Pair {
    key_path: PathBuf,
    /// Key and certificate share a file.
    is_combined: bool,
    /// Nothing where there is no such file, and none is needed.
    old_key: Option<PrivateKeyInfo>,
}

impl Pair {
    fn of(args: &RenewArgs, file: &CertificateFile) -> Result<Self, Failure> {
        let path = &args.certificate;
        if file.form.has_private_key && args.key.is_none() {
            let key = input::private_key(path)?;
            input::require_match(path, &key, path, &file.certificate)?;
            return Ok(Self {
                key_path: path.clone(),
                is_combined: true,
                old_key: Some(key),
            });
        }
        let key_path = args.key.clone().unwrap_or_else(|| input::key_beside(path));
        let is_needed = args.key.is_some() || args.same_key;
        if !is_needed && std::fs::symlink_metadata(&key_path).is_err() {
            return Ok(Self {
                key_path,
                is_combined: false,
                old_key: None,
            });
        }
        let key = input::private_key(&key_path)?;
        // Replacing the key of another certificate would lock somebody out.
        input::require_match(&key_path, &key, path, &file.certificate)?;
        Ok(Self {
            key_path,
            is_combined: false,
            old_key: Some(key),
        })
    }

    fn outputs(&self, args: &RenewArgs) -> Vec<Output> {
        let path = &args.certificate;
        if self.is_combined {
            vec![Output::private(path)]
        } else if args.same_key {
            vec![Output::public(path)]
        } else {
            vec![Output::private(&self.key_path), Output::public(path)]
        }
    }
}

fn same_type(old: &CertificateInspection) -> Result<KeyAlgorithm, Failure> {
    KeyAlgorithm::of(&old.subject.key).map_err(|reason| {
        Failure::input(
            format!(
                "the certificate has an {} key, and {reason}",
                old.subject.key
            ),
            "choose the kind of the new key with '--key-type'",
        )
    })
}

/// Names that the profile has no place for are not carried over in silence.
fn warn_of_differences(
    terminal: Terminal,
    old: &CertificateInspection,
    new: &[u8],
    now: OffsetDateTime,
) {
    let object = Object {
        label: Some("CERTIFICATE".to_owned()),
        is_encrypted: false,
        der: Zeroizing::new(new.to_vec()),
    };
    let Ok(Inspection::Certificate(new)) = Inspection::of(&object, now) else {
        return;
    };
    if new.subject.name != old.subject.name {
        terminal.warn(&format!(
            "the subject changes from '{}' to '{}'",
            old.subject.name, new.subject.name
        ));
    }
    let names = &new.subject.extensions.subject_alt_names;
    for name in &old.subject.extensions.subject_alt_names {
        let is_kept = names
            .iter()
            .any(|new| new.kind == name.kind && new.value == name.value);
        if !is_kept {
            terminal.warn(&format!("not carried over: {} '{}'", name.kind, name.value));
        }
    }
}
