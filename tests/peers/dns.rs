//! The way from a domain to its server, with name servers and servers of all sorts, through the real binary.

use hickory_proto::op::{Message, ResponseCode};
use serde_json::{Value, json};

use crate::fake_server::{FakeServer, mechanisms};
use crate::name_server::{NameServer, Over, Question, run};
use crate::server::{PASSWORD, Server};
use crate::support::{Outcome, Sandbox};

const HOST: &str = "xmpp.shakespeare.lit";
const DOMAIN: &str = "shakespeare.lit";

/// A server for STARTTLS that lets in whoever comes.
fn start_tls() -> FakeServer {
    FakeServer::start(|peer| {
        peer.let_in("EXTERNAL")?;
        peer.hold()
    })
}

/// A port on which nothing listens.
fn closed_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// The port of the server at which `login` gets in.
fn port_of_login(sandbox: &Sandbox, name_servers: &[&NameServer]) -> u16 {
    let args = [
        "login",
        "client.crt",
        "--json",
        "--ca",
        "ca.pem",
        "--timeout",
        "20",
    ];
    let outcome = run(sandbox, name_servers, &[HOST], &args);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let line: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let server = line["server"].as_str().unwrap();
    let (host, port) = server.rsplit_once(':').unwrap();
    assert_eq!(host, HOST);
    port.parse().unwrap()
}

/// `login` where nobody is to be reached.
fn fail(sandbox: &Sandbox, name_servers: &[&NameServer], hosts: &[&str], message: &str) {
    let args = ["login", "client.crt", "--ca", "ca.pem", "--timeout", "3"];
    let outcome = run(sandbox, name_servers, hosts, &args);
    assert_eq!(
        (outcome.status, outcome.stdout.as_str()),
        (5, ""),
        "{outcome:?}"
    );
    assert!(
        outcome.stderr.starts_with(&format!("error: {message}")),
        "wanted '{message}': {outcome:?}"
    );
}

fn doctor(sandbox: &Sandbox, name_servers: &[&NameServer], hosts: &[&str]) -> Outcome {
    let args = [
        "doctor",
        DOMAIN,
        "--json",
        "--ca",
        "ca.pem",
        "--timeout",
        "3",
    ];
    run(sandbox, name_servers, hosts, &args)
}

/// What `doctor` says of DNS and of places out of reach: finding, severity, and what was seen or it means.
fn findings(outcome: &Outcome) -> Vec<(String, String, String)> {
    let lines = outcome.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .map(|line: Value| {
            let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            (text("finding"), text("severity"), text("seen"))
        })
        .filter(|(finding, _, _)| {
            [
                "no-service",
                "dns-silent",
                "no-srv-records",
                "out-of-reach",
                "unreachable",
                "dns",
            ]
            .contains(&finding.as_str())
        })
        .collect()
}

fn finding(finding: &str, severity: &str, seen: &str) -> (String, String, String) {
    (finding.to_owned(), severity.to_owned(), seen.to_owned())
}

/// A name server with one record for direct TLS and one for STARTTLS, as priority, weight and port.
fn zone(direct_tls: (u16, u16, u16), start_tls: (u16, u16, u16)) -> NameServer {
    NameServer::with(move |question| {
        let (priority, weight, port) = if question.is_for_direct_tls() {
            direct_tls
        } else {
            start_tls
        };
        question.records(&[(priority, weight, port, HOST)])
    })
}

#[test]
fn direct_tls_and_starttls_are_one_list_by_priority_and_weight() {
    let start_tls = start_tls();
    let direct_tls = FakeServer::start(|peer| {
        peer.start_tls()?;
        peer.open(&mechanisms(&["EXTERNAL"]))?;
        peer.until("</auth>")?;
        peer.send(crate::fake_server::SUCCESS)?;
        peer.open(crate::fake_server::BIND)?;
        peer.answer(crate::fake_server::BOUND)?;
        peer.hold()
    });
    let (direct, start) = (direct_tls.port, start_tls.port);
    // A weight of 0 beside one of 65535 comes first once in 65536 times.
    for (of_direct, of_start, first) in [
        ((5, 0), (10, 65535), direct),
        ((10, 65535), (5, 0), start),
        ((5, 65535), (5, 0), direct),
        ((5, 0), (5, 65535), start),
    ] {
        let zone = zone(
            (of_direct.0, of_direct.1, direct),
            (of_start.0, of_start.1, start),
        );
        let port = port_of_login(&start_tls.sandbox, &[&zone]);
        assert_eq!(port, first, "{of_direct:?} {of_start:?}");
    }
    // Of equals each has its turn; that one has none in twenty happens once in half a million times.
    let zone = zone((5, 7, direct), (5, 7, start));
    let mut ports = (0..20).map(|_| port_of_login(&start_tls.sandbox, &[&zone]));
    let first = ports.next().unwrap();
    assert!(ports.any(|port| port != first), "always {first}");
}

