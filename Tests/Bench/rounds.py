"""Rounds: everything that is compared is measured in turns, in one run, on one machine."""

import statistics
import time

from system import Void, all_cpu, cpu_of


def median(values):
    return statistics.median(values)


class Side:
    """One of those compared; `run(seconds)` gives at least answers, seconds and cpu_us of what asks."""

    def __init__(self, name, run, server=None):
        self.name, self.run, self.server, self.results = name, run, server, []

    def rate(self):
        return median([r["answers"] / r["seconds"] for r in self.results])

    def per_answer(self, what):
        """Microseconds, or bytes, for each answer."""
        return median([r[what] / max(r["answers"], 1) for r in self.results])

    def middle(self, what):
        return median([r[what] for r in self.results])


def measure(system, side, seconds):
    """One round of one side, with the processor time of everybody who took part."""
    pid = side.server.pid if side.server else None
    server, postgres, machine = cpu_of(pid) if pid else 0, system.postgres_cpu(), all_cpu()
    result = side.run(seconds)
    result["postgres_us"] = system.postgres_cpu() - postgres
    result["server_us"] = cpu_of(pid) - server if pid else 0
    spent = result["server_us"] + result["postgres_us"] + result["cpu_us"]
    result["others"] = max(0.0, (all_cpu() - machine - spent) / (result["seconds"] * 1e6 * 2))
    return result


def interleave(system, sides, rounds, seconds, say, before=None):
    """Every round has every side once, each time in another order. A first short turn of each is not counted."""
    for side in sides:
        if before:
            before(side)
        side.run(max(1, seconds / 3))
    for number in range(rounds):
        for side in sides[number % len(sides) :] + sides[: number % len(sides)]:
            if before:
                before(side)
            result = measure(system, side, seconds)
            side.results.append(result)
            say(f"{side.name}: {result['answers'] / result['seconds']:.0f}/s, others {result['others']:.0%}")
            time.sleep(0.2)


def check_answers(result, status):
    """Void unless every request was answered, rightly, with this status."""
    strange = {code: n for code, n in result["status"].items() if code != str(status)}
    if strange or result["wrong"] or result["lost"]:
        raise Void(f"answers besides {status}: {strange}, wrong: {result['wrong']}, lost: {result['lost']}")


def loads(system, port, connections, path, once=False):
    """A side's `run` that sends a file of requests."""

    def run(seconds):
        return system.tool("load", port, connections, seconds, path, *(["once"] if once else []))

    return run
