public import Postgres
public import Values

/// Somebody the location knows: a patient, a guarantor, an owner of an animal, a subscriber. Not an account and not a staff member.
public struct Person: Sendable, Hashable {
    public enum Sex: String, Sendable, CaseIterable, Bindable, Readable {
        case female, male, other, unknown
    }

    public var id: PersonID
    public var givenName: String
    public var middleName: String?
    public var familyName: String
    public var preferredName: String?
    public var birthDate: Day?
    public var sex: Sex
    public var phone: Phone?
    public var email: String?
    public var address: Address?

    public init(
        id: PersonID,
        givenName: String,
        middleName: String? = nil,
        familyName: String,
        preferredName: String? = nil,
        birthDate: Day? = nil,
        sex: Sex = .unknown,
        phone: Phone? = nil,
        email: String? = nil,
        address: Address? = nil
    ) {
        self.id = id
        self.givenName = givenName
        self.middleName = middleName
        self.familyName = familyName
        self.preferredName = preferredName
        self.birthDate = birthDate
        self.sex = sex
        self.phone = phone
        self.email = email
        self.address = address
    }

    /// Folded words to search by.
    var searchKey: String {
        folded([familyName, givenName, middleName, preferredName].compactMap { $0 }.joined(separator: " "))
    }

    /// Folded text to sort by: family name first.
    var sortKey: String { folded("\(familyName) \(givenName)") }
}

/// A postal address.
public struct Address: Sendable, Hashable {
    public var street = ""
    public var street2: String?
    public var city = ""
    public var region = ""
    public var postalCode = ""
    /// ISO 3166-1 alpha-2.
    public var country = "US"

    public init() {}
}