#[test]
fn a_server_that_is_dead_or_has_no_address_leads_to_the_next() {
    let server = start_tls();
    let (port, closed) = (server.port, closed_port());
    let zone = NameServer::with(move |question| {
        if question.is_for_direct_tls() {
            question.records(&[
                (1, 0, closed, HOST),
                (2, 0, 5223, "nowhere.shakespeare.lit"),
            ])
        } else {
            question.records(&[(3, 0, port, HOST)])
        }
    });
    assert_eq!(port_of_login(&server.sandbox, &[&zone]), port);
    let outcome = doctor(&server.sandbox, &[&zone], &[HOST]);
    let findings = findings(&outcome);
    assert_eq!(findings.len(), 2, "{outcome:?}");
    let (_, _, unreachable) = &findings[0];
    for place in [
        &format!("'{HOST}:{closed}' (direct TLS)"),
        "'nowhere.shakespeare.lit:5223' (direct TLS)",
    ] {
        assert!(unreachable.contains(place), "{outcome:?}");
    }
    let fine = finding(
        "dns",
        "fine",
        "1 server for STARTTLS, 2 servers for direct TLS",
    );
    assert_eq!(findings[1], fine);
}

#[test]
fn a_domain_that_says_it_has_no_service_is_not_tried() {
    let sandbox = start_tls().sandbox;
    // RFC 2782: a target of "." is a no.
    let none = NameServer::with(|question| question.records(&[(0, 0, 0, ".")]));
    fail(
        &sandbox,
        &[&none],
        &[DOMAIN],
        "'shakespeare.lit' offers no XMPP to clients\n",
    );
    let outcome = doctor(&sandbox, &[&none], &[DOMAIN]);
    assert_eq!(outcome.status, 1, "{outcome:?}");
    let no_service = finding(
        "no-service",
        "error",
        "the records of 'shakespeare.lit' say so",
    );
    assert_eq!(findings(&outcome), [no_service]);

    // No direct TLS is not no service.
    let no_direct_tls = NameServer::with(|question| {
        if question.is_for_direct_tls() {
            question.records(&[(0, 0, 0, ".")])
        } else {
            question.answer(ResponseCode::NXDomain)
        }
    });
    let message = "the server 'shakespeare.lit' has no address: ";
    fail(&sandbox, &[&no_direct_tls], &[], message);
}

#[test]
fn a_domain_without_records_is_its_own_server() {
    let sandbox = start_tls().sandbox;
    for code in [ResponseCode::NXDomain, ResponseCode::NoError] {
        let empty = NameServer::with(move |question| question.answer(code));
        let message = "the server 'shakespeare.lit' has no address: ";
        fail(&sandbox, &[&empty], &[], message);
        let outcome = doctor(&sandbox, &[&empty], &[]);
        assert_eq!(outcome.status, 5, "{outcome:?}");
        let found = findings(&outcome);
        let is = (found[0].0.as_str(), found[0].1.as_str());
        assert_eq!(is, ("out-of-reach", "error"), "{outcome:?}");
        assert!(
            found[0].2.ends_with("at 'shakespeare.lit:5222' (STARTTLS)"),
            "{outcome:?}"
        );
        assert_eq!(
            found[1..],
            [finding(
                "no-srv-records",
                "note",
                "'shakespeare.lit' has none"
            )]
        );
    }
}

#[test]
fn an_answer_that_is_too_long_for_udp_comes_over_tcp() {
    let server = start_tls();
    let (port, closed) = (server.port, closed_port());
    let zone = NameServer::with(move |question| {
        let mut records = vec![(2, 0, port, HOST)];
        match (question.is_for_direct_tls(), question.over) {
            (true, _) => question.answer(ResponseCode::NXDomain),
            (false, Over::Udp) => {
                // What is there is not all.
                let mut answer = question.records(&[(1, 0, closed, HOST)]);
                answer.metadata.truncation = true;
                answer
            }
            (false, Over::Tcp) => {
                records.extend([(3, 0, closed, "xmpp.other.example"); 200]);
                question.records(&records)
            }
        }
    });
    assert_eq!(port_of_login(&server.sandbox, &[&zone]), port);

    // Whoever sends to TCP and says nothing there is left in time.
    let stuck = NameServer::start(|question| match question.over {
        Over::Udp => {
            let mut answer = question.answer(ResponseCode::NoError);
            answer.metadata.truncation = true;
            vec![answer.to_vec().unwrap()]
        }
        Over::Tcp => Vec::new(),
    });
    let message = format!(
        "DNS does not tell where the server is ({} does not answer in time), and without that the server 'shakespeare.lit' has no address: ",
        stuck.name()
    );
    fail(&server.sandbox, &[&stuck], &[], &message);
}

