public import Values

/// What one service of a visit costs.
public struct Charge: Sendable {
    public let id: ChargeID
    public let encounter: EncounterID
    /// 1 to 50 within the visit: a claim has at most 50 lines.
    public let ordinal: Int
    public let patient: PatientID
    public let provider: ProviderID
    public let day: Day
    public let code: String
    public let modifiers: [String]
    /// 1 to 12: which diagnoses of the visit it was for.
    public let pointers: [Int]
    public let units: Int
    /// Minor units, for all units together.
    public let amount: Int64
    public let version: Int
}

/// A service as the visit recorded it.
struct Procedure: Sendable, Hashable {
    let code: String
    let modifiers: [String]
    let units: Int
    let pointers: [Int]

    /// Reads the procedures of an encounter. Errors: `procedures_unreadable`.
    static func all(json: String) throws(Problem) -> [Procedure] {
        guard let parsed = try? JSON.parse(json.utf8), case .array(let items) = parsed else {  // said in the problem
            throw Problem(.failed, "procedures_unreadable", "The visit's procedures cannot be read.")
        }
        var procedures: [Procedure] = []
        for item in items {
            guard let code = item["code"]?.text else {
                throw Problem(.failed, "procedures_unreadable", "The visit's procedures cannot be read.")
            }
            procedures.append(
                Procedure(
                    code: code,
                    modifiers: texts(item["modifiers"]),
                    units: item["units"]?.integer ?? 1,
                    pointers: integers(item["diagnosis_pointers"])
                )
            )
        }
        return procedures
    }

    private static func texts(_ json: JSON?) -> [String] {
        guard case .array(let items) = json else { return [] }
        return items.compactMap(\.text)
    }

    private static func integers(_ json: JSON?) -> [Int] {
        guard case .array(let items) = json else { return [] }
        return items.compactMap(\.integer)
    }
}
