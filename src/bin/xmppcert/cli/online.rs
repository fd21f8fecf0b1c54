//! The commands that talk to a server, as they are typed.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::key_types;

/// Store a certificate on the account, so that it can log in
///
/// Checks it first, and says when the server has it. Where a Prosody does not answer, takes the way
/// of its ad-hoc command.
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
    /// Prosody takes this and does not mind it. A certificate that is stored already is given it only with '--force'.
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
/// It cannot log in again, whatever other names it is stored under. To end its sessions too, as for a device that is lost, use
/// 'revoke'.
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
/// For a device that is lost: the certificate is removed under all names it is stored under. To let its sessions go on until they end, use 'disable'. Other ways to
/// log in from there, such as a password or a token, are not touched.
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
#[derive(Args, Debug)]
pub(crate) struct RotateArgs {
    /// Certificate to rotate
    #[arg(value_name = "CERT", value_hint = ValueHint::FilePath)]
    pub(crate) certificate: PathBuf,
    /// Its private key [default: in the same file, or the .key file beside a .crt]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<PathBuf>,
    /// The account, where the certificate names none; one for several accounts is not rotated
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
