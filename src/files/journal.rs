//! The journal: what a run is about to rename, so that another one can finish or undo it.
//!
//! It is written in two parts. The plan comes before anything is staged, and tells what to remove. The inodes come when
//! everything is staged, and from then on the run can be finished. Fields end with a NUL, which no file name has; a part
//! counts only with its last field, so that a torn write is as good as none.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::directory::{Directory, hidden};
use super::error::WriteError;
use super::held::{self, HeldFile};

const SUFFIX: &str = ".xmppcert-journal";
const HEADER: &[u8] = b"xmppcert journal 1";
const PLANNED: &[u8] = b"planned";
const READY: &[u8] = b"ready";
/// Room for hundreds of the longest paths; a set has two files.
const LIMIT: u64 = 1 << 20;

/// An open journal, locked until it is dropped.
#[derive(Debug)]
pub(super) struct Journal {
    file: HeldFile,
}

/// A file of the set, as the journal names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Empty for the journal's own directory, so that one that was moved can be mended.
    pub(super) directory: PathBuf,
    pub(super) name: OsString,
}

/// What tells our files from those of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Inodes {
    pub(super) new: u64,
    pub(super) old: Option<u64>,
}

/// How far a journal was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Nothing was staged yet.
    Torn,
    /// Files may have been staged, none was renamed.
    Planned(Vec<Record>),
    /// Files may have been renamed.
    Ready(Vec<(Record, Inodes)>),
}

/// What was found where a journal would be.
pub(super) enum Found {
    Nothing,
    /// A living process holds it.
    Locked,
    Journal(Journal, Content),
}

impl Journal {
    /// Makes the journal of the set whose last file is `name`; nothing if there is one.
    pub(super) fn create(place: &Directory, name: &OsStr) -> io::Result<Option<Self>> {
        let file = HeldFile::create(place, &hidden(name, SUFFIX))?;
        Ok(file.map(|file| Self { file }))
    }

    /// Opens the journal of the set whose last file is `name`, as far as it can be trusted.
    pub(super) fn find(place: &Directory, name: &OsStr) -> Result<Found, WriteError> {
        let file = match HeldFile::find(place, &hidden(name, SUFFIX))? {
            held::Found::Nothing => return Ok(Found::Nothing),
            held::Found::Busy => return Ok(Found::Locked),
            held::Found::File(file) => file,
        };
        let content = parse(&file.read(LIMIT)?).ok_or_else(|| WriteError::Journal {
            path: file.path(),
            problem: "it is not one of ours",
        })?;
        Ok(Found::Journal(Self { file }, content))
    }

    /// What is about to be staged.
    pub(super) fn plan(&self, records: &[Record]) -> io::Result<()> {
        let mut content = Vec::new();
        push(&mut content, HEADER);
        for record in records {
            push(&mut content, record.directory.as_os_str().as_bytes());
            push(&mut content, record.name.as_bytes());
        }
        push(&mut content, PLANNED);
        self.file.append(&content)
    }

    /// What is staged; from now on the run can be finished.
    pub(super) fn ready(&self, inodes: &[Inodes]) -> io::Result<()> {
        let mut content = Vec::new();
        for Inodes { new, old } in inodes {
            push(&mut content, new.to_string().as_bytes());
            push(
                &mut content,
                old.map_or_else(String::new, |old| old.to_string())
                    .as_bytes(),
            );
        }
        push(&mut content, READY);
        self.file.append(&content)?;
        self.file.sync()
    }

    pub(super) fn remove(&self) -> io::Result<()> {
        self.file.unlink()
    }

    pub(super) fn path(&self) -> PathBuf {
        self.file.path()
    }
}

fn push(content: &mut Vec<u8>, field: &[u8]) {
    content.extend_from_slice(field);
    content.push(0);
}

/// Nothing if this program did not write it.
fn parse(content: &[u8]) -> Option<Content> {
    let mut fields: Vec<&[u8]> = content.split(|&byte| byte == 0).collect();
    // What stands behind the last NUL is torn, or nothing.
    let torn = fields.pop()?;
    let Some((&header, fields)) = fields.split_first() else {
        return HEADER.starts_with(torn).then_some(Content::Torn);
    };
    if header != HEADER {
        return None;
    }
    // Directories are absolute or empty, so this field is none of them.
    let mut pairs = fields.chunks(2);
    let mut records = Vec::new();
    loop {
        match pairs.next() {
            Some(&[PLANNED, _] | &[PLANNED]) => break,
            Some(&[directory, name]) => records.push(record(directory, name)?),
            _ => return Some(Content::Torn),
        }
    }
    let rest = fields.get(records.len() * 2 + 1..).unwrap_or_default();
    let inodes = rest.get(..records.len() * 2).unwrap_or_default();
    if rest.get(records.len() * 2) != Some(&READY) {
        return Some(Content::Planned(records));
    }
    let inodes = inodes.chunks_exact(2).map(|pair| {
        let number = |field: &[u8]| str::from_utf8(field).ok()?.parse().ok();
        let old = if pair[1].is_empty() {
            None
        } else {
            Some(number(pair[1])?)
        };
        Some(Inodes {
            new: number(pair[0])?,
            old,
        })
    });
    let inodes: Option<Vec<Inodes>> = inodes.collect();
    Some(Content::Ready(records.into_iter().zip(inodes?).collect()))
}

fn record(directory: &[u8], name: &[u8]) -> Option<Record> {
    let directory = PathBuf::from(OsString::from_vec(directory.to_vec()));
    let name = OsString::from_vec(name.to_vec());
    let is_sound = (directory.as_os_str().is_empty() || directory.is_absolute())
        && Path::new(&name).file_name() == Some(&name);
    is_sound.then_some(Record { directory, name })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(ready: bool) -> Vec<u8> {
        let plan = b"xmppcert journal 1\0\0client.key\0/srv/c\nd\0client.crt\0planned\0";
        let inodes: &[u8] = if ready {
            b"17\0\x0018\x004\0ready\0"
        } else {
            b""
        };
        [plan, inodes].concat()
    }

    fn records() -> Vec<Record> {
        vec![
            Record {
                directory: PathBuf::new(),
                name: "client.key".into(),
            },
            Record {
                directory: "/srv/c\nd".into(),
                name: "client.crt".into(),
            },
        ]
    }

    #[test]
    fn a_torn_journal_counts_only_as_far_as_it_was_written() {
        let (planned, whole) = (journal(false), journal(true));
        for end in 0..planned.len() {
            assert_eq!(parse(&planned[..end]), Some(Content::Torn), "at {end}");
        }
        for end in planned.len()..whole.len() {
            assert_eq!(
                parse(&whole[..end]),
                Some(Content::Planned(records())),
                "at {end}"
            );
        }
        let inodes = [
            Inodes { new: 17, old: None },
            Inodes {
                new: 18,
                old: Some(4),
            },
        ];
        let ready = records().into_iter().zip(inodes).collect();
        assert_eq!(parse(&whole), Some(Content::Ready(ready)));
    }

    #[test]
    fn what_this_program_did_not_write_is_refused() {
        for content in [
            &b"something else\0"[..],
            b"something",
            b"xmppcert journal 2\0",
            b"xmppcert journal 1\0relative\0client.key\0planned\0",
            b"xmppcert journal 1\0\0../client.key\0planned\0",
            b"xmppcert journal 1\0\0..\0planned\0",
            b"xmppcert journal 1\0\0client.key\0planned\0x\0y\0ready\0",
        ] {
            assert_eq!(parse(content), None, "{}", content.escape_ascii());
        }
    }
}
