//! Where the server of a domain is: SRV records (RFC 2782, RFC 6120 3.2.1, XEP-0368).
//!
//! The name that certificates are checked for is the domain's own whatever DNS says, so an answer that is forged leads to
//! no more than a failure.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};

use super::connect::{Endpoint, Transport};
use crate::files::Input;

/// How long one name server may take before the next one is asked.
const PATIENCE: Duration = Duration::from_secs(2);

/// Twice each, as packets get lost.
const ROUNDS: usize = 2;

/// The most octets of the configuration of the resolver.
const CONFIGURATION_LIMIT: usize = 1 << 16;

/// The port without a record (RFC 6120 14.7).
const STARTTLS_PORT: u16 = 5222;

/// A record, with how it leads to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Service {
    priority: u16,
    weight: u16,
    endpoint: Endpoint,
}

/// What DNS says of one service of a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// No name server answers, or none can tell.
    Unknown,
    /// There are no records.
    Nothing,
    /// The domain has no such service (a target of `.`).
    NotOffered,
    /// There are records, so many of them.
    Records(usize),
}

/// Where DNS says that the server of a domain is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// On `_xmpps-client`.
    pub direct_tls: Answer,
    /// On `_xmpp-client`.
    pub start_tls: Answer,
    /// The places to try in their order; none where DNS says that there is no such service. A domain without records, or
    /// whose records cannot be had, is its own server (RFC 6120 3.2.2).
    pub endpoints: Vec<Endpoint>,
}

/// Asks for the servers of `domain`, an A-label or address.
pub(super) fn look_up(domain: &str, deadline: Instant) -> Lookup {
    let mut lookup = Lookup {
        direct_tls: Answer::Nothing,
        start_tls: Answer::Nothing,
        endpoints: Vec::new(),
    };
    let mut services = Vec::new();
    if domain.parse::<IpAddr>().is_err() {
        let servers = name_servers();
        for (name, transport, answer) in [
            (
                "_xmpps-client",
                Transport::DirectTls,
                &mut lookup.direct_tls,
            ),
            ("_xmpp-client", Transport::StartTls, &mut lookup.start_tls),
        ] {
            let records = records(&servers, &format!("{name}._tcp.{domain}."), deadline);
            *answer = take(records, transport, &mut services);
        }
    }
    lookup.endpoints = if services.is_empty()
        && ![lookup.direct_tls, lookup.start_tls].contains(&Answer::NotOffered)
    {
        vec![Endpoint {
            host: domain.to_owned(),
            port: STARTTLS_PORT,
            transport: Transport::StartTls,
        }]
    } else {
        // Without random numbers the order is as good as any.
        order(services, |sum| {
            getrandom::u32().map_or(0, |random| random % (sum + 1))
        })
    };
    lookup
}

/// Adds the servers in `records` to `services`.
fn take(records: Option<Vec<Record>>, transport: Transport, services: &mut Vec<Service>) -> Answer {
    let Some(records) = records else {
        return Answer::Unknown;
    };
    let before = services.len();
    let is_answered = !records.is_empty();
    for (priority, weight, port, target) in records {
        if !target.is_empty() {
            services.push(Service {
                priority,
                weight,
                endpoint: Endpoint {
                    host: target,
                    port,
                    transport,
                },
            });
        }
    }
    match services.len() - before {
        0 if is_answered => Answer::NotOffered,
        0 => Answer::Nothing,
        number => Answer::Records(number),
    }
}

/// The order of RFC 2782: by priority, and within one by chance, in the proportion of the weights. `draw` gives a number
/// from 0 to the one it gets.
fn order(mut services: Vec<Service>, mut draw: impl FnMut(u32) -> u32) -> Vec<Endpoint> {
    services.sort_by_key(|service| (service.priority, service.weight));
    let mut ordered = Vec::with_capacity(services.len());
    while let Some(first) = services.first() {
        let priority = first.priority;
        let same = || {
            (0..)
                .zip(&services)
                .take_while(|(_, service)| service.priority == priority)
        };
        let drawn = draw(same().map(|(_, service)| u32::from(service.weight)).sum());
        let mut running = 0;
        let chosen = same().find_map(|(index, service)| {
            running += u32::from(service.weight);
            (running >= drawn).then_some(index)
        });
        ordered.push(services.remove(chosen.unwrap_or(0)).endpoint);
    }
    ordered
}

/// The name servers of resolv.conf(5), or the one on this host where it names none.
fn name_servers() -> Vec<SocketAddr> {
    let configuration = Input::open("/etc/resolv.conf".as_ref())
        .and_then(|input| input.read_limited(CONFIGURATION_LIMIT));
    let text = configuration.map(|octets| String::from_utf8_lossy(&octets).into_owned());
    parse_configuration(&text.unwrap_or_default())
}

fn parse_configuration(text: &str) -> Vec<SocketAddr> {
    let servers: Vec<SocketAddr> = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("nameserver"))
        .filter(|rest| rest.starts_with([' ', '\t']))
        // A link-local address has its interface behind a percent sign, which only the system's own resolver can use.
        .filter_map(|rest| rest.split_whitespace().next()?.parse::<IpAddr>().ok())
        .map(|address| SocketAddr::new(address, 53))
        .collect();
    if servers.is_empty() {
        return vec![SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 53)];
    }
    servers
}

