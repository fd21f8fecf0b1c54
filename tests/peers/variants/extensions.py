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
    # more of them
    for label, value in {
        "no-bits-octet": tlv(3), "two-octets": bits(b"\x80\0"), "trailing": bits(b"\x80") + NULL, "unused-wrong": bits(b"\x81", 7), "unused-eight": bits(b"\x80", 8), "nine-octets": bits(b"\x80" * 9), "octets": tlv(4, b"\x80"),
        "decipher-and-signature": bits(b"\x80\x80", 7), "unknown-bits": bits(b"\x80\x40"), "constructed": tlv(0x23, bits(b"\x80", 7)), "not-minimal": bits(b"\x80", 0),
    }.items():
        yield "ku-value-" + label, {"extensions": extensions_with(ext("2.5.29.15", value, True), drop=["ku"])}
    for label, value in {
        "trailing": seq(oid(CLIENT)) + NULL, "not-oids": seq(integer(1)), "client-twice": seq(oid(CLIENT), oid(CLIENT)), "any-and-server": seq(oid(ANY), oid(SERVER)), "empty-oid": seq(b"\x06\0"), "set": tlv(0x31, oid(CLIENT)),
        "oid-open": seq(oid(CLIENT), b"\x06\x02\x2a\x83"), "fifty": seq(*[oid(f"1.2.3.{i}") for i in range(50)], oid(CLIENT)), "nothing": b"", "bare": oid(CLIENT),
    }.items():
        yield "eku-value-" + label, {"extensions": extensions_with(ext("2.5.29.37", value), drop=["eku"])}
    yield "eku-server-critical", {"extensions": extensions_with(eku(SERVER, critical=True), drop=["eku"])}
    yield "eku-ocsp", {"extensions": extensions_with(eku("1.3.6.1.5.5.7.3.9"), drop=["eku"])}
    yield "eku-smartcard", {"extensions": extensions_with(eku("1.3.6.1.4.1.311.20.2.2"), drop=["eku"])}
    for label, value in {
        "trailing": seq() + NULL, "true-as-one": seq(b"\x01\x01\x01"), "integer-only": seq(integer(0)), "path-len-big": seq(b"\x01\x01\xff", integer(1 << 40)), "set": tlv(0x31), "nothing": b"", "extra": seq(b"\x01\x01\xff", integer(0), NULL),
        "boolean-long": seq(b"\x01\x02\xff\xff"), "boolean-empty": seq(b"\x01\0"), "path-len-false": seq(b"\x01\x01\0", integer(3)), "path-len-empty": seq(b"\x01\x01\xff", tlv(2)), "path-len-padded": seq(b"\x01\x01\xff", b"\x02\x02\0\1"),
    }.items():
        yield "bc-value-" + label, {"extensions": extensions_with(ext("2.5.29.19", value, True), drop=["bc"])}
    yield "bc-twice-different", {"extensions": extensions_with(bc(True))}
    shapes = {
        "ski-empty": ext("2.5.29.14", tlv(4)), "ski-trailing": ext("2.5.29.14", tlv(4, b"\1") + NULL), "ski-critical": ext("2.5.29.14", tlv(4, b"\1" * 20), True), "ski-long": ext("2.5.29.14", tlv(4, b"\1" * 200)), "ski-nothing": ext("2.5.29.14", b""),
        "aki-empty": ext("2.5.29.35", seq()), "aki-trailing": ext("2.5.29.35", seq() + NULL), "aki-critical": ext("2.5.29.35", seq(tlv(0x80, b"\1")), True), "aki-issuer-and-serial": ext("2.5.29.35", seq(tlv(0xA1, tlv(0xA4, seq())), tlv(0x82, b"\5"))),
        "aki-serial-only": ext("2.5.29.35", seq(tlv(0x82, b"\5"))), "aki-issuer-only": ext("2.5.29.35", seq(tlv(0xA1, tlv(0xA4, seq())))), "aki-unknown-field": ext("2.5.29.35", seq(tlv(0x83, b"\5"))), "aki-twice": ext("2.5.29.35", seq()) * 2,
        "aki-out-of-order": ext("2.5.29.35", seq(tlv(0x82, b"\5"), tlv(0x80, b"\1"))), "aki-issuer-malformed": ext("2.5.29.35", seq(tlv(0xA1, tlv(0xA4, NULL)))), "aki-nothing": ext("2.5.29.35", b""),
        "nc-empty": ext("2.5.29.30", seq(), True), "nc-excluded": ext("2.5.29.30", seq(tlv(0xA1, seq(dns("shakespeare.lit")))), True), "nc-not-critical": ext("2.5.29.30", seq(tlv(0xA0, seq(dns("a.lit"))))), "nc-minimum": ext("2.5.29.30", seq(tlv(0xA0, seq(dns("a.lit"), tlv(0x80, b"\1")))), True),
        "nc-trailing": ext("2.5.29.30", seq() + NULL), "nc-mail": ext("2.5.29.30", seq(tlv(0xA0, seq(tlv(0x81, b"denmark.lit")))), True), "nc-twice": ext("2.5.29.30", seq()) * 2,
        "crl-empty": ext("2.5.29.31", seq()), "crl-point-empty": ext("2.5.29.31", seq(seq())), "crl-reasons": ext("2.5.29.31", seq(seq(tlv(0x81, b"\1\6")))), "crl-trailing": ext("2.5.29.31", seq() + NULL), "crl-issuer": ext("2.5.29.31", seq(seq(tlv(0xA2, tlv(0xA4, seq()))))),
        "crl-relative": ext("2.5.29.31", seq(seq(tlv(0xA0, tlv(0xA1, seq(oid("2.5.4.3"), tlv(12, b"x"))))))), "crl-both": ext("2.5.29.31", seq(seq(tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://a")) + tlv(0xA1, seq(oid("2.5.4.3"), tlv(12, b"x"))))))), "crl-critical": ext("2.5.29.31", seq(), True),
        "crl-twice": ext("2.5.29.31", seq()) * 2, "crl-unknown": ext("2.5.29.31", seq(seq(tlv(0x85, b"x")))), "freshest-malformed": ext("2.5.29.46", NULL), "freshest-critical": ext("2.5.29.46", seq(), True),
        "policies-empty": ext("2.5.29.32", seq()), "policies-any": ext("2.5.29.32", seq(seq(oid("2.5.29.32.0")))), "policies-same-twice": ext("2.5.29.32", seq(seq(oid("1.2.3.4")), seq(oid("1.2.3.4")))), "policies-qualifier": ext("2.5.29.32", seq(seq(oid("1.2.3.4"), seq(seq(oid("1.3.6.1.5.5.7.2.1"), tlv(22, b"http://a")))))),
        "policy-mappings": ext("2.5.29.33", seq(seq(oid("1.2.3.4"), oid("1.2.3.5"))), True), "policy-mappings-any": ext("2.5.29.33", seq(seq(oid("2.5.29.32.0"), oid("1.2.3.5")))), "policy-mappings-malformed": ext("2.5.29.33", NULL), "policy-constraints-empty": ext("2.5.29.36", seq(), True),
        "inhibit-any-malformed": ext("2.5.29.54", NULL), "inhibit-any-negative": ext("2.5.29.54", integer(-1)), "private-key-usage-period": ext("2.5.29.16", seq(tlv(0x80, b"20200101000000Z"))), "private-key-usage-period-malformed": ext("2.5.29.16", NULL),
        "subject-directory": ext("2.5.29.9", seq()), "subject-directory-malformed": ext("2.5.29.9", NULL), "issuer-name": ext("2.5.29.18", seq(dns("a.lit"))), "issuer-name-critical": ext("2.5.29.18", seq(dns("a.lit")), True), "issuer-name-twice": ext("2.5.29.18", seq(dns("a.lit"))) * 2,
        "aia": ext("1.3.6.1.5.5.7.1.1", seq(seq(oid("1.3.6.1.5.5.7.48.1"), tlv(0x86, b"http://a")))), "aia-twice": ext("1.3.6.1.5.5.7.1.1", seq(seq(oid("1.3.6.1.5.5.7.48.1"), tlv(0x86, b"http://a")))) * 2, "sia-malformed": ext("1.3.6.1.5.5.7.1.11", NULL), "qc-statements": ext("1.3.6.1.5.5.7.1.3", seq()),
        "ns-cert-type-both": ext("2.16.840.1.113730.1.1", bits(b"\xc0", 6)), "ns-cert-type-empty": ext("2.16.840.1.113730.1.1", bits(b"")), "ns-cert-type-twice": ext("2.16.840.1.113730.1.1", bits(b"\x80", 7)) * 2, "ns-cert-type-ca": ext("2.16.840.1.113730.1.1", bits(b"\x04", 2)), "ns-cert-type-critical": ext("2.16.840.1.113730.1.1", bits(b"\x80", 7), True),
        "ns-comment-critical": ext("2.16.840.1.113730.1.13", tlv(22, b"x"), True), "ns-url-malformed": ext("2.16.840.1.113730.1.2", NULL), "ms-template": ext("1.3.6.1.4.1.311.21.7", seq(oid("1.2.3"), integer(1))), "ms-upn-like": ext("1.3.6.1.4.1.311.20.2", tlv(30, b"\0U\0s\0e\0r")),
        "ct-poison": ext("1.3.6.1.4.1.11129.2.4.3", NULL, True), "sct-malformed": ext("1.3.6.1.4.1.11129.2.4.2", NULL), "tls-feature": ext("1.3.6.1.5.5.7.1.24", seq(integer(5))), "tls-feature-malformed": ext("1.3.6.1.5.5.7.1.24", NULL), "ocsp-nocheck-malformed": ext("1.3.6.1.5.5.7.48.1.5", seq()),
        "ip-blocks": ext("1.3.6.1.5.5.7.1.7", seq(seq(tlv(4, b"\0\1"), seq(bits(b"\x0a"))))), "ip-blocks-inherit": ext("1.3.6.1.5.5.7.1.7", seq(seq(tlv(4, b"\0\1"), NULL)), True), "ip-blocks-empty": ext("1.3.6.1.5.5.7.1.7", seq()), "as": ext("1.3.6.1.5.5.7.1.8", seq(tlv(0xA0, seq(integer(64496))))), "as-empty": ext("1.3.6.1.5.5.7.1.8", seq()),
        "as-inherit": ext("1.3.6.1.5.5.7.1.8", seq(tlv(0xA0, NULL)), True), "as-twice": ext("1.3.6.1.5.5.7.1.8", seq(tlv(0xA0, NULL))) * 2, "proxy-malformed": ext("1.3.6.1.5.5.7.1.14", NULL, True), "proxy-not-critical": ext("1.3.6.1.5.5.7.1.14", seq(seq(oid("1.3.6.1.5.5.7.21.1")))), "proxy-path": ext("1.3.6.1.5.5.7.1.14", seq(integer(0), seq(oid("1.3.6.1.5.5.7.21.1"))), True),
        "empty-value": ext("1.2.3.4", b""), "empty-oid": seq(b"\x06\0", tlv(4, NULL)), "oid-open": seq(b"\x06\x02\x2a\x83", tlv(4, NULL)), "true-as-one": seq(oid("1.2.3.4"), b"\x01\x01\x01", tlv(4, NULL)), "value-as-null": seq(oid("1.2.3.4"), NULL), "value-missing": seq(oid("1.2.3.4")), "value-constructed": seq(oid("1.2.3.4"), tlv(0x24, tlv(4, NULL))),
        "extra-field": seq(oid("1.2.3.4"), tlv(4, NULL), NULL), "boolean-empty": seq(oid("1.2.3.4"), b"\x01\0", tlv(4, NULL)), "boolean-long": seq(oid("1.2.3.4"), b"\x01\x02\xff\xff", tlv(4, NULL)), "set": tlv(0x31, oid("1.2.3.4"), tlv(4, NULL)), "null": NULL, "critical-behind": seq(oid("1.2.3.4"), tlv(4, NULL), b"\x01\x01\xff"),
        "hundred": b"".join(ext(f"1.2.3.{i}", NULL) for i in range(100)), "oid-huge": ext("1.2.3." + str(1 << 90), NULL), "oid-big-arc": ext("2.999.1", NULL), "octet-true": seq(oid("1.2.3.4"), tlv(4, b"\x01\x01\xff")), "id-pe-acme": ext("1.3.6.1.5.5.7.1.31", tlv(4, b"\1" * 32), True),
    }
    for label, extension in shapes.items():
        yield "ext-" + label, {"extensions": extensions_with(extension)}
    yield "ext-none", {"extensions": []}
    yield "ext-san-only", {"extensions": extensions_with(drop=["ku", "eku", "bc"])}
    yield "ext-proxy-no-san", {"extensions": extensions_with(ext("1.3.6.1.5.5.7.1.14", seq(seq(oid("1.3.6.1.5.5.7.21.1"))), True), drop=["san"])}
    yield "ext-proxy-ca", {"extensions": extensions_with(bc(True), ext("1.3.6.1.5.5.7.1.14", seq(seq(oid("1.3.6.1.5.5.7.21.1"))), True), drop=["san", "bc"])}
    yield "ca-true-all-usages", {"extensions": extensions_with(bc(True), ku(*range(9)), drop=["bc", "ku"])}
    yield "ca-false-cert-sign", {"extensions": extensions_with(ku(0, 5), drop=["ku"])}
    yield "ca-false-path-len-no-ku", {"extensions": extensions_with(bc(False, 0), drop=["bc", "ku"])}
    yield "ca-true-path-len-no-sign", {"extensions": extensions_with(bc(True, 0), ku(0), drop=["bc", "ku"])}
    yield "ca-true-path-len-sign", {"extensions": extensions_with(bc(True, 0), ku(0, 5), drop=["bc", "ku"])}
    yield "ca-true-not-critical", {"extensions": extensions_with(bc(True, critical=False), drop=["bc"])}
