//! Whether servers and clients would take a certificate, and if not, why.
//!
//! Each [`Rule`] says when it is broken and what that means for whom; a [`Report`] is what comes
//! of applying all of them. The rules follow what the consumers do, not what they should do,
//! except for [`Consumer::Xep0257`], which stands for the standards.

mod file;
mod rules;

use std::fmt;

use serde::Serialize;
use time::OffsetDateTime;

pub use file::{FileForm, KeyFault, KeyFile};
pub use rules::RULES;

use crate::inspection::CertificateInspection;
use crate::jid::Jid;
use crate::xmpp_addr::{StringType, XmppAddr};

/// A server or client whose behaviour is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consumer {
    /// What the standards ask: XEP-0257, XEP-0178, RFC 6120 and RFC 5280.
    Xep0257,
    /// Prosody with mod_client_certs, and an ordinary client on OpenSSL.
    Prosody,
    /// ejabberd with `tls_verify: true` that trusts the certificate or its issuer.
    Ejabberd,
    /// slixmpp, and poezio, which is built on it.
    Slixmpp,
    /// libstrophe.
    Libstrophe,
    /// Conversations on Android.
    Conversations,
}

impl Consumer {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 6] = [
        Self::Xep0257,
        Self::Prosody,
        Self::Ejabberd,
        Self::Slixmpp,
        Self::Libstrophe,
        Self::Conversations,
    ];

    /// Those whose refusal makes the verdict where nobody says otherwise.
    pub const DEFAULT: [Self; 2] = [Self::Xep0257, Self::Prosody];

    /// The name on the command line and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Xep0257 => "xep-0257",
            Self::Prosody => "prosody",
            Self::Ejabberd => "ejabberd",
            Self::Slixmpp => "slixmpp",
            Self::Libstrophe => "libstrophe",
            Self::Conversations => "conversations",
        }
    }

    /// The consumer of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|consumer| consumer.name() == name)
    }

    /// Whether certificates can be uploaded to it, or with it: by XEP-0257, or poezio's `/cert_add`.
    const fn uploads(self) -> bool {
        matches!(self, Self::Xep0257 | Self::Prosody | Self::Slixmpp)
    }
}

/// One thing that may be wrong with a certificate.
#[derive(Debug)]
pub struct Rule {
    /// Its name in reports.
    pub id: &'static str,
    /// How bad it is where [`Consumer::DEFAULT`] decides.
    pub severity: Severity,
    /// Where the rule comes from: a standard, or the consumer whose behaviour it is.
    pub reference: &'static str,
    /// What breaks it, for the manual page.
    pub summary: &'static str,
    /// What it means for whom.
    pub effects: &'static [(Consumer, Effect)],
    /// Looks for it.
    find: fn(&Case<'_>) -> Option<Breach>,
}

/// What a broken rule does to a consumer's outlook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It cannot be uploaded, and so no login follows.
    NoUpload,
    /// No login.
    NoLogin,
    /// A login needs an authorization identity; `=` is refused.
    AuthzidOnly,
    /// No login under TLS 1.2.
    NoTls12,
    /// No login under TLS 1.3, which an ordinary client speaks.
    NoTls13,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Somebody may stumble over it.
    Warning,
    /// It makes the verdict [`Verdict::Reject`].
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A broken rule in a certificate at hand.
#[derive(Debug)]
struct Breach {
    message: String,
    hint: String,
    /// Those for whom the effects of the rule do not come about in this case.
    spares: Vec<Consumer>,
}

/// What is asked about a certificate.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// How the certificate is called in hints.
    pub source: &'a str,
    /// The moment of asking.
    pub now: OffsetDateTime,
    /// What the file holds.
    pub form: FileForm,
    /// The account it is for.
    pub jid: Option<&'a Jid>,
    /// The private key that should belong to it.
    pub key: Option<&'a KeyFile>,
    /// The moment at which it must still be valid.
    pub valid_at: Option<OffsetDateTime>,
    /// Those whose refusal is a no.
    pub consumers: &'a [Consumer],
}

/// The certificate and the question, with what several rules want to know.
struct Case<'a> {
    certificate: &'a CertificateInspection,
    question: &'a Question<'a>,
    addresses: Vec<Address<'a>>,
}

