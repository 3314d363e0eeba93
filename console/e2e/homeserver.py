"""A Matrix homeserver (Synapse) of the browser tests, in a folder of its own.

    python homeserver.py FOLDER READY

It makes accounts for Tandem, a colleague and a stranger, and a room of all three. Then it writes FOLDER/connector.toml, which
makes Tandem's settings speak to it, and READY (JSON): the server's address, its domain, the room's id and each account's
access token. The process itself becomes the server, so that whoever
started it ends it by ending this process. The Python must have Synapse (`pip install matrix-synapse`).
"""

import hashlib
import hmac
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

DOMAIN = "tandem.test"
PEOPLE = ("tandem", "ines", "stranger")
# Makes accounts possible; only this server knows it, and it listens on this machine only.
REGISTRATION = "only for this test"
# The same settings as the homeservers of the Rust tests have.
SETTINGS = pathlib.Path(__file__).parents[2] / "crates/tandem-connect/tests/it/homeserver.yaml"


def ask(address, path, body=None, token=None):
    """One request of the client API; gives what came back."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    request = urllib.request.Request(address + path, data=data, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def awake(address, since):
    """Waits until the server answers."""
    while True:
        try:
            return ask(address, "/_matrix/client/versions")
        except (urllib.error.URLError, OSError):
            if time.monotonic() - since > 120:
                raise
            time.sleep(0.25)


def account(address, name):
    """Registers an account (Synapse's shared-secret registration) and gives its access token."""
    path = "/_synapse/admin/v1/register"
    nonce = ask(address, path)["nonce"]
    said = "\0".join((nonce, name, f"pass-{name}", "notadmin"))
    mac = hmac.new(REGISTRATION.encode(), said.encode(), hashlib.sha1).hexdigest()
    body = {"nonce": nonce, "username": name, "password": f"pass-{name}", "admin": False, "mac": mac}
    return ask(address, path, body)["access_token"]


# A name of its own for each server: how far the last one was listened to means nothing to the next.
CONNECTOR = """
[[connectors]]
name = "rooms-{port}"
kind = "matrix"
server = "{address}"
domain = "{domain}"
room = "{room}"
secret_file = "{secret}"
"""


def people(address, folder, ready):
    """Makes the accounts and their room, and says so in `ready`."""
    awake(address, time.monotonic())
    tokens = {name: account(address, name) for name in PEOPLE}
    invited = [f"@{name}:{DOMAIN}" for name in PEOPLE if name != "tandem"]
    room = ask(address, "/_matrix/client/v3/createRoom", {"preset": "private_chat", "invite": invited}, tokens["tandem"])
    room = room["room_id"]
    for name in PEOPLE[1:]:
        ask(address, f"/_matrix/client/v3/join/{urllib.parse.quote(room)}", {}, tokens[name])
    secret = folder / "tandem.token"
    secret.write_text(tokens["tandem"])
    port = address.rsplit(":", 1)[1]
    connector = CONNECTOR.format(port=port, address=address, domain=DOMAIN, room=room, secret=secret)
    (folder / "connector.toml").write_text(connector)
    partial = ready.with_suffix(".partial")
    partial.write_text(json.dumps({"address": address, "domain": DOMAIN, "room": room, "tokens": tokens}))
    partial.rename(ready)


def main():
    folder, ready = pathlib.Path(sys.argv[1]).absolute(), pathlib.Path(sys.argv[2]).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = folder / "hs.yaml"
    settings.write_text(SETTINGS.read_text().replace("@FOLDER@", str(folder)).replace("@PORT@", str(port)))
    server = [sys.executable, "-m", "synapse.app.homeserver", "-c", str(settings)]
    os.chdir(folder)
    subprocess.run([*server, "--generate-keys"], check=True, stdout=subprocess.DEVNULL)
    if os.fork() == 0:
        try:
            people(f"http://127.0.0.1:{port}", folder, ready)
        finally:
            os._exit(0)
    os.execv(sys.executable, server)


if __name__ == "__main__":
    main()
