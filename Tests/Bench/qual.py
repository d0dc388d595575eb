"""`book-qual`: what a booking costs PostgreSQL at the least, without any of our laws but the location's role and one transaction: three
qualified INSERTs in one flight, over the peers' tables."""

import random
import struct

from peers import SLOTS, TENANTS

TEXT, INT4, INT8 = 25, 23, 20
SCOPE = "select set_config('role', $1, true)"
STATEMENTS = [
    (
        "insert into {t}.appointment (patient_id, provider_id, during, reason) values ($1, $2, tstzrange('2026-01-01Z'::timestamptz "
        "+ $3 * interval '15 min', '2026-01-01Z'::timestamptz + ($3 + 1) * interval '15 min'), $4) on conflict do nothing",
        [INT8, INT8, INT4, TEXT],
    ),
    (
        "insert into {t}.audit_log (actor, action, entity, entity_id, detail) values ('u:17', 'create', 'appointment', lastval(), "
        "'{{\"ip\":\"127.0.0.1\"}}')",
        [],
    ),
    ("insert into {t}.outbox (topic, payload) values ('appointment.booked', '{{\"id\":1}}')", []),
]


def entry(kind, *fields):
    return struct.pack("<cII", kind, 0, len(fields)) + b"".join(struct.pack("<I", len(field)) + field for field in fields)


def write(path, count):
    """A recording (see record.c) of so many bookings, as if a gateway had made them."""
    chance = random.Random(11)
    with open(path, "wb") as file:
        file.write(entry(b"C", b"peers"))
        file.write(entry(b"P", b"s1", SCOPE.encode(), struct.pack("<I", TEXT)))
        for tenant in range(1, TENANTS + 1):
            for number, (sql, types) in enumerate(STATEMENTS):
                words = sql.format(t=f"t_{tenant}").encode()
                file.write(entry(b"P", b"s%d" % (tenant * 10 + number), words, struct.pack(f"<{len(types)}I", *types)))
        for _ in range(count):
            tenant = chance.randint(1, TENANTS)
            values = [struct.pack(">q", chance.randint(1, 1000)), struct.pack(">q", chance.randint(1, 20)), struct.pack(">i", chance.randrange(SLOTS)), b"check-up"]
            file.write(entry(b"E", b"s1", b"t_%d" % tenant))
            for number in range(3):
                file.write(entry(b"E", b"s%d" % (tenant * 10 + number), *(values if number == 0 else [])))
            file.write(entry(b"S"))


def replays(system, others):
    path, count = system.work / "book-qual", 30_000
    write(path, count)

    def run(seconds):
        environment = system.connection("bench_peer", system.state / "secrets/peer")
        result = system.tool("replay", path, count, seconds, 8, 1, 2**50, "once", **environment)
        if result["errors"]:
            raise RuntimeError(f"book-qual failed: {result['complaints'][:300]}")
        return result

    return run
