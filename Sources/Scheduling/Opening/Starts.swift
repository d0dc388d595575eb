import Values

/// Moments at which something may begin, in whole seconds: ranges in order and apart. Every operation is one sweep over them.
struct Starts: Sendable, Hashable {
    private(set) var ranges: [Range<Int64>] = []

    init() {}

    /// Sorts, and joins what touches.
    init(_ unordered: [Range<Int64>]) {
        for range in unordered.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) { append(range) }
    }

    /// Where an appointment may begin that lies inside these spans.
    init(of seconds: Int64, inside spans: [InstantRange]) {
        for span in spans {
            let first = span.start.wholeSeconds(roundedUp: true)
            let last = span.end.wholeSeconds(roundedUp: false) - seconds
            if first <= last { append(first..<last + 1) }
        }
    }

    var isEmpty: Bool { ranges.isEmpty }

    func contains(_ second: Int64) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= second { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].lowerBound <= second
    }

    func intersection(_ other: Starts) -> Starts {
        var common = Starts()
        var (mine, theirs) = (0, 0)
        while mine < ranges.count, theirs < other.ranges.count {
            let (left, right) = (ranges[mine], other.ranges[theirs])
            let low = max(left.lowerBound, right.lowerBound)
            let high = min(left.upperBound, right.upperBound)
            if low < high { common.ranges.append(low..<high) }
            if left.upperBound < right.upperBound { mine += 1 } else { theirs += 1 }
        }
        return common
    }

    func subtracting(_ other: Starts) -> Starts {
        var rest = Starts()
        var index = 0
        for range in ranges {
            var low = range.lowerBound
            while index < other.ranges.count, other.ranges[index].upperBound <= low { index += 1 }
            var at = index
            while at < other.ranges.count, other.ranges[at].lowerBound < range.upperBound {
                if low < other.ranges[at].lowerBound { rest.ranges.append(low..<other.ranges[at].lowerBound) }
                low = max(low, other.ranges[at].upperBound)
                at += 1
            }
            if low < range.upperBound { rest.ranges.append(low..<range.upperBound) }
        }
        return rest
    }

    func union(_ other: Starts) -> Starts { Starts(ranges + other.ranges) }

    /// Where what takes so many seconds may begin so that these follow it, at once or after one of some waits.
    func preceded(by seconds: Int64, waiting waits: [Int64]) -> Starts {
        Starts(waits.flatMap { wait in ranges.map { $0.lowerBound - seconds - wait..<$0.upperBound - seconds - wait } })
    }

    /// Where at least `count` of these have it.
    static func atLeast(_ count: Int, of all: [Starts]) -> Starts {
        guard count > 0, count <= all.count else { return Starts() }
        if count == 1, all.count == 1 { return all[0] }
        var steps: [(at: Int64, change: Int)] = []
        for range in all.lazy.flatMap(\.ranges) {
            steps.append((range.lowerBound, 1))
            steps.append((range.upperBound, -1))
        }
        // An end before a beginning at the same moment: what touches is joined below.
        steps.sort { ($0.at, $0.change) < ($1.at, $1.change) }
        var found = Starts()
        var depth = 0
        var since: Int64?
        for step in steps {
            depth += step.change
            if depth >= count {
                if since == nil { since = step.at }
            } else if let start = since {
                found.append(start..<step.at)
                since = nil
            }
        }
        return found
    }

    private mutating func append(_ range: Range<Int64>) {
        guard !range.isEmpty else { return }
        if let last = ranges.last, range.lowerBound <= last.upperBound {
            ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
        } else {
            ranges.append(range)
        }
    }
}

extension Instant {
    func wholeSeconds(roundedUp: Bool) -> Int64 {
        let second: Int64 = 1_000_000
        let (quotient, rest) = microseconds.quotientAndRemainder(dividingBy: second)
        if rest == 0 { return quotient }
        return roundedUp ? (rest > 0 ? quotient + 1 : quotient) : (rest < 0 ? quotient - 1 : quotient)
    }
}
