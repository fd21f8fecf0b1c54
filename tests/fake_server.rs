//! An XMPP server that does what a test wants, right or wrong.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, OnceLock};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use time::{Duration, OffsetDateTime};

use crate::support::Sandbox;

pub(crate) const DOMAIN: &str = "shakespeare.lit";

const HEADER: &str = "<?xml version='1.0'?><stream:stream from='shakespeare.lit' id='1' version='1.0' \
                      xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
pub(crate) const START_TLS: &str = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
pub(crate) const BIND: &str = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>";
pub(crate) const BOUND: &str =
    "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>hamlet@shakespeare.lit/r</jid></bind>";
pub(crate) const SUCCESS: &str = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

/// What a server offers before the login.
pub(crate) fn mechanisms(names: &[&str]) -> String {
    let names = names.join("</mechanism><mechanism>");
    format!(
        "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>{names}</mechanism></mechanisms>"
    )
}

/// A certificate with its key, both in DER.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Identity {
    pub(crate) fn pem(&self) -> String {
        pem::encode(&pem::Pem::new("CERTIFICATE", self.certificate.as_slice()))
    }

    /// As '--pin' takes it.
    pub(crate) fn pin(&self) -> String {
        let (_, parsed) = x509_parser::parse_x509_certificate(&self.certificate).unwrap();
        let digits = xmppcert::fingerprint::sha256(parsed.public_key().raw);
        format!("sha256:{digits}")
    }
}

/// What is wrong with a server's certificate, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    Nothing,
    OtherName,
    Expired,
    NotYetValid,
    /// Signed by itself, with CA:TRUE, as openssl makes them.
    SelfSigned,
    /// The same, and no longer valid.
    SelfSignedAndExpired,
    /// The same, for another name.
    SelfSignedAndOtherName,
}

/// A certificate from [`authority`], or from itself.
pub(crate) fn identity(flaw: Flaw) -> Identity {
    let name = match flaw {
        Flaw::OtherName | Flaw::SelfSignedAndOtherName => "elsinore.example",
        _ => DOMAIN,
    };
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    let now = OffsetDateTime::now_utc();
    params.not_before = now - Duration::days(2);
    params.not_after = now + Duration::days(2);
    match flaw {
        Flaw::Expired | Flaw::SelfSignedAndExpired => params.not_after = now - Duration::days(1),
        Flaw::NotYetValid => params.not_before = now + Duration::days(1),
        _ => {}
    }
    let key = KeyPair::generate().unwrap();
    let certificate = match flaw {
        Flaw::SelfSigned | Flaw::SelfSignedAndExpired | Flaw::SelfSignedAndOtherName => {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.self_signed(&key).unwrap()
        }
        _ => params.signed_by(&key, authority()).unwrap(),
    };
    Identity {
        certificate: certificate.der().to_vec(),
        key: key.serialize_der(),
    }
}

fn authority() -> &'static CertifiedIssuer<'static, KeyPair> {
    static AUTHORITY: OnceLock<CertifiedIssuer<'static, KeyPair>> = OnceLock::new();
    AUTHORITY.get_or_init(|| {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "Test CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    })
}

/// How a server asks for certificates in TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    No,
    /// For one from [`authority`], and ends the handshake for any other.
    ForOneOfAnAuthority,
}

fn config(identity: &Identity, asks: Asks) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier: Arc<dyn ClientCertVerifier> = match asks {
        Asks::No => WebPkiClientVerifier::no_client_auth(),
        Asks::ForOneOfAnAuthority => {
            let mut roots = RootCertStore::empty();
            roots.add(authority().der().clone()).unwrap();
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .allow_unauthenticated()
                .build()
                .unwrap()
        }
    };
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(identity.key.clone()));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![identity.certificate.clone().into()], key)
        .unwrap();
    Arc::new(config)
}

/// A server, and a place for those who connect to it.
pub(crate) struct FakeServer {
    pub(crate) sandbox: Sandbox,
    pub(crate) port: u16,
    /// Long, so that a busy machine makes no difference.
    timeout: &'static str,
}

impl FakeServer {
    /// With a certificate without flaw. `script` is what happens on each connection; that ends with it.
    pub(crate) fn start(
        script: impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::with(&identity(Flaw::Nothing), Asks::No, script)
    }

