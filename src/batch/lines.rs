//! Lists of accounts: one JID a line, CSV, or JSON Lines.

use std::io::{self, BufRead as _, BufReader, Read};

use serde::Deserialize;

use super::error::LineError;

/// The most octets of a line.
const LIMIT: usize = 64 << 10;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The form of a list, which its first line that is not blank tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JID a line: whatever is none of the other two.
    Jids,
    /// Fields with commas between them, in quotes where need be (RFC 4180), each record on one line. The first line names
    /// the columns in any order: one of them is `jid`, and there is no `@` in it.
    Csv(Vec<Column>),
    /// One JSON object a line: the first begins with `{"`, which no JID does.
    JsonLines,
}

/// A column of a CSV list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The account.
    Jid,
    /// commonName.
    Name,
    /// The e-mail address.
    Email,
    /// Days of validity.
    Days,
    /// The kind of key.
    KeyType,
}

impl Column {
    const ALL: [(&str, Self); 5] = [
        ("jid", Self::Jid),
        ("name", Self::Name),
        ("email", Self::Email),
        ("days", Self::Days),
        ("key_type", Self::KeyType),
    ];
}

/// What a line says of an account, as it was written. What it leaves out is nothing; so is an empty field of CSV.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The account.
    pub jid: String,
    /// commonName.
    #[serde(default)]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Days of validity.
    #[serde(default)]
    pub days: Option<Days>,
    /// The kind of key, by its name on the command line.
    #[serde(default)]
    pub key_type: Option<String>,
}

/// A number of days, as a number or in digits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Days {
    /// A JSON number.
    Number(u32),
    /// Digits, or whatever stands in their place.
    Text(String),
}

/// A line of a list.
#[derive(Debug)]
pub struct Line {
    /// Counted from 1, with blank lines and the header.
    pub number: u64,
    /// The octets of the list up to and with this line.
    pub end: u64,
    /// What it says.
    pub record: Result<Record, LineError>,
}

/// Reads a list line by line. Blank lines, white space around a JID, a byte order mark at the start, and the kind of line
/// ends do not matter.
#[derive(Debug)]
pub struct Lines<R> {
    source: BufReader<R>,
    buffer: Vec<u8>,
    format: Option<Format>,
    number: u64,
    end: u64,
}

impl<R: Read> Lines<R> {
    /// Reads from `source`, which needs no buffer of its own.
    pub fn new(source: R) -> Self {
        Self {
            source: BufReader::with_capacity(LIMIT, source),
            buffer: Vec::new(),
            format: None,
            number: 0,
            end: 0,
        }
    }

    /// The form of the list, once a line has been read.
    pub fn format(&self) -> Option<&Format> {
        self.format.as_ref()
    }

    /// Reads a line into the buffer. False at the end of the list; the line may be too long.
    fn fill(&mut self) -> io::Result<Option<Result<(), LineError>>> {
        self.buffer.clear();
        let limit = u64::try_from(LIMIT).unwrap_or(u64::MAX);
        let (mut is_too_long, mut has_carriage_return) = (false, false);
        loop {
            let read = self
                .source
                .by_ref()
                .take(limit)
                .read_until(b'\n', &mut self.buffer)?;
            self.end += u64::try_from(read).unwrap_or(0);
            if read == 0 && self.buffer.is_empty() && !is_too_long {
                return Ok(None);
            }
            if read < LIMIT || self.buffer.ends_with(b"\n") {
                break;
            }
            is_too_long = true;
            has_carriage_return |= self.buffer.contains(&b'\r');
            self.buffer.clear();
        }
        self.number += 1;
        Ok(Some(if has_carriage_return {
            Err(LineError::CarriageReturn)
        } else if is_too_long {
            Err(LineError::TooLong)
        } else {
            Ok(())
        }))
    }

