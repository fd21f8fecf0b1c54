//! Certificates and keys from the files that are named on the command line.

use std::fs;
use std::iter;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;
use xmppcert::check::{FileForm, KeyFault, shell_word};
use xmppcert::files::{self, Input, Recovery};
use xmppcert::inspection::{CertificateInspection, InspectError, Inspection, Kind};
use xmppcert::jid::Jid;
use xmppcert::key::KeyError;
use xmppcert::objects::{Object, ObjectError, Objects, PemFault, SEARCH_LIMIT};
use xmppcert::private_key_info::{DecodeError, PrivateKeyInfo};
use xmppcert::public_key::is_same;
use zeroize::Zeroizing;

use super::output_files;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// A certificate and what else was in its file.
pub(crate) struct CertificateFile {
    pub(crate) certificate: CertificateInspection,
    pub(crate) form: FileForm,
    /// The first private key in the same file.
    pub(crate) private_key: Option<PrivateKeyInfo>,
    /// What keeps clients from loading that key.
    pub(crate) key_fault: Option<KeyFault>,
    /// What to warn of, where the file holds other certificates too.
    pub(crate) warning: Option<String>,
}

/// How a source is called in messages.
pub(crate) fn name(path: &Path) -> String {
    if is_stdin(path) {
        "standard input".to_owned()
    } else {
        format!("'{}'", path.display())
    }
}

pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The file, or standard input.
pub(crate) fn open(path: &Path) -> Result<Input, Failure> {
    let input = if is_stdin(path) {
        Input::standard()
    } else {
        Input::open(path)
    };
    input.map_err(|error| Failure::input(error.to_string(), error.hint()))
}

/// All octets of a file that was read as a key before, and so is a small one.
pub(crate) fn whole(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    open(path)?
        .read_limited(SEARCH_LIMIT)
        .map_err(|error| Failure::input(error.to_string(), error.hint()))
}

/// The objects of a file, one by one.
pub(crate) fn objects(path: &Path) -> Result<Objects<Input>, Failure> {
    open(path).map(Objects::new)
}

/// Which object of a file this is.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    path: &'a Path,
    /// From 0.
    pub(crate) index: usize,
    is_sole: bool,
}

/// Objects of a file from number `first` on, each with its place.
pub(crate) fn placed(
    path: &Path,
    first: usize,
    objects: impl IntoIterator<Item = Result<Object, ObjectError>>,
) -> impl Iterator<Item = (Place<'_>, Result<Object, ObjectError>)> {
    let mut objects = (first..).zip(objects).peekable();
    iter::from_fn(move || {
        let (index, object) = objects.next()?;
        let is_sole = index == 0 && objects.peek().is_none();
        let place = Place {
            path,
            index,
            is_sole,
        };
        Some((place, object))
    })
}

impl Place<'_> {
    pub(crate) fn object_failure(self, error: &ObjectError) -> Failure {
        let failure = object_failure(self.path, error);
        match error {
            // These are about the file.
            ObjectError::Empty
            | ObjectError::Unreadable(_)
            | ObjectError::NothingFound
            | ObjectError::NoBlockWithin => failure,
            _ => self.numbered(failure),
        }
    }

    pub(crate) fn inspect_failure(self, error: &InspectError) -> Failure {
        self.numbered(inspect_failure(self.path, error))
    }

    /// Where there are others, the message has the number too.
    fn numbered(self, mut failure: Failure) -> Failure {
        if !self.is_sole {
            failure.message = format!("{} (object {})", failure.message, self.index);
        }
        failure.of_object(self.path.to_string_lossy(), self.index)
    }
}

pub(crate) fn object_failure(path: &Path, error: &ObjectError) -> Failure {
    let hint = match error {
        ObjectError::Empty | ObjectError::NothingFound | ObjectError::NoBlockWithin => {
            "give a file with a certificate or key in PEM or DER form"
        }
        ObjectError::Unreadable(_) => "see that the file can be read",
        ObjectError::TooLarge => "see that this is the right file",
        _ => "get a whole copy of the file",
    };
    Failure::input(format!("{} {error}", name(path)), hint)
}

pub(crate) fn inspect_failure(path: &Path, error: &InspectError) -> Failure {
    let hint = match error {
        InspectError::Malformed(_) => "get a whole copy of the file".to_owned(),
        InspectError::Unsupported(what) => match what.as_str() {
            "PKCS #12" => {
                "take the certificate out with 'openssl pkcs12 -nokeys -in FILE -out NEW'"
                    .to_owned()
            }
            "PKCS #7" | "PKCS7" | "CMS" => {
                "take the certificates out with 'openssl pkcs7 -print_certs -in FILE -out NEW'"
                    .to_owned()
            }
            "OPENSSH PRIVATE KEY" => {
                "rewrite a copy of it with 'ssh-keygen -p -m PKCS8 -f COPY'".to_owned()
            }
            _ => "give a certificate, a certificate request or a key".to_owned(),
        },
        _ => "give a certificate, a certificate request or a key".to_owned(),
    };
    Failure::input(format!("{} {error}", name(path)), hint)
}

