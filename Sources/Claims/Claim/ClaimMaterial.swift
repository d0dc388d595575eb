import Patients
import Values
import X12

/// Everything one claim is made of, as it stands in the tables.
struct ClaimMaterial: Sendable {
    let encounter: EncounterID
    let serviceDay: Day
    let diagnoses: [String]
    let patientID: PatientID
    /// nil for an animal.
    let patient: ChartPerson?
    let coverage: CoverageOfClaim?
    let provider: ProviderOfClaim
    var lines: [ChargeOfClaim]

    /// nil when it exceeds what an amount may be.
    var total: Int64? {
        var total: Int64 = 0
        for line in lines {
            let (sum, overflow) = total.addingReportingOverflow(line.amount)
            guard !overflow else { return nil }
            total = sum
        }
        return total
    }
}

struct CoverageOfClaim: Sendable {
    let id: CoverageID
    let priority: Int
    /// nil when it could not be opened.
    let memberID: String?
    let groupNumber: String?
    let relationship: Coverage.Relationship
    let subscriber: ChartPerson
    let payer: PayerOfClaim
}

struct PayerOfClaim: Sendable {
    let id: PayerID
    let name: String
    let code: String
    let filingIndicator: String
    let street: String?
    let city: String?
    let region: String?
    let postalCode: String?
    let active: Bool
}

struct ProviderOfClaim: Sendable {
    let givenName: String
    let familyName: String
    let npi: String?
    let taxonomy: String?
}

struct ChargeOfClaim: Sendable {
    let id: ChargeID
    let ordinal: Int
    let code: String
    let modifiers: [String]
    let pointers: [Int]
    let units: Int
    let amount: Int64
}

/// Why an encounter gave no claim, or a claim no place in a file. Codes are stable; texts name members, never their values.
struct RunProblem: Sendable, Hashable {
    let encounter: EncounterID
    let code: String
    let detail: String
}

extension ClaimMaterial {
    /// Office: where encounters take place until they say otherwise (CLM05-1).
    private static let office = "11"

    /// The claim as X12 writes it. Errors: the problem that a person must solve first; what is wrong in form the writer reports.
    func claim(number: String, from party: BillingParty) throws(Unclaimable) -> ProfessionalClaim {
        guard let patient, let coverage else { throw .patientIsNoPerson }
        guard let provider = party.provider else { throw .billingEntityWithoutNPI }
        guard let memberID = coverage.memberID else { throw .memberIDUnreadable }
        guard coverage.payer.active else { throw .payerInactive }
        guard !diagnoses.isEmpty else { throw .noDiagnoses }
        guard let npi = self.provider.npi.flatMap({ NPI($0) }) else { throw .providerWithoutNPI }
        guard let total, total > 0 else { throw .nothingCharged }
        guard lines.count <= 50 else { throw .tooManyLines }
        let isSubscriber = coverage.relationship == .itself
        return ProfessionalClaim(
            number: number,
            billingProvider: provider,
            subscriber: try subscriber(coverage, memberID, isPatient: isSubscriber),
            patient: isSubscriber ? nil : try dependent(patient, coverage.relationship),
            payer: ClaimPayer(
                name: coverage.payer.name,
                id: coverage.payer.code,
                address: coverage.payer.address,
                order: coverage.priority == 1 ? .primary : coverage.priority == 2 ? .secondary : .tertiary,
                filingIndicator: coverage.payer.filingIndicator
            ),
            placeOfService: ClaimMaterial.office,
            diagnoses: diagnoses,
            rendering: npi == provider.npi
                ? nil
                : IndividualProvider(
                    name: PersonName(last: self.provider.familyName, first: self.provider.givenName),
                    npi: npi,
                    taxonomy: self.provider.taxonomy
                ),
            lines: lines.map { line in
                ServiceLine(
                    control: ClaimNumber.line(line.ordinal, of: number),
                    procedure: line.code,
                    modifiers: line.modifiers,
                    charge: Amount(minor: line.amount),
                    units: line.units,
                    // A charge that names none belongs to the principal diagnosis.
                    diagnosisPointers: line.pointers.isEmpty ? [1] : line.pointers,
                    from: serviceDay
                )
            }
        )
    }

    private func subscriber(_ coverage: CoverageOfClaim, _ memberID: String, isPatient: Bool) throws(Unclaimable) -> Subscriber {
        let person = coverage.subscriber
        guard !isPatient || person.address != nil && person.birthDate != nil else { throw .patientIncomplete }
        return Subscriber(
            name: PersonName(last: person.familyName, first: person.givenName, middle: person.middleName),
            memberID: memberID,
            groupNumber: coverage.groupNumber,
            address: isPatient ? person.address.map(X12.Address.init) : nil,
            birth: isPatient ? person.birthDate : nil,
            sex: isPatient ? X12.Sex(person.sex) : nil
        )
    }

    private func dependent(_ person: ChartPerson, _ relationship: Coverage.Relationship) throws(Unclaimable) -> Dependent {
        guard let address = person.address, let birth = person.birthDate else { throw .patientIncomplete }
        return Dependent(
            relationship: relationship.individualCode ?? "G8",
            name: PersonName(last: person.familyName, first: person.givenName, middle: person.middleName),
            address: X12.Address(address),
            birth: birth,
            sex: X12.Sex(person.sex)
        )
    }
}

/// What keeps an encounter from becoming a claim.
enum Unclaimable: String, Error, Sendable, CaseIterable {
    case noBillingEntity = "no_billing_entity"
    case billingEntityWithoutNPI = "billing_entity_without_npi"
    case patientIsNoPerson = "patient_is_no_person"
    case patientIncomplete = "patient_incomplete"
    case memberIDUnreadable = "member_id_unreadable"
    case payerInactive = "payer_inactive"
    case noDiagnoses = "no_diagnoses"
    case providerWithoutNPI = "provider_without_npi"
    case nothingCharged = "nothing_charged"
    case tooManyLines = "too_many_lines"

    var detail: String {
        switch self {
        case .noBillingEntity: "No billing entity serves this location."
        case .billingEntityWithoutNPI: "The billing entity has no valid NPI."
        case .patientIsNoPerson: "Claims are made for people only."
        case .patientIncomplete: "The patient's address or birth date is missing."
        case .memberIDUnreadable: "The member id cannot be opened: enter it again."
        case .payerInactive: "The payer is not used any more."
        case .noDiagnoses: "The encounter has no diagnosis."
        case .providerWithoutNPI: "The provider has no valid NPI."
        case .nothingCharged: "The charges come to nothing."
        case .tooManyLines: "A claim holds at most 50 charges."
        }
    }
}

extension X12.Address {
    init(_ address: ChartAddress) {
        self.init(
            line1: address.street,
            line2: address.street2,
            city: address.city,
            state: address.region,
            zip: address.postalCode,
            country: address.country == "US" ? nil : address.country
        )
    }
}

extension X12.Sex {
    init(_ sex: ChartPerson.Sex) {
        switch sex {
        case .female: self = .female
        case .male: self = .male
        case .other, .unknown: self = .unknown
        }
    }
}

extension PayerOfClaim {
    /// nil unless it is whole: a payer's address may be left out.
    var address: X12.Address? {
        guard let street, let city, let region, let postalCode else { return nil }
        return X12.Address(line1: street, city: city, state: region, zip: postalCode)
    }
}
