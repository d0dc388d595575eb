"""The system under measurement: its databases, its gateway as a process, and who used how much of the processors."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

HERE = pathlib.Path(__file__).parent


class Void(Exception):
    """A figure whose numbers do not add up is no figure."""


def cpu_of(pid):
    """Microseconds that the threads of a process have used, finer than the clock ticks of /proc/PID/stat."""
    total = 0
    try:
        tasks = list(pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"))
    except OSError:  # it has just ended
        return 0
    for task in tasks:
        try:
            total += int(task.read_text().split()[0])
        except (OSError, ValueError):
            pass
    return total / 1000


def memory_mb(pid, field):
    """A field of /proc/PID/smaps_rollup, in megabytes."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    return 0


def own_memory_mb(pid):
    """What a backend has to itself. Not smaps' Private: it counts pages of the shared buffers that only one process has looked at yet."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    return 0


def all_cpu():
    """Microseconds that this machine's processors were busy."""
    words = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()
    busy = sum(int(words[i]) for i in (1, 2, 3, 6, 7))
    return busy * 1_000_000 / os.sysconf("SC_CLK_TCK")


class System:
    def __init__(self, state):
        self.state = pathlib.Path(state)
        self.settings = {k: v for k, v in os.environ.items() if k.startswith("POLYCLINIC_")}
        self.port = int(self.settings["POLYCLINIC_HTTP_PORT"])
        self.locations_databases = self.settings["POLYCLINIC_LOCATION_DATABASES"].split(",")
        self.control = self.settings["POLYCLINIC_CONTROL_DATABASE"]
        self.postmaster = int((pathlib.Path(os.environ["POSTGRES_HOME"]) / "postmaster.pid").read_text().split()[0])
        self.work = self.state / "work"
        self.work.mkdir(exist_ok=True, mode=0o700)
        self.processes = []
        # Tables made now must have statistics before anything is timed, and the planner's must not change in between.
        self.locations = []

    # Databases

    def connection(self, user, password_file):
        """libpq's variables for a login, over TLS as everybody else."""
        passfile = self.work / f"{user}.pgpass"
        passfile.touch(mode=0o600)
        passfile.write_text(f"127.0.0.1:*:*:{user}:{pathlib.Path(password_file).read_text().strip()}\n")
        return {
            "PATH": os.environ["PATH"], "PGHOST": "127.0.0.1", "PGPORT": self.settings["POLYCLINIC_DATABASE_PORT"], "PGUSER": user,
            "PGPASSFILE": str(passfile), "PGSSLMODE": "verify-full", "PGSSLROOTCERT": self.settings["POLYCLINIC_DATABASE_CA"],
        }

    def sql(self, database, text, **variables):
        """Runs SQL as the superuser; rows as lists of texts."""
        words = ["psql", "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", database]
        for name, value in variables.items():
            words += ["-v", f"{name}={value}"]
        done = subprocess.run(
            words, input=text, text=True, capture_output=True,
            env=self.connection("polyclinic_superuser", self.state / "secrets/superuser"),
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return [line.split("\t") for line in done.stdout.splitlines() if line]

    def everywhere(self, text, databases=None):
        return [row for name in databases or self.locations_databases for row in self.sql(name, text)]

    def postgres_cpu(self):
        """Of all processes of the cluster, also of those that have ended."""
        total = cpu_of(self.postmaster)
        children = pathlib.Path(f"/proc/{self.postmaster}/task/{self.postmaster}/children").read_text().split()
        for child in children:
            total += cpu_of(child)
        ended = pathlib.Path(f"/proc/{self.postmaster}/stat").read_text().rsplit(")", 1)[1].split()
        return total + (int(ended[13]) + int(ended[14])) * 1_000_000 / os.sysconf("SC_CLK_TCK")

    def backends(self, application):
        rows = self.sql("postgres", f"select pid, datname from pg_stat_activity where application_name = '{application}'")
        return [(int(pid), name) for pid, name in rows]

    # Processes

    def environment(self, **more):
        """What gateway and worker get: never the owner's login."""
        clean = {k: v for k, v in self.settings.items() if not k.startswith("POLYCLINIC_OWNER_")}
        # Buckets are counted for every request, but must hold what a hundred people never send.
        clean["POLYCLINIC_REQUESTS_PER_MINUTE"] = "100000000"
        return {"PATH": os.environ["PATH"], **clean, **more}

    def start(self, words, **more):
        log = open(self.work / (pathlib.Path(words[0]).name + ".log"), "wb")
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment(**more), start_new_session=True)
        self.processes.append(process)
        return process

    def stop(self, process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(70)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process in self.processes:
            self.processes.remove(process)

    def stop_all(self):
        for process in list(self.processes):
            self.stop(process)

    def gateway(self, **more):
        """A gateway that is ready. Nobody else may answer in its place."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", self.port))
        process = self.start([str(self.state / "lib/polyclinic-gateway")], **more)
        process.ready = self.wait_ready(process, self.port)
        return process

    def wait_ready(self, process, port, path="/readyz", seconds=60):
        """Seconds until it answered."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if process.poll() is not None:
                raise RuntimeError(f"{process.args[0]} ended; its log is in {self.work}")
            try:
                # A bare connection first: it is refused at once while nobody listens.
                socket.create_connection(("127.0.0.1", port), 1).close()
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
                    if answer.status == 200:
                        return time.monotonic() - began
            except OSError:
                time.sleep(0.002)
        raise RuntimeError(f"{process.args[0]} is not ready; its log is in {self.work}")

    def tool(self, *words, **more):
        """A program of ours that prints one JSON object."""
        done = subprocess.run(
            [str(self.state / "bin" / words[0]), *map(str, words[1:])], capture_output=True, text=True,
            env={"PATH": os.environ["PATH"], **more},
        )
        if done.returncode:
            raise RuntimeError(f"{words[0]}: {done.stderr[-2000:]}")
        result = json.loads(done.stdout)
        result["complaints"] = done.stderr.strip()
        return result

    def bench(self, *words, owner=False, **more):
        """The Swift part; its output."""
        environment = dict(self.settings, PATH=os.environ["PATH"], **more) if owner else self.environment(**more)
        done = subprocess.run([str(self.state / "lib/bench"), *map(str, words)], capture_output=True, text=True, env=environment)
        if done.returncode:
            raise RuntimeError(f"bench {words[0]}: {done.stderr[-2000:]}")
        return done.stdout
