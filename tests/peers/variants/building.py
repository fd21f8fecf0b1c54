"""Certificates put together octet by octet, because libraries refuse to make most of these."""

import base64
import datetime
import os

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, ed448, padding, rsa, x448, x25519

JID = "hamlet@shakespeare.lit"


# ---- PEM -----------------------------------------------------------------------------------------
def pem(label, der):
    encoded = base64.b64encode(der).decode()
    lines = "\n".join(encoded[i : i + 64] for i in range(0, len(encoded), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


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
    out = b""
    for arc in (40 * first + second, *rest):
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


def name(cn=JID, email=JID, unit=None):
    parts = [rdn("2.5.4.3", utf8(cn))] if cn is not None else []
    if email is not None:
        parts.append(rdn("1.2.840.113549.1.9.1", tlv(22, email.encode())))
    if unit is not None:
        parts.append(rdn("2.5.4.11", utf8(unit)))
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
            "x25519": x25519.X25519PrivateKey.generate, "x448": x448.X448PrivateKey.generate,
        }.get(kind)
        if make is None and kind.startswith("dsa"):
            make = lambda: dsa.generate_private_key(int(kind[3:]))
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
    signature=None, signature_unused=0, before_extensions=b"", extra=b"", is_bare=False, encode=lambda parts: seq(*parts),
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
    value = signature(sign, tbs) if signature else sign(tbs)
    return encode([tbs, outer or algorithm, bits(value, signature_unused)]) + extra


def extensions_with(*more, drop=()):
    kept = {"san": san(addr(), mail()), "ku": ku(0), "eku": eku(CLIENT), "bc": bc()}
    return [value for label, value in kept.items() if label not in drop] + list(more)


