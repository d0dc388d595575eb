"""Memory: of the gateway under load, and of PostgreSQL's backends once every location was visited through every list."""

import json
import random
import urllib.request

import book
import data
import read
from rounds import check_answers
from system import memory_mb

OWNER = 1
UNDER = "/v1/locations/{location}/"


def lists(system, location):
    """Paths of every GET below a location that needs no further id and comes to an end, as the gateway's own document names them."""
    with urllib.request.urlopen(f"http://127.0.0.1:{system.port}/v1/openapi.json") as answer:
        document = json.load(answer)
    for path, item in document["paths"].items():
        rest = path.removeprefix(UNDER)
        if "get" in item and path.startswith(UNDER) and "{" not in rest and "text/event-stream" not in json.dumps(item["get"]["responses"]):
            yield rest


def backends(system):
    """The most private memory of one backend of the gateway, and how many there are."""
    sizes = [memory_mb(pid, "Private_Dirty") + memory_mb(pid, "Private_Clean") for pid, _ in system.backends("polyclinic-gateway")]
    return max(sizes), len(sizes)


def memory(bench):
    system = bench.system(10 if bench.quick else 1000)
    # The first of those at the desk owns the organization for once: an owner may look at everything.
    system.sql(
        system.control,
        """update control.staff_grant set built_in = 'owner' where staff_id = (select id from control.staff where email_key = 'desk1@bench.example')""",
    )
    locations = system.locations[:1000]
    reads = data.write(system.work / "many-reads", data.reads(system, locations, 20_000, 8))
    bookings = data.write(system.work / "bookings", (pair for pair, _ in zip(book.bookings(system, locations[:10], 3), range(20_000))))
    book.empty(system, locations[:10])
    gateway = system.gateway()
    peak = 0.0
    for _ in range(bench.rounds):
        check_answers(system.tool("load", system.port, 128, bench.seconds, reads), 200)
        peak = max(peak, memory_mb(gateway.pid, "Rss"))
    system.tool("load", system.port, 32, bench.seconds, bookings, "once")
    peak = max(peak, memory_mb(gateway.pid, "Rss"))
    token = data.tokens()[OWNER - 1]
    paths = [path for path in lists(system, locations[0]) if path]
    every = [(data.request("GET", f"/v1/locations/{l.id}/{p}{'?day=2026-03-02' if p == 'appointments' else ''}", token), b"") for l in locations for p in paths]
    random.Random(9).shuffle(every)
    visited = system.tool("load", system.port, 32, 600, data.write(system.work / "everything", every), "once")
    bench.say(f"{len(paths)} lists of {len(locations)} locations: {visited['status']}")
    largest, count = backends(system)
    bench.figure("memory", "gateway_rss_mb", max(peak, memory_mb(gateway.pid, "Rss")), "MB")
    bench.figure("memory", "backend_private_mb", largest, "MB")
    bench.figure("memory", "backends", count, "")
    read.empty_trail(system, locations)
    system.stop(gateway)