#[test]
fn name_servers_that_cannot_tell_are_named_and_the_next_is_asked() {
    let server = start_tls();
    let port = server.port;
    let silent = NameServer::start(|_| Vec::new());
    let absent = NameServer::absent();
    let failing = NameServer::with(|question| question.answer(ResponseCode::ServFail));
    let refusing = NameServer::with(|question| question.answer(ResponseCode::Refused));
    let good = NameServer::with(move |question| {
        if question.is_for_direct_tls() {
            question.answer(ResponseCode::NXDomain)
        } else {
            question.records(&[(1, 0, port, HOST)])
        }
    });
    for (name_server, trouble) in [
        (&silent, "does not answer in time"),
        (&absent, "cannot be asked: connection refused"),
        (&failing, "answers 'Server Failure'"),
        (&refusing, "answers 'Query Refused'"),
    ] {
        let trouble = format!("{} {trouble}", name_server.name());
        let message =
            format!("DNS does not tell where the server is ({trouble}), and without that ");
        fail(&server.sandbox, &[name_server], &[], &message);
        let outcome = doctor(&server.sandbox, &[name_server], &[]);
        assert_eq!(outcome.status, 5, "{outcome:?}");
        let seen = format!("there is no answer about 'shakespeare.lit': {trouble}");
        let dns_silent = finding("dns-silent", "warning", &seen);
        assert!(findings(&outcome).contains(&dns_silent), "{outcome:?}");

        assert_eq!(port_of_login(&server.sandbox, &[name_server, &good]), port);
    }
    let message = format!(
        "DNS does not tell where the server is ({} answers 'Server Failure'; {} answers 'Query Refused'), and",
        failing.name(),
        refusing.name()
    );
    fail(&server.sandbox, &[&failing, &refusing], &[], &message);
}

/// Packets that are no answer to the question, and would lead astray.
fn forgeries(question: &Question, closed: u16) -> Vec<Vec<u8>> {
    let astray = || question.records(&[(0, 0, closed, HOST)]);
    let octets = |message: Message| message.to_vec().unwrap();
    let mut other_id = astray();
    other_id.metadata.id ^= 1;
    let mut other_question = astray();
    let other = hickory_proto::rr::Name::from_ascii("_xmpp-client._tcp.other.example.").unwrap();
    other_question.queries[0].set_name(other);
    let mut no_question = astray();
    no_question.queries.clear();
    // The last record's target is a pointer to itself (RFC 1035 4.1.4), or beyond the end.
    let looped = |target: usize| {
        let mut octets = octets(question.records(&[(0, 0, closed, ".")]));
        let position = octets.len() - 1;
        let pointer = 0xc000 | u16::try_from(position + target).unwrap();
        octets.truncate(position);
        octets.extend(pointer.to_be_bytes());
        // Its data is one octet longer now.
        octets[position - 7] += 1;
        octets
    };
    let whole = octets(astray());
    vec![
        Vec::new(),
        b"garbage".to_vec(),
        vec![0xff; 512],
        question.octets(),
        whole[..whole.len() - 3].to_vec(),
        octets(other_id),
        octets(other_question),
        octets(no_question),
        looped(0),
        looped(100),
    ]
}

#[test]
fn what_is_no_answer_to_the_question_leads_nowhere() {
    let server = start_tls();
    let (port, closed) = (server.port, closed_port());
    let attacked = NameServer::start(move |question| {
        let answer = if question.is_for_direct_tls() {
            question.answer(ResponseCode::NXDomain)
        } else {
            question.records(&[(1, 0, port, HOST)])
        };
        let mut packets = forgeries(question, closed);
        packets.push(answer.to_vec().unwrap());
        packets
    });
    assert_eq!(port_of_login(&server.sandbox, &[&attacked]), port);

    let hostile = NameServer::start(move |question| forgeries(question, closed));
    let message = format!(
        "DNS does not tell where the server is ({} does not answer in time), and without that ",
        hostile.name()
    );
    fail(&server.sandbox, &[&hostile], &[], &message);
}

#[test]
fn a_real_prosody_is_found_by_its_records() {
    let server = Server::start("prosody", &["hamlet"], &[]);
    let sandbox = Sandbox::with_pair();
    sandbox.write("password", PASSWORD);
    let port = |name: &str| u16::try_from(server.value(name).as_u64().unwrap()).unwrap();
    let (start_tls, direct_tls) = (port("port"), port("tls_port"));
    for (of_direct_tls, of_start_tls, first) in [(1, 2, direct_tls), (2, 1, start_tls)] {
        let zone = zone((of_direct_tls, 0, direct_tls), (of_start_tls, 0, start_tls));
        let ca = server.value("ca");
        let run = |args: &[&str]| {
            let trust = ["--ca", ca.as_str().unwrap(), "--timeout", "20"];
            run(&sandbox, &[&zone], &[HOST], &[args, &trust].concat())
        };
        let upload = ["upload", "client.crt", "--name", "laptop"];
        let outcome = run(&[&upload[..], &["--password-file", "password"]].concat());
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let outcome = run(&["login", "client.crt", "--json"]);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let line: Value = serde_json::from_str(&outcome.stdout).unwrap();
        assert_eq!(line["server"], json!(format!("{HOST}:{first}")));
        let outcome = run(&["doctor", DOMAIN, "--json"]);
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let fine = finding(
            "dns",
            "fine",
            "1 server for STARTTLS, 1 server for direct TLS",
        );
        assert_eq!(findings(&outcome), [fine]);
    }
}
