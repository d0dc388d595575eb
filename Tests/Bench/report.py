"""What was measured, as a table and as latest.json; and what falls short."""

import json


def number(value):
    if value is None:
        return "void"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


class Report:
    def __init__(self):
        self.figures, self.tables, self.voids = [], [], {}

    def add(self, figure, metric, value, unit):
        self.figures.append({"figure": figure, "metric": metric, "value": round(value, 4), "unit": unit})

    def void(self, figure, why):
        """Takes back what a figure has said."""
        self.figures = [entry for entry in self.figures if entry["figure"] != figure]
        self.tables = [table for table in self.tables if table[0] != figure]
        self.voids[figure] = why

    def compare(self, figure, sides):
        head = ["", "1/s", "lowest", "highest", "p50 ms", "p99 ms", "server us", "postgres us", "load us", "others"]
        lines = []
        for side in sides:
            rates = [r["answers"] / r["seconds"] for r in side.results]
            has = "p99_ms" in side.results[0]
            lines.append(
                [side.name, number(side.rate()), number(min(rates)), number(max(rates))]
                + ([f"{side.middle('p50_ms'):.2f}", f"{side.middle('p99_ms'):.2f}"] if has else ["", ""])
                + [number(side.per_answer(what)) if side.per_answer(what) else "" for what in ("server_us", "postgres_us", "cpu_us")]
                + [f"{side.middle('others'):.0%}"]
            )
        self.tables.append((figure, [head] + lines))

    def finish(self, path, aims_file):
        for figure, lines in self.tables:
            print(f"\n{figure}: medians of rounds in turns")
            self.print_columns(lines)
        aims = {}
        if aims_file:
            aims = {(aim["figure"], aim["metric"]): aim for aim in json.load(open(aims_file))}
        print("\nfigures")
        short, lines = [], []
        for entry in self.figures:
            aim = aims.get((entry["figure"], entry["metric"]))
            mark = ""
            if aim:
                least, most = aim.get("at_least"), aim.get("at_most")
                mark = f">= {least}" if least is not None else f"<= {most}"
                if (least is not None and entry["value"] < least) or (most is not None and entry["value"] > most):
                    mark += "  FALLS SHORT"
                    short.append(entry)
            lines.append([entry["figure"], entry["metric"], number(entry["value"]), entry["unit"], mark])
        self.print_columns(lines)
        for figure, why in self.voids.items():
            print(f"{figure}: VOID: {why}")
        self.keep(path)
        return 1 if short or self.voids else 0

    def keep(self, path):
        """Figures that were not measured now stay as they were."""
        try:
            old = json.loads(path.read_text())
        except (OSError, ValueError):
            old = []
        fresh = {entry["figure"] for entry in self.figures} | set(self.voids)
        kept = [entry for entry in old if entry["figure"] not in fresh]
        path.write_text(json.dumps(kept + self.figures, indent=1) + "\n")

    @staticmethod
    def print_columns(lines):
        if not lines:
            return
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        for line in lines:
            print("  " + "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(line, widths))).rstrip())
