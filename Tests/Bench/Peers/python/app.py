"""A peer: FastAPI with asyncpg. SET LOCAL ROLE and search_path in an explicit transaction for each request."""
import asyncpg, orjson, os
from contextlib import asynccontextmanager
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
