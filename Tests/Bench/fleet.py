"""What many locations cost those who run them: making one more, changing all, asking whether any is behind."""

import contextlib
import pathlib
import re
import shutil
import subprocess
import time

import data
from rounds import median
from system import Void

FLEET = 1000


def cli(system, *words, **more):
    """Seconds that a command of the command line took."""
    environment = dict(system.settings, PATH="/usr/bin:/bin", USER="bench", POLYCLINIC_ENVIRONMENT_FILE=str(system.state / "environment"), **more)
    began = time.monotonic()
    done = subprocess.run([str(system.state / "lib/polyclinic"), *words], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Void(f"polyclinic {' '.join(words[:2])}: {done.stderr[-500:]}")
    return time.monotonic() - began


def by_psql(system, number):
    """Milliseconds that psql takes for the SQL of a new location: role, schema, rights."""
    name = f"bench_psql_{number}"
    folder = pathlib.Path(system.settings["POLYCLINIC_MIGRATIONS_FOLDER"]) / "location"
    logins = f"{system.settings['POLYCLINIC_GATEWAY_USER']}, {system.settings['POLYCLINIC_WORKER_USER']}"
    text = f"create role {name} nologin inherit in role location_any;\ngrant {name} to {logins};\n"
    for number, file in enumerate(sorted(folder.glob("*.sql")), 1):
        sql = re.sub(r"\{location\}|\{role\}", name, file.read_text())
        text += f"begin;\n{sql}\ninsert into {name}.schema_version values ({number}, '{file.stem}', now());\ncommit;\n"
    script = system.work / "location.sql"
    script.write_text(text)
    environment = system.connection(system.settings["POLYCLINIC_OWNER_USER"], system.settings["POLYCLINIC_OWNER_PASSWORD_FILE"])
    began = time.monotonic()
    words = ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", system.locations_databases[0], "-f", str(script)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-500:])
    took = time.monotonic() - began
    system.sql(system.locations_databases[0], f"drop schema {name} cascade; drop role {name}")
    return took * 1000


def one_more(system):
    """Milliseconds that one more location takes, in a process that is running; it is removed again."""
    # The name of one that was removed is not given again.
    there = int(system.sql(system.control, "select max(substr(name, 6)::int) from control.location_directory where name like 'Site %'")[0][0])
    took = float(system.bench("locations", data.ORGANIZATION, there + 1, owner=True))
    name = f"Site {there + 1}"
    [[id]] = system.sql(system.control, f"select id from control.location_directory where name = '{name}' and state = 'active'")
    cli(system, "location", "suspend", id)
    cli(system, "location", "remove", id, "--confirm", name)
    return took


@contextlib.contextmanager
def only(system, number):
    """The fleet as if it were so many locations: the rest is not in the directory meanwhile."""
    system.sql(
        system.control,
        f"""update control.location_directory set state = 'removed', migration_failure = '{data.ASIDE}'
        where state = 'active' and name like 'Site %' and id not in (
            select id from control.location_directory where state = 'active' and name like 'Site %' order by substr(name, 6)::int limit {number})""",
    )
    try:
        yield
    finally:
        data.put_back(system)


def check(system):
    return cli(system, "migrate", "status")


def add_column(system):
    """Seconds of `polyclinic migrate run` for one column more in every location, taken back afterwards."""
    folder = system.work / "migrations"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(system.settings["POLYCLINIC_MIGRATIONS_FOLDER"], folder)
    next_number = len(list((folder / "location").glob("*.sql"))) + 1
    (folder / "location" / f"{next_number:04}_bench.sql").write_text("alter table {location}.patient add column bench text;\n")
    try:
        seconds = cli(system, "migrate", "run", "--parallel", "4", POLYCLINIC_MIGRATIONS_FOLDER=str(folder))
        behind = system.sql(
            system.control, f"select count(*) from control.location_directory where state = 'active' and schema_version <> {next_number}"
        )
        if behind != [["0"]]:
            raise Void(f"{behind[0][0]} locations are behind after the migration")
    finally:
        for name in system.locations_databases:
            system.sql(
                name,
                f"""select format('begin; alter table %1$I.patient drop column if exists bench; delete from %1$I.schema_version where version >= {next_number}; commit;',
                nspname) from pg_namespace where to_regclass(format('%I.schema_version', nspname)) is not null and to_regclass(format('%I.patient', nspname)) is not null
                \\gexec""",
            )
        system.sql(system.control, f"update control.location_directory set schema_version = {next_number - 1} where schema_version >= {next_number}")
    return seconds


def fleet(bench):
    system = bench.system(FLEET)
    ours, theirs = [], []
    one_more(system)
    for number in range(bench.rounds):
        ours.append(one_more(system))
        theirs.append(by_psql(system, number))
        bench.say(f"one more location: {ours[-1]:.0f} ms, by psql {theirs[-1]:.0f} ms")
    bench.figure("fleet", "provision_ms", median(ours), "ms")
    bench.figure("fleet", "provision_psql_ms", median(theirs), "ms")
    bench.figure("fleet", "provision_ratio_psql", median(ours) / median(theirs), "")
    checks = [check(system) for _ in range(max(bench.rounds, 3))]
    bench.figure("fleet", "check_1000_s", median(checks), "s")
    columns = []
    for _ in range(min(bench.rounds, 3)):
        columns.append(add_column(system))
        bench.say(f"a column in every location: {columns[-1]:.2f} s")
    bench.figure("fleet", "add_column_1000_s", median(columns), "s")
