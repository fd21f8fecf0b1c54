//! `xmppcert generate`: a new key and a certificate or a request for it.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use time::OffsetDateTime;
use xmppcert::certificate::{ClientCertificateParams, Jids, SigningError};
use xmppcert::check::shell_word;
use xmppcert::files::Output as OutputFile;
use xmppcert::key::{KeyAlgorithm, KeyError, PrivateKey};
use xmppcert::public_key::KeyDescription;
use xmppcert::rsa_keygen::Watch;
use zeroize::Zeroizing;

use super::output_files::{self, OutputFiles, with_suffix};
use super::report::{self, Files, Report};
use super::{batch, conversation, input, request};
use crate::cli::{BatchArgs, GenerateArgs};
use crate::failure::{Exit, Failure};
use crate::terminal::{Output, Terminal};

const DEFAULT_NAME: &str = "client";

pub(crate) fn run(
    terminal: Terminal,
    args: &GenerateArgs,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    if let Some(list) = &args.batch.from {
        return batch::run(terminal, args, list, now);
    }
    // clap would overlook what is needed by an option and excluded by another.
    if let Some(option) = batch_option(&args.batch) {
        return Err(Failure::usage(
            format!("'{option}' is for lists of accounts, and there is none"),
            "name the list with '--from LIST'",
        ));
    }
    let answered;
    let args = if !args.jids.is_empty() {
        args
    } else if terminal.is_attended() {
        answered = conversation::complete(terminal, args)?;
        &answered
    } else {
        return Err(Failure::usage(
            "no account is given",
            "name it with '--jid', as in '--jid hamlet@shakespeare.lit'",
        ));
    };
    let params = request::params(terminal, args, now)?;
    let algorithm = key_algorithm(args.key_type.as_deref())?;
    // Before the key is sought, which can take a while.
    let destination = Destination::open(terminal, args)?;
    let made = Made::by(terminal, args, algorithm, &params)?;
    match destination {
        Destination::Stdout(output) => made.print(args, output)?,
        Destination::Files { files, outputs } => {
            made.write(terminal, args, &params, files, outputs)?;
        }
    }
    Ok(Exit::Done)
}

/// An option that says nothing without a list.
fn batch_option(args: &BatchArgs) -> Option<&'static str> {
    let options = [
        ("--out-dir", args.out_dir.is_some()),
        ("--resume", args.resume),
        ("--shard", args.shard.is_some()),
        ("--jobs", args.jobs.is_some()),
    ];
    let typed = options.into_iter().find(|(_, is_typed)| *is_typed);
    typed.map(|(option, _)| option)
}

/// Where the product goes.
enum Destination {
    Stdout(Output),
    Files { files: Files, outputs: OutputFiles },
}

impl Destination {
    fn open(terminal: Terminal, args: &GenerateArgs) -> Result<Self, Failure> {
        let name = args
            .out
            .as_deref()
            .unwrap_or_else(|| Path::new(DEFAULT_NAME));
        if input::is_stdin(name) {
            if terminal.is_json() {
                return Err(Failure::usage(
                    "'--json' and '--out -' both need standard output",
                    "leave out one of them",
                ));
            }
            return terminal.output().map(Self::Stdout);
        }
        check_name(name)?;
        let mut files = Files::default();
        let mut outputs = Vec::new();
        if args.combined {
            let both = with_suffix(name, ".pem");
            outputs.push(OutputFile::private(&both));
            files.key = Some(both.clone());
            files.certificate = Some(both);
        } else {
            if let Some(key) = &args.key {
                // It stays where it is.
                files.key = (!input::is_stdin(key)).then(|| key.clone());
            } else {
                let key = with_suffix(name, ".key");
                outputs.push(OutputFile::private(&key));
                files.key = Some(key);
            }
            let object = with_suffix(name, if args.csr { ".csr" } else { ".crt" });
            outputs.push(OutputFile::public(&object));
            if args.csr {
                files.others.push(object);
            } else {
                files.certificate = Some(object);
            }
        }
        if let Some(last) = outputs.last() {
            input::recover(terminal, last.path());
        }
        let outputs = OutputFiles::begin(outputs, args.force)?;
        Ok(Self::Files { files, outputs })
    }
}

/// NAME is what comes before `.key` and `.crt`.
fn check_name(name: &Path) -> Result<(), Failure> {
    let shown = name.display();
    let ends_in_slash = name.as_os_str().as_encoded_bytes().ends_with(b"/");
    if name.file_name().is_none() || ends_in_slash {
        return Err(Failure::usage(
            format!("'--out {shown}' names a directory"),
            "add a name for the files, as in '--out DIR/client'",
        ));
    }
    let suffix = name.extension().and_then(|extension| extension.to_str());
    if let Some(suffix @ ("key" | "crt" | "csr" | "pem")) = suffix {
        return Err(Failure::usage(
            format!("'--out {shown}' would write '{shown}.{suffix}'"),
            format!("leave out '.{suffix}', which is added"),
        ));
    }
    Ok(())
}

/// What was made, before it goes anywhere.
struct Made {
    key: KeyDescription,
    key_pem: Zeroizing<String>,
    /// The certificate or the request.
    object: Vec<u8>,
}

