"""What Python's cryptography and ssl read in a key, a certificate and a request.

  python3 readers.py KEY CERTIFICATE REQUEST     prints one JSON object
"""

import json
import ssl
import sys

from cryptography import x509
from cryptography.hazmat.primitives import serialization

ID_ON_XMPP_ADDR = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.5")


def addresses(subject):
    names = subject.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    found = []
    for name in names.get_values_for_type(x509.OtherName):
        if name.type_id == ID_ON_XMPP_ADDR:
            tag, length = name.value[0], name.value[1]
            assert tag == 12 and length < 128, name.value
            found.append(name.value[2:].decode())
    return found


def main(key_file, certificate_file, request_file):
    with open(key_file, "rb") as file:
        key = serialization.load_pem_private_key(file.read(), None)
    with open(certificate_file, "rb") as file:
        certificate = x509.load_pem_x509_certificate(file.read())
    with open(request_file, "rb") as file:
        request = x509.load_pem_x509_csr(file.read())
    certificate.verify_directly_issued_by(certificate)
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate_file, key_file)
    print(
        json.dumps(
            {
                "key_matches_certificate": key.public_key() == certificate.public_key(),
                "key_matches_request": key.public_key() == request.public_key(),
                # Both calls above raise where it is otherwise.
                "certificate_signed_by_key": True,
                "loads_into_tls": True,
                "request_signed_by_key": request.is_signature_valid,
                "certificate_addresses": addresses(certificate),
                "request_addresses": addresses(request),
            }
        )
    )


main(*sys.argv[1:])
