import Values
import Web

/// Appointment types of the organization, for its locations to inherit.
struct TypePack: Sendable, Versioned {
    let id: TypePackID
    var name: String
    /// What deposits are in; at a location with another currency deposits stay its own.
    var currency: Currency?
    var entries: [TypePackEntry]
    var version: Int
    let createdAt: Instant
    var updatedAt: Instant

    static let nameTaken = Problem.conflict("name_taken", "Another pack of the organization has this name.")

    /// Errors: codes or names that are there twice, policies that contradict each other, deposits without a currency.
    func check() throws(Problem) {
        var errors: [Problem.Member] = []
        for (index, entry) in entries.enumerated() {
            let place = "/entries/\(index)"
            if entries[..<index].contains(where: { $0.code == entry.code }) {
                errors.append(Problem.Member(place + "/code", "duplicate", "Another entry has this code."))
            }
            if entries[..<index].contains(where: { $0.template.name == entry.template.name }) {
                errors.append(Problem.Member(place + "/template/name", "duplicate", "Another entry has this name."))
            }
            if entry.template.deposit != nil, currency == nil {
                errors.append(Problem.Member("/currency", "required", "Say in which currency the deposits are."))
            }
            do {
                try entry.template.checkPolicies()
            } catch {
                errors += error.errors.map { Problem.Member(place + "/template" + $0.pointer, $0.code, $0.detail) }
            }
        }
        guard errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
    }

    /// What it prescribes at a location with this currency.
    func attributes(in currency: Currency) -> [TypeAttribute] {
        self.currency == nil || self.currency == currency ? TypeAttribute.allCases : TypeAttribute.allCases.filter { $0 != .deposit }
    }
}

/// One type of a pack.
struct TypePackEntry: Sendable, Hashable {
    /// Names the entry for good: a location's type stays the same while everything else of the entry changes.
    var code = ""
    var template = TypeTemplate()
    /// What locations may change.
    var overridable: [TypeAttribute] = []
}

/// Where a location's type comes from.
struct Inherited: Sendable, Hashable {
    let pack: TypePackID
    let entry: String
    /// The pack's version that was applied.
    let version: Int
    let overridable: [TypeAttribute]
}

/// A type of a location with what its pack's entry said when it was applied; nil for the location's own.
struct HeldType: Sendable {
    let type: AppointmentType
    let applied: TypeTemplate?
}
