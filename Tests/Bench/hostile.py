"""The dearest questions about the schedule that are answered at all: whoever asks them must not make others wait."""

import json
import time
import urllib.error
import urllib.request

import data
from diary import Diary
from read import empty_trail
from rounds import median
from system import Void

ASKED = 20
# Openings look at so many days at most; so many occurrences, five days apart, end within the five years that a series may last.
DAYS, OCCURRENCES = 62, 360


def questions(system, diary):
    """By name: the path and the body."""
    place = diary.location
    rows = system.sql(
        place.database,
        f"""select 'type', id from {place.schema}.appointment_type union all select kind, id from {place.schema}.resource
        union all (select 'patient', id from {place.schema}.patient limit 1) order by 1, 2""",
    )
    cast = {kind: [id for k, id in rows if k == kind] for kind in ("type", "provider", "room", "patient")}
    [[first, last]] = system.sql(place.database, f"select date '{diary.first}', date '{diary.first}' + {DAYS - 1}")
    wide = {"type_id": cast["type"][0], "patient_id": cast["patient"][0], "minutes": 5, "step": 5, "limit": 200, "from_day": first, "through_day": last}
    further = {"type_id": cast["type"][0], "minutes": 5, "within_minutes": 240}
    series = {
        "patient_id": cast["patient"][0], "type_id": cast["type"][0], "provider_id": cast["provider"][0],
        "resource_ids": [cast["room"][0]], "time": "09:00", "start_day": first, "rule": f"FREQ=DAILY;INTERVAL=5;COUNT={OCCURRENCES}",
    }
    return {
        "openings": ("openings", wide),
        "back_to_back": ("openings", dict(wide, through_day=first, then=[further, further])),
        "series": ("series-previews", series),
    }


def close(system, diary):
    """The place has no hours at all for years: no occurrence has a time on any day."""
    system.sql(
        diary.location.database,
        f"""insert into {diary.location.schema}.dated_hours (id, from_day, until_day, reason, created_at, created_by, updated_at, updated_by)
        select gen_random_uuid(), day, day + 1, 'closed', now(), '00000000-0000-0000-0000-000000000000', now(), '00000000-0000-0000-0000-000000000000'
        from (select date '{diary.first}' - 10 + n as day from generate_series(0, {5 * OCCURRENCES + 20}) as n) as days""",
    )


def asked(system, place, path, body):
    """Milliseconds of each answer."""
    times = []
    for number in range(ASKED):
        request = urllib.request.Request(
            f"http://127.0.0.1:{system.port}/v1/locations/{place.id}/{path}", json.dumps(body).encode(),
            {"Authorization": f"Bearer {data.tokens()[number]}", "Content-Type": "application/json"},
        )
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request) as answer:
                answer.read()
        except urllib.error.HTTPError as refused:
            raise Void(f"{path}: {refused.code} {refused.read()[:300]}") from refused
        times.append((time.monotonic() - began) * 1000)
    return times


def hostile(bench):
    system = bench.system(15)
    diary = Diary(system, system.locations[14], 10)
    empty_trail(system, [diary.location])
    gateway = system.gateway()
    for name, (path, body) in questions(system, diary).items():
        if name == "series":
            close(system, diary)
        times = asked(system, diary.location, path, body)
        bench.figure("hostile", f"{name}_p50_ms", median(times), "ms")
        bench.figure("hostile", f"{name}_slowest_ms", max(times), "ms")
    empty_trail(system, [diary.location])
    system.stop(gateway)
