"""What `polyclinic calendar expand` makes of 10,000 random rules, compared with python-dateutil; what clocks do, with zoneinfo."""

# shows: TM-2

import json
import multiprocessing
import random
import subprocess

import series

RULES = 10_000
SEED = 5545
AT_ONCE = 500


def some(seed):
    dice = random.Random(seed)
    return [series.case(dice) for _ in range(AT_ONCE)]


def main():
    with multiprocessing.Pool() as pool:
        cases = [case for part in pool.map(some, range(SEED, SEED + RULES // AT_ONCE)) for case in part]
    lines = "".join(line + "\n" for line, _ in cases)
    run = subprocess.run(["polyclinic", "calendar", "expand"], input=lines, capture_output=True, text=True, timeout=500)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    if run.returncode != 0 or len(answers) != RULES:
        raise SystemExit(f"polyclinic calendar expand ended with {run.returncode} after {len(answers)} lines: {run.stderr}")
    wrong = occurrences = 0
    kinds = dict.fromkeys(["once", "skipped", "repeated"], 0)
    for (line, wanted), answer in zip(cases, answers):
        found = [{name: value for name, value in it.items() if name not in ("next", "is_extra")} for it in answer.get("occurrences", [])]
        occurrences += len(wanted)
        for it in wanted:
            kinds[it["clock"]] += 1
        if found != wanted:
            wrong += 1
            differing = next((pair for pair in zip(found, wanted) if pair[0] != pair[1]), (len(found), len(wanted)))
            print(line, answer.get("refused", differing), sep="\n  ")
    print(f"{RULES - wrong} of {RULES} rules as dateutil has them; {occurrences} occurrences: {kinds}")
    if wrong or not all(kinds.values()):
        raise SystemExit(1)


main()
