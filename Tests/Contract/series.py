"""Random series, and their occurrences as python-dateutil and zoneinfo have them."""

import datetime
import itertools
import zoneinfo

from dateutil import rrule

OCCURRENCES, DAYS = 1000, 3653
FREQUENCIES = {"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY, "YEARLY": rrule.YEARLY}
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
# dateutil looks for the next day of a rule that has none until the calendar ends; no start here is after 2045.
datetime.MAXYEAR = 2046
# Zones whose rules are old enough to be the same in every edition of the zone database.
ZONES = ["UTC", "America/New_York", "America/St_Johns", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Auckland"]


def parts(dice):
    """A random rule that the reader accepts, without its end: name → value."""
    frequency = dice.choice(list(FREQUENCIES))
    rule = {"FREQ": frequency}
    if dice.random() < 0.5:
        rule["INTERVAL"] = dice.choice([1, 2, 2, 3, 4, 5, 6, 12, 13, 52, 100])
    if dice.random() < 0.35:
        rule["BYMONTH"] = sorted(dice.sample(range(1, 13), dice.choice([1, 1, 2, 3, 6])))
    if frequency != "WEEKLY" and dice.random() < 0.35:
        days = list(range(1, 32)) + list(range(-31, 0))
        rule["BYMONTHDAY"] = sorted(dice.sample(days, dice.choice([1, 1, 2, 5, 12])))
    if dice.random() < 0.5:
        reach = 53 if frequency == "YEARLY" and "BYMONTH" not in rule else 5
        may_count = frequency in ("MONTHLY", "YEARLY")
        counting = may_count and dice.random() < 0.6
        chosen = []
        for day in dice.sample(WEEKDAYS, dice.choice([1, 1, 2, 3, 5, 7])):
            number = dice.choice([-1, 1]) * dice.randint(1, min(reach, dice.choice([5, 53])))
            chosen.append(f"{number}{day}" if counting and dice.random() < 0.8 else day)
        rule["BYDAY"] = chosen
    if dice.random() < 0.3 and any(name in rule for name in ("BYMONTH", "BYMONTHDAY", "BYDAY")):
        rule["BYSETPOS"] = sorted({dice.choice([-1, 1]) * dice.choice([1, 1, 2, 3, 5, 30, 366]) for _ in range(dice.choice([1, 1, 2]))})
    if dice.random() < 0.4:
        rule["WKST"] = dice.choice(WEEKDAYS)
    return rule


def by_day(rule):
    """BYDAY for dateutil. Among numbered days it drops those without a number (RFC 5545 means both), so these get all numbers."""
    days = rule.get("BYDAY")
    if not days:
        return None
    plain = [day for day in days if len(day) == 2]
    numbered = [day for day in days if len(day) > 2]
    result = [getattr(rrule, day[-2:])(int(day[:-2])) for day in numbered]
    if numbered:
        reach = 53 if rule["FREQ"] == "YEARLY" and "BYMONTH" not in rule else 5
        return result + [getattr(rrule, day)(number) for day in plain for number in range(1, reach + 1)]
    return [getattr(rrule, day) for day in plain]


def days_of(rule, start, limit):
    """The first days of a rule, by dateutil. It begins a weekly rule's first week at the start instead of the week's first day, which
    counts positions differently from RFC 5545; so there it begins with the week."""
    first = start
    chosen = by_day(rule)
    if rule["FREQ"] == "WEEKLY" and "BYSETPOS" in rule:
        first = start - datetime.timedelta(days=(start.weekday() - WEEKDAYS.index(rule.get("WKST", "MO"))) % 7)
        chosen = chosen or [getattr(rrule, WEEKDAYS[start.weekday()])]
    series = rrule.rrule(
        FREQUENCIES[rule["FREQ"]],
        dtstart=first,
        interval=rule.get("INTERVAL", 1),
        bymonth=rule.get("BYMONTH"),
        bymonthday=rule.get("BYMONTHDAY"),
        byweekday=chosen,
        bysetpos=rule.get("BYSETPOS"),
        wkst=getattr(rrule, rule.get("WKST", "MO")),
        until=start + datetime.timedelta(days=DAYS),
    )
    return list(itertools.islice((day for day in series if day >= start), limit))


def text(rule):
    return ";".join(f"{name}={','.join(map(str, value)) if isinstance(value, list) else value}" for name, value in rule.items())


def case(dice, accepts=lambda rule: True):
    """A line for our side and the occurrences that dateutil and zoneinfo say; the start is an occurrence."""
    while True:
        rule = parts(dice)
        if not accepts(rule):
            continue
        start = datetime.datetime(2024, 1, 1) + datetime.timedelta(days=dice.randrange(3000))
        limit = dice.choice([12, 60, 250, OCCURRENCES])
        days = days_of(rule, start, limit)
        # A rule without days repeats the start's; else the first day that the rule has becomes the start.
        if days and days[0] != start:
            start = days[0]
            days = days_of(rule, start, limit)
        if not days or days[0] != start:
            continue
        count = dice.randint(1, len(days))
        days = days[:count]
        hour, minute = dice.randrange(24), dice.choice([0, 15, 30])
        until = days[-1].replace(hour=hour, minute=minute)
        zone = dice.choice(ZONES)
        match dice.randrange(5):
            case 0 | 1:
                rule["COUNT"] = count
            case 2:
                rule["UNTIL"] = until.strftime("%Y%m%d")
            case 3:
                rule["UNTIL"] = until.strftime("%Y%m%dT%H%M%S")
            case 4:
                # The moment itself; where clocks skip or repeat it, the end of a day that is not in question.
                moment = clock(until, zone).get("starts_at") or clock(until + datetime.timedelta(hours=12), zone)["starts_at"]
                rule["UNTIL"] = moment.replace("-", "").replace(":", "")
        out = dice.sample(days[1:], min(len(days) - 1, dice.choice([0, 0, 1, 3])))
        extra = [start + datetime.timedelta(days=dice.randrange(DAYS)) for _ in range(dice.choice([0, 0, 0, 2]))]
        extra = [day for day in extra if day not in out][: OCCURRENCES - len(days)]
        line = f"{start:%Y-%m-%d} {hour:02}:{minute:02} {zone} {text(rule)}"
        line += "".join(f" -{day:%Y-%m-%d}" for day in out) + "".join(f" +{day:%Y-%m-%d}" for day in extra)
        wanted = sorted((set(days) - set(out)) | set(extra))
        return line, [clock(day.replace(hour=hour, minute=minute), zone) for day in wanted]


def clock(wall, zone):
    """What a wall-clock time is in a zone: as our side says it, but without the moment after a gap, which zoneinfo does not tell."""
    zone = zoneinfo.ZoneInfo(zone)
    moments = [wall.replace(tzinfo=zone, fold=fold).astimezone(datetime.timezone.utc) for fold in (0, 1)]
    real = sorted({moment for moment in moments if moment.astimezone(zone).replace(tzinfo=None) == wall})
    stamps = [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in real]
    kind = ["skipped", "once", "repeated"][len(real)]
    return {"day": f"{wall:%Y-%m-%d}", "clock": kind} | ({"starts_at": stamps[0]} if kind == "once" else {"candidates": stamps} if stamps else {})
