#!/usr/bin/env python3
"""docs/controls.md from Tests/controls.tsv and the tests that say .shows("ID").

    controls.py ROOT            writes it
    controls.py ROOT --check    complains when it is not what it should be

A test in Python says it in a line "# shows: ID, ID".
"""
import pathlib
import re
import sys

SECTIONS = {
    "TI": "Tenant isolation", "AZ": "Authorisation", "AU": "Authentication and sessions", "IO": "Input, output, files",
    "RS": "Resources and fairness", "MC": "Money and concurrency", "TM": "Time", "JF": "Jobs and failures",
    "AP": "Audit and privacy", "WB": "Web, build and supply",
}
TEST = re.compile(r'@(?:Test|Suite)\(\s*(?:"((?:[^"\\]|\\.)*)"\s*,)?(.*?)\)\s*(?:final\s+)?(?:@\w+\s+)*(?:func|struct|enum|class|actor)\s+(`[^`]+`|\w+)', re.S)
SHOWS = re.compile(r'\.shows\(([^)]*)\)', re.S)


def controls(root):
    for line in (root / "Tests/controls.tsv").read_text().splitlines():
        if line and not line.startswith("#"):
            name, what, later = line.split("\t")
            yield name, what, later


def tests(root):
    """Pairs of a control and a test."""
    for path in sorted((root / "Tests").rglob("*.swift")):
        for title, traits, symbol in TEST.findall(path.read_text()):
            for shown in SHOWS.findall(traits):
                for control in re.findall(r'"([A-Z]+-\d+)"', shown):
                    yield control, f"`{path.parent.name}/{path.name}`: {(title or symbol).strip('`')}"
    for path in sorted((root / "Tests").rglob("check_*.py")):
        for shown in re.findall(r"^# shows: (.*)$", path.read_text(), re.M):
            for control in re.split(r",\s*", shown.strip()):
                yield control, f"`{path.parent.name}/{path.name}`"


def page(root):
    shown, faults = {}, []
    for control, test in tests(root):
        shown.setdefault(control, []).append(test)
    known = list(controls(root))
    for control in shown.keys() - {name for name, _, _ in known}:
        faults.append(f"{control} is shown by a test and stands in no line of Tests/controls.tsv")
    lines = [
        "# Controls and what shows them", "",
        "Made by `deploy/lib/controls.py` from `Tests/controls.tsv` and the tests that name the control; do not edit.",
    ]
    section = None
    for name, what, later in known:
        if name not in shown and not later:
            faults.append(f"{name} has neither a test nor the part it belongs to")
        if name in shown and later:
            faults.append(f"{name} has a test and is said to belong to a later part")
        if name[:2] != section:
            section = name[:2]
            lines += ["", f"## {SECTIONS[section]}", "", "| | What holds | Shown by |", "|---|---|---|"]
        by = "<br>".join(test.replace("|", "\\|") for test in shown.get(name, [])) or f"later: {later}"
        lines.append(f"| {name} | {what} | {by} |")
    return "\n".join(lines) + "\n", faults


def main():
    root = pathlib.Path(sys.argv[1])
    text, faults = page(root)
    target = root / "docs/controls.md"
    if "--check" in sys.argv[2:]:
        if not target.exists() or target.read_text() != text:
            faults.append("docs/controls.md is not what the tests say: run python3 deploy/lib/controls.py .")
    else:
        target.write_text(text)
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


main()
