public import Postgres
public import Values

/// All SQL on `person`.
public enum PersonStore {
    static let columns: Statement =
        """
        person.id as person_id, person.given_name, person.middle_name, person.family_name, person.preferred_name, person.birth_date, person.sex, \
        person.phone, person.email, person.street, person.street2, person.city, person.region, person.postal_code, person.country
        """
    static let columnCount = 15

    /// Reads the columns above, beginning at `start`; nil when the person is absent from an outer join.
    static func person(_ row: Row, from start: Int = 0) throws -> Person? {
        guard let id = try row.value(start, as: PersonID?.self) else { return nil }
        var person = Person(
            id: id,
            givenName: try row.value(start + 1),
            middleName: try row.value(start + 2),
            familyName: try row.value(start + 3),
            preferredName: try row.value(start + 4),
            birthDate: try row.value(start + 5),
            sex: try row.value(start + 6),
            phone: try row.value(start + 7, as: String?.self).flatMap(Phone.init),
            email: try row.value(start + 8)
        )
        if let street = try row.value(start + 9, as: String?.self) {
            var address = Address()
            address.street = street
            address.street2 = try row.value(start + 10)
            address.city = try row.value(start + 11, as: String?.self) ?? ""
            address.region = try row.value(start + 12, as: String?.self) ?? ""
            address.postalCode = try row.value(start + 13, as: String?.self) ?? ""
            address.country = try row.value(start + 14, as: String?.self) ?? "US"
            person.address = address
        }
        return person
    }

    /// A person by id, for slices to the right.
    public static func one(_ id: PersonID) -> Statement {
        "select " + columns + " from {location}.person where id = \(id)"
    }

    /// Reads a row of `one`.
    public static func person(_ row: Row) throws -> Person {
        guard let person = try person(row, from: 0) else { throw Problem.notFound }
        return person
    }

    static func insert(_ person: Person, at now: Instant, by actor: UUID) -> Statement {
        """
        insert into {location}.person (id, given_name, middle_name, family_name, preferred_name, birth_date, sex, phone, phone_reversed, email,
            street, street2, city, region, postal_code, country, created_at, created_by, updated_at, updated_by)
        values (\(person.id), \(person.givenName), \(person.middleName), \(person.familyName), \(person.preferredName), \(person.birthDate), \(person.sex),
            \(person.phone?.e164), \(person.phone?.reversedDigits), \(person.email), \(person.address?.street), \(person.address?.street2),
            \(person.address?.city), \(person.address?.region), \(person.address?.postalCode), \(person.address?.country), \(now), \(actor), \(now), \(actor))
        """
    }

    static func update(_ person: Person, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.person set given_name = \(person.givenName), middle_name = \(person.middleName), family_name = \(person.familyName),
            preferred_name = \(person.preferredName), birth_date = \(person.birthDate), sex = \(person.sex), phone = \(person.phone?.e164),
            phone_reversed = \(person.phone?.reversedDigits), email = \(person.email), street = \(person.address?.street),
            street2 = \(person.address?.street2), city = \(person.address?.city), region = \(person.address?.region),
            postal_code = \(person.address?.postalCode), country = \(person.address?.country),
            updated_at = \(now), updated_by = \(actor), version = version + 1
        where id = \(person.id)
        """
    }
}
