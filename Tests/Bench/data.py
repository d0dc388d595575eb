"""The organization that is measured: made once, kept between runs."""

import random
import struct
import uuid

from system import HERE

ORGANIZATION = "Bench Clinics"
SESSIONS = 128
PATIENTS = 1000
# What a location says that a figure has taken out of the directory for a while.
ASIDE = 'set aside by deploy/bench'


class Location:
    def __init__(self, id, schema, database):
        self.id, self.schema, self.database = id, schema, database
        self.patients = []


def prepare(system, locations, say):
    """At least so many locations, each with patients; fresh sessions. Fills `system.locations`, the oldest first."""
    put_back(system)
    there = int(system.sql(system.control, "select count(*) from control.location_directory where state = 'active' and name like 'Site %'")[0][0])
    if there < locations:
        say(f"making {locations - there} locations")
        with open(system.state / "provisioned", "a") as file:
            file.write(system.bench("locations", ORGANIZATION, locations, owner=True))
    system.sql(system.control, (HERE / "sessions.sql").read_text(), sessions=SESSIONS, organization=ORGANIZATION)
    for name in system.locations_databases:
        filled = system.sql(name, (HERE / "sites.sql").read_text(), patients=PATIENTS)
        if there < locations:
            say(f"filled {name}")
            system.sql(name, "vacuum analyze")
    rows = system.sql(
        system.control,
        "select id, role_name, database from control.location_directory where state = 'active' and name like 'Site %' order by substr(name, 6)::int",
    )
    system.locations = [Location(*row) for row in rows]
    return filled


def put_back(system):
    """Also what a run that was killed has set aside."""
    system.sql(
        system.control, f"update control.location_directory set state = 'active', migration_failure = null where migration_failure = '{ASIDE}'"
    )


def provisioned(system):
    """Milliseconds that each location took to make, in their order."""
    path = system.state / "provisioned"
    return [float(line) for line in path.read_text().split()] if path.exists() else []


def patients(system, locations):
    """Ids of the patients of these locations."""
    lacking = [location for location in locations if not location.patients]
    for name in system.locations_databases:
        here = [location for location in lacking if location.database == name]
        for start in range(0, len(here), 100):
            part = here[start : start + 100]
            query = " union all ".join(f"select '{location.schema}', id from {location.schema}.patient" for location in part)
            by_schema = {location.schema: location for location in part}
            for schema, id in system.sql(name, query):
                by_schema[schema].patients.append(id)


def tokens():
    return ["pc_s_" + str(n).rjust(43, "b") for n in range(1, SESSIONS + 1)]


def request(method, path, token, body=b"", **headers):
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}", "Accept: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def plain(method, path, body=b""):
    """For the peers, who ask nobody who they are."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def write(path, requests):
    """A file for `load`: pairs of a request and what its answer must hold."""
    with open(path, "wb") as file:
        for words, expected in requests:
            file.write(struct.pack("<II", len(words), len(expected)) + words + expected)
    return path


def reads(system, locations, count, seed):
    """Requests for patients chosen uniformly, by sessions chosen uniformly."""
    patients(system, locations)
    chance, all_tokens = random.Random(seed), tokens()
    for _ in range(count):
        location = chance.choice(locations)
        patient = chance.choice(location.patients)
        yield (
            request("GET", f"/v1/locations/{location.id}/patients/{patient}", chance.choice(all_tokens)),
            f'"{patient}"'.encode(),
        )


def key():
    return uuid.uuid4().hex
