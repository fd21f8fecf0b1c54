"""notBefore and notAfter."""

from building import general, tlv, utc


def variants():
    yield "date-expired", {"start": utc(-20), "end": utc(-10)}
    yield "date-not-yet", {"start": utc(10), "end": utc(20)}
    yield "date-inverted", {"start": utc(10), "end": utc(-10)}
    yield "date-2049", {"end": tlv(23, b"491231235959Z")}
    yield "date-2050", {"end": general("20500101000000Z")}
    yield "date-never", {"end": general("99991231235959Z")}
    yield "date-1950", {"start": tlv(23, b"500101000000Z")}
    yield "date-generalized-too-early", {"start": general("20200101000000Z")}
    yield "date-1900", {"start": general("19000101000000Z")}
    yield "date-no-seconds", {"start": tlv(23, b"2001010000Z")}
    yield "date-no-seconds-end", {"end": tlv(23, b"4901010000Z")}
    yield "date-offset", {"start": tlv(23, b"200101000000+0100")}
    yield "date-fraction", {"start": general("20200101000000.5Z")}
    yield "date-no-zone", {"start": general("20200101000000")}
    yield "date-impossible", {"start": tlv(23, b"200230000000Z")}
    def both(start, end):
        return {"start": start, "end": end}

    old = utc(-1)
    ends = {
        "second-60": tlv(23, b"490101000060Z"), "hour-24": tlv(23, b"490101240000Z"), "minute-60": tlv(23, b"490101006000Z"), "month-13": tlv(23, b"491301000000Z"), "month-00": tlv(23, b"490001000000Z"),
        "day-00": tlv(23, b"490100000000Z"), "day-31": tlv(23, b"490431000000Z"), "leap-day": tlv(23, b"480229000000Z"), "no-leap-day": tlv(23, b"490229000000Z"), "century-no-leap": general("21000229000000Z"),
        "century-leap": general("24000229000000Z"), "lower-case": tlv(23, b"490101000000z"), "letters": tlv(23, b"49010100000aZ"), "blank": tlv(23, b" 90101000000Z"), "empty": tlv(23), "utf8": tlv(12, b"490101000000Z"),
        "null": b"\x05\0", "octets": tlv(4, b"490101000000Z"), "year-0000": general("00000101000000Z"), "year-0000-both": general("00000101000000Z"), "generalized-2040": general("20400101000000Z"),
        "generalized-short-year": general("490101000000Z"), "utc-long-year": tlv(23, b"20490101000000Z"), "plus-zero": tlv(23, b"490101000000+0000"), "minus-zero": general("20490101000000-0000"),
        "trailing": tlv(23, b"490101000000Z "), "nul": tlv(23, b"490101000000Z\0"), "fraction-zero": general("20490101000000.0Z"), "generalized-no-seconds": general("204901010000Z"),
        "generalized-hours": general("2049010100Z"), "generalized-comma": general("20490101000000,5Z"), "year-50": tlv(23, b"500101000000Z"), "year-69": tlv(23, b"690101000000Z"),
        "constructed": tlv(0x37, tlv(23, b"490101000000Z")), "end-of-day": tlv(23, b"491231235959Z"), "negative": general("-0490101000000Z"), "plus-offset": tlv(23, b"490101000000+0200"),
    }
    for label, end in ends.items():
        yield "date-end-" + label, {"end": end}
    starts = {
        "generalized-1949": general("19491231235959Z"), "generalized-1950": general("19500101000000Z"), "generalized-0001": general("00010101000000Z"), "epoch": tlv(23, b"700101000000Z"), "second-60": tlv(23, b"200101000060Z"),
        "hour-24": tlv(23, b"200101240000Z"), "empty": tlv(23), "utf8": tlv(12, b"200101000000Z"), "plus-zero": tlv(23, b"200101000000+0000"), "generalized-offset": general("20200101000000+0000"), "2050": general("20500101000000Z"),
        "year-0000": general("00000101000000Z"), "fraction-zero": general("20200101000000.0Z"), "month-00": tlv(23, b"200001000000Z"), "null": b"\x05\0",
    }
    for label, start in starts.items():
        yield "date-start-" + label, {"start": start}
    yield "date-same", both(old, old)
    yield "date-hour-ago", both(utc(-2), utc(-1 / 24))
    yield "date-in-an-hour", both(utc(1 / 24), utc(2))
    yield "date-ends-in-an-hour", both(utc(-1), utc(1 / 24))
    yield "date-both-future", both(general("20510101000000Z"), general("20520101000000Z"))
    yield "date-both-past", both(general("19300101000000Z"), general("19400101000000Z"))
    yield "date-thousands", both(general("00010101000000Z"), general("99991231235959Z"))
