//! The table of rules.

mod addresses;
mod encoding;
mod keys;
mod validity;

use super::{Breach, Consumer, Effect, Rule, Severity};
use Consumer::{Conversations, Ejabberd, Libstrophe, Prosody, Slixmpp, Xep0257};
use Effect::{AuthzidOnly, NoLogin, NoTls12, NoTls13, NoUpload};

/// What a certificate does that no client on OpenSSL can load: no login follows from those.
const OPENSSL_CLIENTS_CANNOT_LOAD: &[(Consumer, Effect)] = &[
    (Prosody, NoLogin),
    (Ejabberd, NoLogin),
    (Slixmpp, NoLogin),
    (Libstrophe, NoLogin),
];

/// What OpenSSL cannot make sense of: neither the server nor a client gets anywhere with those.
const UNREADABLE_TO_OPENSSL: &[(Consumer, Effect)] = &[
    (Xep0257, NoUpload),
    (Prosody, NoUpload),
    (Ejabberd, NoLogin),
    (Slixmpp, NoUpload),
    (Libstrophe, NoLogin),
];

/// Whatever cannot sign the handshake logs in nowhere.
const NO_TLS: &[(Consumer, Effect)] = &[
    (Xep0257, NoLogin),
    (Prosody, NoLogin),
    (Ejabberd, NoLogin),
    (Slixmpp, NoLogin),
    (Libstrophe, NoLogin),
    (Conversations, NoLogin),
];

