//! A certificate and its key on the disk, and what takes their place.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;
use xmppcert::certificate::ClientCertificateParams;
use xmppcert::files::Output;
use xmppcert::inspection::{CertificateInspection, Inspection};
use xmppcert::key::{KeyAlgorithm, PrivateKey};
use xmppcert::objects::Object;
use xmppcert::private_key_info::PrivateKeyInfo;
use xmppcert::public_key::KeyDescription;
use xmppcert::renewal;
use zeroize::Zeroizing;

use super::generate;
use super::input::{self, CertificateFile};
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Where a certificate and its key are.
pub(super) struct Pair {
    pub(super) path: PathBuf,
    pub(super) key_path: PathBuf,
    /// Key and certificate share a file.
    pub(super) is_combined: bool,
    is_key_named: bool,
}

impl Pair {
    /// The pair of the certificate at `path`, whose key is in the file that was named, in the same file, or beside it.
    /// What a successor would not carry over must not be in the file.
    pub(super) fn of(
        path: &Path,
        named: Option<&PathBuf>,
        file: &CertificateFile,
    ) -> Result<Self, Failure> {
        if file.warning.is_some() {
            return Err(Failure::input(
                format!(
                    "{} holds several certificates, and only the first would have a successor",
                    input::name(path)
                ),
                "give the first a file of its own, which 'xmppcert export --out FILE' writes",
            ));
        }
        let is_combined =
            file.form.has_private_key && named.is_none_or(|named| is_same_file(named, path));
        if file.form.has_private_key && !is_combined {
            return Err(Failure::input(
                format!(
                    "{} holds a private key too, which would be lost",
                    input::name(path)
                ),
                "leave '--key' out, or take the key out of this file",
            ));
        }
        let key_path = match named {
            _ if is_combined => path.to_path_buf(),
            Some(named) => named.clone(),
            None => input::key_beside(path),
        };
        Ok(Self {
            path: path.to_path_buf(),
            key_path,
            is_combined,
            is_key_named: named.is_some(),
        })
    }

    /// The key, which has to belong to the certificate: replacing that of another one would lock somebody out.
    pub(super) fn key(&self, file: &CertificateFile) -> Result<PrivateKeyInfo, Failure> {
        let key = if self.is_key_named {
            input::private_key(&self.key_path)?
        } else {
            input::unnamed_key(&self.key_path)?
        };
        input::require_match(&self.key_path, &key, &self.path, &file.certificate)?;
        Ok(key)
    }

    /// The files of a successor with a new key.
    pub(super) fn outputs(&self) -> Vec<Output> {
        if self.is_combined {
            vec![Output::private(&self.path)]
        } else {
            vec![Output::private(&self.key_path), Output::public(&self.path)]
        }
    }
}

/// Whether both lead to one file, by whatever names.
fn is_same_file(a: &Path, b: &Path) -> bool {
    match (a.metadata(), b.metadata()) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => a == b,
    }
}

/// A certificate like an old one, and its key.
pub(super) struct Successor {
    pub(super) params: ClientCertificateParams,
    pub(super) key: KeyDescription,
    pub(super) key_pem: Zeroizing<String>,
    /// DER.
    pub(super) certificate: Vec<u8>,
}

impl Successor {
    /// What carries over from the certificate at `path`, or why it has no successor.
    pub(super) fn params(
        path: &Path,
        old: &CertificateInspection,
        now: OffsetDateTime,
    ) -> Result<ClientCertificateParams, Failure> {
        renewal::successor(old, now).map_err(|error| {
            Failure::input(
                format!("{} {error}", input::name(path)),
                "make a new certificate with 'xmppcert generate --jid JID'",
            )
        })
    }

    /// Signs it.
    pub(super) fn sign(
        terminal: Terminal,
        params: ClientCertificateParams,
        key: PrivateKey,
        old: &CertificateInspection,
        now: OffsetDateTime,
    ) -> Result<Self, Failure> {
        let description = key.description().clone();
        let key_pem = key.to_pem().map_err(|error| generate::no_key(&error))?;
        let certificate = params
            .self_sign(key)
            .map_err(generate::unsigned)?
            .certificate;
        warn_of_differences(terminal, old, &certificate, now);
        Ok(Self {
            params,
            key: description,
            key_pem,
            certificate,
        })
    }
}

/// A new key of the type that was named, or of the same type as the old one.
pub(super) fn new_key(
    terminal: Terminal,
    named: Option<&str>,
    old: &CertificateInspection,
) -> Result<PrivateKey, Failure> {
    match named {
        Some(name) => generate::new_key(terminal, generate::key_algorithm(Some(name))?),
        None => generate::new_key(terminal, same_type(old)?),
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
    let object = Object::certificate(new.to_vec());
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
