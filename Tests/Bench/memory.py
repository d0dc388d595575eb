"""Memory: of the gateway under load, and of PostgreSQL's backends while every location is visited through every list."""

import contextlib
import json
import random
import threading
import urllib.request

import book
import data
import read
from rounds import check_answers
from system import memory_mb, own_memory_mb

OWNER = 1
UNDER = "/v1/locations/{location}/"


# What some lists must be asked with.
QUESTIONS = {
    "appointments": "day=2026-03-02", "encounters": "day=2026-03-02", "appointment-exports": "from_day=2026-03-02&through_day=2026-03-08",
    "series": "patient_id={patient}",
}


def lists(document, location):
    """Every GET below a location that needs no further id and comes to an end, as the gateway's own document names them."""
    for path, item in document["paths"].items():
        rest = path.removeprefix(UNDER)
        if "get" in item and path.startswith(UNDER) and rest and "{" not in rest and "text/event-stream" not in json.dumps(item["get"]["responses"]):
            yield rest + ("?" + QUESTIONS[rest].format(patient=location.patients[0]) if rest in QUESTIONS else "")


class Watch(threading.Thread):
    """The most that one backend of the gateway had to itself while it ran."""

    def __init__(self, system):
        super().__init__(daemon=True)
        self.system, self.most, self.count, self.ended = system, 0.0, 0, threading.Event()

    def run(self):
        while not self.ended.wait(0.3):
            self.look()

    def look(self):
        pids = [pid for pid, _ in self.system.backends("polyclinic-gateway")]
        self.count = max(self.count, len(pids))
        for pid in pids:
            # One that was replaced is gone between the two looks.
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                self.most = max(self.most, own_memory_mb(pid))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()
        self.look()


def visit(bench, system, locations):
    """The most that the gateway took under load at these locations, and the most that one of its backends had to itself while every list of
    them was looked at; megabytes. And how many backends there were."""
    # The first of those at the desk owns the organization for once: an owner may look at everything.
    system.sql(
        system.control,
        """update control.staff_grant set built_in = 'owner' where staff_id = (select id from control.staff where email_key = 'desk1@bench.example')""",
    )
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
    with urllib.request.urlopen(f"http://127.0.0.1:{system.port}/v1/openapi.json") as answer:
        document = json.load(answer)
    every = [(data.request("GET", f"/v1/locations/{l.id}/{p}", token), b"") for l in locations for p in lists(document, l)]
    random.Random(9).shuffle(every)
    with Watch(system) as backends:
        visited = system.tool("load", system.port, 32, 600, data.write(system.work / "everything", every), "once")
    check_answers(visited, 200)
    bench.say(f"{len(every) // len(locations)} lists of {len(locations)} locations")
    peak = max(peak, memory_mb(gateway.pid, "Rss"))
    read.empty_trail(system, locations)
    system.stop(gateway)
    return peak, backends.most, backends.count


def memory(bench):
    system = bench.system(10 if bench.quick else 1000)
    gateway, backend, count = visit(bench, system, system.locations[:1000])
    bench.figure("memory", "gateway_rss_mb", gateway, "MB")
    bench.figure("memory", "backend_private_mb", backend, "MB")
    bench.figure("memory", "backends", count, "")


def growth_memory(bench):
    """The same at 10, 100 and 1,000 locations."""
    system = bench.system(1000)
    for factor in (1, 10, 100):
        gateway, backend, _ = visit(bench, system, system.locations[: 10 * factor])
        bench.figure("growth_memory", f"gateway_x{factor}_rss_mb", gateway, "MB")
        bench.figure("growth_memory", f"backend_x{factor}_private_mb", backend, "MB")
