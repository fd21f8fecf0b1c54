//! Dividing a list among machines that know nothing of each other.

use std::fmt;
use std::str::FromStr;

use ring::digest::{SHA256, digest};

use crate::jid::Jid;

/// A share of a list, `K/N`: the accounts whose hash leaves the remainder K when divided by N.
///
/// The hash is the first 64 bits, most significant first, of the SHA-256 of the bare JID in its normalised form. It does
/// not depend on the order of the list, the machine or the version of this program, and all devices of an account are in
/// one share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: u64,
    count: u64,
}

impl Shard {
    /// The whole list.
    pub const ALL: Self = Self { index: 0, count: 1 };

    /// Whether the account is in this share.
    #[must_use]
    pub fn holds(&self, jid: &Jid) -> bool {
        if *self == Self::ALL {
            return true;
        }
        let hash = digest(&SHA256, jid.to_bare().as_str().as_bytes());
        let number = hash
            .as_ref()
            .iter()
            .take(8)
            .fold(0, |number, octet| number << 8 | u64::from(*octet));
        number % self.count == self.index
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |digits: &str| {
            let is_number =
                !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
            is_number.then(|| digits.parse().ok()).flatten()
        };
        let malformed = || ShardError::Malformed(text.to_owned());
        let (index, count) = text.split_once('/').ok_or_else(malformed)?;
        let (Some(index), Some(count)) = (number(index), number(count)) else {
            return Err(malformed());
        };
        if index >= count {
            return Err(ShardError::OutOfRange { index, count });
        }
        Ok(Self { index, count })
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

/// Why a text names no share of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShardError {
    /// Not two numbers with a slash between them.
    Malformed(String),
    /// There is no such share.
    OutOfRange {
        /// The share asked for.
        index: u64,
        /// How many there are.
        count: u64,
    },
}

impl ShardError {
    /// What to do about it, in one line.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Malformed(_) => {
                "give a share and the number of shares, as in 0/8 to 7/8".to_owned()
            }
            Self::OutOfRange { count: 0, .. } => "divide into one share or more".to_owned(),
            Self::OutOfRange { count, .. } => {
                format!(
                    "shares count from 0, so the last one is {}/{count}",
                    count - 1
                )
            }
        }
    }
}

impl fmt::Display for ShardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(text) => write!(f, "'{text}' is not a share of a list"),
            Self::OutOfRange { index, count } => {
                write!(f, "there is no share {index} of {count}")
            }
        }
    }
}

impl std::error::Error for ShardError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
    fn every_account_is_in_one_share_which_never_changes() {
        let shards: Vec<Shard> = (0..3).map(|k| format!("{k}/3").parse().unwrap()).collect();
        let share = |jid: &str| {
            let jid = Jid::parse(jid).unwrap();
            let holds: Vec<bool> = shards.iter().map(|shard| shard.holds(&jid)).collect();
            assert_eq!(holds.iter().filter(|holds| **holds).count(), 1, "{jid}");
            holds.iter().position(|holds| *holds).unwrap()
        };
        // printf %s JID | sha256sum | cut -c-16, as a number, modulo 3.
        assert_eq!(
            share("hamlet@shakespeare.lit"),
            share("Hamlet@Shakespeare.LIT/castle")
        );
        let numbers: Vec<usize> = ["hamlet", "ophelia", "horatio", "yorick"]
            .map(|name| share(&format!("{name}@shakespeare.lit")))
            .to_vec();
        assert_eq!(numbers, [1, 2, 2, 1]);
    }

    #[test]
    fn a_share_is_counted_from_0() {
        for good in ["0/1", "0/8", "7/8", "000/01"] {
            assert!(good.parse::<Shard>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "/",
            "1",
            "1/",
            "/1",
            "-1/2",
            "+1/2",
            "1/2/3",
            "a/b",
            " 0/1",
            "99999999999999999999/1",
        ] {
            assert!(
                matches!(bad.parse::<Shard>(), Err(ShardError::Malformed(_))),
                "{bad}"
            );
        }
        for bad in ["8/8", "9/8", "0/0"] {
            assert!(
                matches!(bad.parse::<Shard>(), Err(ShardError::OutOfRange { .. })),
                "{bad}"
            );
        }
    }
}
