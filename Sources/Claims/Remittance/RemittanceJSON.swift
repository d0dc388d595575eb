import Postgres
import Values

/// The lists inside a remittance's row. Bounded when they are written.
enum RemittanceJSON {
    /// Unmatched claims that are listed; the others are only counted.
    private static let listed = 1_000

    static func reasons(_ reasons: [HoldReason]) -> JSONText {
        text(
            reasons.map { reason in
                .object([
                    ("code", .string(reason.code)), ("text", .string(reason.text)),
                    ("segment", reason.segment.map { JSON.integer($0) } ?? .null),
                ])
            }
        )
    }

    static func reasons(_ text: JSONText) throws -> [PaymentRecord.Reason] {
        try items(text).map {
            PaymentRecord.Reason(code: $0["code"]?.text ?? "", text: $0["text"]?.text ?? "", segment: $0["segment"]?.integer)
        }
    }

    static func adjustments(_ adjustments: [PaymentRecord.ProviderLevelAdjustment]) -> JSONText {
        text(
            adjustments.prefix(listed).map { adjustment in
                .object([
                    ("code", .string(printable(adjustment.code))), ("reference", .string(printable(adjustment.reference))),
                    ("amount", .integer(adjustment.amount)),
                ])
            }
        )
    }

    static func adjustments(_ text: JSONText) throws -> [PaymentRecord.ProviderLevelAdjustment] {
        try items(text).map { item in
            PaymentRecord.ProviderLevelAdjustment(
                code: item["code"]?.text ?? "",
                reference: item["reference"]?.text ?? "",
                amount: Int64(item["amount"]?.integer ?? 0)
            )
        }
    }

    static func unmatched(_ claims: [PaidClaim]) -> JSONText {
        text(
            claims.prefix(listed).map { claim in
                .object([
                    ("ordinal", .integer(claim.ordinal)), ("number", .string(printable(claim.number))),
                    ("status", .string(printable(claim.status))), ("paid", .integer(claim.paid)),
                ])
            }
        )
    }

    static func unmatched(_ text: JSONText) throws -> [PaymentRecord.UnmatchedClaim] {
        try items(text).map { item in
            PaymentRecord.UnmatchedClaim(
                ordinal: item["ordinal"]?.integer ?? 0,
                number: item["number"]?.text ?? "",
                status: item["status"]?.text ?? "",
                paid: Int64(item["paid"]?.integer ?? 0)
            )
        }
    }

    static func parts(_ text: JSONText) throws -> [PaymentRecord.Part] {
        try items(text).compactMap { item in
            guard let location = item["location"]?.text.flatMap({ LocationID($0) }) else { return nil }
            return PaymentRecord.Part(
                location: location,
                claims: item["claims"]?.integer ?? 0,
                amount: Int64(item["amount"]?.integer ?? 0),
                isPosted: item["posted"] == .bool(true),
                held: item["held"]?.integer ?? 0
            )
        }
    }

    private static func text(_ items: [JSON]) -> JSONText { JSONText(String(decoding: JSON.array(items).bytes, as: UTF8.self)) }

    private static func items(_ text: JSONText) throws -> [JSON] {
        guard case .array(let items) = try JSON.parse(Array(text.text.utf8), limits: JSON.Limits(bytes: 4 * 1024 * 1024)) else { return [] }
        return items
    }
}

/// Text from outside as a column takes it: without control characters (PostgreSQL stores no NUL), and not long.
func printable(_ text: String, _ limit: Int = 80) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.lazy.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(limit)))
}
