"""The 837P files we write, judged by pyx12: those of a played day and the written samples."""

import json
import subprocess
import sys

from system import X12_TESTS, outbound_claims, polyclinic

if not outbound_claims():
    polyclinic("demo", "day", seconds=300)
files = outbound_claims()
if not files:
    raise SystemExit("the day put no 837P file into the outbound folder")
files += sorted((X12_TESTS / "Samples" / "written").glob("*.edi"))
run = subprocess.run(
    [sys.executable, X12_TESTS / "tools" / "pyx12_check.py", *map(str, files)],
    capture_output=True,
    text=True,
)
# pyx12 may call a file good and still list faults, so its exit status says nothing: the report of each file is read.
reports = {report["file"]: report for report in map(json.loads, run.stdout.splitlines())}


def faults(value):
    """All that a report lists under any member whose name speaks of errors."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if "err" in name.lower() and inner:
                yield inner
            else:
                yield from faults(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from faults(inner)


bad = 0
for file in map(str, files):
    report = reports.get(file, {"ok": False, "crash": f"no report; {run.stderr[-300:]}"})
    found = list(faults(report.get("errors")))
    if not report["ok"] or found or "crash" in report:
        bad += 1
        print(file, report.get("crash", ""), json.dumps(found)[:1000], report.get("ack", "")[:1000])
print(f"{len(files) - bad} accepted, {bad} refused")
if bad:
    raise SystemExit(1)
