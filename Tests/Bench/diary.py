"""A clinic's diary, for openings and boards: one location with weeks of appointments, and a day of 20 providers with 30 each."""

from system import HERE, Void

# Days from today on. Before the first there is room for bookings that are measured.
FIRST, WEEKS, BOARD = 20, 4, 600
# Six of ten slots are taken by chance: of 640 a day at least so many, over weeks.
DAILY = 378
# What makes the same location one with ten times the appointments, and with a hundred times: days that are over, and days behind all that is
# looked at. Ten times are a hundred thousand.
GROWN = {10: (212, 56), 100: (2872, 56)}


class Diary:
    """The appointments of one location, made anew."""

    def __init__(self, system, location, factor=1):
        self.location = location
        before, after = GROWN.get(factor, (0, 0))
        system.sql(location.database, (HERE / "diary.sql").read_text(), place=location.schema, first=FIRST, weeks=WEEKS, before=before, after=after)
        days = f"select t + {FIRST}, t + {FIRST + WEEKS * 7 - 1}, t + {FIRST + WEEKS * 7} from (select (now() at time zone 'America/New_York')::date as t) as today"
        self.first, self.last, self.board = system.sql(location.database, days)[0]
        count = f"select count(*), count(*) filter (where wall_day = '{self.board}') from {location.schema}.appointment"
        self.appointments, board = map(int, system.sql(location.database, count)[0])
        if board != BOARD:
            raise Void(f"the board's day has {board} appointments, not {BOARD}")
        if self.appointments < factor * WEEKS * 7 * DAILY:
            raise Void(f"{self.appointments} appointments are not {factor} times {WEEKS * 7} days of {DAILY}")
