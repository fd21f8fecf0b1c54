//! What is written down of a rotation beside the certificate.

use std::path::Path;

use time::OffsetDateTime;
use xmppcert::files::HeldFile;
use xmppcert::inspection::{CertificateInspection, Inspection};
use xmppcert::objects::Objects;
use xmppcert::private_key_info::PrivateKeyInfo;
use xmppcert::rotation::Rotation;

use super::super::output_files;
use crate::failure::Failure;

/// Names the hidden file of [`Record`].
pub(super) const SUFFIX: &str = ".xmppcert-rotation";

/// A certificate and its key.
pub(super) struct Certified {
    pub(super) certificate: CertificateInspection,
    pub(super) key: PrivateKeyInfo,
}

impl Certified {
    pub(super) fn sha256(&self) -> &str {
        &self.certificate.subject.sha256
    }

    /// The successor that was written down.
    pub(super) fn of(rotation: &Rotation, now: OffsetDateTime) -> Option<Self> {
        let mut certificates = Objects::new(rotation.certificate.as_bytes());
        let certificate = match Inspection::of(&certificates.next()?.ok()?, now) {
            Ok(Inspection::Certificate(certificate)) => *certificate,
            _ => return None,
        };
        let key = Objects::new(rotation.key.as_bytes()).next()?.ok()?;
        Some(Self {
            certificate,
            key: PrivateKeyInfo::decode(&key.der).ok()?,
        })
    }
}

/// The hidden file beside the certificate in which a rotation is written down. It is locked as long as this lives, and
/// removed at the end unless it holds a rotation that is not complete.
pub(super) struct Record {
    /// Nothing in a dry run.
    file: Option<HeldFile>,
    pub(super) rotation: Option<Rotation>,
}

impl Record {
    /// Whether a rotation may be under way.
    pub(super) fn may_exist(path: &Path) -> bool {
        HeldFile::may_exist(path, SUFFIX)
    }

    pub(super) fn take(path: &Path) -> Result<Self, Failure> {
        let file = HeldFile::take(path, SUFFIX).map_err(|error| output_files::unwritten(&error))?;
        let content = file
            .read(Rotation::LIMIT)
            .map_err(|error| output_files::unwritten(&error))?;
        Ok(Self {
            rotation: Rotation::decode(&content),
            file: Some(file),
        })
    }

    /// What is written down, for who only wants to know; the file stays as it is.
    pub(super) fn look(path: &Path) -> Result<Self, Failure> {
        let found =
            HeldFile::take_found(path, SUFFIX).map_err(|error| output_files::unwritten(&error))?;
        let content = found
            .map(|file| file.read(Rotation::LIMIT))
            .transpose()
            .map_err(|error| output_files::unwritten(&error))?;
        Ok(Self {
            file: None,
            rotation: content.and_then(|content| Rotation::decode(&content)),
        })
    }

    /// From here on a run that is killed is finished by the next one.
    pub(super) fn write(&mut self, rotation: Rotation) -> Result<(), Failure> {
        if let Some(file) = &self.file {
            file.write(&rotation.encode())
                .map_err(|error| output_files::unwritten(&error))?;
        }
        self.rotation = Some(rotation);
        Ok(())
    }

    /// The rotation that was written down is not to be.
    pub(super) fn clear(&mut self) -> Result<(), Failure> {
        self.rotation = None;
        match &self.file {
            Some(file) => file
                .write(b"")
                .map_err(|error| output_files::unwritten(&error)),
            None => Ok(()),
        }
    }

    pub(super) fn complete(mut self) -> Result<(), Failure> {
        self.rotation = None;
        match self.file.take() {
            Some(file) => file
                .remove()
                .map_err(|error| output_files::unwritten(&error)),
            None => Ok(()),
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if self.rotation.is_none()
            && let Some(file) = self.file.take()
        {
            // An empty file that stays is taken by the next run.
            drop(file.remove());
        }
    }
}
