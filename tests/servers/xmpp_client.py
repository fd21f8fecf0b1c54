"""A small XMPP client that knows nothing of the program under test.

Reads requests, one JSON object a line, from standard input and answers each with one line:

  {"do": "append"|"items"|"disable"|"revoke", "jid": ..., "password": ..., "name": ..., "x509cert": ...}
  {"do": "stanza", "jid": ..., "password": ..., "stanza": ...}
  {"do": "login", "jid": ..., "certificate": FILE, "key": FILE, "authzid": ""|JID, "tls": ""|"1.2"|"1.3"}

Started with the line of JSON that tests/servers/prosody prints as its one argument.
"""

import base64
import json
import socket
import ssl
import sys
import xml.etree.ElementTree as ET

SASL = "{urn:ietf:params:xml:ns:xmpp-sasl}"
CERT = "{urn:xmpp:saslcert:1}"
TIMEOUT = 5


class Refused(Exception):
    pass


class Stream:
    """One connection: sends text, receives top-level elements."""

    def __init__(self, server, context, direct_tls=False):
        self.domain = server["domain"]
        port = server["tls_port" if direct_tls else "port"]
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.context = context
        if direct_tls:
            self.wrap()
        else:
            self.open()
            self.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
            self.receive()
            self.wrap()
        self.open()

    def wrap(self):
        self.socket = self.context.wrap_socket(self.socket, server_hostname=self.domain)

    def open(self):
        self.parser = ET.XMLPullParser(["start", "end"])
        self.depth = 0
        self.send(
            f"<stream:stream to='{self.domain}' version='1.0' xmlns='jabber:client'"
            " xmlns:stream='http://etherx.jabber.org/streams'>"
        )
        self.features = self.receive()

    def send(self, text):
        self.socket.sendall(text.encode())

    def receive(self):
        while True:
            for event, element in self.parser.read_events():
                self.depth += 1 if event == "start" else -1
                if event == "end" and self.depth == 1:
                    return element
                if event == "end" and self.depth == 0:
                    raise Refused("stream closed")
            data = self.socket.recv(65536)
            if not data:
                raise Refused("connection closed")
            self.parser.feed(data)

    def authenticate(self, mechanism, payload):
        self.send(
            f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='{mechanism}'>{payload}</auth>"
        )
        answer = self.receive()
        if answer.tag != SASL + "success":
            raise Refused(answer[0].tag.split("}")[1] if len(answer) else answer.tag)
        self.open()

    def bind(self):
        answer = self.iq("set", "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
        return answer.findtext(".//{urn:ietf:params:xml:ns:xmpp-bind}jid")

    def iq(self, kind, payload):
        self.send(f"<iq type='{kind}' id='q'>{payload}</iq>")
        while True:
            answer = self.receive()
            if answer.tag.endswith("}error"):
                raise Refused("stream error " + answer[0].tag.split("}")[1])
            if answer.get("id") == "q":
                break
        if answer.get("type") == "error":
            error = answer.find("{jabber:client}error")
            raise Refused(error[0].tag.split("}")[1])
        return answer

    def mechanisms(self):
        return [m.text for m in self.features.iter(SASL + "mechanism")]


def tls_context(server, version=""):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # An ordinary program on OpenSSL: the library's own list at its own security level.
    context.set_ciphers("DEFAULT@SECLEVEL=2")
    context.load_verify_locations(server["ca"])
    if version == "1.2":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    elif version == "1.3":
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def login(server, request):
    context = tls_context(server, request.get("tls", ""))
    try:
        context.load_cert_chain(request["certificate"], request["key"])
    except (ssl.SSLError, OSError, ValueError) as error:
        return {"outcome": "cannot-load", "text": str(error)}
    try:
        stream = Stream(server, context, request.get("direct_tls", False))
        if "EXTERNAL" not in stream.mechanisms():
            return {"outcome": "not-offered"}
        authzid = request.get("authzid", "")
        stream.authenticate("EXTERNAL", base64.b64encode(authzid.encode()).decode() or "=")
        return {"outcome": "accepted", "jid": stream.bind()}
    except Refused as error:
        return {"outcome": "refused", "text": str(error)}
    except (OSError, ET.ParseError) as error:
        return {"outcome": "failed", "text": str(error)}


class Manager:
    """Sessions of accounts that log in by password, kept open between requests."""

    def __init__(self, server):
        self.server = server
        self.streams = {}

    def stream(self, jid, password):
        if jid not in self.streams:
            stream = Stream(self.server, tls_context(self.server))
            plain = f"\0{jid.split('@')[0]}\0{password}"
            stream.authenticate("PLAIN", base64.b64encode(plain.encode()).decode())
            stream.bind()
            self.streams[jid] = stream
        return self.streams[jid]

    def handle(self, request):
        action, jid = request["do"], request["jid"]
        if action == "login":
            return login(self.server, request)
        element = ET.fromstring(request["stanza"]) if action == "stanza" else ET.Element(CERT + action)
        for field in ("name", "x509cert"):
            if field in request:
                ET.SubElement(element, CERT + field).text = request[field]
        try:
            stream = self.stream(jid, request["password"])
            kind = "get" if action == "items" else "set"
            answer = stream.iq(kind, ET.tostring(element, encoding="unicode"))
        except Refused as error:
            if str(error).startswith(("stream", "connection")):
                self.streams.pop(jid, None)
            return {"outcome": "refused", "text": str(error)}
        except (OSError, ET.ParseError) as error:
            self.streams.pop(jid, None)
            return {"outcome": "failed", "text": str(error)}
        items = {
            item.findtext(CERT + "name"): item.findtext(CERT + "x509cert")
            for item in answer.iter(CERT + "item")
        }
        return {"outcome": "accepted", "items": items}


def main():
    manager = Manager(json.loads(sys.argv[1]))
    for line in sys.stdin:
        print(json.dumps(manager.handle(json.loads(line))), flush=True)


main()
