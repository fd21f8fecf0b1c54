"""Certificates of every make, right and wrong, for comparing what `check` says with what servers do.

  python3 variants.py DIR     writes DIR/NAME.crt, DIR/NAME.key and DIR/index.json

The certificates are put together here octet by octet, because libraries refuse to make most of
them. All are for hamlet@shakespeare.lit unless their name says otherwise.
"""

import base64
import datetime
import hashlib
import json
import os
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, ed448, padding, rsa, x25519

JID = "hamlet@shakespeare.lit"


# ---- DER -----------------------------------------------------------------------------------------
def tlv(tag, *parts):
    content = b"".join(parts)
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def seq(*parts):
    return tlv(0x30, *parts)


def oid(dotted):
    first, second, *rest = map(int, dotted.split("."))
    out = bytes([40 * first + second])
    for arc in rest:
        octets = [arc & 0x7F]
        while arc := arc >> 7:
            octets.append(0x80 | arc & 0x7F)
        out += bytes(reversed(octets))
    return tlv(6, out)


def integer(value):
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def bits(data, unused=0):
    return tlv(3, bytes([unused]), data)


def utf8(text):
    return tlv(12, text.encode() if isinstance(text, str) else text)


NULL = b"\x05\0"


# ---- names and extensions -------------------------------------------------------------------------
def rdn(kind, value):
    return tlv(0x31, seq(oid(kind), value))


def name(cn=JID, email=JID):
    parts = [rdn("2.5.4.3", utf8(cn))] if cn is not None else []
    if email is not None:
        parts.append(rdn("1.2.840.113549.1.9.1", tlv(22, email.encode())))
    return seq(*parts)


def other(kind, value):
    return tlv(0xA0, oid(kind), tlv(0xA0, value))


def addr(value=JID, tag=12, encoding="utf-8"):
    data = value if isinstance(value, bytes) else value.encode(encoding)
    return other("1.3.6.1.5.5.7.8.5", tlv(tag, data))


def mail(text=JID):
    return tlv(0x81, text.encode())


def dns(text):
    return tlv(0x82, text.encode())


def ext(kind, value, critical=False):
    return seq(oid(kind), *([b"\x01\x01\xff"] if critical else []), tlv(4, value))


def san(*names, critical=False):
    return ext("2.5.29.17", seq(*names), critical)


def ku(*positions, critical=True):
    if not positions:
        return ext("2.5.29.15", bits(b""), critical)
    value = 0
    for position in positions:
        value |= 0x8000 >> position
    data = value.to_bytes(2, "big").rstrip(b"\0")
    unused = next(i for i in range(8) if data[-1] >> i & 1)
    return ext("2.5.29.15", bits(data, unused), critical)


def eku(*kinds, critical=False):
    return ext("2.5.29.37", seq(*[oid(k) for k in kinds]), critical)


CLIENT, SERVER, ANY, MAIL = (
    "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1", "2.5.29.37.0", "1.3.6.1.5.5.7.3.4",
)


def bc(ca=False, path_len=None, critical=True):
    parts = [b"\x01\x01\xff"] if ca else []
    if path_len is not None:
        parts.append(integer(path_len))
    return ext("2.5.29.19", seq(*parts), critical)


# ---- keys and signatures ----------------------------------------------------------------------------
def spki(key):
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


RSA_SIGNATURES = {
    "sha256": ("1.2.840.113549.1.1.11", hashes.SHA256), "sha1": ("1.2.840.113549.1.1.5", hashes.SHA1),
    "sha384": ("1.2.840.113549.1.1.12", hashes.SHA384), "sha512": ("1.2.840.113549.1.1.13", hashes.SHA512),
    "md5": ("1.2.840.113549.1.1.4", hashes.MD5), "sha224": ("1.2.840.113549.1.1.14", hashes.SHA224),
}
EC_SIGNATURES = {
    "sha256": ("1.2.840.10045.4.3.2", hashes.SHA256), "sha1": ("1.2.840.10045.4.1", hashes.SHA1),
    "sha384": ("1.2.840.10045.4.3.3", hashes.SHA384), "sha512": ("1.2.840.10045.4.3.4", hashes.SHA512),
}


