//! The table of obstacles.

use time::{Duration, OffsetDateTime};
use x509_parser::parse_x509_certificate;

use super::account::{AccountSurvey, Upload};
use super::facts::place;
use super::mends::{
    ASK_012, ASK_13, LOAD_MODULE, MEND_DER2PEM, MIND_CERTIFICATES, SERVER_CERTIFICATE, SET_CLOCK,
    SRV_RECORDS,
};
use super::survey::{Survey, Visit, offers_external};
use super::{Obstacle, Place};
use crate::check::Severity;
use crate::online::{Answer, Distrust, OnlineError, Reason};
use crate::validity::format_date;
use Place::{Ejabberd, Prosody012, Prosody13};

/// A server's certificate should have been renewed by then.
const SOON: Duration = Duration::days(14);

/// Every obstacle, in the order of a connection.
pub static OBSTACLES: &[Obstacle] = &[
    Obstacle {
        id: "no-service",
        severity: Severity::Error,
        means: "DNS says that the domain has no XMPP for clients (RFC 2782, the target \".\"), so they do not even try to connect.",
        mends: SRV_RECORDS,
        look: |survey, _| {
            let lookup = survey.lookup.as_ref();
            let is_so = lookup.is_some_and(|lookup| lookup.endpoints.is_empty());
            tell(is_so, || {
                format!("the records of '{}' say so", survey.domain)
            })
        },
    },
    Obstacle {
        id: "dns-silent",
        severity: Severity::Warning,
        means: "No name server tells the SRV records. Clients take the domain itself for the server, or wait.",
        mends: &[],
        look: |survey, _| {
            let trouble = survey
                .lookup
                .as_ref()
                .and_then(|lookup| lookup.trouble.as_ref());
            let seen = trouble
                .map(|trouble| format!("there is no answer about '{}': {trouble}", survey.domain));
            seen.into_iter().collect()
        },
    },
    Obstacle {
        id: "no-srv-records",
        severity: Severity::Note,
        means: "Clients take the domain itself for the server, at port 5222, which is enough where that is so. Direct TLS needs a record.",
        mends: SRV_RECORDS,
        look: |survey, _| {
            let is_so = survey.lookup.as_ref().is_some_and(|lookup| {
                [lookup.start_tls, lookup.direct_tls] == [Answer::Nothing; 2]
                    && survey.domain.parse::<std::net::IpAddr>().is_err()
                    && !survey.domain.starts_with('[')
            });
            tell(is_so, || format!("'{}' has none", survey.domain))
        },
    },
    Obstacle {
        id: "out-of-reach",
        severity: Severity::Error,
        means: "Nothing takes connections at any of the places, so no client gets in. See that the domain is right, that the server runs, and that a firewall lets clients through; where the server is elsewhere, DNS has to say so.",
        mends: SRV_RECORDS,
        look: |survey, _| {
            if is_out_of_reach(survey) {
                out_of_reach(survey)
            } else {
                Vec::new()
            }
        },
    },
    Obstacle {
        id: "unreachable",
        severity: Severity::Warning,
        means: "Clients are sent to a place where nothing takes connections, and wait before they try the next.",
        mends: &[],
        look: |survey, _| {
            if is_out_of_reach(survey) {
                Vec::new()
            } else {
                out_of_reach(survey)
            }
        },
    },
    Obstacle {
        id: "no-starttls",
        severity: Severity::Error,
        means: "Without TLS there are no certificates, and clients should not log in at all.",
        mends: &[
            (
                Prosody012,
                "VirtualHost \"DOMAIN\"\n    modules_enabled = { \"tls\" } -- adds to those for all hosts\n\
                 -- and in a shell: prosodyctl --root cert import DOMAIN /etc/letsencrypt/live",
            ),
            (
                Prosody13,
                "VirtualHost \"DOMAIN\"\n    modules_enabled = { \"tls\" } -- adds to those for all hosts\n\
                 -- and in a shell: prosodyctl --root cert import DOMAIN /etc/letsencrypt/live",
            ),
            (
                Ejabberd,
                "certfiles:\n  - \"/etc/letsencrypt/live/DOMAIN/*.pem\"\n\
                 listen:\n  - port: 5222\n    module: ejabberd_c2s\n    starttls: true\n    starttls_required: true\n    tls_verify: true",
            ),
        ],
        look: |survey, _| {
            visits(survey, |visit| {
                matches!(visit.bare, Err(OnlineError::NoStartTls))
                    .then(|| "it is not offered".to_owned())
            })
        },
    },
    Obstacle {
        id: "no-stream",
        severity: Severity::Error,
        means: "A client comes no further there, with or without a certificate.",
        mends: &[],
        look: |survey, _| visits(survey, broken),
    },
    Obstacle {
        id: "only-tls-1.2",
        severity: Severity::Warning,
        means: "In TLS 1.2 the client's certificate, and with it the JID, crosses the network in the clear; in TLS 1.3 it does not.",
        mends: &[
            (Prosody012, "ssl = { protocol = \"tlsv1_2+\" }"),
            (Prosody13, "ssl = { protocol = \"tlsv1_2+\" }"),
            (
                Ejabberd,
                "c2s_protocol_options:\n  - no_sslv3\n  - no_tlsv1\n  - no_tlsv1_1",
            ),
        ],
        look: |survey, _| {
            visits(survey, |visit| {
                (visit.seen()?.tls.version == "TLS 1.2").then(|| "there is no TLS 1.3".to_owned())
            })
        },
    },
    Obstacle {
        id: "no-tls-1.2",
        severity: Severity::Note,
        means: "Clients that do not know TLS 1.3 cannot connect.",
        mends: &[],
        look: |survey, _| {
            visits(survey, |visit| match &visit.tls12 {
                Some(Err(error)) => Some(error.to_string()),
                _ => None,
            })
        },
    },
    Obstacle {
        id: "server-certificate-untrusted",
        severity: Severity::Error,
        means: "Clients that verify the server, as xmppcert does, do not log in there. Where it is on purpose, as at home, name the certificate with --ca.",
        mends: SERVER_CERTIFICATE,
        look: |survey, _| {
            distrusted(survey, |reason| {
                !matches!(
                    reason,
                    Reason::Expired | Reason::NotYetValid | Reason::WrongName { .. }
                )
            })
        },
    },
    Obstacle {
        id: "server-certificate-expired",
        severity: Severity::Error,
        means: "Clients that verify the server do not log in there.",
        mends: SERVER_CERTIFICATE,
        look: |survey, _| distrusted(survey, |reason| *reason == Reason::Expired),
    },
    Obstacle {
        id: "server-certificate-not-yet-valid",
        severity: Severity::Error,
        means: "Clients that verify the server do not log in there, or the clock is wrong here.",
        mends: SET_CLOCK,
        look: |survey, _| distrusted(survey, |reason| *reason == Reason::NotYetValid),
    },
    Obstacle {
        id: "server-certificate-wrong-name",
        severity: Severity::Error,
        means: "The certificate has to name the domain of the JIDs, whatever host DNS leads to. Clients that verify the server do not log in there.",
        mends: SERVER_CERTIFICATE,
        look: |survey, _| distrusted(survey, |reason| matches!(reason, Reason::WrongName { .. })),
    },
    Obstacle {
        id: "server-certificate-ends-soon",
        severity: Severity::Warning,
        means: "It should have been renewed by now. Once it has expired, clients do not log in any more.",
        mends: SERVER_CERTIFICATE,
        look: |survey, now| {
            visits(survey, |visit| {
                let seen = visit.seen()?;
                let end = not_after(&seen.tls.server_certificate)?;
                (end >= now && end < now.saturating_add(SOON))
                    .then(|| format!("the server's certificate ends at {}", format_date(end)))
            })
        },
    },
    Obstacle {
        id: "certificate-not-requested",
        severity: Severity::Error,
        means: "The server does not ask for a certificate in TLS, which Prosody does only when it is told to. So no client shows one, and EXTERNAL is never offered.",
        mends: &[(Prosody012, ASK_012), (Prosody13, ASK_13)],
        look: |survey, _| {
            visits(survey, |visit| {
                (!visit.seen()?.tls.certificate_requested).then(|| "none is asked for".to_owned())
            })
        },
    },
    Obstacle {
        id: "certificate-demanded",
        severity: Severity::Error,
        means: "TLS fails without a certificate, so nobody can log in by password to upload the first one.",
        mends: &[(Prosody012, ASK_012), (Prosody13, ASK_13)],
        look: |survey, _| {
            visits(survey, |visit| match &visit.bare {
                Err(error @ OnlineError::TlsRefused { .. }) if is_demand(error) => {
                    Some(format!("without a certificate, {error}"))
                }
                _ => None,
            })
        },
    },
    Obstacle {
        id: "self-signed-refused",
        severity: Severity::Error,
        means: "TLS breaks with a self-signed certificate. Who has set one up cannot even log in by password.",
        mends: &[(Prosody012, ASK_13), (Prosody13, ASK_13)],
        look: |survey, _| {
            visits(survey, |visit| match &visit.shown {
                Some(Err(error)) if !error.is_out_of_reach() => {
                    Some(format!("with a self-signed certificate, {error}"))
                }
                _ => None,
            })
        },
    },
    Obstacle {
        id: "external-not-offered",
        severity: Severity::Error,
        means: "The server saw a certificate and still does not offer EXTERNAL. On Prosody, mod_client_certs is not loaded for the domain; the one of Debian 12 breaks off while it loads, as the log says. ejabberd asks for certificates always, and minds them only when it is told to.",
        mends: MIND_CERTIFICATES,
        look: |survey, _| {
            visits(survey, |visit| match &visit.shown {
                Some(Ok(shown)) if shown.tls.certificate_sent && !offers_external(shown) => {
                    Some(format!("mechanisms: {}", list(&shown.features.mechanisms)))
                }
                _ => None,
            })
        },
    },
    Obstacle {
        id: "external-not-in-sasl2",
        severity: Severity::Warning,
        means: "Clients that prefer the newer SASL2 (XEP-0388) do not see EXTERNAL, and ask for a password.",
        mends: &[
            (Prosody012, "modules_disabled = { \"sasl2\" }"),
            (Prosody13, "modules_disabled = { \"sasl2\" }"),
        ],
        look: |survey, _| {
            visits(survey, |visit| {
                let Some(Ok(shown)) = &visit.shown else {
                    return None;
                };
                let newer = &shown.features.sasl2_mechanisms;
                let is_so = offers_external(shown)
                    && !newer.is_empty()
                    && !newer.iter().any(|mechanism| mechanism == "EXTERNAL");
                is_so.then(|| format!("SASL2 mechanisms: {}", list(newer)))
            })
        },
    },
    Obstacle {
        id: "external-for-everyone",
        severity: Severity::Note,
        means: "EXTERNAL is offered even without a certificate, as ejabberd does. Which certificates get in, its administrator decides by 'c2s_cafile': users cannot upload theirs (XEP-0257).",
        mends: &[(Ejabberd, "c2s_cafile: \"/etc/ejabberd/clients.pem\"")],
        look: |survey, _| {
            visits(survey, |visit| match &visit.bare {
                Ok(bare) if offers_external(bare) => {
                    Some("offered to who shows no certificate".to_owned())
                }
                _ => None,
            })
        },
    },
    Obstacle {
        id: "clock-differs",
        severity: Severity::Error,
        means: "The clock of the server and the one here are more than five minutes apart. Certificates count as not yet valid or expired, and EXTERNAL is not offered to them.",
        mends: SET_CLOCK,
        look: |survey, _| {
            visits(survey, |visit| match &visit.brief {
                Some(Ok(brief)) if !offers_external(brief) => Some(
                    "EXTERNAL is not offered to a certificate that is valid for minutes only"
                        .to_owned(),
                ),
                _ => None,
            })
        },
    },
    Obstacle {
        id: "no-certificate-management",
        severity: Severity::Warning,
        means: "The server does not say that users can store certificates (XEP-0257), so clients do not offer it. On Prosody, mod_client_certs is not loaded for the domain, or breaks off while it loads; ejabberd has nothing of the kind.",
        mends: LOAD_MODULE,
        look: |survey, _| {
            inside(survey, |account| {
                (!account.stores_certificates)
                    .then(|| format!("'{}' is not among its features", crate::stanza::NAMESPACE))
            })
        },
    },
    Obstacle {
        id: "no-command",
        severity: Severity::Note,
        means: "The ad-hoc command for certificates is not there, which is the way round where a Prosody does not answer uploads.",
        mends: &[
            (
                Prosody012,
                "prosodyctl install --server=https://modules.prosody.im/rocks/ mod_client_certs",
            ),
            (
                Prosody13,
                "prosodyctl install --server=https://modules.prosody.im/rocks/ mod_client_certs",
            ),
        ],
        look: |survey, _| {
            inside(survey, |account| {
                (account.stores_certificates && !account.has_command)
                    .then(|| "it is not among its commands".to_owned())
            })
        },
    },
    Obstacle {
        id: "upload-unanswered",
        severity: Severity::Error,
        means: "The server never answers an upload (XEP-0257). Prosody on Lua 5.3 and later divides by '/' in util/x509.lua where it needs '//', in one place; then it has to be restarted.",
        mends: &[(Prosody012, MEND_DER2PEM), (Prosody13, MEND_DER2PEM)],
        look: |survey, _| {
            inside(survey, |account| {
                (account.upload == Some(Upload::Unanswered))
                    .then(|| "<append/> was not answered".to_owned())
            })
        },
    },
    Obstacle {
        id: "upload-refused",
        severity: Severity::Error,
        means: "The server does not store a certificate that is as it should be (XEP-0257).",
        mends: LOAD_MODULE,
        look: |survey, _| {
            inside(survey, |account| match &account.upload {
                Some(Upload::Refused(refusal)) => Some(format!("<append/> was refused: {refusal}")),
                Some(Upload::NotListed) => {
                    Some("<append/> was taken, but is not listed".to_owned())
                }
                _ => None,
            })
        },
    },
    Obstacle {
        id: "not-removed",
        severity: Severity::Error,
        means: "A certificate stays on the account after it was disabled (XEP-0257), so that a lost device keeps its access.",
        mends: &[],
        look: |survey, _| {
            inside(survey, |account| match &account.upload {
                Some(Upload::NotRemoved(name)) => Some(format!("'{name}' is still listed")),
                _ => None,
            })
        },
    },
];

