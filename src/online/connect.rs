//! Connections of TCP on which nothing lasts longer than it may.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::error::{OnlineError, Step};

/// How TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// With the first octet (XEP-0368).
    DirectTls,
    /// When both sides have said so (RFC 6120 5).
    StartTls,
}

/// A place to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// A name or an address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How TLS begins there.
    pub transport: Transport,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// A connection, each operation of which ends by the deadline.
#[derive(Debug)]
pub(super) struct Socket {
    stream: TcpStream,
    deadline: Instant,
}

impl Socket {
    /// Connects to the first of `endpoints` that takes connections, which is the second of the results.
    pub(super) fn connect(
        endpoints: &[Endpoint],
        timeout: Duration,
    ) -> Result<(Self, Endpoint), OnlineError> {
        let deadline = Instant::now() + timeout;
        let mut last = OnlineError::Silence(Step::Connection);
        let mut left = endpoints.len();
        for endpoint in endpoints {
            // One that swallows packets leaves time for the others.
            let share = deadline.saturating_duration_since(Instant::now())
                / u32::try_from(left).unwrap_or(u32::MAX);
            left -= 1;
            match connect_to(endpoint, Instant::now() + share) {
                Ok(stream) => {
                    let socket = Self { stream, deadline };
                    return Ok((socket, endpoint.clone()));
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    pub(super) fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(left)
    }
}

fn connect_to(endpoint: &Endpoint, deadline: Instant) -> Result<TcpStream, OnlineError> {
    let addresses = addresses(endpoint, deadline)?;
    let mut last = None;
    let mut left = addresses.len();
    for address in addresses {
        let share = deadline.saturating_duration_since(Instant::now())
            / u32::try_from(left).unwrap_or(u32::MAX);
        left -= 1;
        if share.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(&address, share) {
            Ok(stream) => {
                // What is written is whole messages; to hold them back only costs time.
                let _slower = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => last = Some(error),
        }
    }
    Err(match last {
        Some(error) if error.kind() != io::ErrorKind::TimedOut => OnlineError::Unreachable {
            endpoint: endpoint.clone(),
            error,
        },
        _ => OnlineError::Silence(Step::Connection),
    })
}

/// The addresses of a host as the system knows them. It gives no way to hurry it, so that is left behind where it takes
/// too long.
fn addresses(endpoint: &Endpoint, deadline: Instant) -> Result<Vec<SocketAddr>, OnlineError> {
    let (sender, receiver) = mpsc::channel();
    let host = endpoint.host.clone();
    let port = endpoint.port;
    thread::spawn(move || {
        let found = (host.as_str(), port).to_socket_addrs();
        // Whoever asked may have given up.
        let _unheard = sender.send(found.map(Iterator::collect::<Vec<_>>));
    });
    let reason = match receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(Ok(addresses)) if !addresses.is_empty() => return Ok(addresses),
        Ok(Ok(_)) => "none was found".to_owned(),
        // The standard library puts what it did before what the system says.
        Ok(Err(error)) => {
            let text = error.to_string();
            let said = text.strip_prefix("failed to lookup address information: ");
            said.unwrap_or(&text).to_lowercase()
        }
        Err(_) => return Err(OnlineError::Silence(Step::Connection)),
    };
    Err(OnlineError::NoAddress {
        host: endpoint.host.clone(),
        reason,
    })
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.left()?))?;
        self.stream.read(buffer)
    }
}

impl Write for Socket {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        self.stream.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
