//! What `generate` and `renew` say when they are done.

use std::path::{Path, PathBuf};

use serde::Serialize;
use time::OffsetDateTime;
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
        }
    }
}
