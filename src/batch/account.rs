//! One account: what a line asks for, made, or found to be there already.

use std::fs;
use std::num::NonZeroUsize;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::error::{AccountError, LineError, Mismatch};
use super::folder::{CERTIFICATE_FILE, KEY_FILE};
use super::lines::{Days, Record};
use crate::certificate::{ClientCertificateParams, CommonName, EmailAddress, Jids};
use crate::files::Input;
use crate::fingerprint::sha256;
use crate::inspection::{CertificateInspection, Inspection};
use crate::jid::Jid;
use crate::key::{KeyAlgorithm, PrivateKey};
use crate::objects::{OBJECT_LIMIT, Object, Objects};
use crate::private_key_info::PrivateKeyInfo;
use crate::public_key::KeyDescription;
use crate::rsa_keygen::Watch;
use crate::validity::{Period, Standing, Validity};

/// What applies to every line that does not say otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// The kind of key.
    pub key_algorithm: KeyAlgorithm,
    /// notBefore and notAfter; notBefore holds for every line.
    pub validity: Validity,
    /// The moment from which the days of a line count.
    pub counted_from: OffsetDateTime,
    /// Whether the JID is the e-mail address where a line gives none.
    pub email: bool,
}

/// An account with its files.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account.
    pub jid: Jid,
    /// What stands in the list, where that is not the normalised form.
    pub listed: Option<String>,
    /// Its folder.
    pub folder: PathBuf,
    /// notBefore and notAfter.
    pub validity: Validity,
    /// Kind and size of its key.
    pub key: KeyDescription,
    /// SHA-256 of its certificate.
    pub sha256: String,
}

/// What a line asks for, found possible.
pub(super) struct Order {
    pub(super) jid: Jid,
    listed: Option<String>,
    key_algorithm: KeyAlgorithm,
    params: ClientCertificateParams,
}

impl Order {
    pub(super) fn new(jid: Jid, record: &Record, defaults: &Defaults) -> Result<Self, LineError> {
        let days = match &record.days {
            None => None,
            Some(Days::Number(days)) => Some(days.to_string()),
            Some(Days::Text(text)) => Some(text.clone()),
        };
        let validity = match days {
            None => defaults.validity,
            Some(days) => Period::of_days(&days)
                .and_then(|period| period.after(defaults.counted_from))
                .and_then(|end| Validity::new(defaults.validity.not_before(), end))
                .map_err(LineError::Days)?,
        };
        let jids = Jids::from(jid.clone());
        Ok(Self {
            key_algorithm: match &record.key_type {
                Some(name) => name.parse().map_err(LineError::KeyType)?,
                None => defaults.key_algorithm,
            },
            params: ClientCertificateParams {
                common_name: match &record.name {
                    Some(name) => name.parse().map_err(LineError::Name)?,
                    None => CommonName::of(&jids),
                },
                email: match &record.email {
                    Some(email) => Some(email.parse().map_err(LineError::Name)?),
                    None if defaults.email => EmailAddress::of(&jid),
                    None => None,
                },
                validity,
                jids,
            },
            listed: (record.jid != jid.as_str()).then(|| record.jid.clone()),
            jid,
        })
    }

    /// Makes it, and returns key and certificate in PEM.
    pub(super) fn make(
        &self,
        folder: PathBuf,
    ) -> Result<(Box<Account>, Zeroizing<String>, String), AccountError> {
        // The other cores are busy with other accounts.
        let watch = Watch::default();
        let key = PrivateKey::generate_watched(self.key_algorithm, NonZeroUsize::MIN, &watch)
            .map_err(AccountError::Key)?;
        let description = key.description().clone();
        let key_pem = key.to_pem().map_err(AccountError::Key)?;
        let made = self.params.self_sign(key).map_err(AccountError::Signing)?;
        let account = Account {
            jid: self.jid.clone(),
            listed: self.listed.clone(),
            folder,
            validity: self.params.validity,
            key: description,
            sha256: sha256(&made.certificate),
        };
        Ok((Box::new(account), key_pem, made.certificate_pem()))
    }

