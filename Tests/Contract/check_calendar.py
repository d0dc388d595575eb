"""Feeds that we write, read by PyPI's icalendar and expanded by recurring-ical-events; and files that icalendar writes, read by us."""

import datetime
import json
import pathlib
import random
import subprocess
import tempfile
import zoneinfo

import icalendar
import recurring_ical_events

import series

SEED = 7986
SERIES = 300
EVENTS = 300
STATUSES = ["TENTATIVE", "CONFIRMED", "CANCELLED"]


def polyclinic(*arguments, text=""):
    run = subprocess.run(["polyclinic", "calendar", *arguments], input=text.encode(), capture_output=True, timeout=300)
    if run.returncode != 0:
        raise SystemExit(f"polyclinic calendar {arguments[0]} ended with {run.returncode}: {run.stderr.decode()}")
    return run.stdout


def is_read_alike(rule):
    """Not those that dateutil, which recurring-ical-events asks, reads otherwise than RFC 5545; series.py says how."""
    numbered = {len(day) > 2 for day in rule.get("BYDAY", [])}
    return len(numbered) < 2 and not (rule["FREQ"] == "WEEKLY" and "BYSETPOS" in rule)


def check_form(text):
    for line in text.split(b"\r\n"):
        assert len(line) <= 75 and b"\n" not in line and b"\r" not in line, line
        line.decode()
    assert text.endswith(b"END:VCALENDAR\r\n")


def starts(calendar, event):
    """Where recurring-ical-events lets one event of a calendar begin, in UTC."""
    single = icalendar.Calendar()
    for zone in calendar.walk("VTIMEZONE"):
        single.add_component(zone)
    single.add_component(event)
    found = []
    for it in recurring_ical_events.of(single).all():
        start = it["DTSTART"].dt
        assert it["DTEND"].dt - start == datetime.timedelta(minutes=30)
        found.append(start.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))
    return found


def check_feeds(dice):
    lines = [series.case(dice, is_read_alike)[0] for _ in range(SERIES)]
    text = "".join(line + "\n" for line in lines)
    wanted = [
        [it["starts_at"] for it in json.loads(answer)["occurrences"] if it["clock"] == "once"]
        for answer in polyclinic("expand", text=text).splitlines()
    ]
    feed = polyclinic("feed", text=text)
    # Under a name that nobody knows, so that our definition of the zone is what counts.
    hidden = feed.replace(b"TZID=", b"TZID=Hidden ").replace(b"TZID:", b"TZID:Hidden ")
    compared = 0
    for name, content in (("by the zone's name", feed), ("by our VTIMEZONE", hidden)):
        if content is feed:
            check_form(content)
        calendar = icalendar.Calendar.from_ical(content)
        assert len(calendar.walk("VTIMEZONE")) == len(series.ZONES), "zones"
        assert not calendar.errors, calendar.errors
        events = calendar.walk("VEVENT")
        for line, event, want in zip(lines, events, wanted, strict=True):
            found = starts(calendar, event)
            compared += len(want)
            if found != want:
                differing = sorted(set(found) ^ set(want))
                raise SystemExit(f"{name}: {line}\n  {len(found)} and {len(want)}, differing at {differing[:5]}")
    utc = icalendar.Calendar.from_ical(polyclinic("feed", "--in-utc", text="".join(line + "\n" for line in lines[:20])))
    flat = [event["DTSTART"].dt.strftime("%Y-%m-%dT%H:%M:%SZ") for event in utc.walk("VEVENT")]
    assert flat == [moment for want in wanted[:20] for moment in want], "in UTC"
    print(f"{SERIES} series written: the same {compared} occurrences, by the zone's name and by our definition of it")


def event(dice, number):
    """An event for icalendar to write, and what we are to read of it."""
    zone = dice.choice(["UTC", "Europe/London", "America/New_York", None])
    wall = datetime.datetime(2026, 1, 1) + datetime.timedelta(minutes=15 * dice.randrange(50_000))
    start = wall if zone is None else wall.replace(tzinfo=zoneinfo.ZoneInfo(zone))
    minutes = dice.choice([15, 30, 45, 90])
    summary = "".join(dice.choice(["Visit", "; ", ", ", "\\", "\n", "Zahnärztin ", "歯科 ", "🦷", ":", '"']) for _ in range(dice.randrange(40)))
    result = icalendar.Event()
    uid = f"{number}@example.test"
    result.add("uid", uid)
    result.add("dtstart", start)
    if dice.random() < 0.5:
        result.add("duration", datetime.timedelta(minutes=minutes))
    else:
        # Across a change of the clocks an end on the wall would be another length.
        end = wall + datetime.timedelta(minutes=minutes) if zone is None else start.astimezone(datetime.timezone.utc)
        result.add("dtend", end if zone is None else end + datetime.timedelta(minutes=minutes))
    result.add("summary", summary)
    status = dice.choice(STATUSES)
    result.add("status", status)
    result.add("sequence", number)
    result.add("description", summary * 20)
    out = []
    if dice.random() < 0.4:
        result.add("rrule", icalendar.vRecur.from_ical("FREQ=WEEKLY;COUNT=10;BYDAY=" + series.WEEKDAYS[start.weekday()]))
        out = [start + datetime.timedelta(weeks=week) for week in sorted(dice.sample(range(10), dice.randrange(4)))]
        if out:
            result.add("exdate", out)
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", datetime.timedelta(minutes=-5))
    result.add_component(alarm)
    return result, {
        "uid": uid, "summary": summary.replace("\r\n", "\n"), "status": status, "sequence": number, "start": shown(start),
        "minutes": minutes, "exceptions": [shown(day) for day in out],
    }


def shown(time):
    if time.tzinfo is None:
        return f"{time:%Y-%m-%d %H:%M}"
    return f"{time:%Y-%m-%dT%H:%M:%SZ}" if time.tzinfo.key == "UTC" else f"{time:%Y-%m-%d %H:%M} {time.tzinfo.key}"


def exists_once(event):
    """Of times that clocks skip or repeat nothing can be compared."""
    start = event["DTSTART"].dt
    return start.tzinfo is None or start.replace(fold=0).utcoffset() == start.replace(fold=1).utcoffset()


def check_reading(dice):
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//check_calendar//")
    calendar.add("version", "2.0")
    wanted = []
    for number in range(EVENTS):
        made, truth = event(dice, number)
        if exists_once(made):
            calendar.add_component(made)
            wanted.append(truth)
    calendar.add_missing_timezones()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "theirs.ics"
        file.write_bytes(calendar.to_ical())
        content = json.loads(polyclinic("inspect", str(file)))
    assert content["is_trusted"] and not content["findings"], content["findings"]
    for found, want in zip(content["events"], wanted, strict=True):
        differing = {name: (found[name], value) for name, value in want.items() if found[name] != value}
        if differing:
            raise SystemExit(f"event {want['uid']}: found and wanted {differing}")
    print(f"{len(wanted)} events that icalendar wrote are read as they were meant")


dice = random.Random(SEED)
check_feeds(dice)
check_reading(dice)