/// Priority, weight, port and target; the target `.` is empty.
type Record = (u16, u16, u16, String);

/// The SRV records of `name`, which may be none; nothing where nobody knows.
fn records(servers: &[SocketAddr], name: &str, deadline: Instant) -> Option<Vec<Record>> {
    let name = Name::from_ascii(name).ok()?;
    for _ in 0..ROUNDS {
        for server in servers {
            let left = deadline.checked_duration_since(Instant::now())?;
            if let Ok(answer) = ask(*server, &name, left.min(PATIENCE)) {
                match answer.metadata.response_code {
                    ResponseCode::NoError | ResponseCode::NXDomain => {
                        return Some(services(&answer));
                    }
                    _ => {}
                }
            }
        }
    }
    None
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
        answer.metadata.id == question.metadata.id && answer.queries == question.queries
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

    use hickory_proto::op::MessageType;
    use hickory_proto::rr::Record as ResourceRecord;
    use hickory_proto::rr::rdata::{A, SRV};

    use super::*;

    fn service(priority: u16, weight: u16, host: &str) -> Service {
        Service {
            priority,
            weight,
            endpoint: Endpoint {
                host: host.to_owned(),
                port: 5222,
                transport: Transport::StartTls,
            },
        }
    }

    fn hosts(endpoints: &[Endpoint]) -> String {
        let hosts: Vec<&str> = endpoints
            .iter()
            .map(|endpoint| endpoint.host.as_str())
            .collect();
        hosts.join("")
    }

    #[test]
    fn priority_comes_first_and_weight_decides_among_equals() {
        let services = || {
            vec![
                service(20, 0, "d"),
                service(10, 60, "c"),
                service(10, 0, "a"),
                service(10, 20, "b"),
            ]
        };
        // The running sums are 0, 20 and 80.
        assert_eq!(hosts(&order(services(), |_| 0)), "abcd");
        assert_eq!(hosts(&order(services(), |sum| sum)), "cbad");
        let mut sums = Vec::new();
        let drawn = order(services(), |sum| {
            sums.push(sum);
            sum.min(1)
        });
        assert_eq!(hosts(&drawn), "bcad");
        assert_eq!(sums, [80, 60, 0, 0]);
    }

    #[test]
    fn name_servers_are_those_of_the_configuration() {
        let text = "# nameserver 192.0.2.9\nsearch example.org\nnameserver 192.0.2.1\n\
                    nameserver\t2001:db8::1 # one\nnameserver fe80::1%eth0\nnameservers 192.0.2.8\n";
        assert_eq!(
            parse_configuration(text),
            [
                "192.0.2.1:53".parse().unwrap(),
                "[2001:db8::1]:53".parse().unwrap()
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

    #[test]
    fn answers_tell_no_records_from_no_service_and_from_no_answer() {
        let record = |target: &str| (5, 1, 5222, target.to_owned());
        for (records, answer) in [
            (None, Answer::Unknown),
            (Some(Vec::new()), Answer::Nothing),
            (Some(vec![record("")]), Answer::NotOffered),
            (
                Some(vec![record("a"), record(""), record("b")]),
                Answer::Records(2),
            ),
        ] {
            let mut services = Vec::new();
            assert_eq!(take(records, Transport::DirectTls, &mut services), answer);
            let number = if let Answer::Records(number) = answer {
                number
            } else {
                0
            };
            assert_eq!(services.len(), number);
        }
    }

    #[test]
    fn an_address_is_its_own_server_and_asks_nobody() {
        let lookup = look_up("192.0.2.1", Instant::now());
        assert_eq!(hosts(&lookup.endpoints), "192.0.2.1");
        assert_eq!(
            (lookup.direct_tls, lookup.start_tls),
            (Answer::Nothing, Answer::Nothing)
        );
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
        let records = records(&[server], "_xmpp-client._tcp.example.org.", soon()).unwrap();
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
                let mut true_answer = answer(question, &[srv(".")]);
                let address = RData::A(A::new(192, 0, 2, 1));
                true_answer.add_answer(ResourceRecord::from_rdata(Name::root(), 60, address));
                vec![
                    b"garbage".to_vec(),
                    forged.to_vec().unwrap(),
                    other.to_vec().unwrap(),
                    true_answer.to_vec().unwrap(),
                ]
            },
            |_| Vec::new(),
        );
        let records = records(&[server], "_xmpp-client._tcp.example.org.", soon()).unwrap();
        // A target of "." says that there is no such service.
        assert_eq!(records, [(5, 1, 5269, String::new())]);
    }

    #[test]
    fn a_name_server_that_is_silent_or_not_there_ends_with_the_time() {
        let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
        let servers = [silent.local_addr().unwrap()];
        let deadline = Instant::now() + Duration::from_millis(50);
        assert_eq!(
            records(&servers, "_xmpp-client._tcp.example.org.", deadline),
            None
        );
    }
}
