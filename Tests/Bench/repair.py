"""The repair of a day: a proposal when one of 20 providers with 30 appointments each is out from 10 to 15."""

import json
import random

import data
from diary import Diary
from read import audited, empty_trail
from rounds import Side, interleave, loads
from system import Void

# The visits of five hours, a quarter of an hour each.
AFFECTED = 20


def requests(system, diary, seed):
    place, chance, tokens = diary.location, random.Random(seed), data.tokens()
    providers = [id for [id] in system.sql(place.database, f"select id from {place.schema}.provider order by id limit 20")]
    out = f"select to_char(('{diary.board}'::date + time '%s') at time zone 'America/New_York' at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    starts, ends = (system.sql(place.database, out % time)[0][0] for time in ("10:00", "15:00"))
    for _ in range(2_000):
        outage = {"resource_id": chance.choice(providers), "starts_at": starts, "ends_at": ends}
        body = json.dumps({"day": diary.board, "outages": [outage]}).encode()
        yield data.request("POST", f"/v1/locations/{place.id}/repair-proposals", chance.choice(tokens), body), f'"affected":{AFFECTED},'.encode()


def repair(bench):
    system = bench.system(14)
    diary = Diary(system, system.locations[13])
    empty_trail(system, [diary.location])
    gateway = system.gateway()
    path = data.write(system.work / "repairs", requests(system, diary, 15))
    side = Side("gateway", audited(system, [diary.location], loads(system, system.port, 1, path)), gateway)
    interleave(system, [side], bench.rounds, bench.seconds, bench.say)
    if not all(result["answers"] for result in side.results):
        raise Void("no proposal was made in a round")
    bench.compared("repair", [side])
    system.stop(gateway)
    empty_trail(system, [diary.location])
