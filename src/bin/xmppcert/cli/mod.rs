//! The command line as it is typed. Doc comments are the help; nothing is decided here.

use std::num::NonZeroUsize;
#[cfg(feature = "online")]
mod online;

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use xmppcert::key::KeyAlgorithm;

#[cfg(feature = "online")]
pub(crate) use online::{
    AccountArgs, DisableArgs, DoctorArgs, ListArgs, LoginArgs, RevokeArgs, RotateArgs, ServerArgs,
    UploadArgs,
};

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
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out_dir: Option<PathBuf>,
    /// Go on with a run that was interrupted
    ///
    /// Folders that are there are verified and left as they are.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Do only the share K of N of the list, K from 0 to N-1
    ///
    /// Accounts are shared out by a hash of their JID, so that machines with the same list share the work.
    #[arg(long, value_name = "K/N")]
    pub(crate) shard: Option<String>,
    /// How many accounts to work on at a time [default: the number of cores]
    #[arg(long, value_name = "N", value_parser = jobs)]
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
    /// Do not verify the signatures of self-signed certificates, which is most of the work on a large bundle of them
    #[arg(long)]
    pub(crate) no_verify: bool,
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
    /// Keep the key and renew the certificate only
    #[arg(long, conflicts_with = "key_type")]
    pub(crate) same_key: bool,
    /// The kind of the new key [default: the kind of the old one]
    #[arg(long, value_name = "TYPE", value_parser = key_types(), hide_possible_values = true)]
    pub(crate) key_type: Option<String>,
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

fn jobs(typed: &str) -> Result<NonZeroUsize, &'static str> {
    typed.parse().map_err(|_| "it is not a number from 1 on")
}

fn consumers() -> clap::builder::PossibleValuesParser {
    xmppcert::check::Consumer::ALL
        .map(xmppcert::check::Consumer::name)
        .into()
}
