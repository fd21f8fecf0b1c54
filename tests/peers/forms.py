"""Writes a certificate and its key in many forms of file, and says which of them Python's ssl loads, as slixmpp does.

    forms.py CERTIFICATE KEY DIRECTORY

Prints one object of JSON a file: its name, whether it is that of a key, and whether it loads.
"""

import base64
import itertools
import json
import pathlib
import ssl
import subprocess
import sys


def openssl(*args, given=None):
    return subprocess.run(["openssl", *args], input=given, capture_output=True, check=True).stdout


def block(label, der, width=64):
    text = base64.b64encode(der).decode()
    lines = [text[at:at + width] for at in range(0, len(text), width)]
    return [f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"]


def put(at, line):
    return lambda lines: lines[:at] + [line] + lines[at:]


def around(at, before="", behind=""):
    def change(lines):
        at_ = at % len(lines)
        return [before + line + behind if place == at_ else line for place, line in enumerate(lines)]

    return change


def each(before="", behind=""):
    return lambda lines: [lines[0]] + [before + line + behind for line in lines[1:-1]] + [lines[-1]]


# What may become of the lines of a block.
CHANGES = {"none": lambda lines: lines}
for name, at in {"begin": 0, "first": 1, "last": -2, "end": -1}.items():
    for what in [" ", "\t", "x", "\0", "\f", "\xa0", "\ufeff", "\r", "-"]:
        CHANGES[f"{name}-before-{what!r}"] = around(at, before=what)
        CHANGES[f"{name}-behind-{what!r}"] = around(at, behind=what)
for name, at in {"outside": 0, "first": 1, "second": 2, "last": -1}.items():
    for what in ["", " ", "\0", "\f", "Comment: x", "Proc-Type: 4,MIC-CLEAR", "x: y\n", "a\n\n", "text", "!"]:
        CHANGES[f"{name}-line-{what!r}"] = put(at, what)
CHANGES |= {f"text-{count}": around(0, before="y" * count) for count in [253, 254, 255, 508]}
CHANGES |= {
    "body-indented": each(before="  "),
    "body-trailed": each(behind=" \t"),
    "body-spaced": lambda lines: [lines[0]] + [" ".join(line) for line in lines[1:-1]] + [lines[-1]],
    "double-spaced": lambda lines: [part for line in lines for part in [line, ""]],
    "unpadded": lambda lines: [line.rstrip("=") for line in lines],
    "padded-more": around(-2, behind="="),
    "one-line": lambda lines: ["".join(lines)],
    "begin-joined": lambda lines: ["".join(lines[:2])] + lines[2:],
    "end-joined": lambda lines: lines[:-2] + ["".join(lines[-2:])],
    "header": lambda lines: [lines[0], "Comment: x", "", *lines[1:]],
    "header-encrypted": lambda lines: [lines[0], "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,00", "", *lines[1:]],
}
ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r", "crcrlf": "\r\r\n", "lfcr": "\n\r"}


def written(lines, end="\n"):
    return (end.join(lines) + end).encode()


def certificates(der, key):
    """Files of a certificate."""
    for (change, changed), width in itertools.product(CHANGES.items(), [4, 60, 64, 76, 254, 255, 5000]):
        for end in ENDS if change == "none" or width == 64 else ["lf"]:
            yield f"{change}-{width}-{end}", written(changed(block("CERTIFICATE", der, width)), ENDS[end])
    plain = written(block("CERTIFICATE", der))
    yield "no-line-end", plain.rstrip()
    yield "mark", b"\xef\xbb\xbf" + plain
    yield "mark-behind-text", b"text\n\xef\xbb\xbf" + plain
    yield "der", der
    for label in ["X509 CERTIFICATE", "TRUSTED CERTIFICATE"]:
        yield label, written(block(label, der))
    # What else stands in the file, before it and behind it.
    for change in ["none", "end-before-' '", "begin-before-' '", "unpadded", "header", "first-line-''", "last-line-''", "second-line-''"]:
        for label, other in [("CERTIFICATE", der), ("PRIVATE KEY", key), ("X", b"1234567")]:
            beside = written(CHANGES[change](block(label, other)))
            if label != "CERTIFICATE":
                yield f"{label}-{change}-before", beside + plain
                yield f"{label}-{change}-mark-before", beside + b"\xef\xbb\xbf" + plain
            yield f"{label}-{change}-behind", plain + beside
            yield f"{label}-{change}-behind-nul", plain + b"\0\n" + beside


def keys(key):
    """Files of a key."""
    der = openssl("pkcs8", "-topk8", "-nocrypt", "-outform", "DER", given=key)
    for change, changed in CHANGES.items():
        yield f"{change}", written(changed(block("PRIVATE KEY", der)))
    for end in ENDS:
        yield end, written(block("PRIVATE KEY", der), ENDS[end])
    sec1 = openssl("ec", "-outform", "DER", given=key)
    for form, octets in {"pkcs8": der, "sec1": sec1}.items():
        yield f"{form}-der", octets
        for label in ["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "DSA PRIVATE KEY", "ANY PRIVATE KEY"]:
            yield f"{form}-{label}", written(block(label, octets))
    yield "parameters", openssl("ecparam", "-name", "prime256v1") + written(block("EC PRIVATE KEY", sec1))
    yield "public", openssl("pkey", "-pubout", given=key) + key
    for curve in ["P-256", "P-384"]:
        other = openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}")
        yield f"{curve}-first", other + key
        yield f"{curve}-second", key + other
    yield "encrypted", openssl("pkcs8", "-topk8", "-passout", "pass:x", given=key)
    yield "encrypted-by-header", openssl("ec", "-aes128", "-passout", "pass:x", given=key)


def loads(certificate, key):
    try:
        # slixmpp knows no passphrases.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, ValueError):
        return False
    return True


def main(certificate, key, directory):
    with open(certificate) as file:
        der = ssl.PEM_cert_to_DER_cert(file.read())
    pem = pathlib.Path(key).read_bytes()
    pkcs8 = openssl("pkcs8", "-topk8", "-nocrypt", "-outform", "DER", given=pem)
    kinds = [(False, certificates(der, pkcs8)), (True, [*keys(pem), ("behind-certificate", pathlib.Path(certificate).read_bytes() + pem)])]
    for is_key, forms in kinds:
        for number, (name, octets) in enumerate(forms):
            path = pathlib.Path(directory, f"{number}.{'key' if is_key else 'pem'}")
            path.write_bytes(octets)
            pair = (certificate, path) if is_key else (path, key)
            print(json.dumps({"name": name, "file": path.name, "is_key": is_key, "loads": loads(*pair)}))


main(*sys.argv[1:])
