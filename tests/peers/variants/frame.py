"""Version, serial number, names, and the encoding of the whole."""

import base64

from building import JID, addr, ext, extensions_with, integer, name, oid, pem, rdn, san, seq, tlv


def variants():
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
    yield "trailing-octets", {"extra": b"\0\0"}
    yield "trailing-certificate", {"extra": seq(integer(1))}
    # what 'openssl x509 -trustout' appends, in every kind of block
    trust = {
        "empty": seq(), "client": seq(seq(oid("1.3.6.1.5.5.7.3.2"))), "reject": seq(tlv(0xA0, oid("1.3.6.1.5.5.7.3.2"))),
        "alias": seq(tlv(12, b"Hamlet"), tlv(4, b"\1")), "damaged": seq(integer(1)), "followed": seq() + b"\0",
    }
    for label, extra in trust.items():
        yield "trust-" + label, {"extra": extra}
        yield "trust-labelled-" + label, {"extra": extra, "form": lambda der: pem("TRUSTED CERTIFICATE", der).encode()}
    # more of them
    yield "version-explicit-1", {"version": 0}
    yield "version-explicit-1-bare", {"version": 0, "is_bare": True}
    yield "version-3-bare", {"is_bare": True}
    yield "version-5", {"version": 4}
    yield "version-128", {"version": 127}
    yield "version-negative", {"version": -1}
    yield "version-huge", {"version": 1 << 70}
    for label, serial in {
        "100-octets": integer(0x7F << 800), "one": integer(1), "minus-one": integer(-1), "minus-long": integer(-(1 << 158)), "empty": tlv(2), "padded-negative": tlv(2, b"\xff\xff"), "padded-zero": tlv(2, b"\0\0"), "as-octets": tlv(4, b"\5"), "as-enumerated": tlv(10, b"\5"),
        "padded-128": tlv(2, b"\0\x80"), "19-octets": integer(1 << 150), "null": b"\x05\0",
    }.items():
        yield "serial-is-" + label, {"serial": serial}
    subjects = {
        "none": seq(), "printable": seq(rdn("2.5.4.3", tlv(19, b"Hamlet"))), "ia5": seq(rdn("2.5.4.3", tlv(22, b"Hamlet"))), "universal": seq(rdn("2.5.4.3", tlv(28, "Hamlet".encode("utf-32-be")))), "octets": seq(rdn("2.5.4.3", tlv(4, b"Hamlet"))), "integer": seq(rdn("2.5.4.3", integer(5))),
        "null": seq(rdn("2.5.4.3", b"\x05\0")), "sequence": seq(rdn("2.5.4.3", seq())), "not-utf8": seq(rdn("2.5.4.3", tlv(12, b"h\xe4mlet"))), "bmp-odd": seq(rdn("2.5.4.3", tlv(30, b"abc"))), "empty-text": seq(rdn("2.5.4.3", tlv(12))), "control": name("a\x1b[31mb", None),
        "nul": name("hamlet\0evil", None), "two-names": seq(rdn("2.5.4.3", tlv(12, b"a")), rdn("2.5.4.3", tlv(12, b"b"))), "multi-valued": seq(tlv(0x31, seq(oid("2.5.4.3"), tlv(12, b"a")), seq(oid("2.5.4.11"), tlv(12, b"b")))), "unknown-type": seq(rdn("1.2.3.4", tlv(12, b"a"))), "empty-rdn": seq(tlv(0x31)),
        "country-long": seq(rdn("2.5.4.6", tlv(19, b"Denmark"))), "no-value": seq(tlv(0x31, seq(oid("2.5.4.3")))), "extra-value": seq(tlv(0x31, seq(oid("2.5.4.3"), tlv(12, b"a"), tlv(12, b"b")))), "set-of-sets": seq(seq(seq(oid("2.5.4.3"), tlv(12, b"a")))), "as-set": tlv(0x31, rdn("2.5.4.3", tlv(12, b"a"))[2:]), "bits": seq(rdn("2.5.4.3", tlv(3, b"\0a"))),
        "hundred": seq(*[rdn("2.5.4.11", tlv(12, b"unit %d" % i)) for i in range(100)]), "boolean": seq(rdn("2.5.4.3", b"\x01\x01\xff")), "time": seq(rdn("2.5.4.3", tlv(23, b"490101000000Z"))), "mail-utf8": name("Hamlet", None)[:0] + seq(rdn("1.2.840.113549.1.9.1", tlv(12, JID.encode()))), "constructed": seq(rdn("2.5.4.3", tlv(0x2C, tlv(12, b"a")))),
        "very-long": name("x" * 40000, None), "context": seq(rdn("2.5.4.3", tlv(0x80, b"a"))), "bmp-emoji": seq(rdn("2.5.4.3", tlv(30, "\U0001f600".encode("utf-16-be")))), "utf8-emoji": name("\U0001f600", None), "visible": seq(rdn("2.5.4.3", tlv(26, b"a"))), "general": seq(rdn("2.5.4.3", tlv(27, b"a"))), "teletex-latin-1": seq(rdn("2.5.4.3", tlv(20, b"h\xe4"))), "universal-surrogate": seq(rdn("2.5.4.3", tlv(28, b"\0\0\xd8\0"))), "utf8-surrogate": seq(rdn("2.5.4.3", tlv(12, b"\xed\xa0\x80"))), "numeric": seq(rdn("2.5.4.3", tlv(18, b"x"))), "external": seq(rdn("2.5.4.3", tlv(8, b"x"))), "date": seq(rdn("2.5.4.3", b"\x1f\x1f\1x")), "null-tag": seq(rdn("2.5.4.3", tlv(0, b"x"))), "universal-three": seq(rdn("2.5.4.3", tlv(28, b"abc"))),
    }
    for label, subject in subjects.items():
        yield "subject-is-" + label, {"subject": subject}
    yield "unique-issuer-id", {"before_extensions": tlv(0x81, b"\0\1")}
    yield "unique-ids-swapped", {"before_extensions": tlv(0x82, b"\0\1") + tlv(0x81, b"\0\2")}
    yield "unknown-field", {"before_extensions": tlv(0x85, b"\0\1")}
    yield "extensions-empty", {"is_bare": True, "before_extensions": tlv(0xA3, seq())}
    yield "extensions-nothing", {"is_bare": True, "before_extensions": tlv(0xA3)}
    yield "extensions-twice", {"before_extensions": tlv(0xA3, seq(*extensions_with()))}
    yield "extensions-as-set", {"is_bare": True, "before_extensions": tlv(0xA3, tlv(0x31, *extensions_with()))}
    yield "extensions-two-lists", {"is_bare": True, "before_extensions": tlv(0xA3, seq(*extensions_with()), seq())}
    yield "extensions-then-more", {"is_bare": True, "before_extensions": tlv(0xA3, seq(*extensions_with())) + b"\x05\0"}
    # the encoding of the whole
    for octets in (60_000, 95_000, 105_000, 150_000, 200_000):
        yield f"huge-{octets}", {"extensions": extensions_with(ext("1.2.3.4", tlv(4, b"x" * octets)))}
    yield "huge-names", {"extensions": extensions_with(san(*[addr(f"a{i}@shakespeare.lit") for i in range(2000)], addr()), drop=["san"])}

    encodings = {
        "indefinite": lambda parts: b"\x30\x80" + b"".join(parts) + b"\0\0", "indefinite-open": lambda parts: b"\x30\x80" + b"".join(parts), "long-length": lambda parts: b"\x30\x83" + len(b"".join(parts)).to_bytes(3, "big") + b"".join(parts),
        "extra-part": lambda parts: seq(*parts, integer(1)), "no-signature": lambda parts: seq(*parts[:2]), "set": lambda parts: tlv(0x31, *parts), "too-short": lambda parts: seq(*parts)[:-1], "in-sequence": lambda parts: seq(seq(*parts)), "tbs-only": lambda parts: parts[0],
        "tbs-indefinite": lambda parts: seq(b"\x30\x80" + parts[0][4:] + b"\0\0", *parts[1:]), "signature-as-octets": lambda parts: seq(parts[0], parts[1], tlv(4, parts[2][3:])), "signature-constructed": lambda parts: seq(parts[0], parts[1], tlv(0x23, parts[2])),
        "nothing": lambda parts: b"", "null": lambda parts: b"\x05\0",
    }
    for label, encode in encodings.items():
        yield "encoding-" + label, {"encode": encode}
    # forms of the file
    def block(label, der, width=64, end="\n"):
        encoded = base64.b64encode(der).decode()
        lines = [encoded[i : i + width] for i in range(0, len(encoded), width)]
        return end.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()

    forms = {
        "x509": lambda der: block("X509 CERTIFICATE", der),
        "trusted": lambda der: block("TRUSTED CERTIFICATE", der),
        "crlf": lambda der: block("CERTIFICATE", der, end="\r\n"),
        "text-before": lambda der: b"Subject: hamlet\n" + block("CERTIFICATE", der),
        "text-behind": lambda der: block("CERTIFICATE", der) + b"the end\n",
        "twice": lambda der: block("CERTIFICATE", der) * 2,
        "wide": lambda der: block("CERTIFICATE", der, 76),
        "narrow": lambda der: block("CERTIFICATE", der, 20),
        "one-line": lambda der: block("CERTIFICATE", der, 100_000),
        "no-final-newline": lambda der: block("CERTIFICATE", der)[:-1],
        "blank-line-before": lambda der: b"\n\n" + block("CERTIFICATE", der),
        "blank-line-inside": lambda der: block("CERTIFICATE", der).replace(b"-----\n", b"-----\n\n", 1),
        "trailing-blanks": lambda der: block("CERTIFICATE", der, end=" \n"),
        "byte-order-mark": lambda der: b"\xef\xbb\xbf" + block("CERTIFICATE", der),
        "request-before": lambda der: block("CERTIFICATE REQUEST", b"\x30\0") + block("CERTIFICATE", der),
        "key-before": lambda der: block("PRIVATE KEY", b"\x30\0") + block("CERTIFICATE", der),
    }
    for label, form in forms.items():
        yield "form-" + label, {"form": form}
