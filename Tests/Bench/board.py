"""The day board: all that a calendar shows of a day, in one answer; 20 providers with 30 appointments each."""

import random

import data
import floor
from diary import Diary
from read import audited, empty_trail
from rounds import Side, check_answers, interleave, loads

CONNECTIONS, RECORDED = 8, 200
# An appointment on the board is at least so many bytes.
LEAST = 600 * 200


def boards(diary, count, seed):
    chance, tokens = random.Random(seed), data.tokens()
    for _ in range(count):
        words = data.request("GET", f"/v1/locations/{diary.location.id}/day-boards/{diary.board}", chance.choice(tokens))
        yield words, f'"day":"{diary.board}"'.encode()


def ours(system, diary, gateway, name="gateway", connections=CONNECTIONS):
    path = data.write(system.work / f"boards-{diary.location.schema}", boards(diary, 2_000, 13))
    return Side(name, audited(system, [diary.location], loads(system, system.port, connections, path), LEAST), gateway)


def day_board(bench):
    system = bench.system(14)
    diary = Diary(system, system.locations[13])
    empty_trail(system, [diary.location])
    some = data.write(system.work / "few-boards", boards(diary, RECORDED, 14))
    recording, recorded, since = floor.record(system, some, CONNECTIONS)
    check_answers(recorded, 200)
    gateway = system.gateway()
    sides = [
        ours(system, diary, gateway),
        Side("floor", floor.replays(system, recording, recorded["answers"], since, CONNECTIONS, 1)),
    ]
    alone = ours(system, diary, gateway, "alone", 1)
    interleave(system, sides + [alone], bench.rounds, bench.seconds, bench.say)
    bench.compared("day_board", sides)
    bench.figure("day_board", "alone_p99_ms", alone.middle("p99_ms"), "ms")
    bench.figure("day_board", "answer_bytes", sides[0].middle("mean"), "B")
    system.stop(gateway)
    empty_trail(system, [diary.location])
