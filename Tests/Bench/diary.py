"""A clinic's diary, for openings and boards: one location with weeks of appointments, and a day of 20 providers with 30 each."""

from system import HERE, Void

# Days from today on. Before the first there is room for bookings that are measured.
FIRST, WEEKS, BOARD = 20, 4, 600
# What makes the same location one with a hundred thousand appointments: days that are over, and days behind all that is looked at.
BEFORE, AFTER, MANY = 180, 56, 100_000


class Diary:
    """The appointments of one location, made anew."""

    def __init__(self, system, location, before=0, after=0):
        self.location = location
        system.sql(location.database, (HERE / "diary.sql").read_text(), place=location.schema, first=FIRST, weeks=WEEKS, before=before, after=after)
        days = f"select t + {FIRST}, t + {FIRST + WEEKS * 7 - 1}, t + {FIRST + WEEKS * 7} from (select (now() at time zone 'America/New_York')::date as t) as today"
        self.first, self.last, self.board = system.sql(location.database, days)[0]
        count = f"select count(*), count(*) filter (where wall_day = '{self.board}') from {location.schema}.appointment"
        self.appointments, board = map(int, system.sql(location.database, count)[0])
        if board != BOARD:
            raise Void(f"the board's day has {board} appointments, not {BOARD}")
        if before and self.appointments < MANY:
            raise Void(f"{self.appointments} appointments are not {MANY}")
