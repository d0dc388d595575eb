public import Postgres
public import Values

/// A chart: of a person or of an animal.
public struct Patient: Sendable, Hashable {
    public enum Status: String, Sendable, CaseIterable, Bindable, Readable {
        case active, inactive, deceased
    }

    public enum ContactPreference: String, Sendable, CaseIterable, Bindable, Readable {
        case none, sms, email, phone, mail
    }

    public enum Subject: Sendable, Hashable {
        case person(Person)
        case animal(Animal)
    }

    public var id: PatientID
    public var chartNumber: String
    public var subject: Subject
    public var status: Status
    public var preferredLanguage: String
    public var contactPreference: ContactPreference
    public var note: String?
    /// Set when the chart was merged: reads resolve to that one.
    public var mergedInto: PatientID?
    public var version: Int
    public var createdAt: Instant
    public var updatedAt: Instant

    public var person: Person? {
        guard case .person(let person) = subject else { return nil }
        return person
    }

    public var animal: Animal? {
        guard case .animal(let animal) = subject else { return nil }
        return animal
    }

    var searchKey: String {
        switch subject {
        case .person(let person): person.searchKey + " " + folded(chartNumber)
        case .animal(let animal): folded("\(animal.name) \(animal.species) \(animal.breed ?? "")") + " " + folded(chartNumber)
        }
    }

    public var sortKey: String {
        switch subject {
        case .person(let person): person.sortKey
        case .animal(let animal): folded(animal.name)
        }
    }

    /// Eight characters, from random bits.
    static func chartNumber(random: UInt64) -> String { Crockford.text(random, digits: 8) }
}

/// A patient that is not a person.
public struct Animal: Sendable, Hashable {
    public enum Sex: String, Sendable, CaseIterable, Bindable, Readable {
        case female, male, femaleNeutered = "female_neutered", maleNeutered = "male_neutered", unknown
    }

    public var name = ""
    public var species = ""
    public var breed: String?
    public var birthDate: Day?
    public var sex = Sex.unknown

    public init() {}
}