/// The first certificate of a file, whatever surrounds it.
pub(crate) fn certificate(
    terminal: Terminal,
    path: &Path,
    now: OffsetDateTime,
) -> Result<CertificateFile, Failure> {
    let file = first_certificate(path, now)?;
    if let Some(warning) = &file.warning {
        terminal.warn(warning);
    }
    Ok(file)
}

/// The same, with the warning left to the caller.
pub(crate) fn first_certificate(
    path: &Path,
    now: OffsetDateTime,
) -> Result<CertificateFile, Failure> {
    let mut found: Option<CertificateInspection> = None;
    let (mut private_key, mut key_fault) = (None, None);
    let mut form = FileForm::default();
    let mut others = Vec::new();
    let mut not_read = None;
    let mut objects = objects(path)?;
    for object in &mut objects {
        let object = object.map_err(|error| object_failure(path, &error))?;
        let kind = Kind::of(&object);
        let is_certificate = kind == Ok(Kind::Certificate);
        let is_fault = |fault: &PemFault| {
            fault.ends_reading() || is_certificate && (found.is_none() || !fault.passes_over())
        };
        form.pem_fault = form.pem_fault.or_else(|| object.pem_fault.filter(is_fault));
        form.is_pem = object.label.is_some();
        let kind = match kind {
            Ok(kind) => kind,
            // A DER file holds one object, so there is nothing else in it to look for.
            Err(error) if object.label.is_none() && found.is_none() => {
                return Err(inspect_failure(path, &error));
            }
            Err(error) => {
                form.other_objects += 1;
                not_read.get_or_insert(error);
                continue;
            }
        };
        match kind {
            Kind::Certificate if found.is_none() => {
                match Inspection::of(&object, now).map_err(|error| inspect_failure(path, &error))? {
                    Inspection::Certificate(certificate) => found = Some(*certificate),
                    _ => others.push(kind),
                }
            }
            Kind::PrivateKey | Kind::EncryptedPrivateKey => {
                form.has_private_key = true;
                if private_key.is_none() {
                    private_key = PrivateKeyInfo::decode(&object.der).ok();
                    let key = private_key.as_ref();
                    key_fault = key.and_then(|key| KeyFault::of(&object, key));
                }
                others.push(kind);
            }
            Kind::Certificate | Kind::Request | Kind::PublicKey => others.push(kind),
        }
    }
    form.other_objects += others.len();
    form.has_text = objects.text_seen();
    let Some(certificate) = found else {
        if let (true, Some(error)) = (others.is_empty(), &not_read) {
            return Err(inspect_failure(path, error));
        }
        return Err(no_certificate(path, others.first()));
    };
    let warning = others.contains(&Kind::Certificate).then(|| {
        format!(
            "{} holds several certificates; this is about the first, which clients load as theirs, and the others as those of its issuers",
            name(path)
        )
    });
    Ok(CertificateFile {
        certificate,
        form,
        private_key,
        key_fault,
        warning,
    })
}

/// Nothing but what stands in the place of a certificate is there.
pub(crate) fn no_certificate(path: &Path, instead: Option<&Kind>) -> Failure {
    let holds = instead.map_or_else(
        || "no certificate".to_owned(),
        |kind| format!("{kind:#}, not a certificate"),
    );
    Failure::input(
        format!("{} holds {holds}", name(path)),
        "give the certificate, which 'xmppcert generate' calls NAME.crt",
    )
}

/// The private key of a file, whatever surrounds it.
pub(crate) fn private_key(path: &Path) -> Result<PrivateKeyInfo, Failure> {
    private_key_object(path).map(|(key, _)| key)
}

/// The same, with the object that holds it.
pub(crate) fn private_key_object(path: &Path) -> Result<(PrivateKeyInfo, Object), Failure> {
    let mut others = Vec::new();
    for object in objects(path)? {
        let object = object.map_err(|error| object_failure(path, &error))?;
        let error = match Kind::of(&object) {
            Ok(Kind::PrivateKey | Kind::EncryptedPrivateKey) if object.is_encrypted => {
                DecodeError::Encrypted
            }
            Ok(Kind::PrivateKey | Kind::EncryptedPrivateKey) => {
                match PrivateKeyInfo::decode(&object.der) {
                    Ok(key) => return Ok((key, object)),
                    Err(error) => error,
                }
            }
            Ok(other) => {
                others.push(other);
                continue;
            }
            // "EC PARAMETERS" stand before the key that openssl ecparam writes.
            Err(_)
                if object.label.is_some()
                    && object.label.as_deref() != Some("OPENSSH PRIVATE KEY") =>
            {
                continue;
            }
            Err(InspectError::Unsupported(what)) if what == "PKCS #12" => {
                return Err(Failure::input(
                    format!("{} holds '{what}', which is not read here", name(path)),
                    "take the key out with 'openssl pkcs12 -nocerts -nodes -in FILE -out NEW'",
                ));
            }
            Err(error) => return Err(inspect_failure(path, &error)),
        };
        return Err(key_failure(path, &KeyError::Unreadable(error)));
    }
    let holds = others.first().map_or_else(
        || "no private key".to_owned(),
        |kind| format!("{kind:#}, not a private key"),
    );
    Err(Failure::input(
        format!("{} holds {holds}", name(path)),
        "give the private key, which 'xmppcert generate' calls NAME.key",
    ))
}

