//! JIDs of accounts, normalised the way servers do it (RFC 7622, RFC 6122).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jid::{DomainPart, NodePart, ResourcePart};

/// What a localpart must not contain (RFC 6122 A.5, RFC 7622 3.3.1).
const FORBIDDEN_IN_LOCALPART: &[char] = &['"', '&', '\'', '/', ':', '<', '>', '@'];

/// The ASCII that no host name has (STD 3, RFC 5891 4.2.3.1) and no IP address, but for the
/// underscore, which names of hosts do have in practice.
const FORBIDDEN_IN_DOMAINPART: fn(char) -> bool =
    |c| c.is_ascii() && !c.is_ascii_alphanumeric() && !"-._".contains(c);

/// The most octets of a part (RFC 7622 3.1).
const PART_LIMIT: usize = 1023;

/// The JID of an account, bare (`hamlet@shakespeare.lit`) or full (`hamlet@shakespeare.lit/castle`).
///
/// It is normalised by nodeprep, nameprep and resourceprep, which is what servers compare octet for
/// octet; where RFC 7622 would prepare a part differently, this follows the servers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Jid {
    text: String,
    /// Where the `@` is.
    at: usize,
    /// Where the `/` is, or the end.
    bare_end: usize,
}

impl Jid {
    /// Parses and normalises what a person or a certificate says.
    ///
    /// One dot behind the domainpart is dropped (RFC 7622 3.2), the dots of other scripts count as
    /// dots (RFC 3490 3.1), and labels in their ASCII form (`xn--`) stay as they are.
    ///
    /// # Errors
    /// [`JidError`], which says what is wrong with which part.
    pub fn parse(typed: &str) -> Result<Self, JidError> {
        let jid = Self::prepare(typed)?;
        // Preparing must be final, or two servers could see two accounts in one JID.
        match Self::prepare(&jid.text) {
            Ok(again) if again == jid => Ok(jid),
            _ => Err(JidError::Unstable),
        }
    }

    fn prepare(typed: &str) -> Result<Self, JidError> {
        let typed_chars = |octets: usize| typed[..octets].chars().count();
        if typed
            .get(..5)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("xmpp:"))
        {
            return Err(JidError::Uri);
        }
        // The first slash ends the bare JID, whatever follows it (RFC 7622 3.1).
        let (bare, resourcepart) = match typed.split_once('/') {
            Some((bare, resourcepart)) => (bare, Some(resourcepart)),
            None => (typed, None),
        };
        let Some((localpart, domainpart)) = bare.split_once('@') else {
            return Err(if bare.is_empty() {
                JidError::Empty(Part::Localpart)
            } else {
                match resourcepart {
                    Some(rest) if rest.contains('@') => JidError::SlashBeforeAt,
                    _ => JidError::NoLocalpart,
                }
            });
        };
        if let Some(second) = domainpart.find('@') {
            return Err(JidError::Character {
                part: Part::Localpart,
                character: '@',
                position: typed_chars(localpart.len() + 1 + second) + 1,
            });
        }
        let local = prepare_part(Part::Localpart, localpart, 0)?;
        let domain = prepare_part(
            Part::Domainpart,
            domainpart,
            typed_chars(localpart.len() + 1),
        )?;
        let mut text = format!("{local}@{domain}");
        let bare_end = text.len();
        if let Some(resourcepart) = resourcepart {
            let before = typed_chars(bare.len() + 1);
            let resource = prepare_part(Part::Resourcepart, resourcepart, before)?;
            text.push('/');
            text.push_str(&resource);
        }
        Ok(Self {
            at: local.len(),
            bare_end,
            text,
        })
    }

    /// The whole JID.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The account's name at its server.
    #[must_use]
    pub fn localpart(&self) -> &str {
        &self.text[..self.at]
    }

    /// The server.
    #[must_use]
    pub fn domainpart(&self) -> &str {
        &self.text[self.at + 1..self.bare_end]
    }

    /// The session, of a full JID.
    #[must_use]
    pub fn resourcepart(&self) -> Option<&str> {
        self.text.get(self.bare_end + 1..)
    }

    /// The JID without its resourcepart.
    #[must_use]
    pub fn to_bare(&self) -> Self {
        Self {
            text: self.text[..self.bare_end].to_owned(),
            ..*self
        }
    }

    /// Whether there is a resourcepart.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.bare_end < self.text.len()
    }

    /// Whether a label of the domainpart is in its ASCII form (an A-label, RFC 5890 2.3.2.1), which
    /// servers do not take for the same as its letters.
    #[must_use]
    pub fn has_a_label(&self) -> bool {
        self.domainpart()
            .split('.')
            .any(|label| label.starts_with("xn--"))
    }
}

