//! What `generate` and `renew` say when they are done.

use std::path::{Path, PathBuf};

use serde::Serialize;
use time::OffsetDateTime;
use xmppcert::batch::{Account, CERTIFICATE_FILE, KEY_FILE};
use xmppcert::certificate::{ClientCertificateParams, Jids};
use xmppcert::fingerprint::sha256;
use xmppcert::jid::Jid;
use xmppcert::public_key::KeyDescription;
use xmppcert::validity::{Validity, format_date};

/// The line that `--json` prints.
#[derive(Serialize)]
pub(crate) struct Report<'a> {
    jids: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_file: Option<String>,
    other_files: Vec<String>,
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
    key: KeyDescription,
    sha256: String,
    #[serde(flatten)]
    batch: Option<InBatch<'a>>,
}

/// What is told of an account of a list besides.
#[derive(Serialize)]
struct InBatch<'a> {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    listed: Option<&'a str>,
    /// `made`, or `kept` where it was there already.
    state: &'static str,
}

/// How long a new certificate is good for.
pub(crate) fn end(validity: Validity) -> String {
    if validity.not_after() == Validity::NEVER {
        "valid for ever".to_owned()
    } else {
        format!("valid to {}", format_date(validity.not_after()))
    }
}

/// Which file holds what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    pub(crate) key: Option<PathBuf>,
    pub(crate) certificate: Option<PathBuf>,
    /// A request, and old files that are kept.
    pub(crate) others: Vec<PathBuf>,
}

impl<'a> Report<'a> {
    /// About a new certificate.
    pub(crate) fn on_certificate(
        params: &'a ClientCertificateParams,
        key: &KeyDescription,
        certificate: &[u8],
        files: &Files,
    ) -> Self {
        Self {
            not_before: Some(params.validity.not_before()),
            not_after: Some(params.validity.not_after()),
            ..Self::on_request(&params.jids, key, certificate, files)
        }
    }

    /// About a request, which has no validity.
    pub(crate) fn on_request(
        jids: &'a Jids,
        key: &KeyDescription,
        object: &[u8],
        files: &Files,
    ) -> Self {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        Self {
            jids: jids.as_slice().iter().map(Jid::as_str).collect(),
            key_file: files.key.as_deref().map(text),
            certificate_file: files.certificate.as_deref().map(text),
            other_files: files.others.iter().map(|path| text(path)).collect(),
            not_before: None,
            not_after: None,
            key: key.clone(),
            sha256: sha256(object),
            batch: None,
        }
    }

    /// About an account of a list.
    pub(crate) fn in_batch(line: u64, account: &'a Account, state: &'static str) -> Self {
        let file = |name: &str| Some(account.folder.join(name).to_string_lossy().into_owned());
        Self {
            jids: vec![account.jid.as_str()],
            key_file: file(KEY_FILE),
            certificate_file: file(CERTIFICATE_FILE),
            other_files: Vec::new(),
            not_before: Some(account.validity.not_before()),
            not_after: Some(account.validity.not_after()),
            key: account.key.clone(),
            sha256: account.sha256.clone(),
            batch: Some(InBatch {
                line,
                listed: account.listed.as_deref(),
                state,
            }),
        }
    }
}
