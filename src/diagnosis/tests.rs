//! What no server of the tests shows: one thing is changed at a time in what was seen of a good one.

use std::io;

use time::macros::datetime;

use super::*;
use crate::jid::Jid;
use crate::online::{
    Answer, Distrust, Endpoint, Features, Lookup, OnlineError, Probe, Reason, Refusal, Step,
    TlsFacts, Transport,
};

const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

fn endpoint(host: &str) -> Endpoint {
    Endpoint {
        host: host.to_owned(),
        port: 5222,
        transport: Transport::StartTls,
    }
}

fn probe(mechanisms: &[&str]) -> Probe {
    let jid = Jid::parse("a@example.org").unwrap();
    let reach = time::Duration::days(90);
    Probe {
        tls: TlsFacts {
            version: "TLS 1.3",
            cipher_suite: String::new(),
            certificate_requested: true,
            certificate_sent: mechanisms.contains(&"EXTERNAL"),
            server_certificate: survey::throwaway(&jid, NOW, reach).unwrap().certificate,
        },
        distrust: None,
        features: Features {
            mechanisms: mechanisms.iter().map(|&name| name.to_owned()).collect(),
            ..Features::default()
        },
    }
}

fn good() -> Survey {
    Survey {
        domain: "example.org".to_owned(),
        lookup: Some(Lookup {
            direct_tls: Answer::Nothing,
            start_tls: Answer::Records(1),
            trouble: None,
            endpoints: vec![endpoint("one")],
        }),
        visits: vec![Visit {
            endpoint: endpoint("one"),
            bare: Ok(probe(&["PLAIN"])),
            shown: Some(Ok(probe(&["PLAIN", "EXTERNAL"]))),
            brief: Some(Ok(probe(&["PLAIN", "EXTERNAL"]))),
            tls12: Some(Ok(probe(&["PLAIN"]))),
        }],
        account: Some(AccountSurvey {
            software: None,
            stores_certificates: true,
            has_command: true,
            upload: Some(Upload::Works),
        }),
    }
}

fn found(survey: &Survey) -> Vec<&'static str> {
    let findings = Diagnosis::of(survey, NOW).findings;
    findings.iter().map(|finding| finding.obstacle.id).collect()
}

#[test]
fn nothing_is_found_where_nothing_is_wrong_and_what_is_fine_is_told() {
    let diagnosis = Diagnosis::of(&good(), NOW);
    assert_eq!(found(&good()), [""; 0]);
    let facts: Vec<&str> = diagnosis.facts.iter().map(|fact| fact.id).collect();
    assert_eq!(
        facts,
        [
            "dns",
            "tls",
            "server-certificate",
            "client-certificate",
            "mechanisms",
            "clock",
            "certificate-management",
            "command",
            "upload"
        ]
    );
}

