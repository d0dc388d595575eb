# shellcheck shell=bash
# What deploy/check checks, one function per rule set; each prints path:line: reason and is false when it found something.

format_rules() {
    (cd "$ROOT" && swift format lint --strict --parallel --recursive Sources Tests Package.swift)
}

source_rules() { python3 "$LIB/source_rules.py" "$ROOT"; }

migration_rules() { python3 "$LIB/migration_rules.py" "$ROOT"; }

# docs/controls.md is what the tests say, and every control has a test or the part it belongs to.
control_rules() { python3 "$LIB/controls.py" "$ROOT" --check; }

script_rules() {
    local script status=0
    for script in "$ROOT"/deploy/{up,down,test,check,bench,threads} "$ROOT"/deploy/lib/*.sh "$ROOT/.ci/run"; do
        bash -n "$script" || status=1
    done
    return "$status"
}

# Package.swift makes every warning an error.
warning_rules() { swift build --package-path "$ROOT" --build-tests; }
