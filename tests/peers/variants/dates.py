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