#[test]
fn each_change_for_the_worse_is_one_finding() {
    type Change = fn(&mut Survey);
    let changes: [(&str, Change); 14] = [
        ("no-service", |survey| {
            survey.visits.clear();
            survey.lookup = Some(Lookup {
                direct_tls: Answer::Nothing,
                start_tls: Answer::NotOffered,
                trouble: None,
                endpoints: Vec::new(),
            });
        }),
        ("dns-silent", |survey| {
            lookup(survey).direct_tls = Answer::Unknown;
            lookup(survey).trouble = Some("nobody answers".to_owned());
        }),
        ("no-srv-records", |survey| {
            lookup(survey).start_tls = Answer::Nothing;
        }),
        ("unreachable", |survey| {
            survey.visits.push(Visit {
                endpoint: endpoint("two"),
                bare: Err(OnlineError::Unreachable {
                    endpoint: endpoint("two"),
                    error: io::ErrorKind::ConnectionRefused.into(),
                }),
                shown: None,
                brief: None,
                tls12: None,
            });
        }),
        ("out-of-reach", |survey| {
            fail(
                survey,
                OnlineError::Unreachable {
                    endpoint: endpoint("one"),
                    error: io::ErrorKind::ConnectionRefused.into(),
                },
            );
        }),
        ("no-starttls", |survey| {
            fail(survey, OnlineError::NoStartTls);
        }),
        ("no-stream", |survey| {
            fail(survey, OnlineError::Closed(Step::FirstFeatures));
        }),
        ("no-tls-1.2", |survey| {
            survey.visits[0].tls12 = Some(Err(OnlineError::Closed(Step::Handshake)));
        }),
        ("server-certificate-not-yet-valid", |survey| {
            survey.visits[0].bare.as_mut().unwrap().distrust = Some(Distrust {
                reason: Reason::NotYetValid,
                spki_sha256: None,
            });
        }),
        ("external-not-in-sasl2", |survey| {
            if let Some(Ok(shown)) = &mut survey.visits[0].shown {
                shown.features.sasl2_mechanisms = vec!["SCRAM-SHA-256".to_owned()];
            }
        }),
        ("no-command", |survey| account(survey).has_command = false),
        ("no-certificate-management", |survey| {
            account(survey).stores_certificates = false;
        }),
        ("upload-refused", |survey| {
            account(survey).upload = Some(Upload::Refused(Refusal::default()));
        }),
        ("not-removed", |survey| {
            account(survey).upload = Some(Upload::NotRemoved("test".to_owned()));
        }),
    ];
    for (id, change) in changes {
        let mut survey = good();
        change(&mut survey);
        assert_eq!(found(&survey), [id]);
    }
}

fn lookup(survey: &mut Survey) -> &mut Lookup {
    survey.lookup.as_mut().unwrap()
}

fn account(survey: &mut Survey) -> &mut AccountSurvey {
    survey.account.as_mut().unwrap()
}

fn fail(survey: &mut Survey, error: OnlineError) {
    survey.visits[0] = Visit {
        endpoint: endpoint("one"),
        bare: Err(error),
        shown: None,
        brief: None,
        tls12: None,
    };
}

#[test]
fn the_worst_comes_first_and_every_place_is_named() {
    let mut survey = good();
    lookup(&mut survey).start_tls = Answer::Nothing;
    survey.visits.push(good().visits.remove(0));
    survey.visits[1].endpoint = endpoint("two");
    for visit in &mut survey.visits {
        visit.bare.as_mut().unwrap().tls.certificate_requested = false;
        visit.shown = None;
        visit.brief = None;
    }
    account(&mut survey).stores_certificates = false;
    assert_eq!(
        found(&survey),
        [
            "certificate-not-requested",
            "no-certificate-management",
            "no-srv-records"
        ]
    );
    let first = &Diagnosis::of(&survey, NOW).findings[0];
    assert!(
        first.seen.contains("'one:5222'") && first.seen.contains("'two:5222'"),
        "{}",
        first.seen
    );
}

#[test]
fn a_server_is_unreachable_where_no_place_answers() {
    let mut survey = good();
    assert!(survey.unreachable().is_none());
    fail(&mut survey, OnlineError::Silence(Step::FirstFeatures));
    assert!(survey.unreachable().is_some());
    survey.visits.push(good().visits.remove(0));
    assert!(survey.unreachable().is_none());
}

#[test]
fn obstacles_have_names_of_their_own_and_mends_that_differ_by_place() {
    for (index, obstacle) in OBSTACLES.iter().enumerate() {
        let mut others = OBSTACLES.iter().skip(index + 1);
        assert!(
            others.all(|other| other.id != obstacle.id),
            "{}",
            obstacle.id
        );
        for (index, (place, _)) in obstacle.mends.iter().enumerate() {
            let mut others = obstacle.mends.iter().skip(index + 1);
            assert!(others.all(|(other, _)| other != place), "{}", obstacle.id);
        }
    }
}
