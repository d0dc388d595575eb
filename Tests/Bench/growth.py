"""The same work over 1, 10 and 100 times the data: what grows with the data and not with the work is a fault."""

import board
import book
import data
import lists
import openings
import small
from diary import Diary
from fleet import add_column, check, only
from jobs import burst, starts
from read import CONNECTIONS, audited, empty_trail
from rounds import Side, interleave, loads, median
from system import HERE

FACTORS = (1, 10, 100)
FLEETS = (10, 100, 1000)


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
        sides.append(lists.side(system, f"day_list x{factor}", lists.boards(system, [location], factor), gateway))
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
        # What was done lies in the queue for a week.
        times = starts(system, 200, 5, beside_done=True)
        bench.figure("growth", f"jobs_x{factor}_start_p50_ms", times[len(times) // 2], "ms")
        bench.figure("growth", f"jobs_x{factor}_start_p99_ms", times[int(len(times) * 0.99)], "ms")


def growth_diary(bench):
    """Openings, the board and booking at a location with four weeks of appointments, and at those with ten and a hundred times as many; all in
    one database."""
    system = bench.system(18)
    diaries = {factor: Diary(system, system.locations[number], factor) for factor, number in zip(FACTORS, (13, 15, 17))}
    bench.say(", ".join(f"{diary.appointments}" for diary in diaries.values()) + " appointments")
    empty_trail(system, [diary.location for diary in diaries.values()])
    gateway = system.gateway()
    sides = {}
    for factor, diary in diaries.items():
        expected = openings.totals(system, diary)
        sides["openings", factor] = openings.ours(system, diary, expected, gateway, f"openings x{factor}")
        sides["day_board", factor] = board.ours(system, diary, gateway, f"day_board x{factor}")
        sides["book", factor] = booking(system, diary, gateway, factor)

    def before(side):
        for (what, factor), one in sides.items():
            if one is side and what == "book":
                clear(system, diaries[factor])

    interleave(system, list(sides.values()), bench.rounds, min(bench.seconds, 2), bench.say, before)
    bench.rows("growth_diary", sides.values())
    for what in ("openings", "day_board", "book"):
        for factor in FACTORS:
            side = sides[what, factor]
            bench.figure("growth_diary", f"{what}_x{factor}_per_second", side.rate(), "1/s")
            bench.figure("growth_diary", f"{what}_x{factor}_p99_ms", side.middle("p99_ms"), "ms")
            if factor > 1:
                bench.figure("growth_diary", f"{what}_x{factor}_slowdown", sides[what, 1].rate() / side.rate(), "")
    system.stop(gateway)
    empty_trail(system, [diary.location for diary in diaries.values()])
    # Other figures visit these places too, and expect no years of appointments.
    for diary in diaries.values():
        Diary(system, diary.location)


def booking(system, diary, gateway, factor):
    """In the days before the diary's first, which are free."""
    path = data.write(system.work / f"bookings-x{factor}", book.bookings(system, [diary.location], 15))
    run = loads(system, system.port, book.CONNECTIONS, path, once=True)
    return Side(f"book x{factor}", book.whole(system, [diary.location], run), gateway)


def clear(system, diary):
    """Takes back what was booked while it was measured, and leaves the diary."""
    place = diary.location
    system.sql(
        place.database,
        f"""set search_path = {place.schema};
        delete from occupancy where span && tstzrange(now(), '{diary.first}'::timestamp at time zone 'America/New_York');
        delete from appointment where starts_at >= now() and wall_day < '{diary.first}';
        truncate idempotency_key, audit_entry, audit_unsealed, queue.event, queue.job, queue.audit_intake cascade;
        vacuum occupancy, appointment;""",
    )


def growth_fleet(bench):
    """What concerns every location, of 10, 100 and 1,000: the rest is set aside for as long."""
    system = bench.system(FLEETS[-1])
    columns, checks, times = ({size: [] for size in FLEETS} for _ in range(3))
    for number in range(min(bench.rounds, 3)):
        for size in FLEETS[number % 3 :] + FLEETS[: number % 3]:
            with only(system, size):
                checks[size].append(check(system))
                columns[size].append(add_column(system))
                times[size] += small.ready(system, 2)
            bench.say(f"{size} locations: a column in each {columns[size][-1]:.2f} s")
    made = data.provisioned(system)
    for factor, size in zip(FACTORS, FLEETS):
        bench.figure("growth_fleet", f"check_x{factor}_s", median(checks[size]), "s")
        bench.figure("growth_fleet", f"start_x{factor}_s", median(times[size]), "s")
        bench.figure("growth_fleet", f"add_column_x{factor}_ms_each", median(columns[size]) * 1000 / size, "ms")
        if len(made) >= size:
            bench.figure("growth_fleet", f"provision_x{factor}_ms", median(made[max(0, size - 20) : size]), "ms")