/// What became of the places where nothing takes connections.
fn out_of_reach(survey: &Survey) -> Vec<String> {
    visits(survey, |visit| match &visit.bare {
        Err(error) if error.is_out_of_reach() => Some(error.to_string()),
        _ => None,
    })
}

/// Whether that is so of all places.
fn is_out_of_reach(survey: &Survey) -> bool {
    let mut visits = survey.visits.iter();
    let is_so = |visit: &Visit| matches!(&visit.bare, Err(error) if error.is_out_of_reach());
    !survey.visits.is_empty() && visits.all(is_so)
}

fn tell(is_so: bool, seen: impl FnOnce() -> String) -> Vec<String> {
    if is_so { vec![seen()] } else { Vec::new() }
}

/// What is seen at each place, with the place.
fn visits(survey: &Survey, see: impl Fn(&Visit) -> Option<String>) -> Vec<String> {
    let visits = survey.visits.iter();
    visits
        .filter_map(|visit| Some(format!("{}, at {}", see(visit)?, place(&visit.endpoint))))
        .collect()
}

/// What is seen with an account.
fn inside(survey: &Survey, see: impl Fn(&AccountSurvey) -> Option<String>) -> Vec<String> {
    survey.account.as_ref().and_then(see).into_iter().collect()
}

fn distrusted(survey: &Survey, is_such: impl Fn(&Reason) -> bool) -> Vec<String> {
    visits(survey, |visit| {
        let distrust: &Distrust = visit.seen()?.distrust.as_ref()?;
        is_such(&distrust.reason).then(|| distrust.to_string())
    })
}

/// A failure that no obstacle of its own tells about.
fn broken(visit: &Visit) -> Option<String> {
    let Err(error) = &visit.bare else {
        return None;
    };
    let is_told =
        error.is_out_of_reach() || is_demand(error) || matches!(error, OnlineError::NoStartTls);
    (!is_told).then(|| error.to_string())
}

/// TLS was refused after a certificate was asked for and none was shown.
fn is_demand(error: &OnlineError) -> bool {
    matches!(
        error,
        OnlineError::TlsRefused {
            certificate_requested: true,
            certificate_sent: false,
            ..
        }
    )
}

fn list(mechanisms: &[String]) -> String {
    if mechanisms.is_empty() {
        "none".to_owned()
    } else {
        mechanisms.join(", ")
    }
}

pub(super) fn not_after(certificate: &[u8]) -> Option<OffsetDateTime> {
    let (_, certificate) = parse_x509_certificate(certificate).ok()?;
    let seconds = certificate.validity().not_after.timestamp();
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}
