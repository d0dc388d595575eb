"""The rules that keep location schemas portable to Citus and cheap by the thousand (DESIGN section 6), over migrations/location/.

Prints path:line: what is wrong; exit status 1 if anything is.
"""

import pathlib
import re
import sys

LONGEST_NAME = 50
MOST_TABLES, MOST_INDEXES = 80, 180
EDITABLE = ("version", "created_at", "created_by", "updated_at", "updated_by")

FORBIDDEN = [
    (r"\b(?:not\s+)?deferrable\b", "DEFERRABLE constraints"),
    (r"\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\b", "triggers"),
    (r"\bunlogged\b", "UNLOGGED tables"),
    (r"\binherits\b", "INHERITS"),
    (r"\b(?:big|small)?serial\b", "serial columns: ids are made by the app"),
    (r"\bas\s+identity\b", "identity columns: ids are made by the app"),
    (r"\bon\s+all\s+(?:tables|sequences|functions|routines)\b", "GRANT … ON ALL: name each table"),
    (r"\bfrom\s+unnest\b", "INSERT … SELECT FROM unnest: write VALUES"),
]
QUIET = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|(\$\w*\$).*?\1", re.DOTALL)
TABLE = re.compile(r"\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?([^\s(]+)\s*\((.*?)\)\s*(?:with\s*\([^)]*\)\s*)?;", re.DOTALL | re.IGNORECASE)
INDEX = re.compile(r"\bcreate\s+(?:unique\s+)?index\b|\bprimary\s+key\b|\bunique\s*(?:nulls\s+not\s+distinct\s*)?\(|\bexclude\s+using\b", re.IGNORECASE)
RETENTION = re.compile(r"\bcomment\s+on\s+table\s+(\S+)\s+is\s+'retention=\w+", re.IGNORECASE)
COLUMN = re.compile(r"^\s*([a-z_][a-z0-9_]*)\s", re.MULTILINE)
NAME = re.compile(r"[A-Za-z_]\w*")


def quiet(text):
    """Comments and literals blanked, line numbers kept."""
    return QUIET.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def table_findings(text, commented):
    for match in TABLE.finditer(text):
        name, body, number = match.group(1), match.group(2), line_of(text, match.start())
        if not re.search(r"\bprimary\s+key\b", body, re.IGNORECASE):
            yield number, f"{name} has no primary key"
        columns = set(COLUMN.findall(body))
        lacking = [column for column in EDITABLE if column not in columns]
        # One column names the row: its id, or a key that people know (the name of a setting).
        if "id" not in columns and not re.search(r"^\s*\w+\s+[\w ]+\bprimary\s+key\b", body, re.IGNORECASE | re.MULTILINE):
            lacking.append("id")
        if "updated_at" in columns and lacking:
            yield number, f"{name} can be edited but lacks {', '.join(lacking)}"
        if name not in commented:
            yield number, f"{name} has no retention class (comment on table … is 'retention=…')"


def file_findings(original):
    text = quiet(original)
    for pattern, reason in FORBIDDEN:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            yield line_of(text, match.start()), f"not in a location schema: {reason}"
    for match in NAME.finditer(text):
        if len(match.group().encode()) > LONGEST_NAME:
            yield line_of(text, match.start()), f"{match.group()} is longer than {LONGEST_NAME} bytes"
    yield from table_findings(text, set(RETENTION.findall(original)))


def main():
    root = pathlib.Path(sys.argv[1])
    found, tables, indexes = [], 0, 0
    for path in sorted((root / "migrations/location").glob("*.sql")):
        original = path.read_text()
        text = quiet(original)
        found += [f"{path.relative_to(root)}:{number}: {reason}" for number, reason in file_findings(original)]
        tables += len(re.findall(r"\bcreate\s+table\b", text, re.IGNORECASE))
        indexes += len(INDEX.findall(text))
    for name, count, most in (("tables", tables, MOST_TABLES), ("indexes", indexes, MOST_INDEXES)):
        if count > most:
            found.append(f"migrations/location: {count} {name}, at most {most}")
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


sys.exit(main())
