//! Looks at a server without an account.

use super::connect::{Endpoint, Socket};
use super::error::{OnlineError, Step};
use super::stream::{Features, Stream};
use super::target::{Target, begin_tls};
use super::tls::{Identity, TlsFacts, Versions};
use super::trust::Distrust;

/// What a server shows to anybody. It need not be trusted, as nothing is told to it but its own name, and there is no way
/// from here to a login.
#[derive(Clone, Debug)]
pub struct Probe {
    /// What was seen of TLS.
    pub tls: TlsFacts,
    /// Why the server is not to be trusted.
    pub distrust: Option<Distrust>,
    /// What it offers inside TLS.
    pub features: Features,
}

impl Probe {
    /// Connects to `endpoint`, shows `identity` if it is asked for one, and leaves. The identity of `target` is not shown.
    ///
    /// # Errors
    /// [`OnlineError`], which tells what was seen last.
    pub fn of(
        target: &Target,
        endpoint: &Endpoint,
        identity: Option<&Identity>,
    ) -> Result<Self, OnlineError> {
        Self::with(target, endpoint, identity, Versions::All)
    }

    /// The same, with TLS 1.2 and no other.
    ///
    /// # Errors
    /// [`OnlineError`], which tells what was seen last.
    pub fn of_tls12(
        target: &Target,
        endpoint: &Endpoint,
        identity: Option<&Identity>,
    ) -> Result<Self, OnlineError> {
        Self::with(target, endpoint, identity, Versions::Tls12)
    }

    fn with(
        target: &Target,
        endpoint: &Endpoint,
        identity: Option<&Identity>,
        versions: Versions,
    ) -> Result<Self, OnlineError> {
        let (socket, _) = Socket::connect(std::slice::from_ref(endpoint), target.timeout)?;
        let socket = begin_tls(socket, endpoint.transport, target, identity, versions, true)?;
        let tls = socket.facts();
        let distrust = socket.distrust();
        let mut stream = Stream::tls(socket, &target.domain, target.timeout);
        let features = stream.open(Step::Features)?;
        stream.close();
        Ok(Self {
            tls,
            distrust,
            features,
        })
    }
}
