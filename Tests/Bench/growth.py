"""The same work over 1, 10 and 100 times the data: what grows with the data and not with the work is a fault."""

import data
import lists
import small
from jobs import burst
from read import CONNECTIONS, audited, empty_trail
from rounds import Side, interleave, loads, median
from system import HERE

FACTORS = (1, 10, 100)


def growth(bench):
    system = bench.system(13)
    places = dict(zip(FACTORS, system.locations[10:13]))
    for factor, location in places.items():
        system.sql(location.database, (HERE / "grow.sql").read_text(), place=location.schema, factor=factor)
        # The board's day is the first of so many; all are in the past.
        system.sql(location.database, (HERE / "day.sql").read_text(), place=location.schema, days=factor)
    empty_trail(system, list(places.values()))
    gateway = system.gateway()
    sides = []
    for factor, location in places.items():
        location.patients = []
        path = data.write(system.work / f"growth-{factor}", data.reads(system, [location], 40_000, factor))
        sides.append(Side(f"read x{factor}", audited(system, [location], loads(system, system.port, CONNECTIONS, path)), gateway))
        sides.append(lists.side(system, f"search x{factor}", lists.searches([location], factor), gateway))
        sides.append(lists.side(system, f"board x{factor}", lists.boards(system, [location], factor), gateway))
    interleave(system, sides, min(bench.rounds, 3), min(bench.seconds, 2), bench.say)
    bench.rows("growth", sides)
    for side in sides:
        name = side.name.replace(" ", "_")
        bench.figure("growth", f"{name}_per_second", side.rate(), "1/s")
        bench.figure("growth", f"{name}_p99_ms", side.middle("p99_ms"), "ms")
    system.stop(gateway)
    for factor in FACTORS:
        rate, used = small.remittance(system, 1000 * factor, 1)
        bench.figure("growth", f"x12_835_x{factor}_claims_per_second", rate, "1/s")
        bench.figure("growth", f"x12_835_x{factor}_rss_mb", used, "MB")
    for factor in FACTORS:
        rate = median([burst(system, 1, 3000 * factor)[0] for _ in range(1 if factor == 100 else 3)])
        bench.figure("growth", f"jobs_x{factor}_per_second", rate, "1/s")
