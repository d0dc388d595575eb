"""Our rules for Swift sources, shell and Python that no formatter knows. Prints path:line: what is wrong; exit status 1 if anything is."""

import pathlib
import re
import sys

LONGEST = 300
WORDS = {"Manager", "Helper", "Helpers", "Util", "Utils", "Common", "Core", "Base"}
SLICES = {"Organizations", "Patients", "Scheduling", "Billing", "Claims", "Messaging", "Reporting", "Desk"}
# Sources that need all of Foundation, with the reason. FoundationEssentials is free to use.
FOUNDATION = {
    "Sources/Values/TimeZoneRules.swift": "FoundationEssentials has no named zones on Linux",
    "Sources/Patients/Person/Folding.swift": "FoundationEssentials cannot take accents off letters",
}

FORBIDDEN = [
    (re.compile(r"\btry!"), "try! ends the process; throw"),
    (re.compile(r"\bas!"), "as! ends the process; use as? and throw"),
    (re.compile(r"\bfatalError\("), "fatalError ends the process; throw"),
]
PRINT = re.compile(r"(?<![.\w])print\(")
TYPE = re.compile(r"\b(?:class|struct|enum|actor|protocol|typealias)\s+([A-Z]\w*)")
IMPORT = re.compile(r"^\s*(?:(?:public|internal|package|@\w+)\s+)*import\s+(?:\w+\s+)?Foundation\b(?!Essentials)")
# A comment, a raw or plain string literal (multi-line first), in the order in which they begin.
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|(#*)"""(.*?)"""\1|(#*)"((?:\\.|[^"\\\n])*)"\3', re.DOTALL)
SQL = re.compile(
    r"\s*(?:with\s+\w+.*?\)\s*)?(?:select\b.*\bfrom\b|select\s+(?:pg_|set_config)|insert\s+into\b|update\s+\S+\s+(?:as\s+\w+\s+|\w+\s+)?set\b|delete\s+from\b)",
    re.DOTALL,
)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def code_only(text):
    """The text with comments and literals blanked, line numbers kept."""
    return TOKEN.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def forbidden_word(name):
    return next((word for word in re.findall(r"[A-Z][a-z0-9]*", name) if word in WORDS), None)


def swift_findings(root, path):
    text = path.read_text()
    code = code_only(text)
    parts = path.relative_to(root).parts
    if word := forbidden_word(path.stem):
        yield 1, f"the file name says {word}; name it after what it holds"
    for match in TYPE.finditer(code):
        if word := forbidden_word(match.group(1)):
            yield line_of(code, match.start()), f"{match.group(1)} says {word}; name it after what it is"
    for number, line in enumerate(code.splitlines(), 1):
        if parts[0] == "Sources":
            if IMPORT.match(line) and str(path.relative_to(root)) not in FOUNDATION:
                yield number, "import Foundation; FoundationEssentials will do, or add the file to the list with its reason"
            for pattern, reason in FORBIDDEN:
                if pattern.search(line):
                    yield number, reason
            if parts[1] != "Admin" and PRINT.search(line):
                yield number, "print: only the command line prints; log"
    if parts[0] == "Sources" and parts[1] in SLICES and not path.stem.endswith(("Store", "Section", "Sections")):
        for match in TOKEN.finditer(text):
            literal = match.group(2) or match.group(4) or ""
            if SQL.match(literal):
                yield line_of(text, match.start()), "SQL outside a store"


def findings(root):
    swift = sorted(path for folder in ("Sources", "Tests") for path in (root / folder).rglob("*.swift"))
    scripts = sorted(path for path in (root / "deploy").rglob("*") if path.is_file() and path.suffix in ("", ".sh", ".py"))
    for path in swift + scripts + [root / "Package.swift"]:
        length = len(path.read_text().splitlines())
        if length > LONGEST:
            yield path, length, f"{length} lines; split it by noun (at most {LONGEST})"
    for path in swift:
        for number, reason in swift_findings(root, path):
            yield path, number, reason


def main():
    root = pathlib.Path(sys.argv[1])
    found = list(findings(root))
    for path, number, reason in found:
        print(f"{path.relative_to(root)}:{number}: {reason}")
    return 1 if found else 0


sys.exit(main())
