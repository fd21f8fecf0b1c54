//! Why a server could not be talked to, or what it refused.

use std::fmt;
use std::io;

use super::connect::Endpoint;
use super::trust::Distrust;
use crate::files::reason;

/// What was being waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A connection of TCP.
    Connection,
    /// The stream and its features before TLS (RFC 6120 4.3).
    FirstFeatures,
    /// The answer to `<starttls/>` (RFC 6120 5.4.2).
    StartTls,
    /// The TLS handshake.
    Handshake,
    /// The stream and its features inside TLS.
    Features,
    /// The answer to the login (RFC 6120 6).
    Login,
    /// The stream and its features after the login.
    FeaturesAfterLogin,
    /// The answer to the binding of a resource (RFC 6120 7).
    Binding,
    /// The answer to a request (RFC 6120 8.2.3).
    Answer,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connection => "the connection",
            Self::FirstFeatures => "the stream before TLS",
            Self::StartTls => "STARTTLS",
            Self::Handshake => "the TLS handshake",
            Self::Features => "the stream inside TLS",
            Self::Login => "the login",
            Self::FeaturesAfterLogin => "the stream after the login",
            Self::Binding => "the binding of a resource",
            Self::Answer => "the request",
        })
    }
}

/// A condition that the server names, and its explanation in words (RFC 6120 4.9, 6.5, 8.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The name of the element, such as `not-authorized`.
    pub condition: String,
    /// The server's text; empty where it gives none.
    pub text: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.condition)?;
        if !self.text.is_empty() {
            write!(f, " ({})", self.text)?;
        }
        Ok(())
    }
}

/// Which way a session ended before its time. What the server says is in it verbatim.
#[derive(Debug)]
#[non_exhaustive]
pub enum OnlineError {
    /// A domainpart or host that has no form in ASCII (RFC 5891), so DNS and TLS cannot name it.
    BadDomain(String),
    /// DNS says that the domain has no such service (a target of `.`, RFC 2782).
    NoService(String),
    /// No name server could tell where the server is, and it is not where it would be without records (RFC 6120 3.2.2).
    NoAnswerOfDns {
        /// What became of asking the name servers.
        trouble: String,
        /// What became of trying all the same.
        error: Box<Self>,
    },
    /// No address is known of the host.
    NoAddress {
        /// The host.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// Nothing takes connections there.
    Unreachable {
        /// The last of the places that were tried.
        endpoint: Endpoint,
        /// Why not.
        error: io::Error,
    },
    /// The time-out passed.
    Silence(Step),
    /// The server closed the connection.
    Closed(Step),
    /// The connection broke.
    Broken(Step, io::Error),
    /// The server speaks, but not XMPP (RFC 6120 4, 11), or beyond all limits.
    NotXmpp(Step, String),
    /// TLS is not offered, so nothing may be sent (RFC 6120 5.3.1).
    NoStartTls,
    /// The server's certificate does not prove that it is the server.
    Untrusted(Distrust),
    /// The server ended TLS with an alert (RFC 8446 6).
    TlsRefused {
        /// Its name in RFC 8446.
        alert: String,
        /// Whether the server had asked for a certificate.
        certificate_requested: bool,
        /// Whether it had been sent one.
        certificate_sent: bool,
    },
    /// The TLS handshake failed here.
    TlsFailed(String),
    /// No way to log in is offered that both sides know.
    NoMechanism {
        /// The mechanisms that are offered.
        offered: Vec<String>,
    },
    /// The login was refused (RFC 6120 6.5).
    LoginRefused(Refusal),
    /// The password cannot be prepared for SCRAM (RFC 5802 5.1, RFC 4013).
    PasswordNotPreparable,
    /// The server cannot prove that it knows the password (RFC 5802 3).
    ServerUnproved,
    /// The resource was refused (RFC 6120 7.6).
    ResourceRefused(Refusal),
    /// The server ended the stream with an error (RFC 6120 4.9).
    StreamRefused(Refusal),
    /// The server answered a request with an error (RFC 6120 8.3).
    RequestRefused(Refusal),
    /// Neither the system's store of root certificates nor an option gives anything to trust.
    NoRoots(String),
    /// The system gives no random numbers.
    NoRandom,
}

impl OnlineError {
    /// Whether the server was there and said no, as against one that cannot be talked to.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::TlsRefused { .. }
                | Self::NoMechanism { .. }
                | Self::LoginRefused(_)
                | Self::ResourceRefused(_)
                | Self::StreamRefused(_)
                | Self::RequestRefused(_)
        )
    }

    /// Whether no connection came about.
    #[must_use]
    pub const fn is_out_of_reach(&self) -> bool {
        matches!(
            self,
            Self::NoAddress { .. } | Self::Unreachable { .. } | Self::Silence(Step::Connection)
        )
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::BadDomain(_) => "give a domain or host name".to_owned(),
            Self::NoService(_) => {
                "the domain's DNS says that it has no XMPP; name another server with '--server'"
                    .to_owned()
            }
            Self::NoAnswerOfDns { .. } => {
                "see that the network is up and its name servers work, or name the server with '--server HOST:PORT'"
                    .to_owned()
            }
            Self::NoAddress { .. } | Self::Unreachable { .. } => {
                "see that the name is right and the network up, or name the server with '--server HOST:PORT'"
                    .to_owned()
            }
            Self::Silence(_) => "try again, or give it more time with '--timeout SECONDS'".to_owned(),
            Self::NotXmpp(..) | Self::Closed(Step::FirstFeatures) | Self::Broken(Step::FirstFeatures, _) => {
                "see that this is the port of an XMPP server for clients, and whether it wants '--direct-tls'"
                    .to_owned()
            }
            Self::Closed(_) | Self::Broken(..) => {
                "try again; the server's log may say why".to_owned()
            }
            Self::NoStartTls => {
                "nothing was sent; someone may be in between, or the server has no TLS for this domain"
                    .to_owned()
            }
            Self::Untrusted(distrust) => distrust.hint(),
            Self::TlsRefused { certificate_sent: true, .. } => {
                "the server refuses the certificate in TLS already; on Prosody 13, give 'c2s_ssl' verifyext = { \"lsec_continue\" }"
                    .to_owned()
            }
            Self::TlsRefused { certificate_requested: true, .. } => {
                "the server wants a certificate from everyone; on Prosody, take \"fail_if_no_peer_cert\" out of 'c2s_ssl'"
                    .to_owned()
            }
            Self::TlsRefused { .. } | Self::TlsFailed(_) => {
                "see that the server has TLS 1.2 or 1.3, and whether this port is one for '--direct-tls'"
                    .to_owned()
            }
            Self::NoMechanism { .. } => {
                "with a password SCRAM with SHA-512, SHA-256 or SHA-1 and PLAIN can be used; about EXTERNAL 'xmppcert login' says more"
                    .to_owned()
            }
            Self::LoginRefused(_) => "see that the account is right, and its password, or that the certificate is stored there".to_owned(),
            Self::PasswordNotPreparable => {
                "the password has characters that SASLprep forbids".to_owned()
            }
            Self::ServerUnproved => {
                "do not trust this server; change the password if it was used elsewhere".to_owned()
            }
            Self::ResourceRefused(_) => "see which resources the server allows".to_owned(),
            Self::StreamRefused(_) | Self::RequestRefused(_) => {
                "the server's log may say more".to_owned()
            }
            Self::NoRoots(_) => "name the roots to trust with '--ca FILE'".to_owned(),
            Self::NoRandom => "see that the system's source of random numbers works".to_owned(),
        }
    }
}

