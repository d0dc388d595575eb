"""The floor of a figure: the statements that the gateway itself sends, recorded while it serves, sent again by plain libpq."""

import time


def record(system, requests_file, connections=32, seconds=30):
    """Serves every request of a file once, and writes down what that asks of PostgreSQL. Gives the recording, how many requests it holds,
    and the moment from which ids are new."""
    recording = system.work / "recording"
    recording.unlink(missing_ok=True)
    since = int(time.time() * 1000)
    gateway = system.gateway(LD_PRELOAD=str(system.state / "lib/record.so"), BENCH_RECORDING=str(recording))
    try:
        result = system.tool("load", system.port, connections, seconds, requests_file, "once")
    finally:
        system.stop(gateway)
    return recording, result, since


def replays(system, recording, requests, since, threads, depth, once=False):
    """A side's `run` that repeats a recording."""

    def run(seconds):
        environment = system.connection(system.settings["POLYCLINIC_GATEWAY_USER"], system.settings["POLYCLINIC_GATEWAY_PASSWORD_FILE"])
        environment["BENCH_LEFT_OUT"] = system.control
        result = system.tool("replay", recording, requests, seconds, threads, depth, since, *(["once"] if once else []), **environment)
        if result["errors"]:
            raise RuntimeError(f"the replay failed {result['errors']} times: {result['complaints'][:300]}")
        return result

    return run
