"""Makes the certificates beside this file anew, with other keys.

  python3 make.py        needs the cryptography package and openssl

`rules/ID.crt` breaks the rule of this name and is otherwise as good as can be. The octets come
from ../peers/variants, whose variants are named below. `inspect/` has an object of each kind
that is described, with names and extensions of every sort.
"""

import base64
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "peers", "variants"))
sys.dont_write_bytecode = True
import building as v  # noqa: E402
from catalogue import variants  # noqa: E402

START, END = v.tlv(23, b"260101000000Z"), v.general("90000101000000Z")
VARIANTS = dict(variants())
RULES = {
    "no-xmpp-address": "san-none",
    "xmpp-address-malformed": "spelling-no-at",
    "xmpp-address-not-normalised": "spelling-capital-localpart",
    "xmpp-address-string-type": "string-ia5",
    "crashes-luasec": "string-boolean-true",
    "several-xmpp-addresses": "san-two",
    "full-jid": "san-full",
    "conversations-account": "san-mail-first",
    "malformed-date": "date-no-seconds",
    "weak-rsa": "key-rsa1024",
    "malformed-key": "key-ed25519-short",
    "unusable-rsa": "key-rsa-exponent-one",
    "key-not-for-tls": "key-secp256k1",
    "tls12-only-key": "key-dsa2048",
    "explicit-curve": "key-explicit-curve",
    "tls12-curve": "key-secp521r1",
    "no-client-auth": "eku-server",
    "no-digital-signature": "ku-agreement",
    "no-client-cert-type": "ext-ns-cert-type-server",
    "names-another-issuer": "ext-aki-mismatch",
    "key-usage-for-rsa": "ku-signature-encipherment",
    "may-issue": "ca-true-signing",
    "malformed-names": "san-truncated",
    "malformed-certificate": "subject-is-octets",
    "malformed-serial-number": "serial-padded",
    "malformed-parameters": "algorithm-self-pss-damaged-open",
    "malformed-extension": "bc-malformed",
    "unknown-critical-extension": "ext-unknown-critical",
    "trailing-octets": "trailing-octets",
    "bad-signature": "signature-of-another",
    "weak-signature": "issued-sha1",
    "serial-number": "serial-zero",
    "too-large-to-upload": "huge-200000",
    "plain": "plain",
}


def make(path, label="CERTIFICATE", **options):
    only_for_servers = ("jid", "private_key", "kills_prosody", "form")
    options = {k: f() if k == "public_key" else f for k, f in options.items() if k not in only_for_servers}
    der = v.certificate(**{"start": START, "end": END, **options})
    write(path, label, der)


def write(path, label, der):
    encoded = base64.b64encode(der).decode()
    lines = [encoded[i : i + 64] for i in range(0, len(encoded), 64)]
    with open(os.path.join(HERE, path), "w") as file:
        file.write("\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]))


def openssl(*args, stdin=None):
    return subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=HERE, input=stdin).stdout


