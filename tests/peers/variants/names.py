"""Subject alternative names: which, how encoded, how spelt."""

from building import NULL, JID, addr, bits, dns, ext, extensions_with, integer, mail, name, oid, other, san, seq, tlv, utf8


def variants():
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
    number = int.from_bytes(JID.encode(), "big")
    for label, tag in {"integer": 2, "enumerated": 10}.items():
        # Libraries hand on the magnitude of a number.
        yield f"string-{label}-text", {"names": [addr(tag=tag)]}
        yield f"string-{label}-negative", {"names": [other("1.3.6.1.5.5.7.8.5", tlv(tag, integer(-number)[2:]))]}
        umlaut = "ürgen@shakespeare.lit"
        yield f"string-{label}-high", {"jid": umlaut, "names": [addr(b"\0" + umlaut.encode(), tag)]}
        yield f"string-{label}-high-negative", {"jid": umlaut, "names": [addr(umlaut, tag)]}
        yield f"string-{label}-padded", {"names": [addr(b"\0" + JID.encode(), tag)]}
        yield f"string-{label}-empty", {"names": [addr("", tag), addr()]}
    yield "string-sequence", {"names": [other("1.3.6.1.5.5.7.8.5", seq(utf8(JID)))]}
    yield "string-constructed", {"names": [other("1.3.6.1.5.5.7.8.5", tlv(0x2C, utf8("hamlet@"), utf8("shakespeare.lit")))]}
    yield "string-nul", {"names": [addr(JID + "\0")]}
    yield "string-nul-inside", {"names": [addr(JID + "\0.denmark.lit")]}
    yield "string-not-utf8", {"names": [addr(b"h\xe4mlet@shakespeare.lit")]}
    yield "string-empty", {"names": [addr("")]}
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
    # more shapes
    def other_raw(content):
        return tlv(0xA0, content)

    xmpp = oid("1.3.6.1.5.5.7.8.5")
    shapes = {
        "many": [dns(f"host{i}.shakespeare.lit") for i in range(200)] + [addr()], "hundred-addresses": [addr(f"a{i}@shakespeare.lit") for i in range(99)] + [addr()],
        "three": [addr("ophelia@shakespeare.lit"), addr(), addr("yorick@shakespeare.lit")], "full-twice": [addr(JID + "/a"), addr(JID + "/b")],
        "ip": [addr(), tlv(0x87, b"\x7f\0\0\1")], "ip-of-five-octets": [addr(), tlv(0x87, b"12345")], "ip-empty": [addr(), tlv(0x87, b"")],
        "dns-latin-1": [addr(), tlv(0x82, b"h\xe4mlet.lit")], "mail-latin-1": [addr(), tlv(0x81, b"h\xe4mlet@lit")], "mail-empty": [addr(), tlv(0x81, b"")],
        "mail-nul": [addr(), tlv(0x81, b"a@b\0c")],
        "directory-name": [addr(), tlv(0xA4, name())], "directory-name-empty": [addr(), tlv(0xA4, seq())], "directory-name-malformed": [addr(), tlv(0xA4, b"\x05\0")],
        "directory-name-two": [addr(), tlv(0xA4, name() + name())], "directory-name-primitive": [addr(), tlv(0x84, name())],
        "x400": [addr(), tlv(0xA3, seq(seq()))], "x400-empty": [addr(), tlv(0xA3)], "edi-party": [addr(), tlv(0xA5, tlv(0xA1, utf8("x")))], "edi-party-empty": [addr(), tlv(0xA5)],
        "edi-party-malformed": [addr(), tlv(0xA5, b"\x05\0")], "registered-id": [addr(), tlv(0x88, oid("1.2.3.4")[2:])], "registered-id-empty": [addr(), tlv(0x88)],
        "registered-id-open": [addr(), tlv(0x88, b"\x2a\x83")], "registered-id-padded": [addr(), tlv(0x88, b"\x2a\x80\x01")], "dns-constructed": [addr(), tlv(0xA2, tlv(22, b"a.lit"))],
        "uri-empty": [addr(), tlv(0x86)], "universal": [addr(), utf8(JID)], "null": [addr(), NULL], "application": [addr(), tlv(0x41, b"x")], "private": [addr(), tlv(0xC1, b"x")],
        "high-tag": [addr(), b"\x9f\x21\x01x"], "other-empty": [addr(), other_raw(b"")], "other-oid-only": [addr(), other_raw(xmpp)], "other-empty-oid": [addr(), other_raw(b"\x06\0" + tlv(0xA0, utf8("x")))],
        "other-oid-open": [addr(), other_raw(b"\x06\x02\x2a\x83" + tlv(0xA0, utf8("x")))], "other-oid-padded": [other_raw(tlv(6, b"\x2b\x06\x01\x05\x05\x07\x08\x80\x05") + tlv(0xA0, utf8(JID)))],
        "other-empty-value": [addr(), other_raw(xmpp + tlv(0xA0))], "other-two-values": [other_raw(xmpp + tlv(0xA0, utf8(JID), utf8("x")))],
        "other-two-frames": [other_raw(xmpp + tlv(0xA0, utf8(JID)) + tlv(0xA0, utf8("x")))], "other-frame-1": [other_raw(xmpp + tlv(0xA1, utf8(JID)))],
        "other-frame-twice": [other_raw(xmpp + tlv(0xA0, tlv(0xA0, utf8(JID))))], "other-in-sequence": [other_raw(seq(xmpp, tlv(0xA0, utf8(JID))))],
        "other-swapped": [other_raw(tlv(0xA0, utf8(JID)) + xmpp)], "other-open": [other_raw(xmpp + b"\xa0\x20" + utf8(JID))],
        "krb5": [other("1.3.6.1.5.2.2", seq(tlv(0xA0, tlv(27, b"LIT")))), addr()], "smtp-utf8": [other("1.3.6.1.5.5.7.8.9", utf8("jürgen@lit")), addr()],
        "indefinite-other": [b"\xa0\x80" + xmpp + tlv(0xA0, utf8(JID)) + b"\0\0"], "indefinite-frame": [other_raw(xmpp + b"\xa0\x80" + utf8(JID) + b"\0\0")],
        "long-length": [b"\xa0\x82" + len(xmpp + tlv(0xA0, utf8(JID))).to_bytes(2, "big") + xmpp + tlv(0xA0, utf8(JID))],
        "string-long-length": [other_raw(xmpp + tlv(0xA0, b"\x0c\x82" + len(JID).to_bytes(2, "big") + JID.encode()))],
        "string-length-of-nine": [other_raw(xmpp + tlv(0xA0, b"\x0c\x89" + len(JID).to_bytes(9, "big") + JID.encode()))],
    }
    for label, names in shapes.items():
        yield "san-" + label, {"names": names}
    content = addr() + mail()
    values = {
        "set": tlv(0x31, content), "octets": tlv(4, content), "null": NULL, "nothing": b"", "one-name-bare": addr(), "indefinite": b"\x30\x80" + content + b"\0\0",
        "long-length": b"\x30\x82" + len(content).to_bytes(2, "big") + content, "in-sequence": seq(seq(content)), "open": b"\x30\x81\xf0" + content, "primitive": tlv(0x10, content),
        "context": tlv(0xA0, content), "indefinite-open": b"\x30\x80" + content,
    }
    for label, value in values.items():
        yield "san-value-" + label, {"extensions": extensions_with(ext("2.5.29.17", value), drop=["san"])}
    yield "san-old-oid", {"extensions": extensions_with(ext("2.5.29.7", seq(addr())), drop=["san"])}
    yield "san-as-issuer-name", {"extensions": extensions_with(ext("2.5.29.18", seq(addr())), drop=["san"])}
    yield "san-two-extensions-first-malformed", {"extensions": extensions_with(ext("2.5.29.17", NULL), san(addr()), drop=["san"])}
    yield "san-last", {"extensions": extensions_with(san(addr()), drop=["san"])}
    # more types of string
    for label, tag in {
        "boolean": 1, "null": 5, "oid": 6, "external": 8, "real": 9, "embedded-pdv": 11, "relative-oid": 13, "time": 14, "reserved": 15, "set-primitive": 17,
        "sequence-primitive": 16, "generalized-time": 24, "character": 29, "tag-0": 0, "context-0": 0x80, "context-12": 0x8C, "application-12": 0x4C, "private-12": 0xCC,
    }.items():
        yield "string-" + label, {"names": [addr(tag=tag)]}
    yield "string-date", {"names": [other("1.3.6.1.5.5.7.8.5", b"\x1f\x1f" + tlv(12, JID.encode())[1:])]}
    yield "string-null-in-other", {"names": [addr(), other("1.2.3.4", NULL)]}
    yield "string-oid-known", {"names": [addr(), other("1.3.6.1.5.5.7.8.5", oid("1.3.6.1.5.5.7.3.2"))], "kills_prosody": True}
    yield "string-oid-unknown", {"names": [addr(), other("1.3.6.1.5.5.7.8.5", oid("1.3.6.1.4.1.55555.1"))]}
    yield "string-oid-unknown-first", {"names": [other("1.3.6.1.5.5.7.8.5", oid("1.3.6.1.4.1.55555.1")), addr()]}
    yield "string-oid-malformed", {"names": [addr(), other("1.3.6.1.5.5.7.8.5", tlv(6, b"\x2a\x80\x01"))]}
    yield "string-oid-empty", {"names": [addr(), other("1.3.6.1.5.5.7.8.5", tlv(6, b""))]}
    yield "string-oid-own", {"names": [addr(), other("1.3.6.1.5.5.7.8.5", oid("1.3.6.1.5.5.7.8.5"))], "kills_prosody": True}
    yield "string-oid-short", {"names": [addr(), other("1.3.6.1.5.5.7.8.5", oid("2.5.4.3"))], "kills_prosody": True}
    yield "string-relative-oid-and-right", {"names": [addr(), other("1.3.6.1.5.5.7.8.5", tlv(13, b"\x2a\x03"))]}
    yield "string-boolean-true", {"names": [addr(), other("1.3.6.1.5.5.7.8.5", b"\x01\x01\xff")], "kills_prosody": True}
    yield "srv-name-null", {"names": [addr(), other("1.3.6.1.5.5.7.8.7", NULL)]}
    yield "string-null-empty", {"names": [addr(), other("1.3.6.1.5.5.7.8.5", NULL)]}
    yield "string-false", {"names": [addr(), other("1.3.6.1.5.5.7.8.5", b"\x01\x01\0")]}
    yield "string-integer-and-right", {"names": [addr(), other("1.3.6.1.5.5.7.8.5", integer(5))]}
    yield "string-sequence-and-right", {"names": [other("1.3.6.1.5.5.7.8.5", seq(utf8(JID))), addr()]}
    yield "string-ia5-and-right", {"names": [addr(tag=22), addr()]}
    yield "string-ia5-umlaut", {"names": [addr("jürgen@shakespeare.lit", 22)], "jid": "jürgen@shakespeare.lit", "subject": name("x", None)}
    yield "string-teletex-umlaut", {"names": [addr("jürgen@shakespeare.lit", 20, "latin-1")], "jid": "jürgen@shakespeare.lit", "subject": name("x", None)}
    yield "string-teletex-utf8", {"names": [addr("jürgen@shakespeare.lit", 20)], "jid": "jürgen@shakespeare.lit", "subject": name("x", None)}
    yield "string-bits-unused", {"names": [other("1.3.6.1.5.5.7.8.5", bits(JID.encode(), 1))]}
    yield "string-bits-empty", {"names": [other("1.3.6.1.5.5.7.8.5", tlv(3))]}
    yield "string-bits-nine-unused", {"names": [other("1.3.6.1.5.5.7.8.5", bits(JID.encode(), 9))]}
    yield "string-bmp-odd", {"names": [addr(tag=30)]}
    yield "string-bmp-three", {"names": [addr(b"abc", 30), addr()]}
    yield "string-universal-three", {"names": [addr(b"abc", 28), addr()]}
    yield "string-ascii-in-bmp", {"names": [addr(JID.encode(), 30)]}
    yield "string-ascii-in-universal", {"names": [addr(b"ab@shakespeare.lit" + b"..", 28)]}
    yield "string-bom", {"names": [addr("\ufeff" + JID)]}
    yield "string-overlong", {"names": [addr(b"\xc1\xa8amlet@shakespeare.lit")]}
    yield "string-surrogate", {"names": [addr(b"h\xed\xa0\x80@shakespeare.lit")]}
    yield "string-not-utf8-resource", {"names": [addr(JID.encode() + b"/\xff\xfe")]}
    yield "string-constructed-octets", {"names": [other("1.3.6.1.5.5.7.8.5", tlv(0x24, tlv(4, b"hamlet@"), tlv(4, b"shakespeare.lit")))]}
    yield "string-constructed-nested", {"names": [other("1.3.6.1.5.5.7.8.5", tlv(0x2C, tlv(0x2C, utf8("hamlet@")), utf8("shakespeare.lit")))]}
    yield "string-constructed-mixed", {"names": [other("1.3.6.1.5.5.7.8.5", tlv(0x2C, tlv(4, b"hamlet@"), tlv(22, b"shakespeare.lit")))]}
    yield "string-constructed-empty", {"names": [other("1.3.6.1.5.5.7.8.5", tlv(0x2C))]}
    yield "string-constructed-bits", {"names": [other("1.3.6.1.5.5.7.8.5", tlv(0x23, bits(b"hamlet@"), bits(b"shakespeare.lit")))]}
    yield "string-constructed-damaged", {"names": [other("1.3.6.1.5.5.7.8.5", tlv(0x2C, utf8(JID), b"\x0c\x05a"))]}
    yield "string-indefinite", {"names": [other("1.3.6.1.5.5.7.8.5", b"\x2c\x80" + utf8("hamlet@") + utf8("shakespeare.lit") + b"\0\0")]}
    yield "string-set", {"names": [other("1.3.6.1.5.5.7.8.5", tlv(0x31, utf8(JID)))]}
    # more spellings
    spellings = {
        "resource": JID + "/castle", "resource-capital": JID + "/Castle", "resource-umlaut": JID + "/Schloß", "resource-nfd": JID + "/u\u0308", "resource-control": JID + "/a\x01b",
        "resource-nul": JID + "/\0", "resource-private-use": JID + "/\ue000", "resource-line-feed": JID + "/\n", "resource-blank": JID + "/ ", "resource-slash": JID + "//", "resource-at": JID + "/@",
        "resource-1023": JID + "/" + "r" * 1023, "resource-1024": JID + "/" + "r" * 1024, "resource-5000": JID + "/" + "r" * 5000, "resource-bidi": JID + "/א1", "resource-unassigned": JID + "/\u0378",
        "resource-emoji": JID + "/\U0001f600", "resource-tag": JID + "/\U000e0001", "slash-slash": JID + "//castle",
        "angle": "<" + JID + ">", "quotes": '"hamlet"@shakespeare.lit', "mailto": "mailto:" + JID, "query": JID + "?message", "percent": "hamlet%40shakespeare.lit", "plus": "hamlet+x@shakespeare.lit",
        "tab": JID + "\t", "carriage-return": JID + "\r\n", "nul-before": "\0" + JID, "soft-hyphen": "ham\u00adlet@shakespeare.lit", "fullwidth-at": "hamlet＠shakespeare.lit",
        "ideographic-stop": "hamlet@shakespeare。lit", "fullwidth-stop": "hamlet@shakespeare．lit", "two-dots": JID + "..", "dot-inside": "hamlet@shakespeare..lit", "dot-before": "hamlet@.shakespeare.lit",
        "capital-everywhere": JID.upper(), "kelvin": "\u212aamlet@shakespeare.lit", "long-s": "hamlet@\u017fhakespeare.lit", "ligature": "hamlet@shakespeare.\ufb01", "combining-grapheme": "hamlet\u034f@shakespeare.lit",
        "domain-zero-width": "hamlet@shake\u200bspeare.lit", "domain-joiner": "hamlet@shake\u200dspeare.lit", "domain-soft-hyphen": "hamlet@shake\u00adspeare.lit", "math": "𝐡amlet@shakespeare.lit",
        "superscript": "hamlet@shakespeare.li\u1d57", "rtl-mark": "hamlet\u200f@shakespeare.lit", "no-break-space": "hamlet\u00a0@shakespeare.lit", "resource-only": "/castle", "at-at": "@@",
        "domain-and-resource": "shakespeare.lit/hamlet", "second-domain": JID + "@shakespeare.lit", "sub-domain": "hamlet@chat.shakespeare.lit", "comma": JID + ",ophelia@shakespeare.lit",
        "a-label": "hamlet@xn--shakespeare.lit", "ip": "hamlet@127.0.0.1", "ipv6": "hamlet@[::1]", "localpart-1023": "h" * 1023 + "@shakespeare.lit", "localpart-1024": "h" * 1024 + "@shakespeare.lit",
    }
    for label, text in spellings.items():
        yield "spelling-" + label, {"names": [addr(text)]}
    for label, jid, text in (
        ("escaped-capital", "d\\27artagnan@shakespeare.lit", "D\\27artagnan@shakespeare.lit"),
        ("umlaut-capital", "jürgen@shakespeare.lit", "JÜRGEN@shakespeare.lit"),
        ("umlaut-full", "jürgen@shakespeare.lit", "jürgen@shakespeare.lit/Küche"),
        ("umlaut-folded", "jürgen@shakespeare.lit", "jurgen@shakespeare.lit"),
        ("sharp-s", "strasse@shakespeare.lit", "straße@shakespeare.lit"),
        ("sharp-s-folded", "strasse@shakespeare.lit", "strasse@shakespeare.lit"),
        ("greek", "σωκρατησ@shakespeare.lit", "σωκρατης@shakespeare.lit"),
        ("cyrillic-look-alike", "hamlet@shakespeare.lit", "hаmlet@shakespeare.lit"),
        ("comma", "a,b@shakespeare.lit", "a,b@shakespeare.lit"),
        ("full-asked", "hamlet@shakespeare.lit/castle", "hamlet@shakespeare.lit"),
        ("full-asked-other", "hamlet@shakespeare.lit/castle", "hamlet@shakespeare.lit/garden"),
    ):
        yield "account-" + label, {"names": [addr(text)], "jid": jid, "subject": name("x", None)}