    /// Sees that `folder` holds a key of the right kind and a certificate for this account, which belong together.
    pub(super) fn verify(
        &self,
        folder: PathBuf,
        now: OffsetDateTime,
    ) -> Result<Box<Account>, AccountError> {
        match self.find(&folder, now) {
            Ok((validity, certificate, key)) => Ok(Box::new(Account {
                jid: self.jid.clone(),
                listed: self.listed.clone(),
                folder,
                validity,
                key,
                sha256: certificate.subject.sha256,
            })),
            Err(mismatch) => Err(AccountError::Mismatch { folder, mismatch }),
        }
    }

    fn find(
        &self,
        folder: &Path,
        now: OffsetDateTime,
    ) -> Result<(Validity, CertificateInspection, KeyDescription), Mismatch> {
        let malformed_key = || Mismatch::Malformed(KEY_FILE);
        let malformed = || Mismatch::Malformed(CERTIFICATE_FILE);
        let key_file = folder.join(KEY_FILE);
        let key = sole_object(&key_file)?.ok_or_else(malformed_key)?;
        let key = PrivateKeyInfo::decode(&key.der).map_err(|_| malformed_key())?;
        let object = sole_object(&folder.join(CERTIFICATE_FILE))?.ok_or_else(malformed)?;
        let Ok(Inspection::Certificate(certificate)) = Inspection::of(&object, now) else {
            return Err(malformed());
        };
        if key.spki().map(sha256).as_ref() != Some(&certificate.subject.spki_sha256) {
            return Err(Mismatch::Key);
        }
        let jids = &certificate.subject.extensions.jids;
        if *jids != [self.jid.as_str()] {
            return Err(Mismatch::Jids(jids.clone()));
        }
        match KeyAlgorithm::of(key.description()) {
            Ok(algorithm) if algorithm == self.key_algorithm => {}
            Ok(algorithm) => return Err(Mismatch::KeyType(algorithm)),
            Err(_) => return Err(malformed_key()),
        }
        self.compare_names(&certificate)?;
        if fs::metadata(&key_file).is_ok_and(|metadata| metadata.permissions().mode() & 0o007 != 0)
        {
            return Err(Mismatch::Exposed);
        }
        let dates = certificate.not_before.zip(certificate.not_after);
        let validity = dates.and_then(|(start, end)| Validity::new(start, end).ok());
        let validity = validity.ok_or_else(malformed)?;
        if certificate.standing == Some(Standing::Expired) {
            return Err(Mismatch::Expired(validity.not_after()));
        }
        if certificate.self_signed != Some(true) {
            return Err(malformed());
        }
        Ok((validity, *certificate, key.description().clone()))
    }
}

impl Order {
    /// Sees that the certificate has the name and the e-mail address that the line asks for.
    fn compare_names(&self, certificate: &CertificateInspection) -> Result<(), Mismatch> {
        let subject = &certificate.subject;
        if subject.common_name.as_deref() != Some(self.params.common_name.as_str()) {
            return Err(Mismatch::Name(subject.common_name.clone()));
        }
        let names = subject.extensions.subject_alt_names.iter();
        let emails = names.filter(|name| name.kind == "rfc822Name");
        let emails: Vec<String> = emails.map(|name| name.value.clone()).collect();
        let wanted: Vec<&str> = self.params.email.iter().map(EmailAddress::as_str).collect();
        if emails == wanted {
            Ok(())
        } else {
            Err(Mismatch::Email(emails))
        }
    }
}

/// The object of a file that has one and no other.
fn sole_object(path: &Path) -> Result<Option<Object>, Mismatch> {
    let content = Input::open(path)
        .and_then(|input| input.read_limited(OBJECT_LIMIT))
        .map_err(Mismatch::Unreadable)?;
    let mut objects = Objects::new(content.as_slice());
    match (objects.next(), objects.next()) {
        (Some(Ok(object)), None) => Ok(Some(object)),
        _ => Ok(None),
    }
}