def pss_parameters():
    sha256 = seq(oid("2.16.840.1.101.3.4.2.1"), NULL)
    return seq(
        tlv(0xA0, sha256), tlv(0xA1, seq(oid("1.2.840.113549.1.1.8"), sha256)), tlv(0xA2, integer(32))
    )


def signer(key, digest="sha256"):
    """The AlgorithmIdentifier and a function that signs."""
    if isinstance(key, rsa.RSAPrivateKey):
        if digest == "pss":
            pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
            return seq(oid("1.2.840.113549.1.1.10"), pss_parameters()), lambda data: key.sign(data, pss, hashes.SHA256())
        kind, algorithm = RSA_SIGNATURES[digest]
        return seq(oid(kind), NULL), lambda data: key.sign(data, padding.PKCS1v15(), algorithm())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        kind, algorithm = EC_SIGNATURES[digest]
        return seq(oid(kind)), lambda data: key.sign(data, ec.ECDSA(algorithm()))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return seq(oid("1.3.101.112")), key.sign
    if isinstance(key, ed448.Ed448PrivateKey):
        return seq(oid("1.3.101.113")), key.sign
    if isinstance(key, dsa.DSAPrivateKey):
        return seq(oid("2.16.840.1.101.3.4.3.2")), lambda data: key.sign(data, hashes.SHA256())
    raise TypeError(key)


KEYS = {}


def key(kind):
    """One key of each kind, made once."""
    if kind not in KEYS:
        make = {
            "ed25519": ed25519.Ed25519PrivateKey.generate, "ed448": ed448.Ed448PrivateKey.generate,
            "x25519": x25519.X25519PrivateKey.generate,
            "dsa2048": lambda: dsa.generate_private_key(2048),
        }.get(kind)
        if make is None and kind.startswith("rsa"):
            size, _, exponent = kind[3:].partition("e")
            make = lambda: rsa.generate_private_key(int(exponent or 65537), int(size))
        KEYS[kind] = make() if make else ec.generate_private_key(getattr(ec, kind)())
    return KEYS[kind]


# ---- certificates ------------------------------------------------------------------------------------
NOW = datetime.datetime.now(datetime.timezone.utc)


def utc(delta_days):
    return tlv(23, (NOW + datetime.timedelta(days=delta_days)).strftime("%y%m%d%H%M%SZ").encode())


def general(text):
    return tlv(24, text.encode())


def standard_extensions(usage=(0,), names=None):
    return [
        san(*(names if names is not None else [addr(), mail()])), ku(*usage), eku(CLIENT), bc(),
    ]


def certificate(
    subject_key="SECP256R1", extensions=None, names=None, subject=None, issuer=None, start=None, end=None,
    serial=None, version=2, sign_with=None, digest="sha256", public_key=None, outer=None, inner=None,
    signature=None, before_extensions=b"", extra=b"", is_bare=False,
):
    holder = key(subject_key)
    issuing = key(sign_with) if sign_with else holder
    algorithm, sign = signer(issuing, digest)
    subject = subject if subject is not None else name()
    if extensions is None:
        usage = (0, 2) if subject_key.startswith("rsa") else (0,)
        extensions = standard_extensions(usage, names)
    parts = []
    if version is not None:
        parts.append(tlv(0xA0, integer(version)))
    parts += [
        serial if serial is not None else integer(int.from_bytes(os.urandom(15), "big") + 1),
        inner or algorithm,
        issuer if issuer is not None else (name("Elsinore CA", None) if sign_with else subject),
        seq(start or utc(-1), end or utc(364)), subject, public_key or spki(holder), before_extensions,
    ]
    if not is_bare:
        parts.append(tlv(0xA3, seq(*extensions)))
    tbs = seq(*parts)
    return seq(tbs, outer or algorithm, bits(signature(sign, tbs) if signature else sign(tbs))) + extra


