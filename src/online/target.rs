//! Which server, where it is, and the way into TLS with it.

use std::time::{Duration, Instant};

use super::connect::{Endpoint, Socket, Transport};
use super::dns::{self, Lookup};
use super::error::{OnlineError, Step};
use super::stream::Stream;
use super::tls::{Handshake, Identity, TlsSocket, Versions};
use super::trust::Trust;

/// Where to connect to, and whom to believe.
#[derive(Clone, Debug)]
pub struct Target {
    /// The domainpart of the account, whose name the server's certificate has to prove.
    pub domain: String,
    /// Where the server is, instead of what DNS says; without a port, the usual one.
    pub server: Option<(String, Option<u16>)>,
    /// TLS from the first octet, where `server` is given or DNS has nothing else (XEP-0368).
    pub direct_tls: bool,
    /// Whom to believe.
    pub trust: Trust,
    /// What is shown to a server that asks for a certificate.
    pub identity: Option<Identity>,
    /// How long each step may take.
    pub timeout: Duration,
}

impl Target {
    /// Finds out where to connect to. Asks DNS, unless `server` is given.
    ///
    /// # Errors
    /// [`OnlineError::BadDomain`]
    pub fn locate(&self) -> Result<Location, OnlineError> {
        let direct_port = if self.direct_tls { 5223 } else { 5222 };
        let transport = if self.direct_tls {
            Transport::DirectTls
        } else {
            Transport::StartTls
        };
        if let Some((host, port)) = &self.server {
            return Ok(Location {
                lookup: None,
                endpoints: vec![Endpoint {
                    host: ascii(host)?,
                    port: port.unwrap_or(direct_port),
                    transport,
                }],
            });
        }
        let domain = ascii(&self.domain)?;
        let lookup = dns::look_up(&domain, Instant::now() + self.timeout);
        let mut endpoints = lookup.endpoints.clone();
        if self.direct_tls && !endpoints.is_empty() {
            endpoints.retain(|endpoint| endpoint.transport == Transport::DirectTls);
            if endpoints.is_empty() {
                endpoints.push(Endpoint {
                    host: domain,
                    port: direct_port,
                    transport,
                });
            }
        }
        Ok(Location {
            lookup: Some(lookup),
            endpoints,
        })
    }
}

/// Where the server of a [`Target`] is.
#[derive(Clone, Debug)]
pub struct Location {
    /// What DNS said, if it was asked.
    pub lookup: Option<Lookup>,
    /// The places to try, in order (RFC 6120 3.2); none where DNS says that there is no such service.
    pub endpoints: Vec<Endpoint>,
}

/// The form in which DNS and TLS know a domain (RFC 5891 4.4), or the address without brackets.
fn ascii(domain: &str) -> Result<String, OnlineError> {
    let bad = || OnlineError::BadDomain(domain.to_owned());
    let address = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Some(address) = address {
        return Ok(address.to_owned());
    }
    let ascii = idna::domain_to_ascii(domain).map_err(|_| bad())?;
    if ascii.is_empty() {
        Err(bad())
    } else {
        Ok(ascii)
    }
}

/// Begins TLS on a connection: at once, or when both sides have said so. For a probe the server need not be trusted.
pub(super) fn begin_tls(
    socket: Socket,
    transport: Transport,
    target: &Target,
    identity: Option<&Identity>,
    versions: Versions,
    is_probe: bool,
) -> Result<TlsSocket, OnlineError> {
    let mut socket = match transport {
        Transport::DirectTls => socket,
        Transport::StartTls => {
            let mut stream = Stream::plain(socket, &target.domain, target.timeout);
            let features = stream.open(Step::FirstFeatures)?;
            if !features.start_tls {
                return Err(OnlineError::NoStartTls);
            }
            stream.start_tls()?
        }
    };
    socket.set_deadline(Instant::now() + target.timeout);
    TlsSocket::handshake(
        socket,
        &Handshake {
            domain: &ascii(&target.domain)?,
            trust: &target.trust,
            identity,
            is_direct: transport == Transport::DirectTls,
            versions,
            is_probe,
        },
    )
}