/// Every rule, in the order in which a certificate is looked at.
pub static RULES: &[Rule] = &[
    Rule {
        id: "no-xmpp-address",
        severity: Severity::Error,
        reference: "XEP-0257 3.1; RFC 6120 13.7.1.3; mod_client_certs",
        summary: "No id-on-xmppAddr among the subject alternative names. Prosody does not store such a certificate; ejabberd lets its owner log in as anybody.",
        effects: &[
            (Xep0257, AuthzidOnly),
            (Prosody, NoUpload),
            (Ejabberd, AuthzidOnly),
            (Slixmpp, NoLogin),
        ],
        find: addresses::none,
    },
    Rule {
        id: "xmpp-address-malformed",
        severity: Severity::Error,
        reference: "RFC 7622 3; RFC 6120 13.7.1.4",
        summary: "An XMPP address is not the JID of an account.",
        effects: &[
            (Xep0257, NoUpload),
            (Prosody, NoUpload),
            (Ejabberd, NoLogin),
            (Slixmpp, NoLogin),
        ],
        find: addresses::malformed,
    },
    Rule {
        id: "xmpp-address-not-normalised",
        severity: Severity::Error,
        reference: "mod_client_certs, which compares octets; RFC 7622 3",
        summary: "An XMPP address is spelt otherwise than servers store the JID: in capitals, with a dot behind the domain, not in Unicode's composed form.",
        effects: &[(Prosody, NoUpload), (Slixmpp, NoLogin)],
        find: addresses::not_normalised,
    },
    Rule {
        id: "xmpp-address-string-type",
        severity: Severity::Error,
        reference: "RFC 6120 13.7.1.4",
        summary: "An XMPP address is not a UTF8String. Prosody takes the octets of any string; ejabberd does not see the address and lets its owner log in as anybody.",
        effects: &[(Xep0257, NoLogin), (Ejabberd, AuthzidOnly)],
        find: addresses::string_type,
    },
    Rule {
        id: "crashes-luasec",
        severity: Severity::Error,
        reference: "LuaSec 1.2, cert:extensions()",
        summary: "An XMPP address holds the BOOLEAN TRUE or an object identifier instead of a string. Prosody crashes when it reads such a certificate.",
        effects: &[(Prosody, NoUpload)],
        find: addresses::crashes_luasec,
    },
    Rule {
        id: "several-xmpp-addresses",
        severity: Severity::Warning,
        reference: "XEP-0178 3; mod_client_certs",
        summary: "More than one XMPP address, even the same one twice: a login has to name the account it means, which slixmpp and poezio do not.",
        effects: &[
            (Xep0257, AuthzidOnly),
            (Prosody, AuthzidOnly),
            (Ejabberd, AuthzidOnly),
            (Slixmpp, NoLogin),
        ],
        find: addresses::several,
    },
    Rule {
        id: "jid-absent",
        severity: Severity::Error,
        reference: "XEP-0178 3",
        summary: "None of the XMPP addresses is the account of '--jid'.",
        effects: &[
            (Xep0257, NoUpload),
            (Prosody, NoUpload),
            (Ejabberd, NoLogin),
            (Slixmpp, NoLogin),
        ],
        find: addresses::jid_absent,
    },
    Rule {
        id: "full-jid",
        severity: Severity::Note,
        reference: "XEP-0257 3.1; mod_client_certs",
        summary: "An XMPP address has a resourcepart. Prosody and ejabberd do not hold the login to it.",
        effects: &[],
        find: addresses::full_jid,
    },
    Rule {
        id: "a-label",
        severity: Severity::Note,
        reference: "RFC 7622 3.2; RFC 5890 2.3.2.1",
        summary: "The domain of an XMPP address has a label in its ASCII form (xn--), which servers do not take for the same as its letters.",
        effects: &[],
        find: addresses::a_label,
    },
    Rule {
        id: "conversations-account",
        severity: Severity::Warning,
        reference: "Conversations, CryptoHelper.extractJidAndName",
        summary: "Conversations logs in as the first rfc822Name, else the emailAddress, else the commonName, and none of these is the account.",
        effects: &[(Conversations, NoLogin)],
        find: addresses::conversations_account,
    },
    Rule {
        id: "malformed-date",
        severity: Severity::Error,
        reference: "RFC 5280 4.1.2.5",
        summary: "notBefore or notAfter is not in one of the two forms allowed. Prosody stores such a certificate but offers no EXTERNAL to who comes with it.",
        effects: NO_TLS,
        find: validity::malformed,
    },
    Rule {
        id: "expired",
        severity: Severity::Error,
        reference: "RFC 5280 4.1.2.5; XEP-0257 3; mod_client_certs",
        summary: "notAfter has passed. Prosody stores such a certificate but offers no EXTERNAL to who comes with it.",
        effects: NO_TLS,
        find: validity::expired,
    },
    Rule {
        id: "not-yet-valid",
        severity: Severity::Error,
        reference: "RFC 5280 4.1.2.5; mod_client_certs",
        summary: "notBefore is still to come, by this machine's clock.",
        effects: NO_TLS,
        find: validity::not_yet_valid,
    },
    Rule {
        id: "expires-soon",
        severity: Severity::Error,
        reference: "--expires-in",
        summary: "The certificate ends within the time of '--expires-in'.",
        effects: &[],
        find: validity::expires_soon,
    },
    Rule {
        id: "key-mismatch",
        severity: Severity::Error,
        reference: "RFC 5280 4.1.2.7",
        summary: "The private key does not belong to the certificate.",
        effects: NO_TLS,
        find: keys::mismatch,
    },
    Rule {
        id: "weak-rsa",
        severity: Severity::Error,
        reference: "OpenSSL, SSL_CTX_set_security_level(3), level 2",
        summary: "An RSA key under 1963 bits or a DSA key under 2048, which clients on OpenSSL refuse to load.",
        effects: OPENSSL_CLIENTS_CANNOT_LOAD,
        find: keys::weak_rsa,
    },
    Rule {
        id: "malformed-key",
        severity: Severity::Error,
        reference: "RFC 5480 2.2; RFC 8410 3; OpenSSL, X509_get_pubkey(3)",
        summary: "A public key of the wrong length or form for its algorithm, which clients on OpenSSL refuse to load.",
        effects: OPENSSL_CLIENTS_CANNOT_LOAD,
        find: keys::malformed,
    },
    Rule {
        id: "key-not-for-tls",
        severity: Severity::Error,
        reference: "RFC 8446 4.2.3",
        summary: "A key of a kind or on a curve that TLS 1.3 cannot sign with.",
        effects: NO_TLS,
        find: keys::not_for_tls,
    },
    Rule {
        id: "tls12-only-key",
        severity: Severity::Error,
        reference: "RFC 8446 4.2.3",
        summary: "A DSA key, with which TLS 1.2 can sign and TLS 1.3 cannot.",
        effects: &[
            (Xep0257, NoTls13),
            (Prosody, NoTls13),
            (Ejabberd, NoTls13),
            (Slixmpp, NoTls13),
            (Libstrophe, NoTls13),
            (Conversations, NoTls13),
        ],
        find: keys::tls12_only,
    },
    Rule {
        id: "explicit-curve",
        severity: Severity::Warning,
        reference: "RFC 5480 2.1.1",
        summary: "An elliptic curve that is spelt out instead of named, which many programs refuse.",
        effects: &[],
        find: keys::explicit_curve,
    },
    Rule {
        id: "tls12-curve",
        severity: Severity::Warning,
        reference: "RFC 8422 5.1.1; Prosody's profile \"intermediate\"",
        summary: "A key on P-521: Prosody's default settings break the handshake under TLS 1.2.",
        effects: &[(Prosody, NoTls12)],
        find: keys::tls12_curve,
    },
    Rule {
        id: "no-client-auth",
        severity: Severity::Error,
        reference: "RFC 5280 4.2.1.12",
        summary: "extendedKeyUsage without clientAuth. Prosody does not look; ejabberd and the standards refuse.",
        effects: &[(Xep0257, NoLogin), (Ejabberd, NoLogin)],
        find: keys::no_client_auth,
    },
    Rule {
        id: "no-digital-signature",
        severity: Severity::Error,
        reference: "RFC 5280 4.2.1.3; RFC 8446 4.4.2.2",
        summary: "keyUsage without digitalSignature, which a TLS handshake needs.",
        effects: &[(Xep0257, NoLogin), (Ejabberd, NoLogin)],
        find: keys::no_digital_signature,
    },
    Rule {
        id: "key-usage-for-rsa",
        severity: Severity::Warning,
        reference: "RFC 8813 3; RFC 9295 3",
        summary: "keyUsage permits to encipher with a key that can only sign.",
        effects: &[],
        find: keys::usage_for_rsa,
    },
    Rule {
        id: "may-issue",
        severity: Severity::Warning,
        reference: "RFC 5280 4.2.1.9; ejabberd",
        summary: "A CA certificate, or one of version 1: where ejabberd trusts it, its owner can make certificates for other accounts.",
        effects: &[],
        find: keys::may_issue,
    },
    Rule {
        id: "malformed-names",
        severity: Severity::Error,
        reference: "RFC 5280 4.2.1.6; mod_client_certs",
        summary: "The subject alternative names are damaged. Prosody finds no address in them, and clients on OpenSSL cannot load the certificate.",
        effects: UNREADABLE_TO_OPENSSL,
        find: encoding::malformed_names,
    },
    Rule {
        id: "malformed-certificate",
        severity: Severity::Error,
        reference: "RFC 5280 4.1",
        summary: "A part of the certificate is not of the type that its definition asks for. OpenSSL cannot read such a certificate.",
        effects: UNREADABLE_TO_OPENSSL,
        find: encoding::malformed_certificate,
    },
    Rule {
        id: "malformed-serial-number",
        severity: Severity::Error,
        reference: "X.690 8.3.2",
        summary: "A serial number with padding that no encoding of a number has. OpenSSL cannot read such a certificate.",
        effects: UNREADABLE_TO_OPENSSL,
        find: encoding::malformed_serial_number,
    },
    Rule {
        id: "malformed-extension",
        severity: Severity::Error,
        reference: "RFC 5280 4.2; OpenSSL, X509_check_purpose(3)",
        summary: "An extension that is damaged, empty where it must not be, or there twice. If it is one that OpenSSL looks into, clients on OpenSSL cannot load the certificate.",
        effects: OPENSSL_CLIENTS_CANNOT_LOAD,
        find: encoding::malformed_extension,
    },
    Rule {
        id: "unknown-critical-extension",
        severity: Severity::Error,
        reference: "RFC 5280 4.2",
        summary: "A critical extension that servers do not know. Prosody does not look; ejabberd and the standards refuse.",
        effects: &[(Xep0257, NoLogin), (Ejabberd, NoLogin)],
        find: encoding::unknown_critical_extension,
    },
    Rule {
        id: "trailing-octets",
        severity: Severity::Error,
        reference: "X.690 8.1; RFC 7468 5.1",
        summary: "Octets follow the certificate inside its block. Clients on OpenSSL cannot load it.",
        effects: OPENSSL_CLIENTS_CANNOT_LOAD,
        find: encoding::trailing_octets,
    },
    Rule {
        id: "bad-signature",
        severity: Severity::Error,
        reference: "RFC 5280 6.1.3",
        summary: "The certificate names itself as its issuer, but its key did not sign it. Prosody does not look.",
        effects: &[(Xep0257, NoLogin)],
        find: encoding::bad_signature,
    },
    Rule {
        id: "weak-signature",
        severity: Severity::Error,
        reference: "OpenSSL, SSL_CTX_set_security_level(3), level 2",
        summary: "Signed by an issuer with MD5, SHA-1 or something unknown, which clients on OpenSSL refuse to load.",
        effects: OPENSSL_CLIENTS_CANNOT_LOAD,
        find: encoding::weak_signature,
    },
    Rule {
        id: "serial-number",
        severity: Severity::Warning,
        reference: "RFC 5280 4.1.2.2",
        summary: "A serial number that is zero, negative or longer than 20 octets.",
        effects: &[],
        find: encoding::serial_number,
    },
    Rule {
        id: "too-large-to-log-in",
        severity: Severity::Error,
        reference: "OpenSSL, SSL_CTX_set_max_cert_list(3)",
        summary: "A certificate of more than 100 KiB, which servers on OpenSSL do not take in a handshake.",
        effects: &[(Prosody, NoLogin), (Ejabberd, NoLogin)],
        find: encoding::too_large_to_log_in,
    },
    Rule {
        id: "too-large-to-upload",
        severity: Severity::Error,
        reference: "Prosody, c2s_stanza_size_limit",
        summary: "A certificate of more than 256 KiB in base64, for which Prosody ends the stream.",
        effects: &[(Prosody, NoUpload)],
        find: encoding::too_large_to_upload,
    },
    Rule {
        id: "file-not-bare",
        severity: Severity::Warning,
        reference: "poezio, /cert_add",
        summary: "The file holds more than one PEM block of a certificate. poezio's /cert_add sends all of it to the server, a private key included.",
        effects: &[(Slixmpp, NoUpload)],
        find: encoding::file_not_bare,
    },
];

/// A breach that has all the effects of its rule.
fn breach(message: impl Into<String>, hint: impl Into<String>) -> Breach {
    Breach {
        message: message.into(),
        hint: hint.into(),
        takes_effect: true,
    }
}
