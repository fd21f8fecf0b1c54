//! Asks the name servers of the system for SRV records.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use hickory_proto::op::{Message, MessageType, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};

use crate::files::{Input, reason};

/// How long one name server may take before the next one is asked.
const PATIENCE: Duration = Duration::from_secs(2);

/// Twice each, as packets get lost.
const ROUNDS: usize = 2;

/// The most octets of the configuration of the resolver.
const CONFIGURATION_LIMIT: usize = 1 << 16;

/// The port of name servers (RFC 1035 4.2).
const PORT: u16 = 53;

/// Priority, weight, port and target; the target `.` is empty.
pub(super) type Record = (u16, u16, u16, String);

/// The name servers to ask.
pub(super) struct Resolver {
    servers: Vec<SocketAddr>,
}

impl Resolver {
    /// Those of resolv.conf(5), or the one on this host where it names none.
    pub(super) fn of_system() -> Self {
        let configuration = Input::open("/etc/resolv.conf".as_ref())
            .and_then(|input| input.read_limited(CONFIGURATION_LIMIT));
        let text = configuration.map(|octets| String::from_utf8_lossy(&octets).into_owned());
        Self {
            servers: parse_configuration(&text.unwrap_or_default()),
        }
    }

    /// The SRV records of `name`, which may be none.
    pub(super) fn services(
        &self,
        name: &str,
        deadline: Instant,
    ) -> Result<Vec<Record>, Unanswered> {
        let name = Name::from_ascii(name).map_err(|_| Unanswered(Vec::new()))?;
        let mut troubles: Vec<(SocketAddr, Trouble)> = Vec::new();
        for _ in 0..ROUNDS {
            for server in &self.servers {
                let left = deadline.saturating_duration_since(Instant::now());
                let trouble = match ask(*server, &name, left.min(PATIENCE)) {
                    Ok(answer) => match answer.metadata.response_code {
                        ResponseCode::NoError | ResponseCode::NXDomain => {
                            return Ok(services(&answer));
                        }
                        code => Trouble::Code(code),
                    },
                    Err(error) => Trouble::Connection(error),
                };
                // What came of it first was not cut short by the deadline.
                if troubles.iter().all(|(known, _)| known != server) {
                    troubles.push((*server, trouble));
                }
            }
        }
        Err(Unanswered(troubles))
    }
}

/// What became of asking each name server, where none could tell.
pub(super) struct Unanswered(Vec<(SocketAddr, Trouble)>);

enum Trouble {
    Connection(io::Error),
    Code(ResponseCode),
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("DNS can have no such name");
        }
        for (number, (server, trouble)) in self.0.iter().enumerate() {
            let separator = if number == 0 { "" } else { "; " };
            write!(f, "{separator}the name server '{server}' ")?;
            match trouble {
                Trouble::Connection(error) if is_time_out(error) => {
                    f.write_str("does not answer in time")?;
                }
                Trouble::Connection(error) => write!(f, "cannot be asked: {}", reason(error))?,
                Trouble::Code(code) => write!(f, "answers '{code}'")?,
            }
        }
        Ok(())
    }
}

fn is_time_out(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
    )
}

fn parse_configuration(text: &str) -> Vec<SocketAddr> {
    let servers: Vec<SocketAddr> = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("nameserver"))
        .filter(|rest| rest.starts_with([' ', '\t']))
        .filter_map(|rest| name_server(rest.split_whitespace().next()?))
        .collect();
    if servers.is_empty() {
        return vec![SocketAddr::new(Ipv4Addr::LOCALHOST.into(), PORT)];
    }
    servers
}

/// An address, or `[ADDRESS]:PORT` as OpenBSD has it. A link-local address has its interface behind a percent sign, which
/// only the system's own resolver can use.
fn name_server(typed: &str) -> Option<SocketAddr> {
    let (address, port) = match typed.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once("]:")?;
            (address, port.parse().ok()?)
        }
        None => (typed, PORT),
    };
    let address: IpAddr = address.parse().ok()?;
    Some(SocketAddr::new(address, port))
}

