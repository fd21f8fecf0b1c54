"""Kinds of key, and ways to encode one."""

from cryptography.hazmat.primitives import serialization

from building import NULL, bits, integer, key, oid, pss_parameters, seq, spki, tlv


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


def pss_key(kind, parameters=b""):
    """The same key in PKCS #8 as one that is for PSS only, which is how openssl writes it."""
    plain = key(kind).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    return seq(integer(0), seq(oid("1.2.840.113549.1.1.10"), parameters), tlv(4, plain))


def reencoded(kind, algorithm, point=None):
    """The public key of one kind with another AlgorithmIdentifier or other octets."""
    encodings = {"rsa": serialization.PublicFormat.PKCS1}
    if point is None:
        if kind.startswith("rsa"):
            point = key(kind).public_key().public_bytes(serialization.Encoding.DER, encodings["rsa"])
        elif kind.startswith("ed"):
            point = key(kind).public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        else:
            point = key(kind).public_key().public_bytes(
                serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
            )
    return seq(algorithm, bits(point))


def rsa_spki(encode):
    """The key of rsa2048 as `encode` makes it of modulus and exponent."""
    numbers = key("rsa2048").public_key().public_numbers()
    return seq(seq(oid("1.2.840.113549.1.1.1"), NULL), bits(encode(numbers.n, numbers.e)))


def dsa_spki(parameters, kind="1.2.840.10040.4.1", y=None):
    """The key of dsa2048 with another object identifier, other parameters or another number."""
    numbers = key("dsa2048").public_key().public_numbers()
    return seq(seq(oid(kind), parameters(numbers.parameter_numbers)), bits(y or integer(numbers.y)))


def hybrid_point():
    """X9.62's third form: both coordinates, and the sign as well."""
    point = key("SECP256R1").public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return bytes([6 + (point[-1] & 1)]) + point[1:]