pub(crate) fn key_failure(path: &Path, error: &KeyError) -> Failure {
    let hint = error.hint().replace("KEY", &shell_path(path));
    Failure::input(format!("the key in {} {error}", name(path)), hint)
}

/// The private key of a certificate: from where it was named, from the same file, or from beside it.
#[cfg(feature = "online")]
pub(crate) fn key_of(
    path: &Path,
    named: Option<&PathBuf>,
    file: &mut CertificateFile,
) -> Result<(PrivateKeyInfo, PathBuf), Failure> {
    if named.is_none()
        && let Some(key) = file.private_key.take()
    {
        return Ok((key, path.to_owned()));
    }
    let key_path = match named {
        Some(key_path) => key_path.clone(),
        None if is_stdin(path) => {
            return Err(Failure::usage(
                "the private key is needed too",
                "name it with '--key FILE'",
            ));
        }
        None => {
            let key_path = key_beside(path);
            return Ok((unnamed_key(&key_path)?, key_path));
        }
    };
    Ok((private_key(&key_path)?, key_path))
}

/// The private key in a file that nobody named.
pub(crate) fn unnamed_key(path: &Path) -> Result<PrivateKeyInfo, Failure> {
    private_key(path).map_err(|failure| match path.try_exists() {
        Ok(false) => Failure {
            hint: "name it with '--key FILE'".to_owned(),
            ..failure
        },
        _ => failure,
    })
}

/// The key that belongs beside a certificate: the same name with `.key`. A certificate that is a symbolic link may have it
/// beside what the link leads to.
pub(crate) fn key_beside(certificate: &Path) -> PathBuf {
    let beside = certificate.with_extension("key");
    let is_there = |path: &Path| path.symlink_metadata().is_ok();
    if is_there(&beside) || !certificate.is_symlink() {
        return beside;
    }
    match fs::canonicalize(certificate).map(|target| target.with_extension("key")) {
        Ok(at_target) if is_there(&at_target) => at_target,
        _ => beside,
    }
}

/// A file as a word of a command in a hint.
pub(crate) fn shell_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    if text.starts_with('-') {
        shell_word(&format!("./{text}"))
    } else {
        shell_word(&text)
    }
}

/// Finishes or undoes what a killed run left of the pair, before it is read.
pub(crate) fn recover(terminal: Terminal, certificate: &Path) {
    if is_stdin(certificate) {
        return;
    }
    match files::recover(certificate) {
        Ok(Recovery::Finished(files)) => terminal.note(&format!(
            "finished what an interrupted run had begun: {}",
            output_files::list(&files)
        )),
        // The one at work will finish; what is there meanwhile can be read.
        Ok(Recovery::Nothing | Recovery::Busy | Recovery::Undone) => {}
        Err(error) => terminal.warn(&error.to_string()),
    }
}

/// A JID from the command line.
pub(crate) fn jid(typed: &str) -> Result<Jid, Failure> {
    Jid::parse(typed)
        .map_err(|error| Failure::usage(format!("'{typed}' is not a JID: {error}"), error.hint()))
}

pub(crate) fn refuse_stdin_twice<'a>(
    paths: impl IntoIterator<Item = &'a PathBuf>,
) -> Result<(), Failure> {
    if paths.into_iter().filter(|path| is_stdin(path)).count() > 1 {
        return Err(stdin_twice());
    }
    Ok(())
}

pub(crate) fn stdin_twice() -> Failure {
    Failure::usage(
        "'-' is given twice, and standard input can be read once",
        "give a file for one of them",
    )
}

/// Sees that the key belongs to the certificate.
pub(crate) fn require_match(
    key_path: &Path,
    key: &PrivateKeyInfo,
    path: &Path,
    certificate: &CertificateInspection,
) -> Result<(), Failure> {
    let Some(spki) = key.spki() else {
        return Err(key_failure(key_path, &KeyError::NoPublicPart));
    };
    if is_same(spki, &certificate.subject.spki) {
        return Ok(());
    }
    Err(Failure::input(
        format!(
            "the key in {} does not belong to the certificate in {}",
            name(key_path),
            name(path)
        ),
        "name the right key with '--key FILE'",
    ))
}
