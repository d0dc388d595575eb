"""Schemathesis over all routes of the demo organizations: no 5xx, every answer as the document says, bad data refused, and the gateway still
the same process afterwards."""

import os
import pathlib
import subprocess
import tempfile

from system import ask, gateway, gateway_process, setting, sign_in

# These may end the session that plays or lock its account out: they are played last, by somebody else.
ENDING = [
    "DELETE /v1/sessions/current",
    "DELETE /v1/sessions/{session}",
    "POST /v1/sessions/current/step-up",
    "POST /v1/account/password",
    "POST /v1/account/second-factor",
    "POST /v1/account/second-factor/enrolment",
    "POST /v1/organizations/{organization}/staff/{staff}/sessions/ending",
    "POST /v1/organizations/{organization}/staff/{staff}/suspension",
    "POST /v1/organizations/{organization}/staff/{staff}/grants/{grant}/revocation",
]

# Answers that go on for an hour; EventStreamTests follow them.
ENDLESS = ["GET /v1/locations/{location}/events"]

# What the generator cannot know: a cursor or an ETag that it made up is refused (400, 412), one that it was shown answers 304, a key is used
# twice (422), and so is an NPI without its check digit. A change without If-Match gets 428. Requests without a token are few a second (429).
CONFIGURATION = """
[parameters]
"path.organization" = "{organization}"
"path.location" = "{location}"

[checks.missing_required_header]
expected-statuses = ["400", "401", "403", "404", "406", "415", "422", "428", "429"]

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429"]

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "400", "401", "403", "404", "409", "412", "422", "429"]
"""


def play(person, seconds, routes):
    """Plays the routes that the options name as a demo account; whether all went well."""
    token = sign_in("owner", person)
    organization = ask("GET", "/v1/account", token)["memberships"][0]["organization_id"]
    location = ask("GET", f"/v1/organizations/{organization}/locations", token)["items"][0]["id"]
    with tempfile.TemporaryDirectory() as folder:
        configuration = pathlib.Path(folder, "schemathesis.toml")
        configuration.write_text(CONFIGURATION.format(organization=organization, location=location), encoding="utf-8")
        command = ["schemathesis", "--config-file", str(configuration), "run", gateway() + "/v1/openapi.json"]
        command += ["--header", f"Authorization: Bearer {token}", "--checks", "all", "--phases", "examples,coverage,fuzzing"]
        command += ["--max-examples", "8", "--max-time", str(seconds), "--rate-limit", "80/s", "--request-timeout", "20"]
        command += ["--continue-on-failure", "--no-shrink", "--generation-database", "none", "--seed", "1", "--no-color", *routes]
        return subprocess.run(command, cwd=folder, check=False).returncode == 0


setting("HTTP_PORT")
before = gateway_process()
seconds = int(os.environ.get("SCHEMATHESIS_SECONDS", "120"))
others = play(0, seconds, [option for route in ENDING + ENDLESS for option in ("--exclude-name", route)])
ending = play(1, seconds // 4, [option for route in ENDING for option in ("--include-name", route)])
if not before or gateway_process() != before:
    raise SystemExit(f"the gateway was process {before} and is {gateway_process()}")
raise SystemExit(0 if others and ending else 1)
