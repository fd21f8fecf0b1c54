"""slixmpp at work: logs in, by certificate or password, does one thing of XEP-0257, and prints what came of it as JSON.

Arguments: the line of JSON that a server's script prints, and a request:
  {"jid": ..., "certificate": FILE, "key": FILE | "password": ...,
   "do": "items" | "append" | "disable" | "revoke", "name": ..., "x509cert": ...}
"""

import asyncio
import json
import logging
import sys

import slixmpp
from slixmpp.exceptions import IqError

CERT = "{urn:xmpp:saslcert:1}"


async def act(client, request):
    plugin = client["xep_0257"]
    action = request["do"]
    if action == "append":
        await plugin.add_cert(request["name"], request["x509cert"], timeout=5)
    elif action == "disable":
        await plugin.disable_cert(request["name"], timeout=5)
    elif action == "revoke":
        await plugin.revoke_cert(request["name"], timeout=5)
    answer = await plugin.get_certs(timeout=5)
    items = answer.xml.iter(CERT + "item")
    return {item.findtext(CERT + "name"): item.findtext(CERT + "x509cert") for item in items}


async def main(server, request):
    client = slixmpp.ClientXMPP(request["jid"], request.get("password", ""))
    client.register_plugin("xep_0257")
    client.ca_certs = server["ca"]
    client.use_ipv6 = False
    if "certificate" in request:
        client.certfile, client.keyfile = request["certificate"], request["key"]
    outcome = asyncio.get_running_loop().create_future()

    def end(result):
        if not outcome.done():
            outcome.set_result(result)

    async def start(_):
        try:
            items = await act(client, request)
            end({"outcome": "accepted", "jid": client.boundjid.full, "items": items})
        except IqError as error:
            end({"outcome": "refused", "text": error.condition})

    client.add_event_handler("session_start", start)
    for event in ("failed_all_auth", "connection_failed", "disconnected"):
        client.add_event_handler(event, lambda _, event=event: end({"outcome": event}))
    client.connect(("127.0.0.1", server["port"]))
    print(json.dumps(await asyncio.wait_for(outcome, 20)))
    client.disconnect()


logging.disable(logging.CRITICAL)
asyncio.run(main(json.loads(sys.argv[1]), json.loads(sys.argv[2])))
