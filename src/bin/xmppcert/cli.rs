//! The command line as it is typed. Doc comments are the help; nothing is decided here.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use xmppcert::key::KeyAlgorithm;

/// Client certificates for XMPP accounts: make, check, upload, revoke and rotate them
///
/// A client certificate lets an XMPP client log in without a password (SASL EXTERNAL, XEP-0178).
/// Servers such as Prosody keep one for each device (XEP-0257), and each can be revoked alone.
#[derive(Debug, Parser)]
#[command(
    name = "xmppcert",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(disable_help_subcommand = true, arg_required_else_help = false)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Global {
    /// Print results and errors as JSON, one object a line
    #[arg(long, global = true, display_order = 900)]
    pub(crate) json: bool,
    /// Print nothing but results and errors; for 'check', errors alone
    #[arg(short, long, global = true, display_order = 901)]
    pub(crate) quiet: bool,
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true,
        help = "When to use colours: auto, always or never",
        display_order = 902
    )]
    pub(crate) color: Color,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Generate(Box<GenerateArgs>),
    Inspect(InspectArgs),
    Check(CheckArgs),
    Export(ExportArgs),
    Renew(RenewArgs),
    #[cfg(feature = "online")]
    Upload(UploadArgs),
    #[cfg(feature = "online")]
    List(ListArgs),
    #[cfg(feature = "online")]
    Disable(DisableArgs),
    #[cfg(feature = "online")]
    Revoke(RevokeArgs),
    #[cfg(feature = "online")]
    Rotate(RotateArgs),
    #[cfg(feature = "online")]
    Login(LoginArgs),
    #[cfg(feature = "online")]
    Doctor(DoctorArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Make a key and a client certificate for an account
///
/// Writes NAME.key, a private key that only you can read, and NAME.crt, the certificate to upload
/// to the server. Without '--jid' on a terminal, asks for what is needed.
#[derive(Args, Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own on the command line"
)]
pub(crate) struct GenerateArgs {
    /// The account: a JID such as hamlet@shakespeare.lit (can be repeated)
    #[arg(long = "jid", value_name = "JID", allow_hyphen_values = true)]
    pub(crate) jids: Vec<String>,
    /// The name the certificate is shown by, at most 64 characters [default: the first JID]
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
    /// The e-mail address in the certificate [default: the first JID, where it can be one]
    #[arg(long, value_name = "ADDR", conflicts_with = "no_email")]
    pub(crate) email: Option<String>,
    /// Leave the e-mail address out
    #[arg(long)]
    pub(crate) no_email: bool,
    #[command(flatten)]
    pub(crate) validity: ValidityArgs,
    /// The kind of key [default: rsa-4096]
    ///
    /// One of rsa-4096, rsa-3072, rsa-2048, ecdsa-p256, ecdsa-p384 and ed25519.
    #[arg(long, value_name = "TYPE", value_parser = key_types(), hide_possible_values = true)]
    pub(crate) key_type: Option<String>,
    /// Use the key in this file instead of a new one
    ///
    /// PEM or DER, in PKCS #8, PKCS #1 or SEC 1 form; '-' reads standard input. The file stays as
    /// it is, and only the certificate is written.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "key_type")]
    pub(crate) key: Option<PathBuf>,
    /// Write NAME.key and NAME.crt; '-' prints both [default: client]
    #[arg(long, value_name = "NAME", value_hint = ValueHint::AnyPath)]
    pub(crate) out: Option<PathBuf>,
    /// Write key and certificate into one file, NAME.pem
    #[arg(long, conflicts_with = "csr")]
    pub(crate) combined: bool,
    /// Write a certificate request, NAME.csr, instead of a certificate
    #[arg(long, conflicts_with_all = ["days", "valid_for", "not_after", "not_before"])]
    pub(crate) csr: bool,
    /// Replace existing files, and keep them as NAME.key.old and so on
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) batch: BatchArgs,
}

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Many accounts")]
pub(crate) struct BatchArgs {
    /// Make a certificate for every account of this list; '-' reads standard input
    ///
    /// One JID a line; or CSV that begins with the names of its columns, some of jid, name, email, days and key_type; or JSON
    /// Lines with the same members. The other options apply to lines that do not say otherwise. A line that cannot be done is
    /// reported, and the others are done all the same.
    #[arg(
        long,
        value_name = "LIST",
        value_hint = ValueHint::FilePath,
        requires = "out_dir",
        conflicts_with_all = ["jids", "name", "email", "key", "out", "combined", "csr", "force"]
    )]
    pub(crate) from: Option<PathBuf>,
    /// Where to make a folder for each account, with client.key and client.crt
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, requires = "from")]
    pub(crate) out_dir: Option<PathBuf>,
    /// Go on with a run that was interrupted
    ///
    /// Folders that are there are verified and left as they are.
    #[arg(long, requires = "from")]
    pub(crate) resume: bool,
    /// Do only the share K of N of the list, K from 0 to N-1
    ///
    /// Accounts are shared out by a hash of their JID, so that machines with the same list share the work.
    #[arg(long, value_name = "K/N", requires = "from")]
    pub(crate) shard: Option<String>,
    /// How many accounts to work on at a time [default: the number of cores]
    #[arg(long, value_name = "N", requires = "from")]
    pub(crate) jobs: Option<NonZeroUsize>,
}

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ValidityArgs {
    /// How many days the certificate is valid from now on [default: 365]
    #[arg(long, value_name = "N", group = "end", allow_negative_numbers = true)]
    pub(crate) days: Option<String>,
    /// How long the certificate is valid from now on: 36h, 90d, 12w, 18mo or 2y
    #[arg(long, value_name = "TIME", group = "end", allow_hyphen_values = true)]
    pub(crate) valid_for: Option<String>,
    /// When the certificate ends: RFC 3339, a date (its first second in UTC), or 'never'
    #[arg(long, value_name = "DATE", group = "end")]
    pub(crate) not_after: Option<String>,
    /// When the certificate begins [default: five minutes ago, as clocks differ]
    ///
    /// RFC 3339, or a date (its first second in UTC). Where this is in the future, '--days' and
    /// '--valid-for' count from it.
    #[arg(long, value_name = "DATE")]
    pub(crate) not_before: Option<String>,
}

