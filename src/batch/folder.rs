//! Where the files of an account are.

use std::fmt::Write as _;

use crate::files::Output;
use crate::fingerprint::sha256;
use crate::jid::Jid;

/// The private key, in the folder of its account.
pub const KEY_FILE: &str = "client.key";
/// The certificate, in the folder of its account.
pub const CERTIFICATE_FILE: &str = "client.crt";

/// The most octets of a name; file systems take 255, and their users add suffixes.
const LIMIT: usize = 200;
const DIGEST: usize = 64;

/// The name of the folder for a JID, which no other JID has, on whatever file system.
///
/// Small Latin letters, digits and `@ . - _ + =` stand for themselves, but for a `.` or `-` at the start and a `.` at the
/// end. Every other octet, those of capitals too, is `%` and two digits of small hexadecimal. A name of more than 200 octets
/// is cut and ends in `%~` and the SHA-256 of the JID.
#[must_use]
pub fn folder_name(jid: &Jid) -> String {
    let text = jid.as_str();
    let mut name = String::with_capacity(text.len());
    let last = text.len() - 1;
    for (position, octet) in text.bytes().enumerate() {
        let is_safe = match octet {
            b'a'..=b'z' | b'0'..=b'9' | b'@' | b'_' | b'+' | b'=' => true,
            b'-' => position != 0,
            b'.' => position != 0 && position != last,
            _ => false,
        };
        if is_safe {
            name.push(char::from(octet));
        } else {
            // Writing to a `String` cannot fail.
            let _infallible = write!(name, "%{octet:02x}");
        }
    }
    if name.len() > LIMIT {
        name.truncate(LIMIT - DIGEST - 2);
        name.push_str("%~");
        name.push_str(&sha256(text.as_bytes()));
    }
    name
}

/// The files of a folder with their contents.
pub(super) fn files<'a>(key: &'a [u8], certificate: &'a [u8]) -> [(Output, &'a [u8]); 2] {
    [
        (Output::private(KEY_FILE), key),
        (Output::public(CERTIFICATE_FILE), certificate),
    ]
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    fn name(jid: &str) -> String {
        folder_name(&Jid::parse(jid).unwrap())
    }

    #[test]
    fn usual_jids_are_their_own_names_and_the_rest_is_escaped() {
        for (jid, folder) in [
            ("hamlet@shakespeare.lit", "hamlet@shakespeare.lit"),
            ("Hamlet@Shakespeare.LIT", "hamlet@shakespeare.lit"),
            ("a.b-c_d+e=f@x.y", "a.b-c_d+e=f@x.y"),
            (
                "hamlet@shakespeare.lit/Castle 1.",
                "hamlet@shakespeare.lit%2f%43astle%201%2e",
            ),
            ("..@x.y", "%2e.@x.y"),
            ("-rf@x.y", "%2drf@x.y"),
            ("~root@x.y", "%7eroot@x.y"),
            ("a%2f@x.y", "a%252f@x.y"),
            ("jürgen@bücher.example", "j%c3%bcrgen@b%c3%bccher.example"),
            ("d\\27artagnan@x.y", "d%5c27artagnan@x.y"),
        ] {
            assert_eq!(name(jid), folder, "{jid}");
        }
    }

    #[test]
    fn long_names_are_cut_and_still_differ() {
        let fits = format!("{}@x.y", "a".repeat(LIMIT - 4));
        assert_eq!(name(&fits), fits);
        let long = [
            name(&format!("{}@x.y", "a".repeat(LIMIT - 3))),
            name(&format!("{}@x.y", "a".repeat(LIMIT - 2))),
            name(&format!("{}@x.y", "ü".repeat(500))),
        ];
        for name in &long {
            assert_eq!(name.len(), LIMIT, "{name}");
            assert_eq!(name.as_bytes()[LIMIT - DIGEST - 2..LIMIT - DIGEST], *b"%~");
        }
        assert_ne!(long[0], long[1]);
    }

    #[test]
    fn a_name_can_be_read_back_so_no_two_jids_share_one() {
        for jid in [
            "A@x.y/ABC%~\u{e4}",
            "a@x.y/%41",
            "a@x.y/A",
            "a@x.y/.",
            "a@x.y/-",
        ] {
            let name = name(jid);
            let mut parts = name.split('%');
            let mut text = parts.next().unwrap().as_bytes().to_vec();
            for part in parts {
                text.push(u8::from_str_radix(&part[..2], 16).unwrap());
                text.extend_from_slice(&part.as_bytes()[2..]);
            }
            assert_eq!(text, Jid::parse(jid).unwrap().as_str().as_bytes());
            assert!(!name.contains(|c: char| c.is_ascii_uppercase()));
        }
    }
}
