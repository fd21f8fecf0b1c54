//! What mends more than one obstacle.

use super::Place::{self, Dns, Ejabberd, Prosody012, Prosody13};

pub(super) const SRV_RECORDS: &[(Place, &str)] = &[(
    Dns,
    "_xmpp-client._tcp.DOMAIN. 3600 IN SRV 0 5 5222 xmpp.DOMAIN.\n\
     _xmpps-client._tcp.DOMAIN. 3600 IN SRV 0 5 5223 xmpp.DOMAIN.",
)];

/// How a server is given a certificate of its own.
pub(super) const SERVER_CERTIFICATE: &[(Place, &str)] = &[
    (
        Prosody012,
        "prosodyctl --root cert import DOMAIN /etc/letsencrypt/live",
    ),
    (
        Prosody13,
        "prosodyctl --root cert import DOMAIN /etc/letsencrypt/live",
    ),
    (
        Ejabberd,
        "certfiles:\n  - \"/etc/letsencrypt/live/DOMAIN/*.pem\"",
    ),
];

pub(super) const SET_CLOCK: &[(Place, &str)] = &[
    (Prosody012, "timedatectl set-ntp true"),
    (Prosody13, "timedatectl set-ntp true"),
    (Ejabberd, "timedatectl set-ntp true"),
];

/// Prosody 0.12 goes on past what is wrong with a certificate by itself.
pub(super) const ASK_012: &str = "c2s_ssl = { verify = { \"peer\", \"client_once\" } }\n\
                       c2s_direct_tls_ssl = { verify = { \"peer\", \"client_once\" } }";
pub(super) const ASK_13: &str = "c2s_ssl = { verify = { \"peer\", \"client_once\" }, verifyext = { \"lsec_continue\", \"lsec_ignore_purpose\" } }\n\
                      c2s_direct_tls_ssl = { verify = { \"peer\", \"client_once\" }, verifyext = { \"lsec_continue\", \"lsec_ignore_purpose\" } }";

/// How the module is loaded.
pub(super) const LOAD_MODULE: &[(Place, &str)] = &[
    (
        Prosody012,
        "VirtualHost \"DOMAIN\"\n    modules_enabled = { \"client_certs\" } -- adds to those for all hosts\n\
         -- and for the module of Debian 12, in a shell:\n\
         -- sed -i 's/adhoc_handler, \"user\")/adhoc_handler, \"any\")/' /usr/lib/prosody/modules/mod_client_certs/mod_client_certs.lua",
    ),
    (
        Prosody13,
        "VirtualHost \"DOMAIN\"\n    modules_enabled = { \"client_certs\" } -- adds to those for all hosts",
    ),
];

/// The same, and ejabberd's way.
pub(super) const MIND_CERTIFICATES: &[(Place, &str)] = &[
    LOAD_MODULE[0],
    LOAD_MODULE[1],
    (
        Ejabberd,
        "c2s_cafile: \"/etc/ejabberd/clients.pem\"\n\
         listen:\n  - port: 5222\n    module: ejabberd_c2s\n    starttls: true\n    tls_verify: true",
    ),
];

pub(super) const MEND_DER2PEM: &str =
    "sed -i 's|(#data-1)/64|(#data-1)//64|' /usr/lib/prosody/util/x509.lua";
