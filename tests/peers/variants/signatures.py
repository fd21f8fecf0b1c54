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
