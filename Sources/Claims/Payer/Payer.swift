import Values

/// Who insures: an entry of the clearinghouse's payer list as this location uses it.
struct Payer: Sendable, Hashable {
    /// SBR09: what kind of plan it is.
    enum FilingIndicator: String, Sendable, CaseIterable {
        case selfPay = "09", other = "11", preferredProvider = "12", pointOfService = "13", exclusiveProvider = "14", indemnity = "15"
        case medicareRisk = "16", dental = "17", automobile = "AM", blueCross = "BL", champus = "CH", commercial = "CI", disability = "DS"
        case federal = "FI", healthMaintenance = "HM", liability = "LM", medicareA = "MA", medicareB = "MB", medicaid = "MC"
        case otherFederal = "OF", titleV = "TV", veterans = "VA", workersCompensation = "WC", mutual = "ZZ"
    }

    let id: PayerID
    var name: String
    /// The payer's id in the clearinghouse's list (NM109 of loop 2010BB).
    var code: String
    var filingIndicator: FilingIndicator
    var street: String?
    var city: String?
    var region: String?
    var postalCode: String?
    /// An inactive payer gets no new coverage and no new claims.
    var active: Bool
    var version: Int
    var createdAt: Instant
    var updatedAt: Instant

    static let codeTaken = Problem.conflict("payer_code_taken", "Another payer of this location has this code.")

    /// The names of the members in which it differs from `other`.
    func changed(from other: Payer) -> [String] {
        var names: [String] = []
        if name != other.name { names.append("name") }
        if filingIndicator != other.filingIndicator { names.append("filing_indicator") }
        if street != other.street || city != other.city || region != other.region || postalCode != other.postalCode {
            names.append("address")
        }
        if active != other.active { names.append("active") }
        return names
    }
}