impl Made {
    fn by(
        terminal: Terminal,
        args: &GenerateArgs,
        algorithm: KeyAlgorithm,
        params: &ClientCertificateParams,
    ) -> Result<Self, Failure> {
        let key = match &args.key {
            Some(path) => input::private_key(path).and_then(|info| {
                PrivateKey::try_from(info).map_err(|error| input::key_failure(path, &error))
            })?,
            None => new_key(terminal, algorithm)?,
        };
        Ok(Self {
            key: key.description().clone(),
            key_pem: key.to_pem().map_err(|error| no_key(&error))?,
            object: if args.csr {
                params.request(&key).map_err(unsigned)?
            } else {
                params.self_sign(key).map_err(unsigned)?.certificate
            },
        })
    }

    fn object_pem(&self, args: &GenerateArgs) -> String {
        let label = if args.csr {
            "CERTIFICATE REQUEST"
        } else {
            "CERTIFICATE"
        };
        output_files::pem(label, &self.object)
    }

    fn print(&self, args: &GenerateArgs, mut output: Output) -> Result<(), Failure> {
        // A key that came from a file is not asked for again.
        if args.key.is_none() || args.combined {
            output.octets(self.key_pem.as_bytes())?;
        }
        output.octets(self.object_pem(args).as_bytes())?;
        output.finish()
    }

    fn write(
        &self,
        terminal: Terminal,
        args: &GenerateArgs,
        params: &ClientCertificateParams,
        mut files: Files,
        outputs: OutputFiles,
    ) -> Result<(), Failure> {
        let json = if terminal.is_json() {
            Some(terminal.output()?)
        } else {
            None
        };
        let both = output_files::combined(&self.key_pem, &self.object);
        let object = self.object_pem(args);
        let contents: Vec<&[u8]> = match (&args.key, args.combined) {
            (_, true) => vec![&both],
            (Some(_), false) => vec![object.as_bytes()],
            (None, false) => vec![self.key_pem.as_bytes(), object.as_bytes()],
        };
        let kept = outputs.write(&contents, |kept| {
            let Some(mut json) = json else {
                return Ok(());
            };
            files.others.extend_from_slice(kept);
            json.json(&if args.csr {
                Report::on_request(&params.jids, &self.key, &self.object, &files)
            } else {
                Report::on_certificate(params, &self.key, &self.object, &files)
            })?;
            json.finish()
        })?;
        tell(terminal, args, params, &self.key, &files);
        output_files::note_kept(terminal, &kept);
        Ok(())
    }
}

/// What was written, and what to do with it.
fn tell(
    terminal: Terminal,
    args: &GenerateArgs,
    params: &ClientCertificateParams,
    key: &KeyDescription,
    files: &Files,
) {
    let object = files.certificate.as_ref().or_else(|| files.others.first());
    let Some(object) = object else {
        return;
    };
    let (object, word) = (object.display(), input::shell_path(object));
    match &files.key {
        Some(path) if args.key.is_none() && !args.combined => {
            terminal.note(&format!(
                "wrote '{}', the private key ({key})",
                path.display()
            ));
        }
        _ => {}
    }
    if args.csr {
        terminal.note(&format!("wrote '{object}', the certificate request"));
        terminal.hint("send the request to whoever signs it; the key stays with you");
        return;
    }
    let what = if args.combined {
        "private key and certificate"
    } else {
        "the certificate"
    };
    terminal.note(&format!(
        "wrote '{object}', {what}, {}",
        report::end(params.validity)
    ));
    if cfg!(feature = "online") {
        terminal.hint(&format!(
            "'xmppcert upload {word}{}' stores the certificate on the account",
            account_option(&params.jids)
        ));
    } else if args.combined {
        terminal.hint(&format!(
            "for the server, 'xmppcert export {word}' prints the certificate alone"
        ));
    } else {
        terminal.hint(&format!(
            "upload '{object}' to the server; in poezio, '/cert_add NAME {object}'"
        ));
    }
}

/// Which account is meant, where the certificate does not tell.
fn account_option(jids: &Jids) -> String {
    let account = jids.first().to_bare();
    if jids.as_slice().iter().all(|jid| jid.to_bare() == account) {
        return String::new();
    }
    format!(" --jid {}", shell_word(account.as_str()))
}

/// A new key of the type named; looking for the primes of an RSA key is shown to who watches.
pub(super) fn new_key(terminal: Terminal, algorithm: KeyAlgorithm) -> Result<PrivateKey, Failure> {
    // Only a search for primes takes long enough for the limits of the system to be read.
    let cores = if algorithm.is_rsa() {
        thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
    } else {
        NonZeroUsize::MIN
    };
    let watch = Arc::new(Watch::default());
    let spinner = algorithm
        .is_rsa()
        .then(|| terminal.search(&format!("making an {algorithm} key"), Arc::clone(&watch)));
    let key =
        PrivateKey::generate_watched(algorithm, cores, &watch).map_err(|error| no_key(&error));
    drop(spinner);
    key
}

/// The kind of key of this name, or the usual one.
pub(super) fn key_algorithm(name: Option<&str>) -> Result<KeyAlgorithm, Failure> {
    name.map_or(Ok(KeyAlgorithm::Rsa4096), |name| {
        name.parse()
            .map_err(|error: KeyError| Failure::usage(error.to_string(), error.hint()))
    })
}

pub(super) fn no_key(error: &KeyError) -> Failure {
    Failure::output(error.to_string(), error.hint())
}

pub(super) fn unsigned(error: SigningError) -> Failure {
    Failure::output(
        error.to_string(),
        "see that the system's random number generator works",
    )
}
