//! Looks at a server from all sides.

use std::thread;

use time::{Duration, OffsetDateTime};

use super::account::AccountSurvey;
use crate::certificate::{CertifiedKey, ClientCertificateParams, CommonName, Jids};
use crate::jid::Jid;
use crate::key::{KeyAlgorithm, PrivateKey};
use crate::online::Target;
use crate::online::{Endpoint, Identity, Lookup, OnlineError, Probe};
use crate::validity::{CLOCK_TOLERANCE, Validity};

/// The most places that are looked at, however many DNS names.
pub const ENDPOINT_LIMIT: usize = 8;

/// What was seen of a server.
#[derive(Debug)]
pub struct Survey {
    /// The domain it is to serve.
    pub domain: String,
    /// What DNS said, if it was asked.
    pub lookup: Option<Lookup>,
    /// What was seen at each place, in the order in which clients try them.
    pub visits: Vec<Visit>,
    /// What was seen with an account, if there was one; for the caller to add.
    pub account: Option<AccountSurvey>,
}

/// What was seen at one place.
#[derive(Debug)]
pub struct Visit {
    /// Where.
    pub endpoint: Endpoint,
    /// Without a certificate.
    pub bare: Result<Probe, OnlineError>,
    /// With a self-signed certificate that is valid for days; nothing where the server does not ask for one.
    pub shown: Option<Result<Probe, OnlineError>>,
    /// With one that is valid for minutes; nothing where EXTERNAL is not for those who show one.
    pub brief: Option<Result<Probe, OnlineError>>,
    /// With TLS 1.2 alone; nothing where that is what came about anyway.
    pub tls12: Option<Result<Probe, OnlineError>>,
}

impl Survey {
    /// Looks at the server of `target`, whose own identity is not shown to it. Takes some connections to each place, and
    /// tells the server nothing but its domain.
    ///
    /// # Errors
    /// [`OnlineError::BadDomain`] for a domain that cannot be, and [`OnlineError::NoRandom`].
    pub fn of(target: &Target, now: OffsetDateTime) -> Result<Self, OnlineError> {
        let location = target.locate()?;
        let jid = Jid::parse(&format!("xmppcert-doctor@{}", target.domain))
            .map_err(|_| OnlineError::BadDomain(target.domain.clone()))?;
        let identity = |reach| {
            let pair = throwaway(&jid, now, reach)?;
            Identity::new(&pair.certificate, pair.key.info()).map_err(|_| OnlineError::NoRandom)
        };
        let lasting = identity(Duration::DAY)?;
        let brief = identity(CLOCK_TOLERANCE)?;
        let visits = thread::scope(|scope| {
            let endpoints = location.endpoints.into_iter().take(ENDPOINT_LIMIT);
            let visits: Vec<_> = endpoints
                .map(|endpoint| scope.spawn(|| Visit::to(target, endpoint, &lasting, &brief)))
                .collect();
            visits
                .into_iter()
                .filter_map(|visit| visit.join().ok())
                .collect()
        });
        Ok(Self {
            domain: target.domain.clone(),
            lookup: location.lookup,
            visits,
            account: None,
        })
    }

    /// Why nothing could be seen of the server, where it is nowhere to be found.
    #[must_use]
    pub fn unreachable(&self) -> Option<&OnlineError> {
        let mut errors = self.visits.iter().map(|visit| match &visit.bare {
            Err(error) if error.is_out_of_reach() || is_silent(error) => Some(error),
            _ => None,
        });
        let first = errors.next()??;
        errors.all(|error| error.is_some()).then_some(first)
    }
}

impl Visit {
    fn to(target: &Target, endpoint: Endpoint, lasting: &Identity, brief: &Identity) -> Self {
        let with = |identity| Probe::of(target, &endpoint, identity);
        let bare = with(None);
        let shown = is_certificate_requested(&bare).then(|| with(Some(lasting)));
        let is_for_those_who_show = matches!((&bare, &shown), (bare, Some(Ok(shown)))
            if offers_external(shown) && !bare.as_ref().is_ok_and(offers_external));
        let seen = bare.as_ref().ok().or(match &shown {
            Some(Ok(shown)) => Some(shown),
            _ => None,
        });
        let is_newest = seen.is_some_and(|seen| seen.tls.version == "TLS 1.3");
        // Where a certificate is demanded, there has to be one.
        let needed = bare.is_err().then_some(lasting);
        Self {
            brief: is_for_those_who_show.then(|| with(Some(brief))),
            tls12: is_newest.then(|| Probe::of_tls12(target, &endpoint, needed)),
            endpoint,
            bare,
            shown,
        }
    }

    /// Whatever could be seen inside TLS, without a certificate if possible.
    pub(super) fn seen(&self) -> Option<&Probe> {
        match (&self.bare, &self.shown) {
            (Ok(probe), _) | (_, Some(Ok(probe))) => Some(probe),
            _ => None,
        }
    }
}

fn is_silent(error: &OnlineError) -> bool {
    matches!(error, OnlineError::Silence(_))
}

pub(super) fn offers_external(probe: &Probe) -> bool {
    let mechanisms = &probe.features.mechanisms;
    mechanisms.iter().any(|mechanism| mechanism == "EXTERNAL")
}

fn is_certificate_requested(bare: &Result<Probe, OnlineError>) -> bool {
    match bare {
        Ok(probe) => probe.tls.certificate_requested,
        Err(OnlineError::TlsRefused {
            certificate_requested,
            ..
        }) => *certificate_requested,
        Err(_) => false,
    }
}

/// A self-signed certificate that is valid this long before and after `now`, with a key that nobody keeps.
pub(super) fn throwaway(
    jid: &Jid,
    now: OffsetDateTime,
    reach: Duration,
) -> Result<CertifiedKey, OnlineError> {
    let validity = Validity::new(now.saturating_sub(reach), now.saturating_add(reach))
        .map_err(|_| OnlineError::NoRandom)?;
    let key = PrivateKey::generate(KeyAlgorithm::EcdsaP256).map_err(|_| OnlineError::NoRandom)?;
    let jids = Jids::from(jid.clone());
    let params = ClientCertificateParams {
        common_name: CommonName::of(&jids),
        jids,
        email: None,
        validity,
    };
    params.self_sign(key).map_err(|_| OnlineError::NoRandom)
}
