"""Who signed, how, and with what."""

from building import NULL, ext, extensions_with, key, name, oid, rdn, seq, tlv


def variants():
    yield "signature-broken", {"signature": lambda sign, tbs: sign(tbs)[:-1] + b"\0"}
    yield "signature-of-another", {"signature": lambda sign, tbs: sign(tbs + b"x")}
    yield "signature-empty", {"signature": lambda sign, tbs: b""}
    for digest in ("sha1", "md5", "sha224", "sha384", "sha512", "pss"):
        yield "signature-rsa-" + digest, {"subject_key": "rsa2048", "digest": digest}
    for digest in ("sha1", "sha512"):
        yield "signature-ecdsa-" + digest, {"digest": digest}
    yield "signature-algorithms-differ", {"outer": seq(oid("1.2.840.10045.4.3.3"))}
    yield "signature-inner-differs", {"inner": seq(oid("1.2.840.10045.4.3.3"))}
    for label, kind in {"unknown": "1.2.3.4", "sha1": "1.2.840.10045.4.1", "rsa": "1.2.840.113549.1.1.11", "ed25519": "1.3.101.112"}.items():
        yield "signature-outer-" + label, {"outer": seq(oid(kind))}
        yield "signature-inner-" + label, {"inner": seq(oid(kind))}
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
    # more of them
    sha1_self = {"subject_key": "rsa2048", "digest": "sha1"}
    other_key = ext("2.5.29.35", seq(tlv(0x80, b"\1" * 20))) + ext("2.5.29.14", tlv(4, b"\2" * 20))
    own_key = ext("2.5.29.35", seq(tlv(0x80, b"\1" * 20))) + ext("2.5.29.14", tlv(4, b"\1" * 20))
    authorities = {
        "key-differs": other_key, "key-same": own_key, "serial-differs": ext("2.5.29.35", seq(tlv(0x82, b"\5"))), "key-without-ski": ext("2.5.29.35", seq(tlv(0x80, b"\1" * 20))),
        "issuer-differs": ext("2.5.29.35", seq(tlv(0xA1, tlv(0xA4, name("Somebody", None))), tlv(0x82, b"\5"))), "issuer-alone-differs": ext("2.5.29.35", seq(tlv(0xA1, tlv(0xA4, name("Somebody", None))))),
        "issuer-same": ext("2.5.29.35", seq(tlv(0xA1, tlv(0xA4, name())))), "issuer-as-dns": ext("2.5.29.35", seq(tlv(0xA1, tlv(0x82, b"a.lit")))), "key-empty": ext("2.5.29.35", seq(tlv(0x80))) + ext("2.5.29.14", tlv(4, b"\2" * 20)),
    }
    for label, extension in authorities.items():
        yield "signature-sha1-aki-" + label, dict(sha1_self, subject=name(), extensions=extensions_with(extension))
        yield "signature-sha256-aki-" + label, {"subject": name(), "extensions": extensions_with(extension)}
    issuers = {
        "capitals": name("HAMLET@shakespeare.lit"), "blanks": name("  hamlet@shakespeare.lit "), "printable": seq(rdn("2.5.4.3", tlv(22, b"hamlet@shakespeare.lit")), rdn("1.2.840.113549.1.9.1", tlv(22, b"hamlet@shakespeare.lit"))),
        "order": seq(rdn("1.2.840.113549.1.9.1", tlv(22, b"hamlet@shakespeare.lit")), rdn("2.5.4.3", tlv(12, b"hamlet@shakespeare.lit"))), "shorter": name(email=None), "other": name("Somebody", None),
        "bmp": seq(rdn("2.5.4.3", tlv(30, "hamlet@shakespeare.lit".encode("utf-16-be"))), rdn("1.2.840.113549.1.9.1", tlv(22, b"hamlet@shakespeare.lit"))),
    }
    for label, issuer in issuers.items():
        yield "signature-sha1-issuer-" + label, dict(sha1_self, issuer=issuer)
    def own(algorithm):
        return {"outer": algorithm, "inner": algorithm}

    rsa = "1.2.840.113549.1.1."
    odd = {
        "rsa-no-null": (seq(oid(rsa + "11")), "rsa2048"), "rsa-odd-parameters": (seq(oid(rsa + "11"), seq()), "rsa2048"), "rsa-plain": (seq(oid(rsa + "1"), NULL), "rsa2048"), "ecdsa-with-null": (seq(oid("1.2.840.10045.4.3.2"), NULL), "SECP256R1"),
        "ed25519-with-null": (seq(oid("1.3.101.112"), NULL), "ed25519"), "rsa-over-ec": (seq(oid(rsa + "11"), NULL), "SECP256R1"), "ecdsa-over-rsa": (seq(oid("1.2.840.10045.4.3.2")), "rsa2048"), "ed25519-over-ec": (seq(oid("1.3.101.112")), "SECP256R1"),
        "md2": (seq(oid(rsa + "2"), NULL), "rsa2048"), "md4": (seq(oid(rsa + "3"), NULL), "rsa2048"), "sha512-256": (seq(oid(rsa + "16"), NULL), "rsa2048"), "sha3-256": (seq(oid("2.16.840.1.101.3.4.3.14"), NULL), "rsa2048"), "ecdsa-sha3": (seq(oid("2.16.840.1.101.3.4.3.10")), "SECP256R1"),
        "ecdsa-sha224": (seq(oid("1.2.840.10045.4.3.1")), "SECP256R1"), "old-sha1": (seq(oid("1.3.14.3.2.29")), "rsa2048"), "old-sha": (seq(oid("1.3.14.3.2.15")), "rsa2048"), "ripemd": (seq(oid("1.3.36.3.3.1.2"), NULL), "rsa2048"), "dsa-sha1": (seq(oid("1.2.840.10040.4.3")), "dsa2048"), "mdc2": (seq(oid("2.5.8.3.100"), NULL), "rsa2048"),
        "pss-default": (seq(oid(rsa + "10"), seq()), "rsa2048"), "pss-no-parameters": (seq(oid(rsa + "10")), "rsa2048"), "pss-malformed": (seq(oid(rsa + "10"), NULL), "rsa2048"), "pss-sha1": (seq(oid(rsa + "10"), seq(tlv(0xA0, seq(oid("1.3.14.3.2.26"), NULL)))), "rsa2048"),
        "ed448-over-ed25519": (seq(oid("1.3.101.113")), "ed25519"), "sm3": (seq(oid("1.2.156.10197.1.501")), "SECP256R1"), "hash-as-signature": (seq(oid("2.16.840.1.101.3.4.2.1"), NULL), "rsa2048"), "empty-oid": (seq(b"\x06\0"), "SECP256R1"), "no-oid": (seq(), "SECP256R1"),
        "pss-sha384": (seq(oid(rsa + "10"), seq(tlv(0xA0, seq(oid("2.16.840.1.101.3.4.2.2"), NULL)), tlv(0xA1, seq(oid(rsa + "8"), seq(oid("2.16.840.1.101.3.4.2.2"), NULL))), tlv(0xA2, b"\x02\x01\x30"))), "rsa2048"),
        "pss-mixed": (seq(oid(rsa + "10"), seq(tlv(0xA0, seq(oid("2.16.840.1.101.3.4.2.1"), NULL)), tlv(0xA1, seq(oid(rsa + "8"), seq(oid("1.3.14.3.2.26"), NULL))))), "rsa2048"),
        "pss-sha512-salt-20": (seq(oid(rsa + "10"), seq(tlv(0xA0, seq(oid("2.16.840.1.101.3.4.2.3"), NULL)), tlv(0xA1, seq(oid(rsa + "8"), seq(oid("2.16.840.1.101.3.4.2.3"), NULL))), tlv(0xA2, b"\x02\x01\x14"))), "rsa2048"),
    }
    # Damaged within: elements that are longer than what they are in, without a length, or with none of what they should hold.
    for label, octets in {"open": b"\x30\x05\x02", "length": b"\xa0", "nested": tlv(0xA0, b"\x30\x03\x06\x09"), "indefinite": b"\x30\x80\x02\x01\x05", "garbage": b"\xff" * 7}.items():
        odd["pss-damaged-" + label] = (seq(oid(rsa + "10"), tlv(0x30, octets)), "rsa2048")
        odd["rsa-damaged-" + label] = (seq(oid(rsa + "11"), tlv(0x30, octets)), "rsa2048")
    for label, (algorithm, kind) in odd.items():
        yield "algorithm-self-" + label, dict(own(algorithm), subject_key=kind)
        yield "algorithm-issued-" + label, dict(own(algorithm), subject_key=kind, issuer=name("Elsinore CA", None))
    yield "issued-pss", {"sign_with": "rsa3072", "digest": "pss"}
    yield "issued-sha224", {"sign_with": "rsa3072", "digest": "sha224"}
    yield "issued-ed25519", {"sign_with": "ed25519"}
    yield "issued-ed448", {"sign_with": "ed448"}
    yield "issued-dsa", {"sign_with": "dsa2048"}
    yield "issued-ecdsa-sha512", {"sign_with": "SECP384R1", "digest": "sha512"}
    yield "issued-same-key", {"issuer": name("Somebody", None), "extensions": extensions_with(own_key)}
    yield "signature-unused-bits", {"signature": lambda sign, tbs: sign(tbs), "signature_unused": 3}
    yield "signature-long", {"signature": lambda sign, tbs: b"\1" * 5000}
    yield "signature-null-octet", {"signature": lambda sign, tbs: b"\0"}
