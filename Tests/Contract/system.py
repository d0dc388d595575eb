"""The running system that the contract suites judge: its gateway, its command line, its folders."""

import json
import os
import pathlib
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
    """The ids of the processes that listen on the gateway's port."""
    sockets = set()
    for line in pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        words = line.split()
        port, is_listening = int(words[1].rpartition(":")[2], 16), words[3] == "0A"
        if is_listening and port == int(setting("HTTP_PORT")):
            sockets.add(f"socket:[{words[9]}]")
    return sorted({descriptor.parts[2] for descriptor in pathlib.Path("/proc").glob("[0-9]*/fd/*") if target(descriptor) in sockets})


def target(link):
    """Where a descriptor leads; nothing when it was closed meanwhile or is somebody else's."""
    try:
        return os.readlink(link)
    except OSError:
        return None


def outbound_claims():
    return sorted(pathlib.Path(setting("OUTBOUND_FOLDER")).glob("837P_*.edi"))