def explicit_curve_spki():
    """The P-256 parameters spelt out (RFC 3279 2.3.5)."""
    p = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    a = (p - 3).to_bytes(32, "big")
    b = bytes.fromhex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")
    g = bytes.fromhex(
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    parameters = seq(
        integer(1), seq(oid("1.2.840.10045.1.1"), integer(p)), seq(tlv(4, a), tlv(4, b)), tlv(4, g),
        integer(order), integer(1),
    )
    point = key("SECP256R1").public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return seq(seq(oid("1.2.840.10045.2.1"), parameters), bits(point))


def compressed_spki():
    point = key("SECP256R1").public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    return seq(seq(oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")), bits(point))


def pss_spki(kind):
    plain = key(kind).public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.PKCS1
    )
    return seq(seq(oid("1.2.840.113549.1.1.10")), bits(plain))


def extensions_with(*more, drop=()):
    kept = {"san": san(addr(), mail()), "ku": ku(0), "eku": eku(CLIENT), "bc": bc()}
    return [value for label, value in kept.items() if label not in drop] + list(more)


def variants():
    yield "plain", {}
    # keys
    for kind in ("rsa1024", "rsa1536", "rsa2048", "rsa2048e3", "rsa3072", "rsa4096", "ed25519", "ed448", "dsa2048"):
        yield "key-" + kind, {"subject_key": kind}
    for curve in ("SECP192R1", "SECP224R1", "SECP256K1", "SECP384R1", "SECP521R1", "BrainpoolP256R1", "BrainpoolP384R1"):
        yield "key-" + curve.lower(), {"subject_key": curve}
    yield "key-x25519", {"subject_key": "x25519", "sign_with": "rsa2048"}
    yield "key-explicit-curve", {"public_key": explicit_curve_spki}
    yield "key-compressed-point", {"public_key": compressed_spki}
    yield "key-rsa-pss", {"subject_key": "rsa2048", "public_key": lambda: pss_spki("rsa2048"), "digest": "pss"}
    # subject alternative names
    addresses = {
        "none": [mail()], "empty": [], "uri": [tlv(0x86, ("xmpp:" + JID).encode())], "dns-only": [dns("shakespeare.lit")],
        "two": [addr(), addr("ophelia@shakespeare.lit")], "two-other-first": [addr("ophelia@shakespeare.lit"), addr()],
        "twice": [addr(), addr()], "bare-and-full": [addr(), addr(JID + "/castle")],
        "other-account": [addr("ophelia@shakespeare.lit")], "other-server": [addr("hamlet@denmark.lit")],
        "full": [addr(JID + "/castle")], "full-with-at": [addr(JID + "/a@b/c")], "empty-resource": [addr(JID + "/")],
        "domain-only": [addr("shakespeare.lit")], "srv-name": [other("1.3.6.1.5.5.7.8.7", tlv(22, b"_xmpp-client.shakespeare.lit"))],
        "with-upn": [other("1.3.6.1.4.1.311.20.2.3", utf8(JID)), addr()], "upn-only": [other("1.3.6.1.4.1.311.20.2.3", utf8(JID))],
        "wrong-oid": [other("1.3.6.1.5.5.7.8.6", utf8(JID))], "with-dns": [dns("shakespeare.lit"), addr()],
        "mail-first": [mail("prince@denmark.lit"), addr()], "other-mail": [addr(), mail("prince@denmark.lit")],
        "and-malformed": [addr("hamlet"), addr()], "and-capitals": [addr("Hamlet@shakespeare.lit"), addr()],
    }
    for label, names in addresses.items():
        yield "san-" + label, {"names": names}
    yield "san-absent", {"extensions": extensions_with(drop=["san"])}
    yield "san-absent-no-mail", {"extensions": extensions_with(drop=["san"]), "subject": name(JID, None)}
    yield "san-critical", {"extensions": extensions_with(san(addr(), critical=True), drop=["san"])}
    yield "san-two-extensions", {"extensions": extensions_with(san(addr()))}
    yield "san-two-extensions-second-right", {"extensions": extensions_with(san(mail()), san(addr()), drop=["san"])}
    yield "san-truncated", {"extensions": extensions_with(ext("2.5.29.17", seq(addr())[:-3]), drop=["san"])}
    yield "san-trailing", {"extensions": extensions_with(ext("2.5.29.17", seq(addr()) + b"\x05\0"), drop=["san"])}
    yield "san-no-explicit-tag", {"names": [tlv(0xA0, oid("1.3.6.1.5.5.7.8.5"), utf8(JID))]}
    yield "san-implicit-tag", {"names": [tlv(0xA0, oid("1.3.6.1.5.5.7.8.5"), tlv(0x80, JID.encode()))]}
    yield "san-primitive-other-name", {"names": [tlv(0x80, oid("1.3.6.1.5.5.7.8.5"), tlv(0xA0, utf8(JID)))]}
    yield "san-unknown-choice", {"names": [addr(), tlv(0x8A, b"?")]}
    # types of string
    tags = {
        "ia5": 22, "printable": 19, "visible": 26, "general": 27, "teletex": 20, "numeric": 18, "octets": 4, "videotex": 21,
        "graphic": 25, "object-descriptor": 7, "utc-time": 23, "enumerated": 10,
    }
    for label, tag in tags.items():
        yield "string-" + label, {"names": [addr(tag=tag)]}
    yield "string-bmp", {"names": [addr(tag=30, encoding="utf-16-be")]}
    yield "string-universal", {"names": [addr(tag=28, encoding="utf-32-be")]}
    yield "string-bit", {"names": [other("1.3.6.1.5.5.7.8.5", bits(JID.encode()))]}
    yield "string-integer", {"names": [other("1.3.6.1.5.5.7.8.5", integer(5))]}
    yield "string-sequence", {"names": [other("1.3.6.1.5.5.7.8.5", seq(utf8(JID)))]}
    yield "string-constructed", {"names": [other("1.3.6.1.5.5.7.8.5", tlv(0x2C, utf8("hamlet@"), utf8("shakespeare.lit")))]}
    yield "string-nul", {"names": [addr(JID + "\0")]}
    yield "string-nul-inside", {"names": [addr(JID + "\0.denmark.lit")]}
    yield "string-not-utf8", {"names": [addr(b"h\xe4mlet@shakespeare.lit")]}
    yield "string-empty", {"names": [addr("")]}
    # spellings
    spellings = {
        "capital-localpart": "Hamlet@shakespeare.lit", "capital-domain": "hamlet@Shakespeare.LIT", "dot": JID + ".",
        "blank-before": " " + JID, "blank-behind": JID + " ", "uri": "xmpp:" + JID, "line-feed": JID + "\n",
        "two-ats": "hamlet@hamlet@shakespeare.lit", "no-at": "hamlet.shakespeare.lit", "at-only": "@shakespeare.lit",
        "no-domain": "hamlet@", "fullwidth": "ｈamlet@shakespeare.lit", "zero-width": "ham\u200blet@shakespeare.lit",
        "full-capital": "Hamlet@shakespeare.lit/castle", "port": JID + ":5222", "slash-in-front": "/" + JID,
        "dot-and-resource": JID + "./castle",
    }
    for label, text in spellings.items():
        yield "spelling-" + label, {"names": [addr(text)]}
    for label, jid, text in (
        ("umlaut-nfc", "jürgen@shakespeare.lit", "jürgen@shakespeare.lit"),
        ("umlaut-nfd", "jürgen@shakespeare.lit", "ju\u0308rgen@shakespeare.lit"),
        ("escaped", "d\\27artagnan@shakespeare.lit", "d\\27artagnan@shakespeare.lit"),
        ("hash", "a#b@shakespeare.lit", "a#b@shakespeare.lit"),
    ):
        yield "account-" + label, {"names": [addr(text)], "jid": jid, "subject": name(jid, None)}
    # dates
    yield "date-expired", {"start": utc(-20), "end": utc(-10)}
    yield "date-not-yet", {"start": utc(10), "end": utc(20)}
    yield "date-inverted", {"start": utc(10), "end": utc(-10)}
    yield "date-2049", {"end": tlv(23, b"491231235959Z")}
    yield "date-2050", {"end": general("20500101000000Z")}
    yield "date-never", {"end": general("99991231235959Z")}
    yield "date-1950", {"start": tlv(23, b"500101000000Z")}
    yield "date-generalized-too-early", {"start": general("20200101000000Z")}
    yield "date-1900", {"start": general("19000101000000Z")}
    yield "date-no-seconds", {"start": tlv(23, b"2001010000Z")}
    yield "date-no-seconds-end", {"end": tlv(23, b"4901010000Z")}
    yield "date-offset", {"start": tlv(23, b"200101000000+0100")}
    yield "date-fraction", {"start": general("20200101000000.5Z")}
    yield "date-no-zone", {"start": general("20200101000000")}
    yield "date-impossible", {"start": tlv(23, b"200230000000Z")}
    # constraints and usages
    yield "ca-true", {"extensions": extensions_with(bc(True), drop=["bc"])}
    yield "ca-true-signing", {"extensions": extensions_with(bc(True), ku(0, 5), drop=["bc", "ku"])}
    yield "ca-true-path-len", {"extensions": extensions_with(bc(True, 0), drop=["bc"])}
    yield "ca-true-no-ku", {"extensions": extensions_with(bc(True), drop=["bc", "ku"])}
    yield "bc-absent", {"extensions": extensions_with(drop=["bc"])}
    yield "bc-not-critical", {"extensions": extensions_with(bc(critical=False), drop=["bc"])}
    yield "bc-path-len-without-ca", {"extensions": extensions_with(bc(False, 0), drop=["bc"])}
    yield "bc-negative-path-len", {"extensions": extensions_with(bc(True, -1), drop=["bc"])}
    yield "bc-twice", {"extensions": extensions_with(bc())}
    yield "bc-explicit-false", {"extensions": extensions_with(ext("2.5.29.19", seq(b"\x01\x01\0"), True), drop=["bc"])}
    yield "bc-malformed", {"extensions": extensions_with(ext("2.5.29.19", b"\x05\0", True), drop=["bc"])}
    for label, usage in (
        ("none", None), ("empty", ()), ("encipherment", (2,)), ("cert-sign", (5,)), ("agreement", (4,)),
        ("non-repudiation", (1,)), ("all", tuple(range(9))), ("signature-encipherment", (0, 2)), ("decipher-only", (8,)),
    ):
        more = [] if usage is None else [ku(*usage)]
        yield "ku-" + label, {"extensions": extensions_with(*more, drop=["ku"])}
    yield "ku-rsa-encipherment", {"subject_key": "rsa2048", "extensions": extensions_with(ku(2), drop=["ku"])}
    yield "ku-rsa-none", {"subject_key": "rsa2048", "extensions": extensions_with(drop=["ku"])}
    yield "ku-zero-bits", {"extensions": extensions_with(ext("2.5.29.15", bits(b"\0", 7), True), drop=["ku"])}
    yield "ku-twice", {"extensions": extensions_with(ku(0))}
    yield "ku-malformed", {"extensions": extensions_with(ext("2.5.29.15", b"\x05\0", True), drop=["ku"])}
    yield "ku-not-critical", {"extensions": extensions_with(ku(0, critical=False), drop=["ku"])}
    for label, kinds in (
        ("none", None), ("empty", ()), ("server", (SERVER,)), ("any", (ANY,)), ("mail", (MAIL,)), ("both", (SERVER, CLIENT)),
        ("unknown", ("1.2.3.4",)), ("client-and-unknown", (CLIENT, "1.2.3.4")),
    ):
        more = [] if kinds is None else [eku(*kinds)]
        yield "eku-" + label, {"extensions": extensions_with(*more, drop=["eku"])}
    yield "eku-critical", {"extensions": extensions_with(eku(CLIENT, critical=True), drop=["eku"])}
    yield "eku-twice", {"extensions": extensions_with(eku(CLIENT))}
    yield "eku-malformed", {"extensions": extensions_with(ext("2.5.29.37", b"\x05\0"), drop=["eku"])}
    # other extensions
    others = {
        "unknown-critical": ext("1.2.3.4", b"\x05\0", True), "unknown": ext("1.2.3.4", b"\x05\0"),
        "unknown-malformed": ext("1.2.3.4", b"\xff\xff"), "ns-cert-type-server": ext("2.16.840.1.113730.1.1", bits(b"\x40", 6)),
        "ns-cert-type-client": ext("2.16.840.1.113730.1.1", bits(b"\x80", 7)), "ns-cert-type-malformed": ext("2.16.840.1.113730.1.1", NULL),
        "ski-malformed": ext("2.5.29.14", b"\x05\0"), "aki-malformed": ext("2.5.29.35", b"\x05\0"),
        "aki-mismatch": ext("2.5.29.35", seq(tlv(0x80, b"\1" * 20))) + ext("2.5.29.14", tlv(4, b"\2" * 20)),
        "name-constraints": ext("2.5.29.30", seq(tlv(0xA0, seq(dns("denmark.lit")))), True),
        "name-constraints-malformed": ext("2.5.29.30", NULL), "policy-constraints": ext("2.5.29.36", seq(tlv(0x80, b"\0")), True),
        "policy-constraints-malformed": ext("2.5.29.36", NULL), "policies": ext("2.5.29.32", seq(seq(oid("1.2.3.4"))), True),
        "policies-malformed": ext("2.5.29.32", NULL), "crl-malformed": ext("2.5.29.31", NULL),
        "crl": ext("2.5.29.31", seq(seq(tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://x.lit/crl")))))),
        "proxy": ext("1.3.6.1.5.5.7.1.14", seq(seq(oid("1.3.6.1.5.5.7.21.1"))), True),
        "ian-malformed": ext("2.5.29.18", NULL), "aia-malformed": ext("1.3.6.1.5.5.7.1.1", NULL), "ski-twice": ext("2.5.29.14", tlv(4, b"\1" * 20)) * 2,
        "unknown-twice": ext("1.2.3.4", b"\x05\0") * 2, "policies-twice": ext("2.5.29.32", seq(seq(oid("1.2.3.4")))) * 2,
        "inhibit-any-critical": ext("2.5.29.54", integer(0), True), "ocsp-nocheck-critical": ext("1.3.6.1.5.5.7.48.1.5", NULL, True),
        "tls-feature-critical": ext("1.3.6.1.5.5.7.1.24", seq(integer(5)), True), "sct-critical": ext("1.3.6.1.4.1.11129.2.4.2", tlv(4, b"\0\0"), True),
        "ip-blocks-malformed": ext("1.3.6.1.5.5.7.1.7", NULL), "as-malformed": ext("1.3.6.1.5.5.7.1.8", NULL),
        "comment": ext("2.16.840.1.113730.1.13", tlv(22, b"hello")), "false-critical": seq(oid("1.2.3.4"), b"\x01\x01\0", tlv(4, NULL)),
    }
    for label, extension in others.items():
        yield "ext-" + label, {"extensions": extensions_with(extension)}
    # version, serial, names
    yield "version-1", {"version": None, "is_bare": True}
    yield "version-1-with-extensions", {"version": None}
    yield "version-2", {"version": 1}
    yield "version-4", {"version": 3}
    yield "serial-zero", {"serial": integer(0)}
    yield "serial-negative", {"serial": integer(-5)}
    yield "serial-20-octets", {"serial": integer(0x7F << 152)}
    yield "serial-21-octets", {"serial": integer(0x7F << 160)}
    yield "serial-padded", {"serial": tlv(2, b"\0\0\5")}
    yield "subject-empty", {"subject": seq(), "extensions": extensions_with(san(addr(), critical=True), drop=["san"])}
    yield "subject-long", {"subject": name("x" * 200, None)}
    yield "subject-bmp", {"subject": seq(rdn("2.5.4.3", tlv(30, "hämlet".encode("utf-16-be"))))}
    yield "subject-teletex", {"subject": seq(rdn("2.5.4.3", tlv(20, b"h\xe4mlet")))}
    yield "subject-no-mail", {"subject": name(JID, None), "names": [addr()]}
    yield "subject-other-mail", {"subject": name("Hamlet", "prince@denmark.lit"), "names": [addr()]}
    yield "subject-name-only", {"subject": name("Hamlet", None), "names": [addr()]}
    yield "unique-ids", {"before_extensions": tlv(0x81, b"\0\1") + tlv(0x82, b"\0\2")}
    # signatures
    yield "signature-broken", {"signature": lambda sign, tbs: sign(tbs)[:-1] + b"\0"}
    yield "signature-of-another", {"signature": lambda sign, tbs: sign(tbs + b"x")}
    yield "signature-empty", {"signature": lambda sign, tbs: b""}
    for digest in ("sha1", "md5", "sha224", "sha384", "sha512", "pss"):
        yield "signature-rsa-" + digest, {"subject_key": "rsa2048", "digest": digest}
    for digest in ("sha1", "sha512"):
        yield "signature-ecdsa-" + digest, {"digest": digest}
    yield "signature-algorithms-differ", {"outer": seq(oid("1.2.840.10045.4.3.3"))}
    yield "signature-inner-differs", {"inner": seq(oid("1.2.840.10045.4.3.3"))}
    yield "signature-unknown", {"outer": seq(oid("1.2.3.4")), "inner": seq(oid("1.2.3.4"))}
    for digest in ("sha256", "sha1", "md5"):
        yield "issued-" + digest, {"sign_with": "rsa3072", "digest": digest}
    yield "issued-by-weak-key", {"sign_with": "rsa1024"}
    yield "issued-same-name", {"sign_with": "rsa3072", "issuer": name()}
    yield "issued-same-name-sha1", {"sign_with": "rsa3072", "issuer": name(), "digest": "sha1"}
    yield "issued-ecdsa-sha1", {"sign_with": "SECP384R1", "digest": "sha1"}
    yield "self-issued-other-issuer-name", {"issuer": name("Somebody", None)}
    yield "self-issued-other-issuer-name-sha1", {"subject_key": "rsa2048", "issuer": name("Somebody", None), "digest": "sha1"}
    yield "issuer-empty", {"issuer": seq()}
    # encoding
    yield "trailing-octets", {"extra": b"\0\0"}
    yield "trailing-certificate", {"extra": seq(integer(1))}


def main(directory):
    os.makedirs(directory, exist_ok=True)
    index = []
    for label, options in variants():
        jid = options.pop("jid", JID)
        options = {k: v() if k == "public_key" else v for k, v in options.items()}
        holder = key(options.get("subject_key", "SECP256R1"))
        der = certificate(**options)
        pem = "-----BEGIN CERTIFICATE-----\n"
        encoded = base64.b64encode(der).decode()
        pem += "\n".join(encoded[i : i + 64] for i in range(0, len(encoded), 64))
        pem += "\n-----END CERTIFICATE-----\n"
        path = os.path.join(directory, label)
        with open(path + ".crt", "w") as file:
            file.write(pem)
        with open(path + ".pem", "wb") as file:
            file.write(
                holder.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            )
        index.append(
            {"name": label, "jid": jid, "certificate": path + ".crt", "key": path + ".pem", "x509cert": encoded,
             "sha256": hashlib.sha256(der).hexdigest()}
        )
    with open(os.path.join(directory, "index.json"), "w") as file:
        json.dump(index, file)


if __name__ == "__main__":
    main(sys.argv[1])