/// Show what certificates, requests and keys say
///
/// Reads PEM with any text around it, bundles of many blocks, and DER. Private keys are described
/// but never shown. Nothing is verified but a certificate's own signature.
#[derive(Args, Debug)]
pub(crate) struct InspectArgs {
    /// Files to read; '-' is standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<PathBuf>,
}

/// Tell whether servers and clients would take a certificate, and if not, why
///
/// Exit status 0 says yes and 1 says no, to one of the files at least. The rules and what each means for whom are in the manual
/// page, xmppcert-check(1).
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Certificates to check, the first one in each file; '-' is standard input
    #[arg(required = true, value_name = "CERT", value_hint = ValueHint::FilePath)]
    pub(crate) certificates: Vec<PathBuf>,
    /// Check every certificate in the files, each as if it were in a file of its own
    ///
    /// No .key file beside them is looked at.
    #[arg(long)]
    pub(crate) each: bool,
    /// See that this private key belongs to it [default: the .key file beside a .crt, if there]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<PathBuf>,
    /// See that it is for this account
    #[arg(long, value_name = "JID", allow_hyphen_values = true)]
    pub(crate) jid: Option<String>,
    /// Say no if it ends within this time: 36h, 90d, 12w, 18mo or 2y
    #[arg(long, value_name = "TIME")]
    pub(crate) expires_in: Option<String>,
    /// Whose no counts [default: xep-0257,prosody]
    ///
    /// Some of xep-0257 (what the standards ask), prosody (mod_client_certs), ejabberd, slixmpp
    /// (and poezio), libstrophe and conversations, separated by commas. What the others would
    /// refuse is a warning.
    #[arg(
        long = "for",
        value_name = "NAME",
        value_delimiter = ',',
        value_parser = consumers(),
        hide_possible_values = true
    )]
    pub(crate) consumers: Vec<String>,
    /// Let warnings count as no
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Give out a certificate in the form that a program needs
#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    /// Certificate to export; '-' is standard input
    #[arg(value_name = "CERT", value_hint = ValueHint::FilePath)]
    pub(crate) certificate: PathBuf,
    /// The form to give it
    #[arg(long, value_name = "FORM", default_value = "pem")]
    pub(crate) format: Format,
    /// Private key for 'combined' [default: the .key file beside a .crt]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<PathBuf>,
    /// Name of the certificate on the server, for 'stanza' [default: its common name]
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
    /// Replace an existing file, and keep it as FILE.old
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One PEM block and nothing else: the form to upload
    Pem,
    /// DER, the binary form
    Der,
    /// The base64 of DER on one line
    Base64,
    /// The XEP-0257 element that uploads it
    Stanza,
    /// The private key and the certificate as two PEM blocks
    Combined,
}

