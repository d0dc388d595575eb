public import Values

/// One claim of an 837P. Its total (CLM02) is the sum of its lines and cannot be given.
public struct ProfessionalClaim: Hashable, Sendable {
    /// CLM01: at most 17 capital letters and digits (some payers cut there), unique for ever, without meaning.
    public var number: String
    public var billingProvider: BillingProvider
    public var subscriber: Subscriber
    /// nil: the patient is the subscriber.
    public var patient: Dependent?
    public var payer: ClaimPayer
    /// CLM05-1, two digits.
    public var placeOfService: String
    public var submission: Submission
    /// CLM06.
    public var hasProviderSignature: Bool
    /// CLM07.
    public var assignment: Assignment
    /// CLM08: the payer pays the provider.
    public var benefitsAreAssigned: Bool
    /// CLM09.
    public var release: Release
    /// ICD-10-CM codes, the principal one first, 1...12; dots are removed.
    public var diagnoses: [String]
    /// DTP*431.
    public var onset: Day?
    public var cause: RelatedCause?
    /// DTP*435 and 096.
    public var admitted: Day?
    public var discharged: Day?
    /// AMT*F5.
    public var patientPaid: Amount?
    /// REF*9F.
    public var referralNumber: String?
    /// REF*G1.
    public var priorAuthorization: String?
    /// REF*X4.
    public var cliaNumber: String?
    /// NTE*ADD, at most 80 characters.
    public var note: String?
    /// Loop 2310A.
    public var referring: IndividualProvider?
    /// Loop 2310B; only when it is not the billing provider.
    public var rendering: IndividualProvider?
    /// Loop 2310C; only when it is not the billing provider's address.
    public var facility: Facility?
    /// Loop 2310D.
    public var supervising: IndividualProvider?
    /// 1...50.
    public var lines: [ServiceLine]

    public init(
        number: String,
        billingProvider: BillingProvider,
        subscriber: Subscriber,
        patient: Dependent? = nil,
        payer: ClaimPayer,
        placeOfService: String,
        submission: Submission = .original,
        hasProviderSignature: Bool = true,
        assignment: Assignment = .assigned,
        benefitsAreAssigned: Bool = true,
        release: Release = .signed,
        diagnoses: [String],
        onset: Day? = nil,
        cause: RelatedCause? = nil,
        admitted: Day? = nil,
        discharged: Day? = nil,
        patientPaid: Amount? = nil,
        referralNumber: String? = nil,
        priorAuthorization: String? = nil,
        cliaNumber: String? = nil,
        note: String? = nil,
        referring: IndividualProvider? = nil,
        rendering: IndividualProvider? = nil,
        facility: Facility? = nil,
        supervising: IndividualProvider? = nil,
        lines: [ServiceLine]
    ) {
        self.number = number
        self.billingProvider = billingProvider
        self.subscriber = subscriber
        self.patient = patient
        self.payer = payer
        self.placeOfService = placeOfService
        self.submission = submission
        self.hasProviderSignature = hasProviderSignature
        self.assignment = assignment
        self.benefitsAreAssigned = benefitsAreAssigned
        self.release = release
        self.diagnoses = diagnoses
        self.onset = onset
        self.cause = cause
        self.admitted = admitted
        self.discharged = discharged
        self.patientPaid = patientPaid
        self.referralNumber = referralNumber
        self.priorAuthorization = priorAuthorization
        self.cliaNumber = cliaNumber
        self.note = note
        self.referring = referring
        self.rendering = rendering
        self.facility = facility
        self.supervising = supervising
        self.lines = lines
    }

    /// CLM05-3. A rejected claim was never filed: it is sent again as an original.
    public enum Submission: Hashable, Sendable {
        case original
        /// Frequency 7, with the payer's number of the claim it replaces.
        case replacement(payerControl: String)
        /// Frequency 8, likewise.
        case void(payerControl: String)
    }

    public enum Assignment: String, Hashable, Sendable {
        case assigned = "A"
        case laboratoryOnly = "B"
        case notAssigned = "C"
    }

    public enum Release: String, Hashable, Sendable {
        /// The provider has a signed statement.
        case signed = "Y"
        /// Informed consent to release for conditions that federal statutes regulate.
        case informedConsent = "I"
    }

    /// CLM11 with the date of DTP*439.
    public enum RelatedCause: Hashable, Sendable {
        case autoAccident(on: Day, state: String)
        case otherAccident(on: Day)
        case employment(on: Day?)
    }
}

/// One service: loop 2400.
public struct ServiceLine: Hashable, Sendable {
    /// REF*6R: our number of the line, at most 30 capital letters, digits and hyphens; the 835 returns it.
    public var control: String
    /// HCPCS or CPT, five characters.
    public var procedure: String
    /// At most four.
    public var modifiers: [String]
    /// Of all units together.
    public var charge: Amount
    public var units: Int
    /// UN or MJ: anaesthesia counts minutes.
    public var countsMinutes: Bool
    /// SV105; only when it differs from the claim's.
    public var placeOfService: String?
    /// 1...4 positions in the claim's list of diagnoses, from 1.
    public var diagnosisPointers: [Int]
    public var from: Day
    /// nil: one day.
    public var to: Day?
    public var note: String?
    public var drug: Drug?
    /// Only when it differs from the claim's.
    public var rendering: IndividualProvider?

    public init(
        control: String,
        procedure: String,
        modifiers: [String] = [],
        charge: Amount,
        units: Int = 1,
        countsMinutes: Bool = false,
        placeOfService: String? = nil,
        diagnosisPointers: [Int],
        from: Day,
        to: Day? = nil,
        note: String? = nil,
        drug: Drug? = nil,
        rendering: IndividualProvider? = nil
    ) {
        self.control = control
        self.procedure = procedure
        self.modifiers = modifiers
        self.charge = charge
        self.units = units
        self.countsMinutes = countsMinutes
        self.placeOfService = placeOfService
        self.diagnosisPointers = diagnosisPointers
        self.from = from
        self.to = to
        self.note = note
        self.drug = drug
        self.rendering = rendering
    }
}

/// Loop 2410.
public struct Drug: Hashable, Sendable {
    public enum Unit: String, Hashable, Sendable {
        case unit = "UN"
        case milliliter = "ML"
        case gram = "GR"
        case milligram = "ME"
        case internationalUnit = "F2"
    }

    /// NDC in its 11 digits; hyphens are removed.
    public var ndc: String
    /// In thousandths of the unit.
    public var thousandths: Int
    public var unit: Unit

    public init(ndc: String, thousandths: Int, unit: Unit) {
        self.ndc = ndc
        self.thousandths = thousandths
        self.unit = unit
    }
}
