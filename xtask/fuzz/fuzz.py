"""Fuzzes the API of a running Tandem with schemathesis: whatever it is sent, it never answers 5xx.

    python fuzz.py READY TOKEN SECONDS

READY is what `tandem serve --ready-file` writes: the address and one-time sign-in links. TOKEN is one of `tandem
ingest-token`. A case is opened first, so that what is sent reaches further than "there is no such case". Each account is
tried for the same share of SECONDS, twice: with ids that exist, and with anything. Prints what schemathesis found, and at the
end `fuzz: N passed, M failed`; the exit code is 1 if one failed. The Python must have schemathesis.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

ACCOUNTS = ("it_analyst", "corporate_investigator", "approver_it", "auditor", "administrator", "staff")
SEED = "20260102"
EXAMPLES = "6"
# Signing out and signing in would end the session under test; the ledger's export and check read all of it every time.
LEFT_OUT = r"^/api/v1/(session$|sign-in|account/sessions|ledger/(check|export)$)"


class Stays(urllib.request.HTTPRedirectHandler):
    """A sign-in link sets its cookie on the answer itself."""

    def redirect_request(self, *_):
        return None


WEB = urllib.request.build_opener(Stays)


def ask(method, url, headers, body=None, kind="application/json"):
    """One request; gives headers and text, and fails on a refusal."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    headers = {**headers, **({"content-type": kind} if data is not None else {})}
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with WEB.open(request, timeout=60) as answer:
            return answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        raise SystemExit(f"{method} {url}: {refusal.code} {refusal.read().decode()}") from refusal


def session(address, link):
    """Signs in by a one-time link; gives the headers of a session."""
    headers, _ = ask("GET", link, {})
    cookies = [cookie.split(";")[0] for cookie in headers.get_all("set-cookie") or []]
    own = {"cookie": "; ".join(cookies)}
    _, text = ask("GET", f"{address}/api/v1/session", own)
    return {**own, "x-tandem-csrf": json.loads(text)["csrf"]}


def known(address, own):
    """Makes a case with something in it; gives ids that exist, by the beginning of the paths that take them."""

    def get(path):
        return json.loads(ask("GET", f"{address}/api/v1{path}", own)[1])

    def post(path, body, kind="application/json"):
        return json.loads(ask("POST", f"{address}/api/v1{path}", own, body, kind)[1])

    alert = get("/queue")["alerts"][0]
    asked = {"kind": "misuse", "title": "What is fuzzed", "reason": "to reach further", "alerts": [alert["id"]]}
    case = post("/cases", asked)["summary"]["id"]
    run = post(f"/cases/{case}/runs", {"playbook": "careless-upload", "inputs": {"self_reported": False}})
    taken = post(f"/cases/{case}/evidence?name=a.txt&source=a", b"fuzzed", "text/plain")
    disclosure = {
        "subject": alert["subject"],
        "fields": ["name"],
        "purpose": "investigation",
        "reason": "to reach further",
        "hours": 1,
    }
    disclosure = post(f"/cases/{case}/disclosures", disclosure)["id"]
    return {
        "alerts": {"id": alert["id"]},
        "subjects": {"id": alert["subject"]},
        "cases": {"id": case, "item": next(iter(taken["case"]["evidence"]))},
        "runs": {"id": run["summary"]["id"]},
        "disclosures": {"id": disclosure},
        "events": {"id": get("/events?limit=1")["events"][0]["id"]},
        "rules": {"id": get("/rules")["rules"][0]["id"]},
        "playbooks": {"id": "careless-upload"},
    }


def settings(ids):
    """What schemathesis is told: how each path's ids are filled in."""
    text = ""
    for beginning, values in ids.items():
        text += f'[[operations]]\ninclude-path-regex = "^/api/v1/{beginning}/"\n[operations.parameters]\n'
        text += "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())
    return text


def fuzz(address, own, place, seconds):
    """Runs schemathesis once; true if it found nothing. What it says is shown if it found something."""
    command = [sys.executable, "-m", "schemathesis.cli"]
    if place:
        command += ["--config-file", str(place)]
    command += ["run", f"{address}/api/openapi.json", "--checks", "not_a_server_error"]
    command += ["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", SEED]
    command += ["--max-time", str(seconds), "--request-timeout", "30", "--max-failures", "20", "--no-color"]
    command += ["--generation-database", "none", "--exclude-path-regex", LEFT_OUT, "--warnings", "off"]
    for name, value in own.items():
        command += ["--header", f"{name}: {value}"]
    here = str(pathlib.Path(__file__).parent)
    env = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": here, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, check=False, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    sent = re.search(r"(\d+) generated", done.stdout)
    # A run that sent nothing has shown nothing.
    held = done.returncode == 0 and sent is not None
    print(f"  {sent.group(1) if sent else 'no'} requests" if held else done.stdout, flush=True)
    return held


def main():
    ready, token, seconds = json.loads(pathlib.Path(sys.argv[1]).read_text()), sys.argv[2], int(sys.argv[3])
    address = ready["address"]
    sessions = {account: session(address, ready["links"][account]) for account in ACCOUNTS}
    ids = known(address, sessions[ACCOUNTS[0]])
    share = max(5, seconds // (2 * len(sessions)))
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder) / "schemathesis.toml"
        place.write_text(settings(ids))
        for account, own in sessions.items():
            for file in (place, None):
                print(f"fuzz: as {account}, {'ids that exist' if file else 'any ids'}", flush=True)
                if fuzz(address, {**own, "authorization": f"Bearer {token}"}, file, share):
                    passed += 1
                else:
                    failed += 1
    print(f"fuzz: {passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