impl FromStr for Jid {
    type Err = JidError;

    fn from_str(typed: &str) -> Result<Self, Self::Err> {
        Self::parse(typed)
    }
}

impl fmt::Display for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// `before` is how many characters precede the part in what was typed.
fn prepare_part(part: Part, typed: &str, before: usize) -> Result<String, JidError> {
    let typed: Cow<'_, str> = match part {
        Part::Domainpart => {
            let dotted = typed.replace(['\u{3002}', '\u{ff0e}', '\u{ff61}'], ".");
            dotted
                .strip_suffix('.')
                .unwrap_or(&dotted)
                .to_owned()
                .into()
        }
        Part::Localpart | Part::Resourcepart => typed.into(),
    };
    if typed.is_empty() {
        return Err(JidError::Empty(part));
    }
    let prepared = match part.prepare(&typed) {
        Ok(prepared) => prepared,
        Err(jid::Error::NodeEmpty | jid::Error::ResourceEmpty) => {
            return Err(JidError::Empty(part));
        }
        Err(_) => return Err(blame(part, &typed, before)),
    };
    match prepared.len() {
        // Whatever was typed is mapped to nothing.
        0 => Err(JidError::Empty(part)),
        octets @ PART_LIMIT.. if octets > PART_LIMIT => Err(JidError::TooLong { part, octets }),
        _ => Ok(prepared),
    }
}

/// Finds the first character that is refused on its own; else it is the whole that is.
fn blame(part: Part, typed: &str, before: usize) -> JidError {
    let is_refused = |character: char| match part {
        Part::Localpart => {
            FORBIDDEN_IN_LOCALPART.contains(&character) || stringprep_refuses(part, character)
        }
        Part::Domainpart => {
            !matches!(character, '.' | '-' | '[' | ']' | ':') && stringprep_refuses(part, character)
        }
        Part::Resourcepart => stringprep_refuses(part, character),
    };
    if let Some((index, character)) = typed.chars().enumerate().find(|(_, c)| is_refused(*c)) {
        return JidError::Character {
            part,
            character,
            position: before + index + 1,
        };
    }
    if typed.len() > PART_LIMIT {
        return JidError::TooLong {
            part,
            octets: typed.len(),
        };
    }
    if part == Part::Domainpart {
        if typed.split('.').any(str::is_empty) {
            return JidError::EmptyLabel;
        }
        if let Some(label) = typed.split('.').find(|label| label.len() > 63) {
            return JidError::LongLabel(label.len());
        }
        if typed.len() > 253 {
            return JidError::LongDomain(typed.len());
        }
        // Servers prepare the domainpart as a whole, so the rule holds across its labels, too. No
        // character is refused on its own, so nodeprep can have no other reason here.
        if !typed.contains(['[', ':']) && NodePart::new(typed).is_err() {
            return JidError::MixedDirections(part);
        }
        return JidError::NotADomain;
    }
    JidError::MixedDirections(part)
}

fn stringprep_refuses(part: Part, character: char) -> bool {
    let mut buffer = [0; 4];
    let alone = character.encode_utf8(&mut buffer);
    // Letters of right-to-left scripts and combining marks are fine on their own; a character that
    // is mapped to nothing leaves an empty part, which is not its fault.
    match part {
        Part::Localpart => NodePart::new(alone).is_err_and(|error| error == jid::Error::NodePrep),
        Part::Domainpart => part.prepare(alone).is_err(),
        Part::Resourcepart => {
            ResourcePart::new(alone).is_err_and(|error| error == jid::Error::ResourcePrep)
        }
    }
}

/// The parts of a JID, by their names in RFC 7622.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Before the `@`.
    Localpart,
    /// The server.
    Domainpart,
    /// Behind the first `/`.
    Resourcepart,
}