/// One XMPP address of the certificate.
struct Address<'a> {
    text: String,
    jid: Option<Jid>,
    /// The account that a server finds in the octets which compares these and prepares nothing, as
    /// Prosody does.
    verbatim: Option<Jid>,
    octets: &'a [u8],
    /// Of the one right type of string.
    is_utf8: bool,
}

impl<'a> Address<'a> {
    fn of(addr: &'a XmppAddr) -> Self {
        Self {
            text: addr.text().into_owned(),
            jid: addr.to_jid().ok(),
            verbatim: Self::verbatim(addr),
            octets: &addr.octets,
            is_utf8: addr.string_type == StringType::Utf8,
        }
    }

    /// Prosody cuts off what follows the first slash, if anything does, and looks at the rest.
    fn verbatim(addr: &XmppAddr) -> Option<Jid> {
        let bare = match addr.octets.iter().position(|octet| *octet == b'/') {
            Some(slash) if slash + 1 == addr.octets.len() => return None,
            Some(slash) => &addr.octets[..slash],
            None => &addr.octets,
        };
        let bare = str::from_utf8(bare).ok()?;
        let jid = Jid::parse(bare).ok()?;
        (addr.string_type.is_string() && jid.as_str() == bare).then_some(jid)
    }

    /// Whether it is spelt as servers spell the JID that it is read as.
    fn is_normalised(&self) -> bool {
        let bare = self.octets.split(|octet| *octet == b'/').next();
        let jid = self.jid.as_ref().map(Jid::to_bare);
        self.verbatim.is_some() && bare == jid.as_ref().map(|jid| jid.as_str().as_bytes())
    }
}

impl<'a> Case<'a> {
    fn new(certificate: &'a CertificateInspection, question: &'a Question<'a>) -> Self {
        let addrs = &certificate.subject.extensions.xmpp_addrs;
        let addresses = addrs.iter().map(Address::of);
        Self {
            certificate,
            question,
            addresses: addresses.collect(),
        }
    }

    /// Whether `jid` is the account that was asked about, or any where none was.
    fn is_asked_for(&self, jid: &Jid) -> bool {
        let asked = self.question.jid.map(Jid::to_bare);
        asked.is_none_or(|asked| asked == jid.to_bare())
    }

    /// How many addresses ejabberd sees: it passes over those that are no JID of an account, or no
    /// UTF8String.
    fn seen_by_ejabberd(&self) -> usize {
        let seen = self
            .addresses
            .iter()
            .filter(|address| address.jid.is_some() && address.is_utf8);
        seen.count()
    }

    /// Whether Prosody finds the account in one of the addresses.
    fn has_usable_address(&self) -> bool {
        let mut found = self
            .addresses
            .iter()
            .filter_map(|address| address.verbatim.as_ref());
        found.any(|jid| self.is_asked_for(jid))
    }

    /// The account in the form it should have: the one asked about, or the first that can be read.
    fn account(&self) -> Option<Jid> {
        let first = || {
            self.addresses
                .iter()
                .find_map(|address| address.jid.clone())
        };
        self.question.jid.cloned().or_else(first)
    }

    /// The file of the certificate in a command.
    fn source(&self) -> String {
        match self.question.source {
            // Read from standard input, it has a name somewhere else, if at all.
            "-" => "CERT".to_owned(),
            option if option.starts_with('-') => shell_word(&format!("./{option}")),
            source => shell_word(source),
        }
    }

    /// The command that makes a certificate for the same account that is right.
    fn remake(&self) -> String {
        match self.account() {
            Some(jid) => format!("xmppcert generate --jid {}", shell_word(jid.as_str())),
            None => "xmppcert generate --jid JID".to_owned(),
        }
    }
}

/// `word` as a POSIX shell takes it for one word, for commands in hints.
#[must_use]
pub fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./@:,+=%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing is wrong.
    Accept,
    /// It works, with something to know.
    Warn,
    /// It would be refused by one of those whose refusal counts.
    Reject,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accept => "accept",
            Self::Warn => "warn",
            Self::Reject => "reject",
        })
    }
}

/// A broken rule, told.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The id of the rule.
    pub rule: &'static str,
    /// How bad it is for those who were asked about.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// Where the rule comes from.
    pub reference: &'static str,
}

