"""Schemathesis over all routes, signed in as the owner of the demo organization: no 5xx, every answer as the document says, bad data refused,
and the gateway still the same process afterwards."""

import os
import re
import subprocess
import sys
import tempfile

from system import ask, gateway, gateway_process, setting, sign_in

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "8")
SECONDS = os.environ.get("SCHEMATHESIS_SECONDS", "240")

# These end the session in use or lock the account that plays; each has tests of its own.
LEFT_OUT = [
    "DELETE /v1/sessions/current",
    "POST /v1/sessions/current/step-up",
    "POST /v1/account/password",
    "POST /v1/account/second-factor",
    "POST /v1/account/second-factor/enrolment",
]

# What the generator cannot know: a cursor or an ETag it made up is refused (400, 412), a key is used twice (422), and so is an NPI without
# its check digit. A change without If-Match gets 428.
CONFIGURATION = """
[parameters]
"path.organization" = "{organization}"
"path.location" = "{location}"

[checks.missing_required_header]
expected-statuses = ["400", "401", "403", "404", "406", "415", "422", "428"]

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429"]

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "403", "404", "409", "412", "422", "429"]
"""


def run(token, organization, location, folder):
    configuration = os.path.join(folder, "schemathesis.toml")
    with open(configuration, "w", encoding="utf-8") as file:
        file.write(CONFIGURATION.format(organization=organization, location=location))
    command = [
        *("schemathesis", "--config-file", configuration, "run", gateway() + "/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {token}", "--phases", "examples,coverage,fuzzing", "--checks", "all"),
        *("--max-examples", EXAMPLES, "--max-time", SECONDS, "--workers", "4", "--rate-limit", "5400/m", "--request-timeout", "20"),
        *("--continue-on-failure", "--no-shrink", "--generation-database", "none", "--no-color", "--seed", "1"),
    ]
    for route in LEFT_OUT:
        command += ["--exclude-name", route]
    return subprocess.run(command, cwd=folder).returncode


setting("HTTP_PORT")
before = gateway_process()
token = sign_in("owner")
organization = ask("GET", "/v1/account", token)["memberships"][0]["organization_id"]
location = ask("GET", f"/v1/organizations/{organization}/locations", token)["items"][0]["id"]
with tempfile.TemporaryDirectory() as folder:
    status = run(token, organization, location, folder)
ask("GET", "/v1/openapi.json")
if not before or gateway_process() != before:
    raise SystemExit(f"the gateway was process {before} and is {gateway_process()}")
raise SystemExit(status)
