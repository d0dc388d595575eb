"""What deploy/bench runs once its servers are up: bench.py STATE [--quick] [--aims FILE] [--rounds N] [--no-peers] [FIGURE…]"""

import argparse
import sys
import time
import traceback

import board
import book
import data
import fleet
import growth
import hostile
import jobs
import lists
import memory
import openings
import read
import repair
import report
import small
from system import HERE, System, Void

FIGURES = {
    "read_10": read.read_10,
    "book": book.book,
    "openings": openings.openings,
    "day_board": board.day_board,
    "repair": repair.repair,
    "hostile": hostile.hostile,
    "lists": lists.lists,
    "jobs": jobs.jobs,
    "x12_835": small.x12_835,
    "start": small.start,
    "read_1000": read.read_1000,
    "memory": memory.memory,
    "fleet": fleet.fleet,
    "growth": growth.growth,
    "growth_diary": growth.growth_diary,
    "growth_fleet": growth.growth_fleet,
    "growth_memory": memory.growth_memory,
}


QUICK = ["read_10", "book", "openings", "day_board", "jobs", "x12_835", "start"]


class Bench:
    def __init__(self, options):
        self.quick = options.quick
        self.rounds = options.rounds or (2 if options.quick else 5)
        self.seconds = 1.5 if options.quick else 3
        self.peers = not (options.no_peers or options.quick)
        self.report = report.Report()
        self._system = System(options.state)
        self.state = self._system.state
        self.began = time.monotonic()

    def say(self, words):
        print(f"  {time.monotonic() - self.began:6.0f} s  {words}", file=sys.stderr, flush=True)

    def system(self, locations):
        """The system with at least so many locations."""
        if len(self._system.locations) < locations:
            data.prepare(self._system, locations, self.say)
        return self._system

    def figure(self, figure, metric, value, unit):
        self.report.add(figure, metric, value, unit)

    def rows(self, figure, sides):
        self.report.compare(figure, sides)

    def compared(self, figure, sides):
        """What the first side did, which is ours, and how much of each other's rate that is."""
        self.rows(figure, sides)
        ours = sides[0]
        self.figure(figure, "per_second", ours.rate(), "1/s")
        for side in sides[1:]:
            self.figure(figure, f"ratio_{side.name.replace('-', '_')}", ours.rate() / side.rate(), "")
        self.costs(figure, ours)

    def costs(self, figure, side):
        """Processor time and waiting for each answer of a side."""
        for metric, what in (("gateway_cpu_us", "server_us"), ("postgres_cpu_us", "postgres_us"), ("load_cpu_us", "cpu_us")):
            self.figure(figure, metric, side.per_answer(what), "us")
        self.figure(figure, "p50_ms", side.middle("p50_ms"), "ms")
        self.figure(figure, "p99_ms", side.middle("p99_ms"), "ms")

    def run(self, names):
        for name in names:
            self.say(f"figure {name}")
            try:
                FIGURES[name](self)
            except Void as void:
                self.report.void(name, str(void))
            except Exception:
                traceback.print_exc()
                self.report.void(name, "it could not be measured; see above")
            finally:
                self._system.stop_all()


def main():
    parser = argparse.ArgumentParser(prog="deploy/bench")
    parser.add_argument("state", nargs="?")
    parser.add_argument("figures", nargs="*")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--aims")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_intermixed_args()
    if options.list:
        print("\n".join(FIGURES))
        return 0
    unknown = [name for name in options.figures if name not in FIGURES]
    if unknown:
        parser.error(f"there is no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    bench = Bench(options)
    bench.run(options.figures or (QUICK if options.quick else list(FIGURES)))
    if options.quick:
        bench.figure("quick", "seconds", time.monotonic() - bench.began, "s")
    # A guard is no measurement: what was measured stays.
    path = bench.state / ("quick.json" if options.quick else "latest.json")
    return bench.report.finish(path, options.aims or (HERE / "quick.json" if options.quick else None))


if __name__ == "__main__":
    sys.exit(main())
