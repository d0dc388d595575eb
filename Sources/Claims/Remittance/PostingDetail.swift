import Postgres
import Values
import X12

/// Everything a payer said about a claim that no column holds: adjustments with their reasons, remarks, lines. No names.
enum PostingDetail {
    static func json(_ claim: RemittanceClaim) -> JSONText {
        let members: [(key: String, value: JSON)] = [
            ("segment", .integer(claim.position.segment)),
            ("service_from", claim.serviceFrom.map { .string($0.description) } ?? .null),
            ("service_to", claim.serviceTo.map { .string($0.description) } ?? .null),
            ("received", claim.received.map { .string($0.description) } ?? .null),
            ("forwarded", .bool(claim.isForwarded || claim.crossover != nil)),
            ("corrected_identity", .bool(claim.corrected != nil)),
            ("remarks", texts(claim.remarkCodes)),
            ("adjustments", adjustments(claim.adjustments)),
            ("amounts", amounts(claim.amounts)),
            ("lines", .array(claim.lines.map(line))),
            ("findings", texts(claim.findings.map(\.code.rawValue))),
        ]
        return JSONText(String(decoding: JSON.object(members).bytes, as: UTF8.self))
    }

    private static func line(_ line: RemittanceLine) -> JSON {
        .object([
            ("control", .string(printable(line.control))), ("procedure", .string(printable(line.procedure.code))),
            ("modifiers", texts(line.procedure.modifiers)), ("charge", .integer(line.charge.minor)), ("paid", .integer(line.paid.minor)),
            ("adjustments", adjustments(line.adjustments)), ("amounts", amounts(line.amounts)), ("remarks", texts(line.remarkCodes)),
        ])
    }

    private static func adjustments(_ adjustments: [X12.Adjustment]) -> JSON {
        .array(
            adjustments.map { adjustment in
                .object([
                    ("group", .string(printable(adjustment.group))), ("reason", .string(printable(adjustment.reason))),
                    ("amount", .integer(adjustment.amount.minor)), ("quantity", .string(printable(adjustment.quantity))),
                ])
            }
        )
    }

    private static func amounts(_ amounts: [QualifiedAmount]) -> JSON {
        .array(amounts.map { .object([("qualifier", .string(printable($0.qualifier))), ("amount", .integer($0.amount.minor))]) })
    }

    private static func texts(_ texts: [String]) -> JSON { .array(texts.map { .string(printable($0)) }) }
}
