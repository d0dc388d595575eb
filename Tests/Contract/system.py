"""The running system that the contract suites judge: its gateway, its command line, its folders."""

import json
import os
import pathlib
import re
import secrets
import subprocess
import sys
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
X12_TESTS = HERE.parent / "X12Tests"
SKIPPED = 77


def setting(name):
    """A setting of the running system; without it there is none, and the suite is skipped."""
    value = os.environ.get("POLYCLINIC_" + name)
    if not value:
        print(f"POLYCLINIC_{name} is not set; run deploy/test")
        sys.exit(SKIPPED)
    return value


def gateway():
    return f"http://{setting('HTTP_HOST')}:{setting('HTTP_PORT')}"


def polyclinic(*arguments, seconds=120):
    """What the command line printed. Errors: its exit status was not 0."""
    run = subprocess.run(["polyclinic", *arguments], capture_output=True, text=True, timeout=seconds)
    if run.returncode != 0:
        print(run.stdout, run.stderr, sep="\n")
        raise SystemExit(f"polyclinic {' '.join(arguments)} ended with {run.returncode}")
    return run.stdout


def ask(method, path, token=None, body=None):
    """The answer's JSON. Errors: HTTPError for anything but 2xx."""
    request = urllib.request.Request(gateway() + path, method=method)
    request.add_header("User-Agent", "contract-suite")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    if method == "POST":
        request.add_header("Idempotency-Key", secrets.token_hex(16))
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def sign_in(role, which=0):
    """A token of a demo account with that role. A code works once, so a used one is followed by the next."""
    account = [it for it in json.loads(polyclinic("demo", "logins", "--json")) if it["role"] == role][which]
    for options in ([], ["--next"]):
        code = polyclinic("demo", "code", account["email"], *options).strip()
        try:
            body = {"email": account["email"], "password": account["password"], "code": code}
            return ask("POST", "/v1/sessions", body=body)["token"]
        except urllib.error.HTTPError as error:
            refusal = error.read().decode()
    raise SystemExit(f"{account['email']} could not sign in: {refusal}")


def gateway_process():
    """The id of the process that listens on the gateway's port."""
    listeners = subprocess.run(["ss", "-Hltnp", f"sport = :{setting('HTTP_PORT')}"], capture_output=True, text=True, check=True)
    return re.findall(r"pid=(\d+)", listeners.stdout)


def outbound_claims():
    return sorted(pathlib.Path(setting("OUTBOUND_FOLDER")).glob("837P_*.edi"))
