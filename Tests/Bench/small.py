"""Figures of one program each: reading an 835, and starting."""

import json
import subprocess
import sys

from rounds import median
from system import HERE

SYNTH = HERE.parent / "X12Tests/tools/synth.py"


def remittance(system, claims, seconds):
    """Claims a second on one core, and megabytes."""
    file = system.work / f"{claims}.835"
    if not file.exists():
        subprocess.run([sys.executable, str(SYNTH), "--big", str(claims), str(file)], check=True, stdout=subprocess.DEVNULL)
    result = json.loads(system.bench("remittance", file, "--seconds", seconds))
    return result["claims"] / result["seconds"], result["rss_kb"] / 1024


def x12_835(bench):
    system = bench.system(0)
    results = [remittance(system, 10_000, bench.seconds) for _ in range(bench.rounds)]
    bench.figure("x12_835", "claims_per_second", median([rate for rate, _ in results]), "1/s")
    bench.figure("x12_835", "rss_mb", max(memory for _, memory in results), "MB")


def ready(system, count):
    """Seconds from starting a gateway to ready, so many times."""
    times = []
    for _ in range(count):
        gateway = system.gateway()
        times.append(gateway.ready)
        system.stop(gateway)
    return times


def start(bench):
    times = ready(bench.system(10), max(bench.rounds, 5))
    bench.figure("start", "ready_s", median(times), "s")
    bench.figure("start", "slowest_s", max(times), "s")
