"""A peer: FastAPI with asyncpg. SET LOCAL ROLE and search_path in an explicit transaction for each request."""
import asyncpg, orjson, os
from collections import defaultdict
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo
from fastapi import FastAPI, Request, HTTPException
from fastapi.responses import Response
from pydantic import BaseModel

POOL = int(os.getenv("POOL", "8"))
@asynccontextmanager
async def life(app):
    app.state.pool = await asyncpg.create_pool(min_size=POOL, max_size=POOL)
    yield
    await app.state.pool.close()
app = FastAPI(lifespan=life)
def oj(o, status=200): return Response(orjson.dumps(o), status_code=status, media_type="application/json")

class Booking(BaseModel):
    patient_id: int
    provider_id: int
    slot: int
    reason: str = ""

def scope(t: int) -> str:
    return f"SET LOCAL ROLE t_{t}; SET LOCAL search_path = t_{t}, public"

@app.get("/hello")
async def hello(): return Response(b"Hello", media_type="text/plain")

@app.get("/t/{t}/patients/{pid}")
async def patient(t: int, pid: int):
    async with app.state.pool.acquire() as c:
        async with c.transaction():
            await c.execute(scope(t))
            r = await c.fetchrow("SELECT id, mrn, family, given, born, sex, phone, email, address, active, version, created_at, updated_at FROM patient WHERE id = $1", pid)
    if r is None: raise HTTPException(404)
    return oj(dict(r))

ZONE, OPENS, CLOSES, STEP = ZoneInfo("America/New_York"), timedelta(hours=8), timedelta(hours=16), 15 * 60

@app.get("/t/{t}/openings")
async def openings(t: int, first: date, last: date, minutes: int):
    """Every slot on the grid of each provider's day, tested against all that the provider has in these days."""
    midnights = [datetime.combine(first + timedelta(days=n), datetime.min.time(), ZONE) for n in range((last - first).days + 1)]
    async with app.state.pool.acquire() as c:
        async with c.transaction():
            await c.execute(scope(t))
            providers = await c.fetch("SELECT id FROM provider ORDER BY id")
            rows = await c.fetch("SELECT provider_id, extract(epoch FROM lower(during))::bigint, extract(epoch FROM upper(during))::bigint FROM appointment WHERE during && tstzrange($1, $2) AND status <> 'cancelled'", midnights[0], midnights[-1] + timedelta(days=1))
    busy, found, length = defaultdict(list), [], minutes * 60
    for provider, begins, ends in rows: busy[provider].append((begins, ends))
    for provider in providers:
        taken = busy[provider["id"]]
        for midnight in midnights:
            closes = int((midnight + CLOSES).timestamp())
            for at in range(int((midnight + OPENS).timestamp()), closes - length + 1, STEP):
                if all(ends <= at or begins >= at + length for begins, ends in taken): found.append((at, provider["id"]))
    return oj({"items": [{"starts_at": at, "provider_id": provider} for at, provider in sorted(found)[:20]], "total": len(found)})

@app.post("/t/{t}/appointments")
async def book(t: int, b: Booking):
    async with app.state.pool.acquire() as c:
        try:
            async with c.transaction():
                await c.execute(scope(t))
                i = await c.fetchval("INSERT INTO appointment (patient_id, provider_id, during, reason) VALUES ($1, $2, tstzrange('2026-01-01Z'::timestamptz + $3::int * interval '15 min', '2026-01-01Z'::timestamptz + ($3::int+1) * interval '15 min'), $4) RETURNING id", b.patient_id, b.provider_id, b.slot, b.reason)
                await c.execute("INSERT INTO audit_log (actor, action, entity, entity_id, detail) VALUES ('u:17','create','appointment',$1,'{\"ip\":\"127.0.0.1\"}')", i)
                await c.execute("INSERT INTO outbox (topic, payload) VALUES ('appointment.booked', jsonb_build_object('id', $1::bigint))", i)
        except asyncpg.ExclusionViolationError:
            raise HTTPException(409)
    return oj({"id": i}, 201)