impl Part {
    fn prepare(self, typed: &str) -> Result<String, jid::Error> {
        match self {
            Self::Localpart => NodePart::new(typed).map(|part| part.as_str().to_owned()),
            Self::Domainpart => {
                let domain = DomainPart::new(typed)?.as_str().to_ascii_lowercase();
                // The crate drops a dot at the end as well, which is one too many here.
                let is_sound = domain.starts_with('[')
                    || !typed.ends_with('.') && !domain.contains(FORBIDDEN_IN_DOMAINPART);
                is_sound.then_some(domain).ok_or(jid::Error::Idna)
            }
            Self::Resourcepart => ResourcePart::new(typed).map(|part| part.as_str().to_owned()),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Localpart => "localpart",
            Self::Domainpart => "domainpart",
            Self::Resourcepart => "resourcepart",
        })
    }
}

/// Why a text is not the JID of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JidError {
    /// It is an XMPP URI (RFC 5122).
    Uri,
    /// It has no `@`, so it names a server and not an account.
    NoLocalpart,
    /// Its `/` comes before its `@`, so it names a server and a resource there.
    SlashBeforeAt,
    /// The part has no characters, or none that count.
    Empty(Part),
    /// The part is longer than 1023 octets (RFC 7622 3.1).
    TooLong {
        /// Which.
        part: Part,
        /// Its length.
        octets: usize,
    },
    /// A character that the part must not contain, nor anything that is prepared to it.
    Character {
        /// Which part.
        part: Part,
        /// The character.
        character: char,
        /// Its place in what was typed, counted in characters from 1.
        position: usize,
    },
    /// Two dots with nothing between them, or one at the start.
    EmptyLabel,
    /// A label of so many octets; DNS takes 63 (RFC 1035 2.3.4).
    LongLabel(usize),
    /// A domainpart of so many octets; DNS takes 253 (RFC 1035 2.3.4).
    LongDomain(usize),
    /// Neither a domain name (RFC 5891 4.2) nor an IP address.
    NotADomain,
    /// Letters of right-to-left scripts mixed with others (RFC 3454 6).
    MixedDirections(Part),
    /// Preparing it again gives another JID.
    Unstable,
}

impl JidError {
    /// What to do about it, in one line.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Uri => "leave out 'xmpp:'".to_owned(),
            Self::Character {
                part: Part::Localpart,
                character,
                ..
            } if *character == ' ' || FORBIDDEN_IN_LOCALPART.contains(character) => format!(
                "if the account really has this character, write it as '\\{:02x}' (XEP-0106)",
                u32::from(*character)
            ),
            Self::SlashBeforeAt => {
                "if the account really has this character, write it as '\\2f' (XEP-0106)".to_owned()
            }
            Self::TooLong { .. } => format!("a part may have {PART_LIMIT} octets"),
            Self::LongLabel(_) => "between two dots there may be 63 octets".to_owned(),
            Self::LongDomain(_) => "a domain may have 253 octets".to_owned(),
            _ => "give the account's address, such as hamlet@shakespeare.lit".to_owned(),
        }
    }
}

impl fmt::Display for JidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uri => f.write_str("it is a URI"),
            Self::NoLocalpart => {
                f.write_str("it has no '@', so it names a server and not an account")
            }
            Self::SlashBeforeAt => {
                f.write_str("it has a '/' before the '@', so it names a server and not an account")
            }
            Self::Empty(part) => write!(f, "the {part} is empty"),
            Self::TooLong { part, octets } => write!(f, "the {part} has {octets} octets"),
            Self::Character {
                part,
                character,
                position,
            } => write!(
                f,
                "the {part} must not contain U+{:04X}, which is character {position}",
                u32::from(*character)
            ),
            Self::EmptyLabel => f.write_str("the domainpart has nothing between two dots"),
            Self::LongLabel(octets) => {
                write!(f, "the domainpart has a label of {octets} octets")
            }
            Self::LongDomain(octets) => write!(f, "the domainpart has {octets} octets"),
            Self::NotADomain => {
                f.write_str("the domainpart is neither a domain name nor an IP address")
            }
            Self::MixedDirections(part) => write!(
                f,
                "the {part} mixes scripts that are written in different directions"
            ),
            Self::Unstable => f.write_str("it becomes another JID each time it is normalised"),
        }
    }
}

impl std::error::Error for JidError {}