def main():
    for rule, variant in RULES.items():
        make(f"rules/{rule}.crt", **VARIANTS[variant])
    alabel = "hamlet@xn--bcher-kva.example"
    make("rules/a-label.crt", names=[v.addr(alabel), v.mail(alabel)], subject=v.name(alabel, alabel))
    make("rules/expired.crt", start=v.tlv(23, b"200101000000Z"), end=v.tlv(23, b"210101000000Z"))
    make("rules/not-yet-valid.crt", start=v.general("80000101000000Z"))

    every_name = [
        v.addr(), v.addr("ophelia@shakespeare.lit", tag=22), v.mail(), v.dns("shakespeare.lit"),
        v.other("1.3.6.1.5.5.7.8.7", v.tlv(22, b"_xmpp-client.shakespeare.lit")), v.other("1.3.6.1.4.1.311.20.2.3", v.utf8("upn")),
        v.tlv(0x86, b"xmpp:hamlet@shakespeare.lit"), v.tlv(0x87, bytes([192, 0, 2, 1])), v.tlv(0x87, bytes(15) + b"\1"),
        v.tlv(0xA4, v.seq(v.rdn("2.5.4.10", v.utf8("Elsinore, Inc.")))), v.tlv(0x88, v.oid("1.2.3.4")[2:]),
    ]
    extensions = [
        v.san(*every_name), v.ku(0, 5, 6), v.eku(v.CLIENT, v.MAIL, "1.2.3.4"), v.bc(True, 3),
        v.ext("2.5.29.14", v.tlv(4, b"\1" * 20)), v.ext("1.2.3.4.5", b"\5\0", True), v.ext("2.5.29.36", b"\5\0"),
        v.ext("2.16.840.1.113730.1.13", v.tlv(22, b"a comment")),
    ]
    subject = v.seq(
        v.rdn("2.5.4.6", v.tlv(19, b"DK")), v.rdn("2.5.4.10", v.utf8("Elsinore, \"Inc.\"")),
        v.rdn("2.5.4.3", v.tlv(30, "h\u00e4mlet".encode("utf-16-be"))), v.rdn("1.2.3.4", v.utf8("unknown")),
    )
    make("inspect/every-name.crt", extensions=extensions, subject=subject, serial=v.integer(0x0102030405060708))
    make("inspect/version-1.crt", subject_key="rsa2048", version=None, is_bare=True)
    make("inspect/never.crt", subject_key="ed25519", end=v.general("99991231235959Z"))
    make("inspect/issued.crt", sign_with="SECP384R1", subject_key="SECP521R1")
    make("inspect/unknown-signature.crt", **VARIANTS["signature-unknown"])
    write("inspect/x509.crt", "X509 CERTIFICATE", v.certificate(start=START, end=END))
    trusted = v.certificate(start=START, end=END) + v.seq(v.seq(v.oid(v.CLIENT)))
    write("inspect/trusted.crt", "TRUSTED CERTIFICATE", trusted)
    key = openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    for name, args in {
        "pkcs8.key": ("pkey",), "sec1.key": ("ec",), "encrypted.key": ("pkcs8", "-topk8", "-passout", "pass:secret"),
        "encrypted-sec1.key": ("ec", "-aes128", "-passout", "pass:secret"), "public.pem": ("pkey", "-pubout"),
    }.items():
        with open(os.path.join(HERE, "inspect", name), "wb") as file:
            file.write(openssl(*args, stdin=key))
    with open(os.path.join(HERE, "inspect/pkcs1.key"), "wb") as file:
        file.write(openssl("genrsa", "-traditional", "2048"))
    with open(os.path.join(HERE, "inspect/request.csr"), "wb") as file:
        file.write(openssl(
            "req", "-new", "-key", "inspect/pkcs1.key", "-subj", "/CN=hamlet@shakespeare.lit", "-addext",
            "subjectAltName=otherName:1.3.6.1.5.5.7.8.5;UTF8:hamlet@shakespeare.lit", "-addext", "extendedKeyUsage=clientAuth",
        ))
    hostile()


def hostile():
    """Every kind of character that a terminal must not get, wherever text can stand."""
    bad = "\x1b]0;owned\x07\x1b[31m\x7f\u009b2J\r\n\u202e\u2066\u200b\u00ad\ufeff\u2028\u2029\U000e0041"
    octets = bad.encode()
    names = [
        v.addr(bad + "@shakespeare.lit"), v.tlv(0x81, octets), v.tlv(0x82, octets), v.tlv(0x86, octets),
        v.other("1.3.6.1.5.5.7.8.7", v.tlv(22, octets)), v.other("1.2.3.4", v.utf8(bad)),
        v.tlv(0xA4, v.seq(v.rdn("2.5.4.10", v.utf8(bad)))),
    ]
    subject = v.seq(v.rdn("2.5.4.3", v.utf8(bad)), v.rdn("2.5.4.11", v.tlv(20, octets)), v.rdn("1.2.3.4", v.utf8(bad)))
    issuer = v.seq(v.rdn("2.5.4.3", v.utf8(bad)))
    make("inspect/hostile.crt", names=names, subject=subject, issuer=issuer)


if __name__ == "__main__":
    main()
