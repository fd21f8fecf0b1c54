"""Writes certificates for keys good and bad, and says which of them Python's ssl loads, before it looks for a private key.

    points.py DIRECTORY
"""

import json
import pathlib
import ssl
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "variants"))

from building import NULL, bits, certificate, integer, key, oid, seq  # noqa: E402
from cryptography.hazmat.primitives import serialization  # noqa: E402

CURVES = {"SECP256R1": ("1.2.840.10045.3.1.7", 32), "SECP384R1": ("1.3.132.0.34", 48), "SECP521R1": ("1.3.132.0.35", 66)}


def points(curve, length):
    """Octets that are a point of the curve, or are not."""
    point = key(curve).public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    x, y = point[1:1 + length], point[1 + length:]
    beside = y[:-1] + bytes([y[-1] ^ 2])
    for form in range(9):
        yield f"form-{form}", bytes([form]) + x + y
        yield f"form-{form}-beside", bytes([form]) + x + beside
        yield f"form-{form}-zero", bytes([form]) + bytes(2 * length)
        yield f"form-{form}-greatest", bytes([form]) + b"\xff" * (2 * length)
        yield f"form-{form}-one-coordinate", bytes([form]) + x
    for number in range(20):
        for form in (2, 3):
            yield f"compressed-{form}-{number}", bytes([form]) + number.to_bytes(length, "big")
    yield "compressed-greatest", b"\2" + b"\xff" * length
    yield "short", point[:-1]
    yield "long", point + b"\0"
    yield "none", b""


def loads(path, other):
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(path, other)
    except ssl.SSLError as error:
        # The certificate was loaded, and the key is another one's.
        return error.reason == "KEY_VALUES_MISMATCH"
    return True


def main(directory):
    other = pathlib.Path(directory, "other.key")
    for curve, (name, length) in CURVES.items():
        other.write_bytes(key(curve).private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        for label, point in points(curve, length):
            path = pathlib.Path(directory, f"{curve}-{label}.crt")
            public_key = seq(seq(oid("1.2.840.10045.2.1"), oid(name)), bits(point))
            path.write_text(ssl.DER_cert_to_PEM_cert(certificate(subject_key=curve, public_key=public_key)))
            print(json.dumps({"file": path.name, "loads": loads(path, other)}))


main(*sys.argv[1:])