def variants():
    for kind in ("rsa1024", "rsa1536", "rsa2048", "rsa2048e3", "rsa3072", "rsa4096", "ed25519", "ed448", "dsa2048"):
        yield "key-" + kind, {"subject_key": kind}
    for curve in ("SECP192R1", "SECP224R1", "SECP256K1", "SECP384R1", "SECP521R1", "BrainpoolP256R1", "BrainpoolP384R1"):
        yield "key-" + curve.lower(), {"subject_key": curve}
    yield "key-x25519", {"subject_key": "x25519", "sign_with": "rsa2048"}
    yield "key-explicit-curve", {"public_key": explicit_curve_spki}
    yield "key-compressed-point", {"public_key": compressed_spki}
    yield "key-rsa-pss", {"subject_key": "rsa2048", "public_key": lambda: pss_spki("rsa2048"), "digest": "pss",
                          "private_key": lambda: pss_key("rsa2048")}
    ec_key, p256 = oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")
    rsa_key = oid("1.2.840.113549.1.1.1")
    for kind in ("rsa1961", "rsa1962", "rsa2047", "rsa2049", "rsa2056"):
        yield "key-" + kind, {"subject_key": kind}
    for curve in ("BrainpoolP512R1", "SECT283R1", "SECT571K1"):
        yield "key-" + curve.lower(), {"subject_key": curve}
    yield "key-dsa1024", {"subject_key": "dsa1024"}
    yield "key-dsa3072", {"subject_key": "dsa3072"}
    yield "key-x448", {"subject_key": "x448", "sign_with": "rsa2048"}
    yield "key-rsa-pss-sha256", {
        "subject_key": "rsa2048", "digest": "pss",
        "public_key": lambda: reencoded("rsa2048", seq(oid("1.2.840.113549.1.1.10"), pss_parameters())),
        "private_key": lambda: pss_key("rsa2048", pss_parameters()),
    }
    yield "key-rsa-no-parameters", {"subject_key": "rsa2048", "public_key": lambda: reencoded("rsa2048", seq(rsa_key))}
    yield "key-rsa-odd-parameters", {
        "subject_key": "rsa2048", "public_key": lambda: reencoded("rsa2048", seq(rsa_key, integer(1)))
    }
    yield "key-ed25519-with-null", {
        "subject_key": "ed25519", "public_key": lambda: reencoded("ed25519", seq(oid("1.3.101.112"), NULL))
    }
    yield "key-ed25519-short", {
        "subject_key": "ed25519", "public_key": lambda: reencoded("ed25519", seq(oid("1.3.101.112")), b"\1" * 31)
    }
    yield "key-hybrid-point", {"public_key": lambda: reencoded("SECP256R1", seq(ec_key, p256), hybrid_point())}
    yield "key-no-curve", {"public_key": lambda: reencoded("SECP256R1", seq(ec_key))}
    yield "key-implicit-curve", {"public_key": lambda: reencoded("SECP256R1", seq(ec_key, NULL))}
    yield "key-unknown-curve", {"public_key": lambda: reencoded("SECP256R1", seq(ec_key, oid("1.2.3.4")))}
    yield "key-short-point", {"public_key": lambda: reencoded("SECP256R1", seq(ec_key, p256), b"\4" + b"\1" * 10)}
    yield "key-empty-point", {"public_key": lambda: reencoded("SECP256R1", seq(ec_key, p256), b"")}
    yield "key-unknown-algorithm", {"public_key": lambda: reencoded("SECP256R1", seq(oid("1.2.3.4")))}
    yield "key-of-another", {"public_key": lambda: spki(key("SECP384R1"))}
    yield "key-unused-bits", {"public_key": lambda: seq(seq(ec_key, p256), bits(b"\4" + b"\1" * 64, 3))}
    for label, octets in {"open": b"\x30\x05\x02", "length": b"\xa0", "garbage": b"\xff" * 7}.items():
        yield "key-rsa-damaged-parameters-" + label, {"subject_key": "rsa2048", "public_key": lambda octets=octets: reencoded("rsa2048", seq(rsa_key, tlv(0x30, octets)))}
        yield "key-curve-damaged-" + label, {"public_key": lambda octets=octets: reencoded("SECP256R1", seq(ec_key, tlv(0x30, octets)))}
    old_rsa = oid("2.5.8.1.1")
    yield "key-rsa-of-x509", {"subject_key": "rsa2048", "public_key": lambda: reencoded("rsa2048", seq(old_rsa, integer(2048)))}
    yield "key-rsa-of-x509-small", {"subject_key": "rsa1024", "public_key": lambda: reencoded("rsa1024", seq(old_rsa, NULL))}
    for label, encode in {
        "followed": lambda n, e: seq(integer(n), integer(e)) + b"\0", "padded": lambda n, e: seq(tlv(2, b"\0", integer(n)[4:]), integer(e)),
        "unsigned": lambda n, e: seq(tlv(2, n.to_bytes(256, "big")), integer(e)), "third": lambda n, e: seq(integer(n), integer(e), integer(1)),
        "alone": lambda n, e: seq(integer(n)), "exponent-one": lambda n, e: seq(integer(n), integer(1)), "set": lambda n, e: tlv(0x31, integer(n), integer(e)),
    }.items():
        yield "key-rsa-" + label, {"subject_key": "rsa2048", "public_key": lambda encode=encode: rsa_spki(encode)}
    domain = lambda numbers: seq(integer(numbers.p), integer(numbers.q), integer(numbers.g))
    for kind in ("1.3.14.3.2.12", "1.3.14.3.2.13", "1.3.14.3.2.27", "1.2.840.10040.4.3"):
        yield "key-dsa-" + kind, {"subject_key": "dsa2048", "public_key": lambda kind=kind: dsa_spki(domain, kind)}
    yield "key-dsa-no-parameters", {"subject_key": "dsa2048", "public_key": lambda: dsa_spki(lambda _: b"")}
    yield "key-dsa-null", {"subject_key": "dsa2048", "public_key": lambda: dsa_spki(lambda _: NULL)}
    yield "key-dsa-two-parameters", {"subject_key": "dsa2048", "public_key": lambda: dsa_spki(lambda d: seq(integer(d.p), integer(d.q)))}
    yield "key-dsa-not-a-number", {"subject_key": "dsa2048", "public_key": lambda: dsa_spki(domain, y=NULL)}