    /// What the line in the buffer says; nothing if it is blank or the header.
    fn record(&mut self) -> Option<Result<Record, LineError>> {
        let line = self.buffer.as_slice();
        let line = line
            .strip_prefix(BYTE_ORDER_MARK)
            .filter(|_| self.number == 1)
            .unwrap_or(line);
        let Ok(line) = str::from_utf8(line) else {
            return Some(Err(LineError::NotUtf8));
        };
        let line = line.trim();
        if line.is_empty() {
            return None;
        }
        if line.contains('\r') {
            return Some(Err(LineError::CarriageReturn));
        }
        let format = match &self.format {
            Some(format) => format,
            None => match recognise(line) {
                Ok(format) => {
                    let is_header = matches!(format, Format::Csv(_));
                    let format = self.format.insert(format);
                    if is_header {
                        return None;
                    }
                    format
                }
                Err(error) => return Some(Err(error)),
            },
        };
        Some(match format {
            Format::Jids => Ok(Record {
                jid: line.to_owned(),
                ..Record::default()
            }),
            Format::Csv(columns) => csv_record(columns, line),
            // It would take an array for an object without names.
            Format::JsonLines if !line.starts_with('{') => Err(LineError::Json {
                problem: "it is not a JSON object".to_owned(),
                column: 0,
            }),
            Format::JsonLines => {
                serde_json::from_str(line).map_err(|error| LineError::json(&error))
            }
        })
    }
}

impl<R: Read> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let record = match self.fill() {
                Err(error) => return Some(Err(error)),
                Ok(None) => return None,
                Ok(Some(Err(error))) => Some(Err(error)),
                Ok(Some(Ok(()))) => self.record(),
            };
            let Some(record) = record else { continue };
            // Without its columns a CSV list says nothing.
            if let Err(LineError::Header(problem)) = record {
                return Some(Err(io::Error::new(io::ErrorKind::InvalidData, problem)));
            }
            return Some(Ok(Line {
                number: self.number,
                end: self.end,
                record,
            }));
        }
    }
}

fn recognise(first: &str) -> Result<Format, LineError> {
    if let Some(rest) = first.strip_prefix('{')
        && rest.trim_start().starts_with(['"', '}'])
    {
        return Ok(Format::JsonLines);
    }
    let Ok(names) = fields(first) else {
        return Ok(Format::Jids);
    };
    let names: Vec<String> = names
        .iter()
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    if first.contains('@') || !names.iter().any(|name| name == "jid") {
        return Ok(Format::Jids);
    }
    let mut columns = Vec::new();
    for name in &names {
        let Some((_, column)) = Column::ALL.iter().find(|(known, _)| known == name) else {
            return Err(LineError::Header(format!(
                "there is no column '{name}', only {}",
                Column::ALL.map(|(name, _)| name).join(", ")
            )));
        };
        if columns.contains(column) {
            return Err(LineError::Header(format!(
                "the column '{name}' is there twice"
            )));
        }
        columns.push(*column);
    }
    Ok(Format::Csv(columns))
}

fn csv_record(columns: &[Column], line: &str) -> Result<Record, LineError> {
    let fields = fields(line)?;
    if fields.len() != columns.len() {
        return Err(LineError::Fields {
            found: fields.len(),
            expected: columns.len(),
        });
    }
    let mut record = Record::default();
    for (column, field) in columns.iter().zip(fields) {
        let value = Some(field).filter(|field| !field.is_empty());
        match column {
            Column::Jid => record.jid = value.unwrap_or_default(),
            Column::Name => record.name = value,
            Column::Email => record.email = value,
            Column::Days => record.days = value.map(Days::Text),
            Column::KeyType => record.key_type = value,
        }
    }
    Ok(record)
}

