"""Lists that people wait for: patients by search, and the appointments of a day."""

import json
import random
import urllib.request

import data
from read import empty_trail, trail
from rounds import Side, check_answers, interleave, loads
from system import HERE, Void

CONNECTIONS = 8


def side(system, name, requests, gateway):
    path = data.write(system.work / name, requests)
    run = loads(system, system.port, CONNECTIONS, path)

    def checked(seconds):
        result = run(seconds)
        check_answers(result, 200)
        return result

    return Side(name, checked, gateway)


def searches(locations, seed):
    """Pages of 50, by a given name that 50 patients have, or a part of one."""
    chance, all_tokens = random.Random(seed), data.tokens()
    given = ["ada", "benno", "clara", "darius", "elena", "farid", "greta", "hugo", "ines", "jonas", "kira", "luis", "mara", "nils", "olga", "pablo"]
    for _ in range(4_000):
        location, words = chance.choice(locations), chance.choice(given)
        body = json.dumps({"text": words}).encode()
        yield data.request("POST", f"/v1/locations/{location.id}/patients/search?limit=50", chance.choice(all_tokens), body), b'"items"'


def pages(system, location, path):
    """The paths of all parts of a list, by the cursors that the gateway gives."""
    found, cursor = [], ""
    while cursor is not None:
        found.append(f"/v1/locations/{location.id}/{path}{cursor}")
        ask = urllib.request.Request(f"http://127.0.0.1:{system.port}{found[-1]}", headers={"Authorization": f"Bearer {data.tokens()[0]}"})
        with urllib.request.urlopen(ask) as answer:
            page = json.load(answer)
        cursor = f"&cursor={page['next_cursor']}" if page.get("next_cursor") else None
    return found


def boards(system, locations, seed):
    """Every part of the day of 600 appointments, in any order."""
    chance, all_tokens = random.Random(seed), data.tokens()
    paths = [path for location in locations for path in pages(system, location, "appointments?day=2026-03-02&limit=200")]
    for _ in range(4_000):
        yield data.request("GET", chance.choice(paths), chance.choice(all_tokens)), b'"items"'


def lists(bench):
    system = bench.system(10)
    locations = system.locations[:10]
    for location in locations:
        system.sql(location.database, (HERE / "day.sql").read_text(), place=location.schema, days=1)
    empty_trail(system, locations)
    gateway = system.gateway()
    sides = [side(system, "search_50", searches(locations, 5), gateway), side(system, "day_list", boards(system, locations, 6), gateway)]
    interleave(system, sides, bench.rounds, bench.seconds, bench.say)
    if trail(system, locations) == 0:
        raise Void("nobody's trail says what was shown")
    bench.rows("lists", sides)
    for one in sides:
        bench.figure(one.name, "per_second", one.rate(), "1/s")
        bench.figure(one.name, "p50_ms", one.middle("p50_ms"), "ms")
        if one.name == "day_list":
            # A day comes in three parts: each of them as slow as the slowest hundredth is the worst of a day.
            bench.figure(one.name, "part_p99_ms", one.middle("p99_ms"), "ms")
            bench.figure(one.name, "p99_ms", 3 * one.middle("p99_ms"), "ms")
        else:
            bench.figure(one.name, "p99_ms", one.middle("p99_ms"), "ms")
        bench.figure(one.name, "gateway_cpu_us", one.per_answer("server_us"), "us")
        bench.figure(one.name, "postgres_cpu_us", one.per_answer("postgres_us"), "us")
        bench.figure(one.name, "answer_bytes", one.middle("mean"), "B")
    system.stop(gateway)
