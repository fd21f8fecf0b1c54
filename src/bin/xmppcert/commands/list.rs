//! `xmppcert list`: what is stored on the account, and which file is which.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use time::OffsetDateTime;
use xmppcert::files::reason;
use xmppcert::fingerprint::sha256;
use xmppcert::inspection::{CertificateInspection, Inspection, Kind};
use xmppcert::objects::Object;
use xmppcert::online::stored::{self, Item};
use xmppcert::public_key::KeyDescription;
use xmppcert::validity::{Standing, format_date};

use super::account::{self, Account};
use super::{input, upload};
use crate::cli::ListArgs;
use crate::escaping::escape;
use crate::failure::{Exit, Failure};
use crate::terminal::{BAD, BOLD, Output, Terminal, WARNING};

/// What certificates are usually called.
const EXTENSIONS: [&str; 4] = ["crt", "pem", "cer", "der"];

/// The line that `--json` prints.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    #[serde(flatten)]
    certificate: Option<Facts<'a>>,
    /// Why there are no facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    local_file: Option<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    resources: &'a [String],
}

#[derive(Serialize)]
struct Facts<'a> {
    jids: &'a [String],
    #[serde(
        skip_serializing_if = "Option::is_none",
        with = "time::serde::rfc3339::option"
    )]
    not_before: Option<OffsetDateTime>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        with = "time::serde::rfc3339::option"
    )]
    not_after: Option<OffsetDateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<Standing>,
    key: &'a KeyDescription,
}

pub(crate) fn run(
    terminal: Terminal,
    args: &ListArgs,
    now: OffsetDateTime,
) -> Result<Exit, Failure> {
    let mut output = terminal.output()?;
    let directory = args.dir.as_deref().unwrap_or_else(|| Path::new("."));
    let files = local_files(directory).map_err(|error| {
        Failure::input(
            format!(
                "cannot look into '{}': {}",
                directory.display(),
                reason(&error)
            ),
            "name a directory with '--dir DIR'",
        )
    })?;
    let account = Account::of(terminal, &args.account, &args.server, None, now, |_| Ok(()))?;
    let spinner = terminal.spinner(&format!("asking for the certificates of {}", account.jid()));
    let mut session = account.log_in().map_err(|error| account::failure(&error))?;
    let mut items = stored::items(&mut session).map_err(|error| upload::no_list(&error))?;
    // Servers have them in no order, and another one each time.
    items.sort_by(|a, b| a.name.cmp(&b.name));
    session.close();
    drop(spinner);

    if items.is_empty() {
        terminal.note(&format!("no certificate is stored on {}", account.jid()));
    }
    for item in &items {
        print(terminal, &mut output, item, &files, now)?;
    }
    output.finish()?;
    Ok(Exit::Done)
}

fn print(
    terminal: Terminal,
    output: &mut Output,
    item: &Item,
    files: &BTreeMap<String, PathBuf>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let inspection = inspect(item, now);
    let (certificate, problem) = match &inspection {
        Ok(certificate) => (Some(certificate.as_ref()), None),
        Err(problem) => (None, Some(*problem)),
    };
    let sha256 = item.sha256();
    let file = sha256.as_ref().and_then(|sha256| files.get(sha256));
    if terminal.is_json() {
        return output.json(&Line {
            name: &item.name,
            certificate: certificate.map(|certificate| Facts {
                jids: &certificate.subject.extensions.jids,
                not_before: certificate.not_before,
                not_after: certificate.not_after,
                standing: certificate.standing,
                key: &certificate.subject.key,
            }),
            problem,
            sha256: sha256.as_deref(),
            local_file: file.map(|file| file.to_string_lossy().into_owned()),
            resources: &item.resources,
        });
    }
    output.line(&format!("{BOLD}{}{BOLD:#}", escape(&item.name)))?;
    if let Some(problem) = problem {
        output.line(&format!("  {BAD}{problem}{BAD:#}"))?;
    }
    if let Some(certificate) = certificate {
        for jid in &certificate.subject.extensions.jids {
            output.line(&format!("  for      {}", escape(jid)))?;
        }
        if let Some(not_after) = certificate.not_after {
            let standing = match certificate.standing {
                Some(Standing::Expired) => {
                    format!(" {BAD}(expired: it cannot log in){BAD:#}")
                }
                Some(Standing::NotYetValid) => {
                    format!(" {WARNING}(not yet valid: it cannot log in){WARNING:#}")
                }
                _ => String::new(),
            };
            output.line(&format!("  until    {}{standing}", format_date(not_after)))?;
        }
        output.line(&format!("  key      {}", certificate.subject.key))?;
    }
    if let Some(sha256) = &sha256 {
        output.line(&format!("  sha256   {sha256}"))?;
    }
    if let Some(file) = file {
        output.line(&format!("  file     {}", escape(&file.to_string_lossy())))?;
    }
    if !item.resources.is_empty() {
        output.line(&format!(
            "  in use   {}",
            escape(&item.resources.join(", "))
        ))?;
    }
    Ok(())
}

fn inspect(item: &Item, now: OffsetDateTime) -> Result<Box<CertificateInspection>, &'static str> {
    let der = item
        .certificate
        .clone()
        .ok_or("what is stored there is no base64")?;
    match Inspection::of(&Object::certificate(der), now) {
        Ok(Inspection::Certificate(certificate)) => Ok(certificate),
        _ => Err("what is stored there is no certificate"),
    }
}

/// The files in a directory that look like certificates, by fingerprint; what cannot be read is none of them.
fn local_files(directory: &Path) -> std::io::Result<BTreeMap<String, PathBuf>> {
    let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        let is_candidate = EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str());
        if !is_candidate || !path.is_file() {
            continue;
        }
        let Ok(objects) = input::objects(&path) else {
            continue;
        };
        for object in objects.map_while(Result::ok) {
            if Kind::of(&object) == Ok(Kind::Certificate) {
                let shown = path.strip_prefix("./").unwrap_or(&path).to_owned();
                // The first of several with the same certificate, whatever order the directory has.
                files
                    .entry(sha256(&object.der))
                    .and_modify(|kept| {
                        if shown < *kept {
                            kept.clone_from(&shown);
                        }
                    })
                    .or_insert(shown);
            }
        }
    }
    Ok(files)
}
