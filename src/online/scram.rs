//! SCRAM (RFC 5802, RFC 7677), the client's side, without a password ever leaving it.
//!
//! On ring, which is here for TLS: the crate `sasl` neither prepares the password (RFC 4013) nor looks whether the server's
//! nonce begins with the client's, and takes any number of iterations (0.5.2).

use std::num::NonZeroU32;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{self, digest};
use ring::{hmac, pbkdf2};
use zeroize::Zeroizing;

use super::error::{OnlineError, Step};

/// The most rounds of hashing a server may ask for: some seconds.
const ITERATION_LIMIT: u32 = 5_000_000;

/// The hash that a mechanism is named for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

impl Hash {
    fn digest(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha512 => &digest::SHA512,
        }
    }

    fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha512 => hmac::HMAC_SHA512,
        }
    }

    fn pbkdf2(self) -> pbkdf2::Algorithm {
        match self {
            Self::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Self::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Self::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        }
    }
}

/// What is said of channel binding (RFC 5802 7, gs2-cbind-flag).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// `n`: not used, though the server offers it.
    Unused,
    /// `y`: the server does not seem to have it.
    Unoffered,
    /// `p`: used, with its type and data.
    Used { kind: &'static str, data: Vec<u8> },
}

impl Binding {
    fn gs2_header(&self) -> String {
        match self {
            Self::Unused => "n,,".to_owned(),
            Self::Unoffered => "y,,".to_owned(),
            Self::Used { kind, .. } => format!("p={kind},,"),
        }
    }
}

/// Before the server has said anything.
pub(super) struct Scram {
    hash: Hash,
    binding: Binding,
    /// client-first-message-bare
    first_bare: String,
    nonce: String,
}

/// What the server still has to prove.
pub(super) struct Proof {
    key: hmac::Key,
    auth_message: String,
}

impl Scram {
    /// `nonce` is random and printable, without a comma.
    pub(super) fn new(
        hash: Hash,
        binding: Binding,
        username: &str,
        nonce: String,
    ) -> Result<Self, OnlineError> {
        let username = stringprep::saslprep(username)
            .map_err(|_| OnlineError::PasswordNotPreparable)?
            .replace('=', "=3D")
            .replace(',', "=2C");
        Ok(Self {
            hash,
            binding,
            first_bare: format!("n={username},r={nonce}"),
            nonce,
        })
    }

    /// client-first-message
    pub(super) fn first(&self) -> String {
        self.binding.gs2_header() + &self.first_bare
    }

    /// client-final-message, in answer to server-first-message.
    pub(super) fn last(
        self,
        server_first: &str,
        password: &str,
    ) -> Result<(String, Proof), OnlineError> {
        let malformed = |what: &str| {
            OnlineError::NotXmpp(Step::Login, format!("the challenge of SCRAM has {what}"))
        };
        let (mut nonce, mut salt, mut iterations) = (None, None, None);
        for (index, field) in server_first.split(',').enumerate() {
            match field.split_once('=') {
                // Extensions that have to be understood come first (RFC 5802 5.1).
                Some(("m", _)) if index == 0 => return Err(malformed("an unknown extension")),
                Some(("r", value)) => nonce = Some(value),
                Some(("s", value)) => salt = STANDARD.decode(value).ok(),
                Some(("i", value)) => iterations = value.parse::<NonZeroU32>().ok(),
                _ => {}
            }
        }
        let nonce = nonce
            .filter(|nonce| nonce.len() > self.nonce.len() && nonce.starts_with(&self.nonce))
            .ok_or_else(|| malformed("no nonce that continues ours"))?;
        let salt = salt.ok_or_else(|| malformed("no salt"))?;
        let iterations = iterations
            .filter(|iterations| iterations.get() <= ITERATION_LIMIT)
            .ok_or_else(|| malformed("a number of iterations beyond all measure"))?;

        let mut bound = self.binding.gs2_header().into_bytes();
        if let Binding::Used { data, .. } = &self.binding {
            bound.extend_from_slice(data);
        }
        let without_proof = format!("c={},r={nonce}", STANDARD.encode(&bound));
        let auth_message = format!("{},{server_first},{without_proof}", self.first_bare);

        let prepared = Zeroizing::new(
            stringprep::saslprep(password)
                .map_err(|_| OnlineError::PasswordNotPreparable)?
                .into_owned(),
        );
        let mut salted = Zeroizing::new(vec![0; self.hash.digest().output_len()]);
        pbkdf2::derive(
            self.hash.pbkdf2(),
            iterations,
            &salt,
            prepared.as_bytes(),
            &mut salted,
        );
        let mac = |key: &[u8], text: &str| {
            hmac::sign(&hmac::Key::new(self.hash.hmac(), key), text.as_bytes())
        };
        let client_key = mac(&salted, "Client Key");
        let stored_key = digest(self.hash.digest(), client_key.as_ref());
        let signature = mac(stored_key.as_ref(), &auth_message);
        let pairs = client_key.as_ref().iter().zip(signature.as_ref());
        let proof: Vec<u8> = pairs.map(|(key, mask)| key ^ mask).collect();
        let server_key = mac(&salted, "Server Key");
        let last = format!("{without_proof},p={}", STANDARD.encode(proof));
        let proof = Proof {
            key: hmac::Key::new(self.hash.hmac(), server_key.as_ref()),
            auth_message,
        };
        Ok((last, proof))
    }
}

