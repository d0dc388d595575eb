"""Openings over four weeks of 20 providers, six tenths of whose time is taken: ours, a plain query for gaps, and walks over every slot."""

import json
import random
import struct

import data
import peers
from diary import Diary
from qual import SCOPE, TEXT, INT4, entry
from read import audited, empty_trail
from rounds import Side, interleave, loads
from system import HERE, Void

CONNECTIONS, REQUESTS, LONG = 8, 4_000, (15, 30, 45, 60)
# To a server that has one thread and walks for long: more would only wait.
WALKERS = 2


def gap_query(diary):
    return (HERE / "gaps.sql").read_text().format(place=diary.location.schema, first=diary.first, last=diary.last)


def totals(system, diary):
    """How many openings there are of each length, by the plain query: what ours and the walk must find too."""
    found = {}
    for minutes in LONG:
        rows = system.sql(diary.location.database, gap_query(diary).replace("$1", str(minutes)))
        found[minutes] = int(rows[0][2]) if rows else 0
    if not all(found.values()):
        raise Void(f"there is nothing to find: {found}")
    return found


def requests(system, diary, expected, seed):
    """What the desk asks: any provider, any room, the best twenty; each answer must say how many there are."""
    place, chance, tokens = diary.location, random.Random(seed), data.tokens()
    [[type]] = system.sql(place.database, f"select id from {place.schema}.appointment_type order by id limit 1")
    for number in range(REQUESTS):
        minutes = LONG[number % len(LONG)]
        body = {"type_id": type, "minutes": minutes, "from_day": diary.first, "through_day": diary.last}
        words = data.request("POST", f"/v1/locations/{place.id}/openings", chance.choice(tokens), json.dumps(body).encode())
        yield words, f'"total":{expected[minutes]},'.encode()


def ours(system, diary, expected, gateway, name="gateway", connections=CONNECTIONS):
    path = data.write(system.work / f"openings-{diary.location.schema}", requests(system, diary, expected, 12))
    return Side(name, audited(system, [diary.location], loads(system, system.port, connections, path)), gateway)


def gaps(system, diary):
    """The plain query from libpq, in the location's role, as many at once."""
    path = system.work / "gap-query"
    with open(path, "wb") as file:
        file.write(entry(b"C", diary.location.database.encode()))
        file.write(entry(b"P", b"s1", SCOPE.encode(), struct.pack("<I", TEXT)))
        file.write(entry(b"P", b"s2", gap_query(diary).encode(), struct.pack("<I", INT4)))
        for minutes in LONG:
            file.write(entry(b"E", b"s1", diary.location.schema.encode()) + entry(b"E", b"s2", struct.pack(">i", minutes)) + entry(b"S"))

    def run(seconds):
        result = system.tool("replay", path, len(LONG), seconds, CONNECTIONS, 1, 2**50, **login(system))
        if result["errors"]:
            raise RuntimeError(f"the query for gaps failed: {result['complaints'][:300]}")
        return result

    return Side("gap-query", run)


def walk(system, diary, expected):
    asked = [f"{minutes}:{total}" for minutes, total in expected.items()]

    def run(seconds):
        more = dict(login(system), PGDATABASE=diary.location.database)
        result = system.tool("walk", seconds, CONNECTIONS, diary.location.schema, diary.first, diary.last, *asked, **more)
        if result["wrong"]:
            raise Void(f"the walk found another number of openings {result['wrong']} times")
        return result

    return Side("walk", run)


def server(system, diary, expected, others, name):
    """The same walk by a server of the usual kind, over the same times."""
    place = diary.location
    others.take(
        system.sql(
            place.database,
            f"""select n, starts_at, ends_at from {place.schema}.appointment
            join (select id as provider_id, row_number() over (order by id) as n from {place.schema}.provider) as numbered using (provider_id)
            where wall_day between '{diary.first}' and '{diary.last}'""",
        )
    )
    paths = ((f"/t/1/openings?first={diary.first}&last={diary.last}&minutes={minutes}", total) for minutes, total in list(expected.items()) * 25)
    return others.asked(name, ((data.plain("GET", path), f'"total":{total}}}'.encode()) for path, total in paths), WALKERS)


def login(system):
    return system.connection(system.settings["POLYCLINIC_GATEWAY_USER"], system.settings["POLYCLINIC_GATEWAY_PASSWORD_FILE"])


def openings(bench):
    system = bench.system(14)
    diary = Diary(system, system.locations[13])
    empty_trail(system, [diary.location])
    expected = totals(system, diary)
    gateway = system.gateway()
    with peers.Peers(system, bench.peers, bench.say, ["fastapi"]) as others:
        sides = [ours(system, diary, expected, gateway), gaps(system, diary), walk(system, diary, expected)]
        sides += [server(system, diary, expected, others, name) for name in others.names]
        alone = ours(system, diary, expected, gateway, "alone", 1)
        interleave(system, sides + [alone], bench.rounds, bench.seconds, bench.say)
        others.empty()
    bench.compared("openings", sides)
    bench.figure("openings", "alone_p99_ms", alone.middle("p99_ms"), "ms")
    bench.figure("openings", "appointments", diary.appointments, "")
    system.stop(gateway)
