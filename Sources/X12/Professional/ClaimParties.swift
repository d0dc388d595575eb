public import Values

/// A postal address. In the United States state and ZIP are demanded.
public struct Address: Hashable, Sendable {
    public var line1: String
    public var line2: String?
    public var city: String
    /// Two letters.
    public var state: String
    /// 5 or 9 digits; a hyphen is removed. A billing provider needs nine.
    public var zip: String
    /// ISO 3166, two letters; nil in the United States.
    public var country: String?

    public init(line1: String, line2: String? = nil, city: String, state: String, zip: String, country: String? = nil) {
        self.line1 = line1
        self.line2 = line2
        self.city = city
        self.state = state
        self.zip = zip
        self.country = country
    }
}

/// The name of a person as claims carry it.
public struct PersonName: Hashable, Sendable {
    public var last: String
    public var first: String
    public var middle: String?
    public var suffix: String?

    public init(last: String, first: String, middle: String? = nil, suffix: String? = nil) {
        self.last = last
        self.first = first
        self.middle = middle
        self.suffix = suffix
    }
}

/// Loop 2010AA: who bills and is paid.
public struct BillingProvider: Hashable, Sendable {
    public enum Name: Hashable, Sendable {
        case organization(String)
        case person(PersonName)
    }

    public enum TaxID: Hashable, Sendable {
        /// EIN, nine digits.
        case employer(String)
        /// SSN, nine digits.
        case personal(String)
    }

    public var name: Name
    public var npi: NPI
    /// PRV*BI, ten characters.
    public var taxonomy: String?
    /// A street, not a PO box, with a nine-digit ZIP.
    public var address: Address
    public var taxID: TaxID
    public var contact: Contact?
    /// Loop 2010AB: where cheques go, when elsewhere; may be a PO box.
    public var payTo: Address?

    public init(
        name: Name,
        npi: NPI,
        taxonomy: String? = nil,
        address: Address,
        taxID: TaxID,
        contact: Contact? = nil,
        payTo: Address? = nil
    ) {
        self.name = name
        self.npi = npi
        self.taxonomy = taxonomy
        self.address = address
        self.taxID = taxID
        self.contact = contact
        self.payTo = payTo
    }
}

public enum Sex: String, Hashable, Sendable {
    case female = "F"
    case male = "M"
    case unknown = "U"
}

/// Loop 2000B: who holds the coverage. Address, birth and sex are needed when the patient is the subscriber.
public struct Subscriber: Hashable, Sendable {
    public var name: PersonName
    public var memberID: String
    public var groupNumber: String?
    /// Sent only without a group number.
    public var groupName: String?
    public var address: Address?
    public var birth: Day?
    public var sex: Sex?

    public init(
        name: PersonName,
        memberID: String,
        groupNumber: String? = nil,
        groupName: String? = nil,
        address: Address? = nil,
        birth: Day? = nil,
        sex: Sex? = nil
    ) {
        self.name = name
        self.memberID = memberID
        self.groupNumber = groupNumber
        self.groupName = groupName
        self.address = address
        self.birth = birth
        self.sex = sex
    }
}

/// Loop 2000C: a patient who is not the subscriber.
public struct Dependent: Hashable, Sendable {
    /// PAT01: `01` spouse, `19` child, `20` employee, `21` unknown, `53` life partner, `G8` other…
    public var relationship: String
    public var name: PersonName
    public var address: Address
    public var birth: Day
    public var sex: Sex

    public init(relationship: String, name: PersonName, address: Address, birth: Day, sex: Sex) {
        self.relationship = relationship
        self.name = name
        self.address = address
        self.birth = birth
        self.sex = sex
    }
}

/// Loop 2010BB and what SBR says of it: the payer this claim goes to.
public struct ClaimPayer: Hashable, Sendable {
    public enum Order: String, Hashable, Sendable {
        case primary = "P"
        case secondary = "S"
        case tertiary = "T"
    }

    public var name: String
    /// From the clearinghouse's list.
    public var id: String
    public var address: Address?
    public var order: Order
    /// SBR09: `12` PPO, `CI` commercial, `BL` Blue Cross, `MB` Medicare part B, `MC` Medicaid, `ZZ`…
    public var filingIndicator: String

    public init(name: String, id: String, address: Address? = nil, order: Order = .primary, filingIndicator: String) {
        self.name = name
        self.id = id
        self.address = address
        self.order = order
        self.filingIndicator = filingIndicator
    }
}

/// A person who refers, renders or supervises.
public struct IndividualProvider: Hashable, Sendable {
    public var name: PersonName
    public var npi: NPI
    /// PRV, ten characters; only a rendering provider's is sent.
    public var taxonomy: String?

    public init(name: PersonName, npi: NPI, taxonomy: String? = nil) {
        self.name = name
        self.npi = npi
        self.taxonomy = taxonomy
    }
}

/// Loop 2310C: where the service was given.
public struct Facility: Hashable, Sendable {
    public var name: String
    public var npi: NPI?
    public var address: Address

    public init(name: String, npi: NPI? = nil, address: Address) {
        self.name = name
        self.npi = npi
        self.address = address
    }
}