    pub(crate) fn with(
        identity: &Identity,
        asks: Asks,
        script: impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let config = config(identity, asks);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let script = Arc::new(script);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut peer = Peer {
                    socket: Some(Socket::Plain(stream.unwrap())),
                    config: Arc::clone(&config),
                    seen: String::new(),
                };
                let script = Arc::clone(&script);
                // Whoever is talked to may leave at any time.
                thread::spawn(move || drop(script(&mut peer)));
            }
        });
        let sandbox = Sandbox::with_pair();
        let root = pem::encode(&pem::Pem::new("CERTIFICATE", authority().der().to_vec()));
        sandbox.write("ca.pem", root);
        sandbox.write("password", "secret of the test\n");
        Self {
            sandbox,
            port,
            timeout: "60",
        }
    }

    /// Commands are told to wait for little, as they will wait in vain.
    pub(crate) fn waited_for_in_vain(mut self) -> Self {
        self.timeout = "4";
        self
    }

    /// The arguments that lead a command here.
    pub(crate) fn options(&self) -> Vec<String> {
        let mut options = self.untrusting();
        options.extend(["--ca", "ca.pem"].map(str::to_owned));
        options
    }

    /// The same without anything to trust.
    pub(crate) fn untrusting(&self) -> Vec<String> {
        let server = format!("127.0.0.1:{}", self.port);
        ["--timeout", self.timeout, "--server", &server]
            .map(str::to_owned)
            .to_vec()
    }
}

enum Socket {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

/// Whoever has connected.
pub(crate) struct Peer {
    socket: Option<Socket>,
    config: Arc<ServerConfig>,
    /// What has been received and not been looked at.
    seen: String,
}

impl Peer {
    pub(crate) fn send(&mut self, text: &str) -> io::Result<()> {
        match self.socket.as_mut().unwrap() {
            Socket::Plain(stream) => stream.write_all(text.as_bytes()),
            Socket::Tls(stream) => {
                stream.write_all(text.as_bytes())?;
                stream.flush()
            }
        }
    }

    /// What comes up to `end`, with it.
    pub(crate) fn until(&mut self, end: &str) -> io::Result<String> {
        loop {
            if let Some(position) = self.seen.find(end) {
                let rest = self.seen.split_off(position + end.len());
                return Ok(std::mem::replace(&mut self.seen, rest));
            }
            self.receive()?;
        }
    }

    fn receive(&mut self) -> io::Result<()> {
        let mut buffer = [0; 4096];
        let length = match self.socket.as_mut().unwrap() {
            Socket::Plain(stream) => stream.read(&mut buffer)?,
            Socket::Tls(stream) => stream.read(&mut buffer)?,
        };
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.seen += &String::from_utf8_lossy(&buffer[..length]);
        Ok(())
    }

    /// Says nothing more until the other side leaves.
    pub(crate) fn hold(&mut self) -> io::Result<()> {
        loop {
            self.receive()?;
            self.seen.clear();
        }
    }

    /// Answers the opening of a stream.
    pub(crate) fn open(&mut self, features: &str) -> io::Result<()> {
        self.until("<stream:stream")?;
        self.until(">")?;
        self.send(&format!(
            "{HEADER}<stream:features>{features}</stream:features>"
        ))
    }

    pub(crate) fn start_tls(&mut self) -> io::Result<()> {
        let Some(Socket::Plain(mut stream)) = self.socket.take() else {
            panic!("TLS twice");
        };
        let mut connection = ServerConnection::new(Arc::clone(&self.config)).unwrap();
        while connection.is_handshaking() {
            connection.complete_io(&mut stream)?;
        }
        self.socket = Some(Socket::Tls(Box::new(StreamOwned::new(connection, stream))));
        Ok(())
    }

    /// All that precedes TLS, and TLS.
    pub(crate) fn secure(&mut self) -> io::Result<()> {
        self.open(START_TLS)?;
        self.until(START_TLS)?;
        self.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")?;
        self.start_tls()
    }

    /// A login by this mechanism, which needs no proof here, and a resource.
    pub(crate) fn let_in(&mut self, mechanism: &str) -> io::Result<()> {
        self.secure()?;
        self.open(&mechanisms(&[mechanism]))?;
        self.until("</auth>")?;
        self.send(SUCCESS)?;
        self.open(BIND)?;
        self.answer(BOUND)
    }

    /// Takes a request and answers it.
    pub(crate) fn answer(&mut self, payload: &str) -> io::Result<()> {
        let request = self.until("</iq>")?;
        self.reply(&request, "result", payload)
    }

    pub(crate) fn reply(&mut self, request: &str, kind: &str, payload: &str) -> io::Result<()> {
        let id = request.split_once("id='").unwrap().1;
        let id = id.split('\'').next().unwrap();
        self.send(&format!("<iq type='{kind}' id='{id}'>{payload}</iq>"))
    }
}