/// The fields of a CSV line, without their quotes and the white space around them.
fn fields(line: &str) -> Result<Vec<String>, LineError> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        rest = rest.trim_start();
        let mut field = String::new();
        if let Some(quoted) = rest.strip_prefix('"') {
            rest = quoted;
            loop {
                let (text, behind) = rest.split_once('"').ok_or(LineError::Quote)?;
                field.push_str(text);
                let Some(more) = behind.strip_prefix('"') else {
                    rest = behind.trim_start();
                    break;
                };
                field.push('"');
                rest = more;
            }
            if !rest.is_empty() && !rest.starts_with(',') {
                return Err(LineError::Quote);
            }
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            field.push_str(rest[..end].trim_end());
            if field.contains('"') {
                return Err(LineError::Quote);
            }
            rest = &rest[end..];
        }
        fields.push(field);
        match rest.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Ok(fields),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    fn read(list: impl AsRef<[u8]>) -> Vec<Line> {
        Lines::new(list.as_ref()).map(Result::unwrap).collect()
    }

    fn jids(list: impl AsRef<[u8]>) -> Vec<(u64, String)> {
        read(list)
            .into_iter()
            .map(|line| (line.number, line.record.unwrap().jid))
            .collect()
    }

    fn pairs(expected: &[(u64, &str)]) -> Vec<(u64, String)> {
        expected
            .iter()
            .map(|(number, jid)| (*number, (*jid).to_owned()))
            .collect()
    }

    #[test]
    fn a_plain_list_has_one_jid_a_line() {
        let list = "\u{feff}\n a@x.y \r\n\n\t\n#b@x.y\n{c}@x.y\nd@x.y/jid,";
        let expected = [
            (2, "a@x.y"),
            (5, "#b@x.y"),
            (6, "{c}@x.y"),
            (7, "d@x.y/jid,"),
        ];
        assert_eq!(jids(list), pairs(&expected));
        assert_eq!(jids("{a}@x.y\n"), pairs(&[(1, "{a}@x.y")]));
        assert_eq!(jids("a@x.y/b,jid\n"), pairs(&[(1, "a@x.y/b,jid")]));
        assert_eq!(read(list).last().unwrap().end, list.len() as u64);
    }

    #[test]
    fn csv_has_its_columns_in_any_order() {
        let list = "Name, JID ,days\r\n\"Hamlet, \"\"Prince\"\"\",h@x.y,30\n\n, o@x.y ,\n";
        let records: Vec<Record> = read(list)
            .into_iter()
            .map(|line| line.record.unwrap())
            .collect();
        assert_eq!(
            records,
            [
                Record {
                    jid: "h@x.y".to_owned(),
                    name: Some("Hamlet, \"Prince\"".to_owned()),
                    days: Some(Days::Text("30".to_owned())),
                    ..Record::default()
                },
                Record {
                    jid: "o@x.y".to_owned(),
                    ..Record::default()
                }
            ]
        );
    }

    #[test]
    fn a_bad_line_of_csv_is_told_and_the_next_is_read() {
        let lines =
            read("jid,name\na@x.y\nb@x.y,\"open\nc@x.y,\"a\"b\nd@x.y,a\"b\ne@x.y,E,1\nf@x.y,F\n");
        let ends: Vec<(u64, bool)> = lines
            .iter()
            .map(|line| (line.number, line.record.is_ok()))
            .collect();
        assert_eq!(
            ends,
            [
                (2, false),
                (3, false),
                (4, false),
                (5, false),
                (6, false),
                (7, true)
            ]
        );
    }

    #[test]
    fn a_header_with_a_column_of_another_kind_ends_the_list() {
        for header in ["jid,nickname\n", "jid,email,JID\n"] {
            let first = Lines::new(header.as_bytes()).next().unwrap();
            assert!(first.is_err(), "{header}");
        }
    }

    #[test]
    fn json_lines_are_objects_with_known_members() {
        let list = r#"{"jid": "a@x.y", "days": 30, "key_type": "ed25519", "name": null}
{ "jid": "b@x.y", "days": "30" }
{"jid": "c@x.y", "nick": "c"}
{"name": "d"}
["e@x.y"]
{"jid": "f@x.y"
{"jid": "g@x.y", "jid": "h@x.y"}
{"jid": "i@x.y", "email": "j@x.y"}
"#;
        let good: Vec<u64> = read(list)
            .iter()
            .filter(|line| line.record.is_ok())
            .map(|line| line.number)
            .collect();
        assert_eq!(good, [1, 2, 8]);
    }

    #[test]
    fn what_is_no_text_or_has_no_end_is_told_and_skipped() {
        let mut list = b"a@x.y\n\xff@x.y\n".to_vec();
        for length in [LIMIT - 1, LIMIT, LIMIT + 1, 3 * LIMIT] {
            list.extend(std::iter::repeat_n(b'a', length));
            list.push(b'\n');
        }
        list.extend_from_slice(b"b@x.y");
        let lines = read(list);
        let whole: Vec<u64> = lines
            .iter()
            .filter(|line| line.record.is_ok())
            .map(|line| line.number)
            .collect();
        assert_eq!(lines.len(), 7);
        assert_eq!(whole, [1, 3, 7]);
        assert!(matches!(lines[1].record, Err(LineError::NotUtf8)));
        assert!(matches!(lines[5].record, Err(LineError::TooLong)));
    }
}
