"""Certificates of every make, right and wrong, for comparing what `check` says with what servers do.

  python3 tests/peers/variants DIR     writes DIR/NAME.crt, DIR/NAME.key and DIR/index.json

All are for hamlet@shakespeare.lit unless the index says otherwise.
"""

import base64
import json
import os
import sys

from cryptography.hazmat.primitives import serialization

from building import JID, certificate, key, name, pem
from catalogue import variants


def main(directory):
    os.makedirs(directory, exist_ok=True)
    index = []
    for label, options in variants():
        jid = options.pop("jid", JID)
        kills_prosody = options.pop("kills_prosody", False)
        # A name of its own lets a server that trusts many of these tell them apart.
        is_anchor = not {"subject", "issuer", "sign_with", "form", "extra"} & set(options)
        if is_anchor:
            options["subject"] = name(unit=label)
        # A function is called late, so that no key is made before it is needed.
        options = {k: v() if k in ("public_key", "private_key") else v for k, v in options.items()}
        private_key = options.pop("private_key", None) or key(options.get("subject_key", "SECP256R1")).private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        form = options.pop("form", lambda der: pem("CERTIFICATE", der).encode())
        der = certificate(**options)
        with open(os.path.join(directory, label + ".crt"), "wb") as file:
            file.write(form(der))
        with open(os.path.join(directory, label + ".key"), "w") as file:
            file.write(pem("PRIVATE KEY", private_key))
        index.append(
            {"name": label, "jid": jid, "certificate": label + ".crt", "key": label + ".key",
             "x509cert": base64.b64encode(der).decode(), "kills_prosody": kills_prosody, "is_anchor": is_anchor}
        )
    with open(os.path.join(directory, "index.json"), "w") as file:
        json.dump(index, file)


if __name__ == "__main__":
    main(sys.argv[1])
