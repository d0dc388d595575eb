import Values

/// Spans in the order of their beginnings: those that meet another are found without looking at all of them.
struct Timeline: Sendable {
    let spans: [InstantRange]
    /// The latest end of those up to each.
    private let ends: [Instant]

    /// - Parameter spans: In the order of their beginnings; they may overlap.
    init(_ spans: [InstantRange]) {
        self.spans = spans
        var ends: [Instant] = []
        ends.reserveCapacity(spans.count)
        for span in spans { ends.append(max(span.end, ends.last ?? span.end)) }
        self.ends = ends
    }

    /// Their indices in `spans`.
    func meeting(_ span: InstantRange) -> [Int] {
        let first = ends.partitioned { $0 > span.start }
        return (first..<spans.count).prefix { spans[$0].start < span.end }.filter { span.start < spans[$0].end }
    }
}
