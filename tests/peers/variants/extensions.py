"""Constraints, usages and the other extensions."""

from building import ANY, CLIENT, MAIL, NULL, SERVER, bc, bits, dns, eku, ext, extensions_with, integer, ku, oid, seq, tlv


def variants():
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
