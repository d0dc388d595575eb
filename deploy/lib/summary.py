"""Reads the event streams of Swift Testing and prints what failed or was skipped.

    summary.py STATUS RESULTS EVENTS...     STATUS is the worst exit status of `swift test`. One line "swift PASSED FAILED SKIPPED" is
                                            added to RESULTS. What a later stream named *-again.jsonl ran counts by that second try and
                                            is named. The exit status is 1 when anything failed: a test, the run itself (a trap, a
                                            time-out), or a filter that matched nothing.
    summary.py --failing EVENTS             Prints a filter for the tests that failed, when they are few; nothing otherwise.
"""

import json
import pathlib
import re
import sys

FAILED = ("fail",)
# More than these at once are no moment's weakness of the machine.
FEW = 3
UNFINISHED = "did not end: the process died or ran out of time in it"


def events(path):
    """The records of the stream; a dying process may leave half a line at the end."""
    if not path.exists():
        return
    # Not splitlines(): names of tests hold characters that it takes for line ends.
    for line in path.read_text(errors="replace").split("\n"):
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def text(payload):
    return " ".join(message["text"] for message in payload.get("messages", []))


def read(path):
    """Which test functions ran, failed (with their issues) and were skipped (with the reason)."""
    functions, started, ended = set(), set(), set()
    failed, skipped, issues = set(), {}, {}
    for record in events(path):
        payload = record["payload"]
        if record["kind"] == "test":
            if payload["kind"] == "function":
                functions.add(payload["id"])
            continue
        test = payload.get("testID")
        match payload["kind"]:
            case "testStarted":
                started.add(test)
            case "testEnded":
                ended.add(test)
                if any(message["symbol"] in FAILED for message in payload.get("messages", [])):
                    failed.add(test)
            case "testSkipped":
                skipped[test] = text(payload)
            case "issueRecorded":
                if not payload.get("issue", {}).get("isKnown", False):
                    issues.setdefault(test, []).append(text(payload))
    for test in started - ended:
        failed.add(test)
        issues.setdefault(test, []).append(UNFINISHED)
    return functions, started, failed, skipped, issues


def failing(path):
    functions, _, failed, _, issues = read(path)
    names = sorted(failed & functions)
    if not 0 < len(names) <= FEW or any(UNFINISHED in issues.get(name, []) for name in names):
        return ""
    # Without the last part of the id, the place in the source.
    return "|".join(f"^{re.escape(name.rpartition('/')[0])}(/|$)" for name in names)


def report(failed, functions, issues, word="FAILED "):
    for test in sorted(failed & functions):
        print(f"{word} {test}")
        for issue in issues.get(test, [])[:5]:
            print(f"        {issue}")


def main():
    if sys.argv[1] == "--failing":
        print(failing(pathlib.Path(sys.argv[2])))
        return 0
    status, results, paths = int(sys.argv[1]), pathlib.Path(sys.argv[2]), [pathlib.Path(name) for name in sys.argv[3:]]
    functions, started, failed, skipped, failures = set(), set(), set(), {}, 0
    for path in paths:
        again = path.with_name(path.stem + "-again.jsonl")
        names, began, fell, left, issues = read(path)
        if again.exists():
            _, second, still, _, later = read(again)
            report(fell & second - still, names, issues, "PASSED WHEN TRIED AGAIN ")
            fell, issues = fell - second | still, issues | later
        report(fell, names, issues)
        functions, started, failed = functions | names, started | began, failed | fell
        skipped |= left
    for test, reason in sorted(skipped.items()):
        print(f"SKIPPED {test}: {reason}")
    failures = len(failed & functions)
    if failures == 0 and (status != 0 or not started):
        reason = "no test ran" if not started else f"swift test ended with status {status}"
        print(f"FAILED  the run itself: {reason}")
        failures = 1
    # A skipped suite skips its functions: each of them is reported by the stream.
    left_out = len(set(skipped) & functions)
    passed = len((started & functions) - failed - set(skipped))
    with results.open("a") as file:
        file.write(f"swift {passed} {failures} {left_out}\n")
    return 1 if failures else 0


sys.exit(main())
