//! stub
use std::fmt;
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Jid(String);
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JidError(String);
impl Jid {
    pub fn parse(t: &str) -> Result<Self, JidError> {
        if t.contains('@') {
            Ok(Self(t.to_lowercase()))
        } else {
            Err(JidError(t.into()))
        }
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    pub fn localpart(&self) -> &str {
        self.0.split('@').next().unwrap()
    }
    pub fn domainpart(&self) -> &str {
        self.to_bare_str().split('@').nth(1).unwrap()
    }
    fn to_bare_str(&self) -> &str {
        self.0.split('/').next().unwrap()
    }
    pub fn resourcepart(&self) -> Option<&str> {
        self.0.split_once('/').map(|x| x.1)
    }
    pub fn to_bare(&self) -> Jid {
        Self(self.to_bare_str().into())
    }
    pub fn is_full(&self) -> bool {
        self.0.contains('/')
    }
    pub fn has_a_label(&self) -> bool {
        false
    }
}
impl fmt::Display for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Display for JidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl JidError {
    pub fn hint(&self) -> String {
        String::new()
    }
}
impl std::error::Error for JidError {}
