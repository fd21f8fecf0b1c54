//! A name server that answers as a test wants, right or wrong, and a place where the program asks it and no other.

use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::thread;

use hickory_proto::op::{Message, MessageType, ResponseCode};
use hickory_proto::rr::rdata::SRV;
use hickory_proto::rr::{Name, RData, Record};

use crate::namespace;
use crate::support::{Outcome, Sandbox};

/// How a question comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Udp,
    Tcp,
}

/// A question for SRV records.
pub(crate) struct Question {
    message: Message,
    pub(crate) over: Over,
}

impl Question {
    /// Whether it is about `_xmpps-client`.
    pub(crate) fn is_for_direct_tls(&self) -> bool {
        let name = self.message.queries[0].name.to_ascii();
        match name.split_once('.').unwrap() {
            ("_xmpps-client", "_tcp.shakespeare.lit.") => true,
            ("_xmpp-client", "_tcp.shakespeare.lit.") => false,
            _ => panic!("a question about '{name}'"),
        }
    }

    /// The answer without records.
    pub(crate) fn answer(&self, code: ResponseCode) -> Message {
        let mut answer = self.message.clone();
        answer.metadata.message_type = MessageType::Response;
        answer.metadata.response_code = code;
        answer
    }

    /// The answer with these: priority, weight, port and target.
    pub(crate) fn records(&self, records: &[(u16, u16, u16, &str)]) -> Message {
        let mut answer = self.answer(ResponseCode::NoError);
        for (priority, weight, port, target) in records {
            let target = Name::from_ascii(target).unwrap();
            let srv = SRV::new(*priority, *weight, *port, target);
            let name = self.message.queries[0].name.clone();
            answer.add_answer(Record::from_rdata(name, 60, RData::SRV(srv)));
        }
        answer
    }

    /// The question itself, as octets.
    pub(crate) fn octets(&self) -> Vec<u8> {
        self.message.to_vec().unwrap()
    }
}

pub(crate) struct NameServer {
    address: SocketAddr,
}

impl NameServer {
    /// `answers` gives the packets that answer a question; over TCP the first counts.
    pub(crate) fn start(
        answers: impl Fn(&Question) -> Vec<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        let answers = Arc::new(answers);
        let (listener, socket) = both();
        let address = listener.local_addr().unwrap();
        let over_tcp = Arc::clone(&answers);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let answers = Arc::clone(&over_tcp);
                // Whoever asks may leave at any time.
                thread::spawn(move || drop(serve(stream.unwrap(), &*answers)));
            }
        });
        thread::spawn(move || {
            let mut buffer = [0; 512];
            loop {
                let (length, peer) = socket.recv_from(&mut buffer).unwrap();
                let message = Message::from_vec(&buffer[..length]).unwrap();
                let over = Over::Udp;
                for packet in answers(&Question { message, over }) {
                    socket.send_to(&packet, peer).unwrap();
                }
            }
        });
        Self { address }
    }

    /// One answer to each question.
    pub(crate) fn with(answer: impl Fn(&Question) -> Message + Send + Sync + 'static) -> Self {
        Self::start(move |question| vec![answer(question).to_vec().unwrap()])
    }

    /// A place where nothing answers.
    pub(crate) fn absent() -> Self {
        let (listener, _socket) = both();
        let address = listener.local_addr().unwrap();
        Self { address }
    }

    /// As it is called in messages.
    pub(crate) fn name(&self) -> String {
        format!("the name server '{}'", self.address)
    }
}

/// The same port over TCP and UDP.
fn both() -> (TcpListener, UdpSocket) {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        if let Ok(socket) = UdpSocket::bind(listener.local_addr().unwrap()) {
            return (listener, socket);
        }
    }
}

fn serve(mut stream: TcpStream, answers: &dyn Fn(&Question) -> Vec<Vec<u8>>) -> io::Result<()> {
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut octets = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut octets)?;
    let message = Message::from_vec(&octets).unwrap();
    let over = Over::Tcp;
    if let Some(answer) = answers(&Question { message, over }).first() {
        let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
        stream.write_all(&[&length, answer.as_slice()].concat())?;
    }
    // Until the other side has read it, or has had enough.
    stream.read_exact(&mut length)
}

/// Runs the program in `sandbox` where these are the name servers, and these the hosts on 127.0.0.1.
///
/// Nothing of this is seen outside: the files of /etc are covered in a mount namespace of its own.
pub(crate) fn run(
    sandbox: &Sandbox,
    name_servers: &[&NameServer],
    hosts: &[&str],
    args: &[&str],
) -> Outcome {
    let mut configuration = String::new();
    for server in name_servers {
        let (address, port) = (server.address.ip(), server.address.port());
        writeln!(configuration, "nameserver [{address}]:{port}").unwrap();
    }
    sandbox.write("resolv.conf", configuration);
    sandbox.write(
        "hosts",
        format!("127.0.0.1 localhost {}\n", hosts.join(" ")),
    );
    sandbox.write("nsswitch.conf", "hosts: files\n");
    let cover = "for file in resolv.conf hosts nsswitch.conf; do\n\
                 mount --bind \"$file\" \"/etc/$file\" || exit 99\n\
                 done";
    namespace::run(sandbox, cover, args)
}
