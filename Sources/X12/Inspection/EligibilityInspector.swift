import Values

/// 270, 271 and 276: questions, and answers about coverage.
struct EligibilityInspector: TransactionInspector {
    private var levels = 0
    private var questions = 0
    private var benefits: [String: Int] = [:]
    private var refusals: [JSON] = []
    private var traces: [JSON] = []

    mutating func take(_ segment: Segment, at position: Position) {
        switch segment.name {
        case .hl: levels += 1
        case .eq: questions += 1
        case .eb: benefits[segment.text(1), default: 0] += 1
        case .aaa:
            refusals.append(
                .object([("valid", .string(segment.text(1))), ("reason", .string(segment.text(3))), ("followup", .string(segment.text(4)))])
            )
        case .trn: traces.append(.string(segment.text(2)))
        default: break
        }
    }

    mutating func finish(complete: Bool) -> [(key: String, value: JSON)] {
        [
            ("hl", .integer(levels)), ("eq", .integer(questions)), ("eb", .integer(benefits.values.reduce(0, +))),
            ("eb_codes", sorted(benefits) { .integer($0) }), ("aaa", .array(refusals)), ("trn", .array(traces)),
        ]
    }
}
