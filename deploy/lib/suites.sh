# shellcheck shell=bash
# What deploy/test runs. Every suite adds a line "NAME PASSED FAILED SKIPPED" to STATE/results; the closing line sums them.

SWIFT_TIME=1500 # seconds; leaves room for the build and the contract suites within 40 minutes
LONG_TIME=14400
SKIPPED=77 # the exit status by which a contract suite says that it could not run

# swift_suites STATE FILTER
swift_suites() {
    local state=$1
    step "Swift suites" run_swift_suites "$state" "$2"
    python3 "$LIB/summary.py" "$(cat "$state/swift-status")" "$state/results" "$state"/events-[0-9].jsonl ||
        say "The whole output of the Swift suites is in $state/swift-test.log"
}

# A failing suite does not end the script: the others run too. Swift Testing runs the tests of the one bundle in parallel; those that
# measure time or stop processes (RaceTests, FailureTests) come after the others, when nothing else runs.
run_swift_suites() {
    local state=$1 filter=$2 status=0 skipped=LongTests
    if [[ -n ${POLYCLINIC_TEST_LONG:-} ]]; then SWIFT_TIME=$LONG_TIME skipped='^$'; fi
    load_settings "$state" tests
    rm -f "$state"/events*.jsonl "$state/swift-test.log"
    if [[ -n $filter ]]; then
        swift_suite "$state" 1 --filter "$filter" || status=$?
    else
        swift_suite "$state" 1 --skip 'RaceTests|FailureTests|LongTests' || status=$?
        swift_suite "$state" 2 --filter 'RaceTests|FailureTests' --skip "$skipped" --no-parallel || status=$?
        through_pooler "$state" swift_suite "$state" 3 --filter "$ISOLATION" || status=$?
    fi
    echo "$status" >"$state/swift-status"
}

# What shows that locations are apart and bookings sound, once more through a pooler in transaction mode.
ISOLATION='ForeignTests|RoleMatrixTests|DayTests|BookingTests|DatabaseTests|EchoTests'

# through_pooler STATE COMMAND…
through_pooler() {
    local state=$1
    shift
    POLYCLINIC_OWNER_PORT=$(port_of "$state" postgres) POLYCLINIC_DATABASE_PORT=$(port_of "$state" pooler) POLYCLINIC_PREPARED_STATEMENTS=off "$@"
}

# swift_suite STATE PASS ARGUMENTS
# A machine that others use too can hold up a test among a dozen. Up to three that failed are tried once more, alone; the summary names them.
swift_suite() {
    local state=$1 pass=$2 failing
    shift 2
    swift_pass "$state" "$pass" "$@" && return
    failing=$(python3 "$LIB/summary.py" --failing "$state/events-$pass.jsonl")
    [[ -n $failing ]] && swift_pass "$state" "$pass-again" --filter "$failing" --no-parallel
}

# swift_pass STATE NAME ARGUMENTS
swift_pass() {
    local state=$1 pass=$2
    shift 2
    SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=12 timeout --kill-after=30 "$SWIFT_TIME" swift test --package-path "$ROOT" --skip-build \
        --disable-xctest --event-stream-output-path "$state/events-$pass.jsonl" --event-stream-version 0 "$@" 2>&1 |
        tee -a "$state/swift-test.log"
}

FUZZ_TIME=900

# libFuzzer with the address sanitizer on everything that reads bytes from outside; its finds stay in STATE/fuzz.
fuzz_suite() {
    local state=$1 build=$ROOT/.build-fuzz sample number=0 status=0
    mkdir -p "$state/fuzz/corpus"
    while IFS= read -r sample; do
        number=$((number + 1))
        { printf '\002' && cat "$sample"; } >"$state/fuzz/corpus/sample-$number"
    done < <(find "$ROOT/Tests/X12Tests/Samples" -type f -size -20k)
    POLYCLINIC_FUZZ=1 swift build --package-path "$ROOT" --scratch-path "$build" --configuration release --product Fuzz \
        --sanitize=address -Xswiftc -sanitize=fuzzer
    (cd "$state/fuzz" && LSAN_OPTIONS=suppressions=$LIB/leaks.supp SWIFT_BACKTRACE=enable=no "$build/release/Fuzz" -max_total_time="$FUZZ_TIME" -timeout=10 -rss_limit_mb=2048 corpus) \
        >"$state/fuzz.log" 2>&1 || status=1
    echo "fuzz $((1 - status)) $status 0" >>"$state/results"
}

# The tools other people wrote to judge our OpenAPI document, our HTTP and our X12; from PyPI, versions fixed.
contract_tools() {
    local venv=$ROOT/.local/venv wanted=$ROOT/deploy/contract-tools.txt
    cmp -s "$wanted" "$venv/installed.txt" && return
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted"
    cp "$wanted" "$venv/installed.txt"
}

# Each Tests/Contract/check_NAME.py is a suite against a running gateway and worker with the demo organization.
contract_suites() {
    local state=$1 suites=()
    mapfile -t suites < <(find "$ROOT/Tests/Contract" -maxdepth 1 -name 'check_*.py' 2>/dev/null | sort)
    ((${#suites[@]} > 0)) || return 0
    step "Contract tools" contract_tools
    step "Demo organization" "$state/bin/polyclinic" demo load
    step "Gateway" start_program "$state" gateway
    step "Worker" start_program "$state" worker
    local suite
    for suite in "${suites[@]}"; do
        step "Contract: $(basename "$suite" .py)" run_contract_suite "$state" "$suite"
        show_contract_result "$state" "$(basename "$suite" .py)"
    done
}

run_contract_suite() {
    local state=$1 suite=$2 name status=0
    name=$(basename "$suite" .py)
    load_settings "$state" tests
    cd "$ROOT"
    PATH=$state/bin:$ROOT/.local/venv/bin:$PATH timeout --kill-after=30 600 \
        "$ROOT/.local/venv/bin/python" "$suite" >"$state/$name.log" 2>&1 || status=$?
    case $status in
    0) echo "$name 1 0 0" ;;
    "$SKIPPED") echo "$name 0 0 1" ;;
    *) echo "$name 0 1 0" ;;
    esac >>"$state/results"
}

show_contract_result() {
    if grep -q "^$2 1 0 0$" "$1/results"; then return; fi
    say "--- $2"
    tail -n 60 "$1/$2.log"
}

# The closing line, and the exit status of deploy/test. On CI a skipped test counts as a failure.
closing_line() {
    local state=$1 passed failed skipped
    read -r passed failed skipped < <(awk '{p += $2; f += $3; s += $4} END {print p + 0, f + 0, s + 0}' "$state/results")
    say "deploy/test: $passed passed, $failed failed, $skipped skipped in $((SECONDS / 60)) min $((SECONDS % 60)) s"
    ((passed > 0 && failed == 0)) && [[ -z ${CI:-} || $skipped == 0 ]]
}
