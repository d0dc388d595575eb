"""What `polyclinic x12 inspect --json` reads, compared with the truth beside every sample."""

import pathlib
import subprocess
import sys

from system import HERE, X12_TESTS

# A checkout may lie beside a larger collection of samples.
collections = [X12_TESTS / "Samples", HERE.parents[2] / "shared" / "x12" / "samples"]
folders = [str(folder) for folder in collections if folder.is_dir()]
run = subprocess.run(
    [sys.executable, X12_TESTS / "tools" / "x12compare.py", "polyclinic x12 inspect --json", *folders],
    capture_output=True,
    text=True,
)
print(run.stdout, run.stderr)
last = run.stdout.strip().splitlines()[-1:]
if run.returncode != 0 or not last or not last[0].endswith(", 0 failed") or last[0].startswith("0 passed"):
    raise SystemExit(1)
