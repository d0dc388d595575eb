import Values

/// 999 and its ancestor 997.
struct AcknowledgmentInspector: TransactionInspector {
    private struct Answer {
        var set: String
        var control: String
        var segments: [JSON] = []
        var elements: [JSON] = []
        var result: JSON = .null
        var codes: [JSON]?

        var json: JSON {
            var members: [(key: String, value: JSON)] = [
                ("set", .string(set)), ("control", .string(control)), ("ik3", .array(segments)), ("ik4", .array(elements)),
                ("result", result),
            ]
            if let codes { members.append(("result_codes", .array(codes))) }
            return .object(members)
        }
    }

    private var group: JSON = .null
    private var answers: [Answer] = []
    private var verdict: JSON = .null

    mutating func take(_ segment: Segment, at position: Position) {
        switch segment.name {
        case .ak1: group = .members(of: segment, "group", "control", "version")
        case .ak2: answers.append(Answer(set: segment.text(1), control: segment.text(2)))
        case .ik3, .ak3: change { $0.segments.append(.members(of: segment, "segment", "position", "loop", "code")) }
        case .ik4, .ak4: change { $0.elements.append(.members(of: segment, "element", "ref", "code", "bad")) }
        case .ik5, .ak5:
            change {
                $0.result = .string(segment.text(1))
                $0.codes = segment.texts(2...6)
            }
        case .ak9:
            verdict = .object([
                ("code", .string(segment.text(1))), ("included", .string(segment.text(2))), ("received", .string(segment.text(3))),
                ("accepted", .string(segment.text(4))), ("errors", .array(segment.texts(5...9))),
            ])
        default: break
        }
    }

    private mutating func change(_ body: (inout Answer) -> Void) {
        if !answers.isEmpty { body(&answers[answers.count - 1]) }
    }

    mutating func finish(complete: Bool) -> [(key: String, value: JSON)] {
        [("ak1", group), ("transactions", .array(answers.map(\.json))), ("ak9", verdict)]
    }
}

extension JSON {
    /// The elements of a segment from the first on, under these names.
    static func members(of segment: Segment, _ names: String...) -> JSON {
        .object(names.enumerated().map { (key: $0.element, value: .string(segment.text($0.offset + 1))) })
    }
}

extension Segment {
    /// Those that are not empty.
    func texts(_ elements: ClosedRange<Int>) -> [JSON] { elements.filter { !isEmpty($0) }.map { .string(text($0)) } }
}
