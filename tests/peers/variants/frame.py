"""Version, serial number, names, and the encoding of the whole."""

import base64

from building import JID, addr, ext, extensions_with, integer, name, oid, rdn, san, seq, tlv


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
