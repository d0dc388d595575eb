"""GET of one patient: a session, a permission, the location's role, one flight, an audit row that is safe before the answer."""

import data
import floor
import peers
from rounds import Side, check_answers, interleave, loads
from system import Void

CONNECTIONS = 32


def trail(system, locations):
    """How many entries the trails of these locations hold, and the intakes that they take them from."""
    total = sum(int(row[0]) for row in system.everywhere("select count(*) from queue.audit_intake"))
    for name in system.locations_databases:
        here = [location for location in locations if location.database == name]
        for start in range(0, len(here), 200):
            query = " union all ".join(f"select count(*) from {location.schema}.audit_entry" for location in here[start : start + 200])
            total += sum(int(row[0]) for row in system.sql(name, query)) if query else 0
    return total


def empty_trail(system, locations):
    for name in system.locations_databases:
        system.sql(name, "truncate queue.audit_intake")
        here = [f"{l.schema}.audit_entry, {l.schema}.audit_unsealed" for l in locations if l.database == name]
        for start in range(0, len(here), 50):
            system.sql(name, f"truncate {', '.join(here[start : start + 50])}")


def audited(system, locations, run, least=900):
    """The same, void unless each answer has its row in a trail."""

    def checked(seconds):
        before = trail(system, locations)
        result = run(seconds)
        check_answers(result, 200)
        rows = trail(system, locations) - before
        if rows != result["answers"]:
            raise Void(f"{rows} audit rows for {result['answers']} answers")
        if result["smallest"] < least:
            raise Void(f"an answer of {result['smallest']} bytes is too small to count")
        return result

    return checked


def read_10(bench):
    system = bench.system(10)
    locations = system.locations[:10]
    empty_trail(system, locations)
    requests = data.write(system.work / "reads", data.reads(system, locations, 40_000, 1))
    some = data.write(system.work / "few-reads", data.reads(system, locations, 6_000, 2))
    recording, recorded, since = floor.record(system, some)
    check_answers(recorded, 200)
    gateway = system.gateway()
    sides = [
        Side("gateway", audited(system, locations, loads(system, system.port, CONNECTIONS, requests)), gateway),
        # As many requests under way as clients: four on each of four connections to each database.
        Side("floor", floor.replays(system, recording, recorded["answers"], since, 4, 4)),
    ]
    with peers.Peers(system, bench.peers, bench.say) as others:
        sides += [others.side(name, "GET", CONNECTIONS) for name in others.names]
        interleave(system, sides, bench.rounds, bench.seconds, bench.say)
    bench.compared("read_10", sides)
    bench.figure("read_10", "answer_bytes", sides[0].middle("mean"), "B")
    system.stop(gateway)


def read_1000(bench):
    """The same over a thousand locations, in turns with ten: every connection has met its share of them before the clock runs."""
    system = bench.system(1000)
    few, many = system.locations[:10], system.locations[:1000]
    empty_trail(system, many)
    files = {
        "read_10": data.write(system.work / "reads", data.reads(system, few, 40_000, 1)),
        "read_1000": data.write(system.work / "many-reads", data.reads(system, many, 80_000, 8)),
    }
    gateway = system.gateway()
    sides = [
        Side(name, audited(system, many, loads(system, system.port, CONNECTIONS, file)), gateway) for name, file in files.items()
    ]

    def warm(side):
        system.tool("load", system.port, CONNECTIONS, bench.seconds, files[side.name])

    interleave(system, sides, bench.rounds, bench.seconds, bench.say, warm)
    ten, thousand = sides
    bench.rows("read_1000", sides)
    bench.figure("read_1000", "per_second", thousand.rate(), "1/s")
    bench.figure("read_1000", "ratio_read_10", thousand.rate() / ten.rate(), "")
    bench.costs("read_1000", thousand)
    system.stop(gateway)