/// What a consumer would do.
#[derive(Clone, Debug, Serialize)]
pub struct Outlook {
    /// Who.
    pub name: &'static str,
    /// Whether it can be stored on the account.
    pub upload: Upload,
    /// Whether an ordinary client gets in with it, once it is stored.
    pub login: Login,
    /// Whether it does so under TLS 1.2.
    pub tls12: Tls12,
    /// The ids of the rules that made this so.
    pub because: Vec<&'static str>,
}

/// Whether a certificate can be stored on the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Upload {
    /// It can.
    #[serde(rename = "accept")]
    Accept,
    /// It cannot.
    #[serde(rename = "reject")]
    Reject,
    /// This one stores no certificates.
    #[serde(rename = "n/a")]
    NotApplicable,
}

/// Whether a login succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Login {
    /// With an authorization identity or without.
    Accept,
    /// With an authorization identity only.
    AuthzidOnly,
    /// Not at all.
    Reject,
}

/// Whether a login succeeds under TLS 1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls12 {
    /// It does.
    Accept,
    /// It does not.
    Reject,
}

impl Outlook {
    fn of(consumer: Consumer) -> Self {
        Self {
            name: consumer.name(),
            upload: if consumer.uploads() {
                Upload::Accept
            } else {
                Upload::NotApplicable
            },
            login: Login::Accept,
            tls12: Tls12::Accept,
            because: Vec::new(),
        }
    }

    fn suffer(&mut self, effect: Effect, rule: &'static str) {
        match effect {
            Effect::NoUpload => {
                self.upload = Upload::Reject;
                self.login = Login::Reject;
                self.tls12 = Tls12::Reject;
            }
            Effect::NoLogin => {
                self.login = Login::Reject;
                self.tls12 = Tls12::Reject;
            }
            Effect::NoTls13 => self.login = Login::Reject,
            Effect::AuthzidOnly => self.login = self.login.max(Login::AuthzidOnly),
            Effect::NoTls12 => self.tls12 = Tls12::Reject,
        }
        if !self.because.contains(&rule) {
            self.because.push(rule);
        }
    }
}

/// What is to be said about a certificate.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The answer.
    pub verdict: Verdict,
    /// Broken rules, the worst first.
    pub findings: Vec<Finding>,
    /// What each consumer would do.
    pub consumers: Vec<Outlook>,
}

impl Report {
    /// Applies every rule to `certificate`.
    #[must_use]
    pub fn on(certificate: &CertificateInspection, question: &Question<'_>) -> Self {
        let case = Case::new(certificate, question);
        let mut outlooks = Consumer::ALL.map(|consumer| (consumer, Outlook::of(consumer)));
        let mut findings = Vec::new();
        for rule in RULES {
            let Some(breach) = (rule.find)(&case) else {
                continue;
            };
            let mut effects = rule.effects.to_vec();
            effects.retain(|(whose, _)| !breach.spares.contains(whose));
            for (consumer, outlook) in &mut outlooks {
                for (_, effect) in effects.iter().filter(|(whose, _)| whose == consumer) {
                    outlook.suffer(*effect, rule.id);
                }
            }
            findings.push(Finding {
                rule: rule.id,
                severity: rule.severity_for(&effects, question.consumers),
                message: breach.message,
                hint: breach.hint,
                reference: rule.reference,
            });
        }
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let worst = findings.first().map(|finding| finding.severity);
        Self {
            verdict: match worst {
                Some(Severity::Error) => Verdict::Reject,
                Some(Severity::Warning) => Verdict::Warn,
                Some(Severity::Note) | None => Verdict::Accept,
            },
            findings,
            consumers: outlooks.map(|(_, outlook)| outlook).into(),
        }
    }
}

impl Rule {
    /// A refusal is an error where it is one of those asked about who refuses, and a warning where
    /// it is somebody else.
    fn severity_for(&self, effects: &[(Consumer, Effect)], asked: &[Consumer]) -> Severity {
        let refuses =
            |effect| matches!(effect, Effect::NoUpload | Effect::NoLogin | Effect::NoTls13);
        let refused_by_asked = effects
            .iter()
            .any(|(consumer, effect)| refuses(*effect) && asked.contains(consumer));
        if refused_by_asked || (self.severity == Severity::Error && self.effects.is_empty()) {
            Severity::Error
        } else {
            self.severity.min(Severity::Warning)
        }
    }
}
