import Values

/// 277 and 277CA: what became of claims.
struct StatusInspector: TransactionInspector {
    private let delimiters: Delimiters
    private var level: JSON = .null
    private var trace: JSON = .null
    private var details: [JSON] = []
    private var categories: [String: Int] = [:]
    private var ofClaims = 0

    init(_ delimiters: Delimiters) {
        self.delimiters = delimiters
    }

    mutating func take(_ segment: Segment, at position: Position) {
        switch segment.name {
        case .hl:
            level = .string(segment.text(3))
            trace = .null
        case .trn: trace = .string(segment.text(2))
        case .stc: takeStatus(segment)
        default: break
        }
    }

    private mutating func takeStatus(_ segment: Segment) {
        let parts = segment.components(1, delimiters)
        func part(_ index: Int) -> String { index < parts.count ? parts[index] : "" }
        categories[part(0), default: 0] += 1
        if ["PT", "22", "23"].contains(level.text) { ofClaims += 1 }
        details.append(
            .object([
                ("level", level), ("trn02", trace), ("category", .string(part(0))), ("status", .string(part(1))),
                ("entity", .string(part(2))),
                ("action", .string(segment.text(3))), ("date", .string(segment.text(2))), ("amount", .string(segment.text(4))),
            ])
        )
    }

    mutating func finish(complete: Bool) -> [(key: String, value: JSON)] {
        [
            ("stc", .integer(details.count)), ("stc_detail", .array(details)), ("by_category", sorted(categories) { .integer($0) }),
            ("claims_level", .integer(ofClaims)),
        ]
    }
}
