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
    done = subprocess.run([str(system.state / "lib/polyclinic"), *map(str, words)], env=environment, capture_output=True, text=True)
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


COLUMN = "alter table {location}.patient add column bench text;"
PARALLEL = 4


def next_version(system):
    return len(list((pathlib.Path(system.settings["POLYCLINIC_MIGRATIONS_FOLDER"]) / "location").glob("*.sql"))) + 1


def add_column(system):
    """Seconds of `polyclinic migrate run` for one column more in every location, taken back afterwards."""
    folder = system.work / "migrations"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(system.settings["POLYCLINIC_MIGRATIONS_FOLDER"], folder)
    next_number = next_version(system)
    (folder / "location" / f"{next_number:04}_bench.sql").write_text(COLUMN + "\n")
    try:
        seconds = cli(system, "migrate", "run", "--parallel", PARALLEL, POLYCLINIC_MIGRATIONS_FOLDER=str(folder))
        behind = system.sql(
            system.control, f"select count(*) from control.location_directory where state = 'active' and schema_version <> {next_number}"
        )
        if behind != [["0"]]:
            raise Void(f"{behind[0][0]} locations are behind after the migration")
    finally:
        take_column_back(system, next_number)
        system.sql(system.control, f"update control.location_directory set schema_version = {next_number - 1} where schema_version >= {next_number}")
    return seconds


def column_by_psql(system):
    """Seconds of the same SQL by as many psql side by side; nothing is written down in control."""
    number = next_version(system)
    environment = system.connection(system.settings["POLYCLINIC_OWNER_USER"], system.settings["POLYCLINIC_OWNER_PASSWORD_FILE"])
    places = system.sql(system.control, "select database, role_name from control.location_directory where state = 'active' order by id")
    running = []
    for part in range(PARALLEL):
        lines = [r"\set ON_ERROR_STOP on"]
        here = None
        for database, schema in sorted(places[part::PARALLEL]):
            if database != here:
                lines.append(rf"\connect {database}")
                here = database
            version = f"insert into {schema}.schema_version (version, name, applied_at) values ({number}, 'bench', now());"
            lines.append(f"begin; set local lock_timeout = '2s'; {COLUMN.format(location=schema)} {version} commit;")
        script = system.work / f"column-{part}.sql"
        script.write_text("\n".join(lines))
        running.append(["psql", "-Xq", "-d", system.locations_databases[0], "-f", str(script)])
    began = time.monotonic()
    started = [subprocess.Popen(words, env=environment) for words in running]
    failed = any([one.wait() for one in started])
    seconds = time.monotonic() - began
    take_column_back(system, number)
    if failed:
        raise RuntimeError("psql could not add the column")
    return seconds


def take_column_back(system, number):
    for name in system.locations_databases:
        system.sql(
            name,
            f"""select format('begin; alter table %1$I.patient drop column if exists bench; delete from %1$I.schema_version where version >= {number}; commit;',
            nspname) from pg_namespace where to_regclass(format('%I.schema_version', nspname)) is not null and to_regclass(format('%I.patient', nspname)) is not null
            \\gexec""",
        )


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
    columns, plain = [], []
    for _ in range(bench.rounds):
        columns.append(add_column(system))
        plain.append(column_by_psql(system))
        bench.say(f"a column in every location: {columns[-1]:.2f} s, by psql {plain[-1]:.2f} s")
    bench.figure("fleet", "add_column_1000_s", median(columns), "s")
    bench.figure("fleet", "add_column_psql_s", median(plain), "s")
