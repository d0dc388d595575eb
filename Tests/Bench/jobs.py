"""The queue: jobs that do nothing, and how soon a job starts after the commit that made it."""

import os
import time

from rounds import median
from system import Void, all_cpu, cpu_of

BACKLOG = 60_000


def fill(system, count, database):
    """A backlog: jobs of ten locations, as their transactions would have left them."""
    places = [location.schema for location in system.locations[:20] if location.database == database][:5]
    system.sql(database, "truncate queue.event, queue.job, queue.worker")
    names = ", ".join(f"'{place}'" for place in places)
    system.sql(
        database,
        f"""insert into queue.job (id, location, kind, parameters, request, actor_kind, actor_id)
        select gen_random_uuid(), (array[{names}])[1 + n % {len(places)}], 'bench.nothing', '{{}}', gen_random_uuid(), 'system', gen_random_uuid()
        from generate_series(1, {count}) as n""",
    )
    system.sql(database, "vacuum analyze queue.job")


def wait_done(system, databases, limit=120):
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        left = system.everywhere("select count(*) from queue.job where state <> 'done'", databases)
        if all(row[0] == "0" for row in left):
            return
        time.sleep(0.25)
    raise Void("the jobs were not done in time")


def burst(system, workers, count):
    """Jobs a second of one database's backlog, from the first claim to the last verdict, microseconds of worker and PostgreSQL for each, and
    how much of the machine was busy."""
    database = system.locations_databases[0]
    fill(system, count, database)
    running = [system.start([str(system.state / "lib/bench"), "worker"]) for _ in range(workers)]
    postgres, machine, began = system.postgres_cpu(), all_cpu(), time.monotonic()
    wait_done(system, [database])
    used, postgres = sum(cpu_of(worker.pid) for worker in running), system.postgres_cpu() - postgres
    busy = (all_cpu() - machine) / (time.monotonic() - began) / 1e6 / os.cpu_count()
    for worker in running:
        system.stop(worker)
    done, twice, seconds = system.sql(
        database, "select count(*), count(*) filter (where attempt <> 1), extract(epoch from max(finished_at) - min(claimed_at)) from queue.job"
    )[0]
    if int(done) != count or int(twice):
        raise Void(f"{done} of {count} jobs done, {twice} of them more than once")
    return count / float(seconds), used / count, postgres / count, busy


def starts(system, rate, seconds, beside_done=False):
    """Milliseconds from COMMIT's return in one process to the start of the job in another, in empty queues or beside the jobs that are done."""
    if not beside_done:
        system.everywhere("truncate queue.event, queue.job, queue.worker")
    path = system.work / "starts"
    worker = system.start([str(system.state / "lib/bench"), "worker"], BENCH_STARTS=str(path))
    time.sleep(2)
    told = system.bench("enqueue", rate, seconds).split("\n")
    wait_done(system, system.locations_databases)
    system.stop(worker)
    began = dict(line.split() for line in path.read_text().splitlines())
    committed = [line.split() for line in told if line]
    if len(committed) != rate * seconds or any(id not in began for id, _ in committed):
        raise Void("not every job that was committed has begun")
    return sorted((int(began[id]) - int(at)) / 1e6 for id, at in committed)


def middle(results, what):
    return median([result[what] for result in results])


def jobs(bench):
    system = bench.system(10)
    count = BACKLOG // 3 if bench.quick else BACKLOG
    one, two = [], []
    for number in range(bench.rounds):
        for workers in (1, 2) if number % 2 == 0 else (2, 1):
            (one if workers == 1 else two).append(burst(system, workers, count))
            bench.say(f"{workers} worker(s): {(one if workers == 1 else two)[-1][0]:.0f} jobs/s")
    bench.figure("jobs", "per_second", middle(one, 0), "1/s")
    bench.figure("jobs", "per_second_2_workers", middle(two, 0), "1/s")
    bench.figure("jobs", "ratio_2_workers", middle(two, 0) / middle(one, 0), "")
    bench.figure("jobs", "worker_cpu_us", middle(one, 1), "us")
    bench.figure("jobs", "postgres_cpu_us", middle(one, 2), "us")
    bench.figure("jobs", "machine_busy", middle(one, 3), "")
    p50, p99 = [], []
    for _ in range(bench.rounds):
        times = starts(system, 200, 3 if bench.quick else 5)
        p50.append(times[len(times) // 2])
        p99.append(times[int(len(times) * 0.99)])
        bench.say(f"start after commit: p50 {p50[-1]:.2f} ms, p99 {p99[-1]:.2f} ms")
    bench.figure("jobs", "start_p50_ms", median(p50), "ms")
    bench.figure("jobs", "start_p99_ms", median(p99), "ms")