impl Proof {
    /// Whether server-final-message proves that the server knows the password.
    pub(super) fn is_given_by(&self, server_final: &str) -> bool {
        let signature = server_final
            .split(',')
            .find_map(|field| field.strip_prefix("v="))
            .and_then(|value| STANDARD.decode(value).ok());
        signature.is_some_and(|signature| {
            hmac::verify(&self.key, self.auth_message.as_bytes(), &signature).is_ok()
        })
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
mod tests {
    use super::*;

    /// The exchanges of RFC 5802 5 and RFC 7677 3.
    const EXCHANGES: [(Hash, &str, &str, &str, &str); 2] = [
        (
            Hash::Sha1,
            "fyko+d2lbbFgONRv9qkxdawL",
            "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
            "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
            "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
        ),
        (
            Hash::Sha256,
            "rOprNGfwEbeRWgbNEkqO",
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        ),
    ];

    fn scram(hash: Hash, nonce: &str) -> Scram {
        Scram::new(hash, Binding::Unused, "user", nonce.to_owned()).unwrap()
    }

    #[test]
    fn the_exchanges_of_the_standards_come_out_as_printed() {
        for (hash, nonce, server_first, client_last, server_final) in EXCHANGES {
            let scram = scram(hash, nonce);
            assert_eq!(scram.first(), format!("n,,n=user,r={nonce}"));
            let (last, proof) = scram.last(server_first, "pencil").unwrap();
            assert_eq!(last, client_last);
            assert!(proof.is_given_by(server_final));
            assert!(!proof.is_given_by("v=AAAA") && !proof.is_given_by("e=other-error"));
        }
    }

    #[test]
    fn a_challenge_that_is_not_an_answer_to_ours_is_refused() {
        for challenge in [
            "",
            "r=other3rfc,s=QSXCR+Q6sek8bf92,i=4096",
            // Nothing added by the server.
            "r=nonce,s=QSXCR+Q6sek8bf92,i=4096",
            "r=nonce1,s=!,i=4096",
            "r=nonce1,s=QSXCR+Q6sek8bf92,i=0",
            "r=nonce1,s=QSXCR+Q6sek8bf92,i=4294967295",
            "m=x,r=nonce1,s=QSXCR+Q6sek8bf92,i=4096",
        ] {
            let result = scram(Hash::Sha1, "nonce").last(challenge, "pencil");
            assert!(
                matches!(result, Err(OnlineError::NotXmpp(Step::Login, _))),
                "{challenge}"
            );
        }
    }

    #[test]
    fn names_and_passwords_are_prepared() {
        let scram = Scram::new(Hash::Sha1, Binding::Unoffered, "a=b,c", "n".to_owned()).unwrap();
        assert_eq!(scram.first(), "y,,n=a=3Db=2Cc,r=n");
        // RFC 4013 3: a soft hyphen is nothing, and the roman number nine is two letters.
        let last = |password: &str| {
            let scram = self::scram(Hash::Sha1, "n");
            scram
                .last("r=n1,s=QSXCR+Q6sek8bf92,i=1", password)
                .map(|(last, _)| last)
        };
        assert_eq!(last("I\u{ad}X").ok(), last("\u{2168}").ok());
        assert!(matches!(
            last("\u{7}"),
            Err(OnlineError::PasswordNotPreparable)
        ));
    }

    #[test]
    fn the_channel_is_bound_by_its_data() {
        let binding = Binding::Used {
            kind: "tls-exporter",
            data: b"data".to_vec(),
        };
        let scram = Scram::new(Hash::Sha256, binding, "user", "n".to_owned()).unwrap();
        assert_eq!(scram.first(), "p=tls-exporter,,n=user,r=n");
        let (last, _) = scram.last("r=n1,s=QSXCR+Q6sek8bf92,i=1", "pencil").unwrap();
        assert!(last.starts_with(&format!("c={},", STANDARD.encode("p=tls-exporter,,data"))));
    }
}