fn services(answer: &Message) -> Vec<Record> {
    let records = answer
        .answers
        .iter()
        .filter_map(|record| match &record.data {
            RData::SRV(srv) => {
                let target = srv.target.to_ascii();
                Some((
                    srv.priority,
                    srv.weight,
                    srv.port,
                    target.trim_end_matches('.').to_owned(),
                ))
            }
            _ => None,
        });
    records.collect()
}

/// One question to one name server, over TCP where the answer is too long for UDP (RFC 1035 4.2).
fn ask(server: SocketAddr, name: &Name, patience: Duration) -> io::Result<Message> {
    let mut question = Message::query();
    question.metadata.recursion_desired = true;
    question.add_query(Query::query(name.clone(), RecordType::SRV));
    let octets = question.to_vec().map_err(io::Error::other)?;
    let deadline = Instant::now() + patience;
    let left = || {
        let left = deadline.checked_duration_since(Instant::now());
        left.filter(|left| !left.is_zero())
            .ok_or_else(|| io::Error::from(io::ErrorKind::TimedOut))
    };
    let is_answer = |answer: &Message| {
        answer.metadata.message_type == MessageType::Response
            && answer.metadata.id == question.metadata.id
            && answer.queries == question.queries
    };

    let unspecified: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => std::net::Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((unspecified, 0))?;
    socket.connect(server)?;
    socket.send(&octets)?;
    let mut buffer = [0; 4096];
    loop {
        socket.set_read_timeout(Some(left()?))?;
        let length = socket.recv(&mut buffer)?;
        // Anything else may be forged, and the true answer still on its way.
        match Message::from_vec(buffer.get(..length).unwrap_or_default()) {
            Ok(answer) if is_answer(&answer) && answer.metadata.truncation => break,
            Ok(answer) if is_answer(&answer) => return Ok(answer),
            _ => {}
        }
    }

    let mut stream = TcpStream::connect_timeout(&server, left()?)?;
    stream.set_write_timeout(Some(left()?))?;
    let length = u16::try_from(octets.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), octets.as_slice()].concat())?;
    let mut read = |buffer: &mut [u8]| {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            stream.set_read_timeout(Some(left()?))?;
            match stream.read(rest)? {
                0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
                length => filled += length,
            }
        }
        Ok(())
    };
    let mut length = [0; 2];
    read(&mut length)?;
    let mut octets = vec![0; usize::from(u16::from_be_bytes(length))];
    read(&mut octets)?;
    match Message::from_vec(&octets) {
        Ok(answer) if is_answer(&answer) => Ok(answer),
        Ok(_) => Err(io::Error::from(io::ErrorKind::InvalidData)),
        Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use hickory_proto::rr::Record as ResourceRecord;
    use hickory_proto::rr::rdata::{A, SRV};

    use super::*;

    fn asked(servers: &[SocketAddr], name: &str, deadline: Instant) -> Option<Vec<Record>> {
        let servers = servers.to_vec();
        Resolver { servers }.services(name, deadline).ok()
    }

    #[test]
    fn name_servers_are_those_of_the_configuration() {
        let text = "# nameserver 192.0.2.9\nsearch example.org\nnameserver 192.0.2.1\n\
                    nameserver\t2001:db8::1 # one\nnameserver fe80::1%eth0\nnameservers 192.0.2.8\n\
                    nameserver [192.0.2.2]:5353\nnameserver [2001:db8::2]:5353\nnameserver [192.0.2.3]:no\n\
                    nameserver [192.0.2.4\n";
        assert_eq!(
            parse_configuration(text),
            [
                "192.0.2.1:53".parse().unwrap(),
                "[2001:db8::1]:53".parse().unwrap(),
                "192.0.2.2:5353".parse().unwrap(),
                "[2001:db8::2]:5353".parse().unwrap(),
            ]
        );
        assert_eq!(parse_configuration(""), ["127.0.0.1:53".parse().unwrap()]);
    }

    fn answer(question: &[u8], records: &[SRV]) -> Message {
        let question = Message::from_vec(question).unwrap();
        let mut answer = question.clone();
        answer.metadata.message_type = MessageType::Response;
        let name = question.queries[0].name.clone();
        for srv in records {
            answer.add_answer(ResourceRecord::from_rdata(
                name.clone(),
                60,
                RData::SRV(srv.clone()),
            ));
        }
        answer
    }

    /// A name server for one question: what comes over UDP, and what over TCP.
    fn name_server(
        udp: impl FnOnce(&[u8]) -> Vec<Vec<u8>> + Send + 'static,
        tcp: impl FnOnce(&[u8]) -> Vec<u8> + Send + 'static,
    ) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let socket = UdpSocket::bind(address).unwrap();
        thread::spawn(move || {
            let mut buffer = [0; 512];
            let (length, peer) = socket.recv_from(&mut buffer).unwrap();
            for packet in udp(&buffer[..length]) {
                socket.send_to(&packet, peer).unwrap();
            }
            let (mut stream, _) = listener.accept().unwrap();
            let mut length = [0; 2];
            stream.read_exact(&mut length).unwrap();
            let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
            stream.read_exact(&mut question).unwrap();
            let octets = tcp(&question);
            let length = u16::try_from(octets.len()).unwrap().to_be_bytes();
            stream
                .write_all(&[&length, octets.as_slice()].concat())
                .unwrap();
        });
        address
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(10)
    }

    fn srv(target: &str) -> SRV {
        SRV::new(5, 1, 5269, Name::from_ascii(target).unwrap())
    }

    #[test]
    fn an_answer_that_is_too_long_for_udp_comes_over_tcp() {
        let server = name_server(
            |question| {
                let mut answer = answer(question, &[]);
                answer.metadata.truncation = true;
                vec![answer.to_vec().unwrap()]
            },
            |question| {
                let many: Vec<SRV> = (0..100)
                    .map(|n| srv(&format!("host{n}.example.org.")))
                    .collect();
                answer(question, &many).to_vec().unwrap()
            },
        );
        let records = asked(&[server], "_xmpp-client._tcp.example.org.", soon()).unwrap();
        assert_eq!(records.len(), 100);
        assert_eq!(records[7], (5, 1, 5269, "host7.example.org".to_owned()));
    }

    #[test]
    fn what_is_no_answer_to_the_question_is_passed_over() {
        let server = name_server(
            |question| {
                let mut forged = answer(question, &[srv("evil.example.")]);
                forged.metadata.id ^= 1;
                let mut other = answer(question, &[srv("evil.example.")]);
                other.queries[0].set_name(Name::from_ascii("other.example.").unwrap());
                // As an echo gives back what it gets.
                let echo = question.to_vec();
                let mut true_answer = answer(question, &[srv(".")]);
                let address = RData::A(A::new(192, 0, 2, 1));
                true_answer.add_answer(ResourceRecord::from_rdata(Name::root(), 60, address));
                vec![
                    b"garbage".to_vec(),
                    forged.to_vec().unwrap(),
                    other.to_vec().unwrap(),
                    echo,
                    true_answer.to_vec().unwrap(),
                ]
            },
            |_| Vec::new(),
        );
        let records = asked(&[server], "_xmpp-client._tcp.example.org.", soon()).unwrap();
        // A target of "." says that there is no such service.
        assert_eq!(records, [(5, 1, 5269, String::new())]);
    }

    #[test]
    fn a_name_server_that_is_silent_or_not_there_ends_with_the_time() {
        let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
        let servers = [silent.local_addr().unwrap()];
        let deadline = Instant::now() + Duration::from_millis(50);
        assert_eq!(
            asked(&servers, "_xmpp-client._tcp.example.org.", deadline),
            None
        );
    }
}