/// Make a successor of a certificate: same names, as long, from now on
///
/// Replaces the certificate and its key, and keeps the old ones as CERT.old and so on. The server
/// does not know the new certificate until it is uploaded.
#[derive(Args, Debug)]
pub(crate) struct RenewArgs {
    /// Certificate to replace
    #[arg(value_name = "CERT", value_hint = ValueHint::FilePath)]
    pub(crate) certificate: PathBuf,
    /// Its private key [default: the .key file beside the .crt]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<PathBuf>,
    /// Keep the key and replace the certificate only
    #[arg(long, conflicts_with = "key_type")]
    pub(crate) same_key: bool,
    /// The kind of the new key [default: the kind of the old one]
    #[arg(long, value_name = "TYPE", value_parser = key_types(), hide_possible_values = true)]
    pub(crate) key_type: Option<String>,
}

/// Store a certificate on the account, so that it can log in
///
/// Checks it first, and says when the server has it. Where a Prosody does not answer, takes the way
/// of its ad-hoc command.
#[cfg(feature = "online")]
#[derive(Args, Debug)]
pub(crate) struct UploadArgs {
    /// Certificate to upload; '-' is standard input
    #[arg(value_name = "CERT", value_hint = ValueHint::FilePath)]
    pub(crate) certificate: PathBuf,
    /// The name to store it under [default: this host's name and the date]
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
    /// Replace what is stored under the name
    #[arg(long)]
    pub(crate) force: bool,
    /// Forbid sessions that log in with it to upload and remove certificates
    ///
    /// Prosody takes this and does not mind it.
    #[arg(long)]
    pub(crate) no_cert_management: bool,
    /// Upload it even if 'xmppcert check' would refuse it
    #[arg(long)]
    pub(crate) no_check: bool,
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Show the certificates that are stored on the account
#[cfg(feature = "online")]
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// Where to look for files with the same certificates [default: this directory]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Remove a certificate from the account; sessions that use it go on
///
/// It cannot log in again. To end its sessions too, as for a device that is lost, use 'revoke'.
#[cfg(feature = "online")]
#[derive(Args, Debug)]
pub(crate) struct DisableArgs {
    /// Which one: the name it is stored under, its SHA-256, or a file with it
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Remove a certificate from the account and end the sessions that use it
///
/// For a device that is lost. To let its sessions go on until they end, use 'disable'. Other ways to
/// log in from there, such as a password or a token, are not touched.
#[cfg(feature = "online")]
#[derive(Args, Debug)]
pub(crate) struct RevokeArgs {
    /// Which one: the name it is stored under, its SHA-256, or a file with it
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Renew a certificate on its account and on the disk, without a password
///
/// Logs in with the certificate, stores a successor, logs in with that, replaces the files, runs the
/// hook, and disables the old certificate. Interrupted at any point, the same command goes on from there.
#[cfg(feature = "online")]
#[derive(Args, Debug)]
pub(crate) struct RotateArgs {
    /// Certificate to rotate
    #[arg(value_name = "CERT", value_hint = ValueHint::FilePath)]
    pub(crate) certificate: PathBuf,
    /// Its private key [default: in the same file, or the .key file beside a .crt]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<PathBuf>,
    /// The account, where the certificate is for several
    #[arg(long, value_name = "JID")]
    pub(crate) jid: Option<String>,
    /// Do nothing unless it ends within this time: 36h, 90d, 12w, 18mo or 2y
    #[arg(long, value_name = "TIME")]
    pub(crate) if_due: Option<String>,
    /// Run this by 'sh -c' once the files are replaced
    ///
    /// The environment has the two paths (see the manual page). The old certificate is disabled only after
    /// that, and not if the hook fails; the same command then runs it again.
    #[arg(long, value_name = "COMMAND", value_hint = ValueHint::CommandString)]
    pub(crate) deploy_hook: Option<String>,
    /// Log in and say what would be done, but do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The kind of the new key [default: the kind of the old one]
    #[arg(long, value_name = "TYPE", value_parser = key_types(), hide_possible_values = true)]
    pub(crate) key_type: Option<String>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Prove that a certificate and its key log in
///
/// Logs in by SASL EXTERNAL, prints the JID that the server binds, and leaves. Exit status 1 says that
/// the server is there but the certificate does not get in, and the message what stands in the way.
#[cfg(feature = "online")]
#[derive(Args, Debug)]
pub(crate) struct LoginArgs {
    /// Certificate to log in with; '-' is standard input
    #[arg(value_name = "CERT", value_hint = ValueHint::FilePath)]
    pub(crate) certificate: PathBuf,
    /// Its private key [default: in the same file, or the .key file beside a .crt]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<PathBuf>,
    /// The account, where the certificate is for several; a full JID asks for its resource
    #[arg(long, value_name = "JID")]
    pub(crate) jid: Option<String>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Tell what stands between the users of a server and logins by certificate
///
/// Looks at DNS, TLS and the ways to log in, as a client would that has no account, with and without
/// a certificate, and prints what is in the way together with the configuration that mends it. With
/// '--jid' or '--cert' it also logs in, and sees what the server is and has for certificates.
#[cfg(feature = "online")]
#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    /// The domain of the accounts: what is behind the '@'
    #[arg(value_name = "DOMAIN", value_hint = ValueHint::Hostname)]
    pub(crate) domain: String,
    /// Store a test certificate on the account, and remove it again [default: ask on a terminal]
    #[arg(long)]
    pub(crate) try_upload: bool,
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Which account, and how to log in.
#[cfg(feature = "online")]
#[derive(Args, Clone, Debug)]
pub(crate) struct AccountArgs {
    /// The account [default: the one that the certificate is for]
    #[arg(long, value_name = "JID")]
    pub(crate) jid: Option<String>,
    /// Read the password from this file; '-' is standard input [default: ask on a terminal]
    ///
    /// One line end behind it is dropped.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "cert")]
    pub(crate) password_file: Option<PathBuf>,
    /// Log in with this certificate instead of a password
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) cert: Option<PathBuf>,
    /// Its private key [default: in the same file, or the .key file beside a .crt]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "cert")]
    pub(crate) key: Option<PathBuf>,
}

/// Where the server is, and what proves that it is the right one.
#[cfg(feature = "online")]
#[derive(Args, Clone, Debug)]
pub(crate) struct ServerArgs {
    /// Connect to this server instead of the one that DNS names
    ///
    /// Its certificate still has to be for the domain of the JID.
    #[arg(long, value_name = "HOST[:PORT]", value_hint = ValueHint::Hostname)]
    pub(crate) server: Option<String>,
    /// Begin with TLS at once (port 5223) instead of STARTTLS (port 5222)
    #[arg(long)]
    pub(crate) direct_tls: bool,
    /// Trust the certificates in this file instead of the system's roots
    ///
    /// Each is a root, and the server's own certificate may be among them, self-signed or not.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ca: Option<PathBuf>,
    /// Trust the server with this public key, whoever certified it: 'sha256:' and 64 digits
    #[arg(long, value_name = "HASH", conflicts_with = "ca")]
    pub(crate) pin: Option<xmppcert::online::Pin>,
    /// How long the server may take for each step
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "30",
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub(crate) timeout: u64,
}

/// Print completions for a shell
#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

/// Print a manual page
#[derive(Args, Debug)]
#[command(hide = true)]
pub(crate) struct ManArgs {
    /// The command it is about
    #[arg(value_name = "COMMAND", default_value = "xmppcert")]
    pub(crate) page: String,
}

/// Kinds that other programs have parse as well, so that the error can say why not here.
fn key_types() -> clap::builder::PossibleValuesParser {
    let offered = KeyAlgorithm::ALL.map(|algorithm| PossibleValue::new(algorithm.name()));
    let refused = KeyAlgorithm::REFUSED.map(|(name, _)| PossibleValue::new(name).hide(true));
    offered
        .into_iter()
        .chain(refused)
        .collect::<Vec<_>>()
        .into()
}

fn consumers() -> clap::builder::PossibleValuesParser {
    xmppcert::check::Consumer::ALL
        .map(xmppcert::check::Consumer::name)
        .into()
}
