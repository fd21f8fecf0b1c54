//! Where the server of a domain is: SRV records (RFC 2782, RFC 6120 3.2.1, XEP-0368).
//!
//! The name that certificates are checked for is the domain's own whatever DNS says, so an answer that is forged leads to
//! no more than a failure.

use std::net::IpAddr;
use std::thread;
use std::time::Instant;

use super::connect::{Endpoint, Transport};
use super::resolver::{Record, Resolver, Unanswered};

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
    /// What became of asking the name servers, where one of these is [`Answer::Unknown`].
    pub trouble: Option<String>,
    /// The places to try in their order; none where DNS says that there is no such service. A domain without records, or
    /// whose records cannot be had, is its own server (RFC 6120 3.2.2).
    pub endpoints: Vec<Endpoint>,
}

/// Asks for the servers of `domain`, an A-label or address.
pub(super) fn look_up(domain: &str, deadline: Instant) -> Lookup {
    if domain.parse::<IpAddr>().is_ok() {
        return Lookup::of(domain, Ok(Vec::new()), Ok(Vec::new()));
    }
    let resolver = Resolver::of_system();
    let ask = |name| resolver.services(&format!("{name}._tcp.{domain}."), deadline);
    // Name servers that do not answer are waited for once.
    let (direct_tls, start_tls) = thread::scope(|scope| {
        let direct_tls = scope.spawn(|| ask("_xmpps-client"));
        let start_tls = ask("_xmpp-client");
        (direct_tls.join(), start_tls)
    });
    Lookup::of(domain, direct_tls.unwrap_or(Ok(Vec::new())), start_tls)
}

impl Lookup {
    /// By the records of the two services.
    fn of(
        domain: &str,
        direct_tls: Result<Vec<Record>, Unanswered>,
        start_tls: Result<Vec<Record>, Unanswered>,
    ) -> Self {
        let mut services = Vec::new();
        let mut trouble = None;
        let mut take = |answer: Result<Vec<Record>, Unanswered>, transport| match answer {
            Ok(records) => take(records, transport, &mut services),
            Err(unanswered) => {
                trouble = Some(unanswered.to_string());
                Answer::Unknown
            }
        };
        let direct_tls = take(direct_tls, Transport::DirectTls);
        let start_tls = take(start_tls, Transport::StartTls);
        // That there is no direct TLS does not say that there is nothing else.
        let endpoints = if services.is_empty() && start_tls != Answer::NotOffered {
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
        Self {
            direct_tls,
            start_tls,
            trouble,
            endpoints,
        }
    }
}

/// Adds the servers in `records` to `services`.
fn take(records: Vec<Record>, transport: Transport, services: &mut Vec<Service>) -> Answer {
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

#[cfg(test)]
mod tests {
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

    /// The two answers, and where they lead.
    fn found(direct_tls: &[&str], start_tls: &[&str]) -> (Answer, Answer, String) {
        let records = |targets: &[&str]| {
            let targets = targets.iter().zip(1..);
            Ok(targets
                .map(|(target, priority)| (priority, 1, 5222, (*target).to_owned()))
                .collect())
        };
        let lookup = Lookup::of("domain", records(direct_tls), records(start_tls));
        let hosts = hosts(&lookup.endpoints);
        (lookup.direct_tls, lookup.start_tls, hosts)
    }

    #[test]
    fn answers_tell_no_records_from_no_service() {
        use Answer::{NotOffered, Nothing, Records};
        for (direct_tls, start_tls, told) in [
            (&[][..], &[][..], (Nothing, Nothing, "domain")),
            (&[""], &[], (NotOffered, Nothing, "domain")),
            (&[], &[""], (Nothing, NotOffered, "")),
            (&[""], &[""], (NotOffered, NotOffered, "")),
            (&["a"], &[""], (Records(1), NotOffered, "a")),
            (&[""], &["a"], (NotOffered, Records(1), "a")),
            (&[], &["a", "", "b"], (Nothing, Records(2), "ab")),
        ] {
            let (direct, start, hosts) = told;
            assert_eq!(
                found(direct_tls, start_tls),
                (direct, start, hosts.to_owned())
            );
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
}
