import Values
import Web

/// A person in a body.
struct PersonBody: Sendable {
    var givenName = ""
    var middleName: String?
    var familyName = ""
    var preferredName: String?
    var birthDate: Day?
    var sex = Person.Sex.unknown
    var phone: Phone?
    var email: String?
    var address: Address?

    static let shape = Shape("PersonInput", PersonBody()) {
        Field("given_name", \.givenName, .text(1...100), example: "Ada")
        Field("middle_name", \.middleName, .text(1...100))
        Field("family_name", \.familyName, .text(1...100), example: "Park")
        Field("preferred_name", \.preferredName, .text(1...100))
        Field("birth_date", \.birthDate, .day, example: Day("1990-04-01"))
        Field("sex", \.sex, .choice(), optional: true)
        Field("phone", \.phone, .phone, example: Phone("+12025550123"))
        Field("email", \.email, .email)
        Field("address", \.address, .object(Address.shape))
    }

    func person(_ id: PersonID) -> Person {
        Person(
            id: id,
            givenName: givenName,
            middleName: middleName,
            familyName: familyName,
            preferredName: preferredName,
            birthDate: birthDate,
            sex: sex,
            phone: phone,
            email: email,
            address: address
        )
    }
}

/// What of a person is changed; what is absent stays.
struct PersonChange: Sendable {
    var givenName: String?
    var middleName = Change<String>.keep
    var familyName: String?
    var preferredName = Change<String>.keep
    var birthDate = Change<Day>.keep
    var sex: Person.Sex?
    var phone = Change<Phone>.keep
    var email = Change<String>.keep
    var address = Change<Address>.keep

    static let shape = Shape("PersonChange", PersonChange()) {
        Field("given_name", \.givenName, .text(1...100), null: false)
        Field("middle_name", \.middleName, .text(1...100))
        Field("family_name", \.familyName, .text(1...100), null: false)
        Field("preferred_name", \.preferredName, .text(1...100))
        Field("birth_date", \.birthDate, .day)
        Field("sex", \.sex, .choice(), null: false)
        Field("phone", \.phone, .phone)
        Field("email", \.email, .email)
        Field("address", \.address, .object(Address.shape))
    }

    func applied(to person: Person) -> Person {
        var new = person
        new.givenName = givenName ?? person.givenName
        new.middleName = middleName.applied(to: person.middleName)
        new.familyName = familyName ?? person.familyName
        new.preferredName = preferredName.applied(to: person.preferredName)
        new.birthDate = birthDate.applied(to: person.birthDate)
        new.sex = sex ?? person.sex
        new.phone = phone.applied(to: person.phone)
        new.email = email.applied(to: person.email)
        new.address = address.applied(to: person.address)
        return new
    }
}

extension Address {
    static let shape = Shape("Address", Address()) {
        Field("street", \.street, .text(1...100), example: "12 Elm Street")
        Field("street2", \.street2, .text(1...100))
        Field("city", \.city, .text(1...60), example: "Albany")
        Field("region", \.region, .code(2...3, "A-Z"), example: "NY")
        Field("postal_code", \.postalCode, .code(3...12, "A-Z0-9 -"), example: "12207")
        Field("country", \.country, .code(2...2, "A-Z"), example: "US", optional: true)
    }
}

extension Person {
    static let shape = Shape<Person>("Person") {
        Field("id", \.id, .id())
        Field("given_name", \.givenName, .text(1...100), example: "Ada")
        Field("middle_name", \.middleName, .text(1...100))
        Field("family_name", \.familyName, .text(1...100), example: "Park")
        Field("preferred_name", \.preferredName, .text(1...100))
        Field("birth_date", \.birthDate, .day)
        Field("sex", \.sex, .choice())
        Field("phone", \.phone, .phone)
        Field("email", \.email, .email)
        Field("address", \.address, .object(Address.shape))
    }
}
