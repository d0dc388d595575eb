"""Booking an appointment with all laws: idempotency, locks, occupancy, audit, event, one transaction."""

import json
import random

import data
import floor
import peers
import qual
from rounds import Side, check_answers, interleave, loads
from system import Void

CONNECTIONS, RECORDED, DAYS = 32, 6_000, 15
COUNTED = {"appointments": "appointment", "keys": "idempotency_key", "entries": "audit_entry"}
EMPTIED = ["appointment", "occupancy", "idempotency_key", "audit_entry", "audit_unsealed"]


def bookings(system, locations, seed):
    """Every slot of 15 minutes once, in any order: 30 a day for each of 20 providers at each location. No patient is booked twice at a time."""
    data.patients(system, locations)
    chance, all_tokens = random.Random(seed), data.tokens()
    cast = {}
    for location in locations:
        rows = system.sql(
            location.database,
            f"select kind, id from {location.schema}.resource order by kind, name; select 'type', id from {location.schema}.appointment_type",
        )
        cast[location] = {kind: [id for k, id in rows if k == kind] for kind in ("provider", "room", "type")}
    slots = [(l, p, d, s) for l in locations for p in range(20) for d in range(DAYS) for s in range(30)]
    chance.shuffle(slots)
    # From tomorrow on: nothing may begin in the past.
    first = system.sql(system.control, "select (now() at time zone 'America/New_York')::date + 2")[0][0]
    days = [row[0] for row in system.sql(system.control, f"select date '{first}' + n from generate_series(0, {DAYS - 1}) as n")]
    for location, provider, day, slot in slots:
        who = cast[location]
        body = {
            "patient_id": location.patients[(day * 577 + slot * 31 + provider) % len(location.patients)], "type_id": who["type"][0],
            "provider_id": who["provider"][provider], "resource_ids": [who["room"][provider]], "day": days[day],
            "time": f"{8 + slot // 4:02}:{slot % 4 * 15:02}", "minutes": 15, "note": "Asked for by telephone",
        }
        path = f"/v1/locations/{location.id}/appointments"
        yield data.request("POST", path, chance.choice(all_tokens), json.dumps(body).encode(), Idempotency_Key=data.key()), b'"booked"'


def empty(system, locations):
    for name in {location.database for location in locations}:
        tables = [f"{l.schema}.{table}" for l in locations if l.database == name for table in EMPTIED]
        system.sql(name, f"truncate {', '.join(tables)}, queue.event, queue.job cascade")


def counted(system, locations):
    """What is there, by what it is."""
    found = {}
    for what, table in COUNTED.items():
        for name in {location.database for location in locations}:
            query = " + ".join(f"(select count(*) from {l.schema}.{table})" for l in locations if l.database == name)
            found[what] = found.get(what, 0) + int(system.sql(name, f"select {query}")[0][0])
    found["events"] = sum(int(row[0]) for row in system.everywhere("select count(*) from queue.event where name = 'appointment.booked'"))
    return found


def whole(system, locations, run):
    """The same, void unless each booking has its appointment, its key, its entry and its event."""

    def checked(seconds):
        before = counted(system, locations)
        result = run(seconds)
        check_answers(result, 201)
        there = {what: number - before[what] for what, number in counted(system, locations).items()}
        if set(there.values()) != {result["answers"]}:
            raise Void(f"{result['answers']} bookings were acknowledged, but {there} came to be")
        return result

    return checked


def book(bench):
    system = bench.system(10)
    locations = system.locations[:10]
    requests = data.write(system.work / "bookings", bookings(system, locations, 3))
    some = data.write(system.work / "few-bookings", (pair for pair, _ in zip(bookings(system, locations, 4), range(RECORDED))))
    empty(system, locations)
    recording, recorded, since = floor.record(system, some)
    check_answers(recorded, 201)
    gateway = system.gateway()
    with peers.Peers(system, bench.peers, bench.say) as others:
        sides = [
            Side("gateway", whole(system, locations, loads(system, system.port, CONNECTIONS, requests, once=True)), gateway),
            # The recorded slots are free once: it ends when they are taken, after two or three seconds.
            Side("floor", floor.replays(system, recording, recorded["answers"], since, 8, 1, once=True)),
        ]
        if others.names:
            sides.append(Side("book-qual", qual.replays(system, others)))
        sides += [others.side(name, "POST", CONNECTIONS) for name in others.names]
        alone = Side("alone", whole(system, locations, loads(system, system.port, 1, requests, once=True)), gateway)

        def before(side):
            if side.name in ("gateway", "floor", "alone"):
                empty(system, locations)
            else:
                others.empty()

        interleave(system, sides + [alone], bench.rounds, bench.seconds, bench.say, before)
    bench.compared("book", sides)
    bench.figure("book", "alone_p99_ms", alone.middle("p99_ms"), "ms")
    system.stop(gateway)
