"""Servers in other languages over the same kind of tables, in turns with ours. They check no session and no permission, and audit nothing, and
their patients are a third of the size of ours."""

import os
import pathlib
import random
import secrets
import shutil
import subprocess

import data
from rounds import Side, check_answers, loads
from system import HERE

TENANTS, SLOTS = 10, 40_000_000
PORTS = {"gopgx": 18104, "fastapi": 18101}
PACKAGES = ["fastapi==0.165.0", "asyncpg==0.32.0", "uvicorn==0.54.0", "uvloop==0.23.0", "httptools==0.9.0", "orjson==3.13.0"]


class Peers:
    """Starts those that this machine has what it takes for: Go with pgx from Debian, Python with FastAPI in a venv."""

    def __init__(self, system, wanted, say, names=tuple(PORTS)):
        self.system, self.say, self.names, self.servers = system, say, [], {}
        if wanted:
            self.names = [name for name in names if self.build(name)]

    def build(self, name):
        folder = self.system.state / "peers"
        folder.mkdir(exist_ok=True)
        if name == "gopgx":
            if not shutil.which("go") or not pathlib.Path("/usr/share/gocode/src/github.com/jackc/pgx").exists():
                self.say("no Go with pgx (apt-get install golang-go golang-github-jackc-pgx-v4-dev): left out")
                return False
            environment = dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode", GOCACHE=str(folder / "cache"))
            subprocess.run(["go", "build", "-o", folder / "gopgx", "main.go"], cwd=HERE / "Peers/go", env=environment, check=True)
            return True
        venv = folder / "venv"
        if not (venv / "complete").exists():
            subprocess.run(["python3", "-m", "venv", venv], check=True)
            if subprocess.run([venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]).returncode:
                self.say("FastAPI cannot be installed: left out")
                return False
            (venv / "complete").touch()
        return True

    def __enter__(self):
        if not self.names:
            return self
        system, password = self.system, self.system.state / "secrets/peer"
        if not password.exists():
            password.touch(mode=0o600)
            password.write_text(secrets.token_hex(16))
        if not system.sql("postgres", "select 1 from pg_database where datname = 'peers'"):
            system.sql("postgres", "create role bench_peer login noinherit")
            system.sql("postgres", "create database peers template template0 encoding 'UTF8' locale 'C.UTF-8'")
        system.sql("postgres", f"alter role bench_peer password '{password.read_text()}'")
        system.sql("peers", (HERE / "Peers/tables.sql").read_text())
        environment = dict(system.connection("bench_peer", password), PGDATABASE="peers")
        folder = system.state / "peers"
        for name in self.names:
            port = str(PORTS[name])
            words = [str(folder / "gopgx")]
            if name == "fastapi":
                words = [str(folder / "venv/bin/uvicorn"), "--app-dir", str(HERE / "Peers/python"), "app:app", "--host", "127.0.0.1", "--port", port]
                words += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
            self.servers[name] = system.start(words, **environment, PORT=port, POOL="8", PYTHONDONTWRITEBYTECODE="1")
            system.wait_ready(self.servers[name], int(port), "/hello")
        return self

    def __exit__(self, *_):
        for server in self.servers.values():
            self.system.stop(server)

    def side(self, name, method, connections):
        chance = random.Random(7)
        if method == "GET":
            requests = ((data.plain("GET", f"/t/{chance.randint(1, TENANTS)}/patients/{chance.randint(1, 1000)}"), b'"mrn"') for _ in range(40_000))
        else:
            requests = ((data.plain("POST", f"/t/{chance.randint(1, TENANTS)}/appointments", self.booking(chance)), b"") for _ in range(100_000))
        return self.asked(name, requests, connections, status=200 if method == "GET" else 201)

    def asked(self, name, requests, connections, status=200):
        path = data.write(self.system.work / f"{name}-requests", requests)
        run = loads(self.system, PORTS[name], connections, path)

        def checked(seconds):
            result = run(seconds)
            taken = result["status"].pop("409", 0) if status == 201 else 0
            check_answers(result, status)
            result["answers"] -= taken
            return result

        return Side(name, checked, self.servers[name])

    def take(self, spans):
        """What is booked in the first schema: numbers of providers, beginnings and ends; nothing else."""
        self.empty()
        lines = "".join(f"1\t{provider}\t[{begins},{ends})\n" for provider, begins, ends in spans)
        self.system.sql("peers", f"copy t_1.appointment (patient_id, provider_id, during) from stdin;\n{lines}\\.\nvacuum analyze t_1.appointment;\n")

    def empty(self):
        if self.names:
            self.system.sql("peers", "".join(f"truncate t_{n}.appointment, t_{n}.audit_log, t_{n}.outbox;" for n in range(1, TENANTS + 1)))

    @staticmethod
    def booking(chance):
        patient, provider, slot = chance.randint(1, 1000), chance.randint(1, 20), chance.randrange(SLOTS)
        return f'{{"patient_id":{patient},"provider_id":{provider},"slot":{slot},"reason":"check-up"}}'.encode()