impl fmt::Display for OnlineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadDomain(domain) => write!(f, "'{domain}' cannot be the name of a server"),
            Self::NoService(domain) => write!(f, "'{domain}' offers no XMPP to clients"),
            Self::NoAnswerOfDns { trouble, error } => {
                write!(
                    f,
                    "DNS does not tell where the server is ({trouble}), and without that {error}"
                )
            }
            Self::NoAddress { host, reason } => {
                write!(f, "the server '{host}' has no address: {reason}")
            }
            Self::Unreachable { endpoint, error } => {
                write!(
                    f,
                    "the server '{endpoint}' cannot be reached: {}",
                    reason(error)
                )
            }
            Self::Silence(step) => write!(f, "the server did not answer in time: {step}"),
            Self::Closed(step) => write!(f, "the server closed the connection during {step}"),
            Self::Broken(step, error) => {
                write!(f, "the connection broke during {step}: {}", reason(error))
            }
            Self::NotXmpp(step, reason) => {
                write!(f, "the server does not speak XMPP in {step}: {reason}")
            }
            Self::NoStartTls => f.write_str("the server offers no TLS"),
            Self::Untrusted(distrust) => write!(f, "the server is not to be trusted: {distrust}"),
            Self::TlsRefused {
                alert,
                certificate_sent,
                ..
            } => {
                let after = if *certificate_sent {
                    " on seeing the certificate,"
                } else {
                    ""
                };
                write!(f, "the server ended TLS{after} with the alert '{alert}'")
            }
            Self::TlsFailed(reason) => write!(f, "TLS with the server failed: {reason}"),
            Self::NoMechanism { offered } if offered.is_empty() => {
                f.write_str("the server offers no way to log in")
            }
            Self::NoMechanism { offered } => write!(
                f,
                "none of the ways to log in that the server offers can be used: '{}'",
                offered.join("', '")
            ),
            Self::LoginRefused(refusal) => write!(f, "the server refused the login: {refusal}"),
            Self::PasswordNotPreparable => f.write_str("the password cannot be used for a login"),
            Self::ServerUnproved => {
                f.write_str("the server does not know the password it asked for")
            }
            Self::ResourceRefused(refusal) => {
                write!(f, "the server refused the resource: {refusal}")
            }
            Self::StreamRefused(refusal) => write!(f, "the server ended the stream: {refusal}"),
            Self::RequestRefused(refusal) => write!(f, "the server refused the request: {refusal}"),
            Self::NoRoots(reason) => write!(f, "there are no root certificates to trust: {reason}"),
            Self::NoRandom => f.write_str("there are no random numbers"),
        }
    }
}

impl std::error::Error for OnlineError {}
