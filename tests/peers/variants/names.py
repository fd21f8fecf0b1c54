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
