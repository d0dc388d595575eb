public import Postgres
public import Values

/// All SQL on `patient`.
public enum PatientStore {
    /// Yields what `patient` reads; the id comes first. Charts that were merged away are not listed.
    static let all: Statement =
        """
        select patient.id, patient.chart_number, patient.animal_name, patient.species, patient.breed, patient.animal_birth_date, patient.animal_sex,
            patient.status, patient.preferred_language, patient.contact_preference, patient.note, patient.merged_into, patient.version,
            patient.created_at, patient.updated_at, 
        """ + PersonStore.columns + """
             from {location}.patient left join {location}.person on person.id = patient.person_id
            """

    /// One chart; a merged one answers as the chart it was merged into.
    static func one(_ id: PatientID) -> Statement {
        all + " where patient.id = (select coalesce(merged_into, id) from {location}.patient where id = \(id))"
    }

    /// The same, locked until the transaction ends.
    static func locked(_ id: PatientID) -> Statement {
        all + " where patient.id = \(id) and patient.merged_into is null for update of patient"
    }

    /// Whether a patient of this id is here, for slices to the right; yields the id of the chart that is meant.
    public static func exists(_ id: PatientID) -> Statement {
        "select coalesce(merged_into, id) from {location}.patient where id = \(id)"
    }

    static func list(status: Patient.Status?, after: (sortKey: String, id: PatientID)?, limit: Int) -> Statement {
        var select = all + " where patient.merged_into is null"
        if let status { select += " and patient.status = \(status)" }
        if let after { select += " and (patient.sort_key, patient.id) > (\(after.sortKey), \(after.id))" }
        return select + " order by patient.sort_key, patient.id limit \(limit)"
    }

    /// Every given term must match. Words are matched anywhere in the folded key (one trigram index), a phone number by its last digits.
    static func search(_ terms: PatientSearch, after: (sortKey: String, id: PatientID)?, limit: Int) -> Statement {
        var select = all + " where patient.merged_into is null"
        for word in terms.words { select += " and patient.search_key like \("%" + likeEscaped(word) + "%")" }
        if let chartNumber = terms.chartNumber { select += " and patient.chart_number = \(chartNumber)" }
        if let birthDate = terms.birthDate { select += " and coalesce(person.birth_date, patient.animal_birth_date) = \(birthDate)" }
        if let digits = terms.phoneEnd { select += " and person.phone_reversed like \(String(digits.reversed()) + "%")" }
        if let after { select += " and (patient.sort_key, patient.id) > (\(after.sortKey), \(after.id))" }
        return select + " order by patient.sort_key, patient.id limit \(limit)"
    }

    /// Charts that may be the same person: equal folded name and birth date, or equal phone and birth date.
    static func duplicates(of patient: Patient) -> Statement? {
        guard let person = patient.person, let birthDate = person.birthDate else { return nil }
        return """
            select patient.id from {location}.patient join {location}.person on person.id = patient.person_id
            where patient.merged_into is null and patient.id <> \(patient.id) and person.birth_date = \(birthDate)
                and (patient.sort_key = \(patient.sortKey) or person.phone = \(person.phone?.e164))
            order by patient.id limit 10
            """
    }

    static func insert(_ patient: Patient, by actor: UUID) -> Statement {
        """
        insert into {location}.patient (id, chart_number, kind, person_id, animal_name, species, breed, animal_birth_date, animal_sex, search_key, sort_key,
            status, preferred_language, contact_preference, note, created_at, created_by, updated_at, updated_by)
        values (\(patient.id), \(patient.chartNumber), \(patient.person == nil ? "animal" : "person"), \(patient.person?.id), \(patient.animal?.name),
            \(patient.animal?.species), \(patient.animal?.breed), \(patient.animal?.birthDate), \(patient.animal?.sex), \(patient.searchKey),
            \(patient.sortKey), \(patient.status), \(patient.preferredLanguage), \(patient.contactPreference), \(patient.note),
            \(patient.createdAt), \(actor), \(patient.updatedAt), \(actor))
        """
    }

    static func update(_ patient: Patient, by actor: UUID) -> Statement {
        """
        update {location}.patient set animal_name = \(patient.animal?.name), species = \(patient.animal?.species), breed = \(patient.animal?.breed),
            animal_birth_date = \(patient.animal?.birthDate), animal_sex = \(patient.animal?.sex), search_key = \(patient.searchKey),
            sort_key = \(patient.sortKey), status = \(patient.status), preferred_language = \(patient.preferredLanguage),
            contact_preference = \(patient.contactPreference), note = \(patient.note),
            updated_at = \(patient.updatedAt), updated_by = \(actor), version = \(patient.version)
        where id = \(patient.id)
        """
    }

    static func version(_ id: PatientID) -> Statement {
        "select version from {location}.patient where id = \(id) and merged_into is null"
    }

    static func patient(_ row: Row) throws -> Patient {
        let person = try PersonStore.person(row, from: 15)
        var animal = Animal()
        if person == nil {
            animal.name = try row.value(2)
            animal.species = try row.value(3)
            animal.breed = try row.value(4)
            animal.birthDate = try row.value(5)
            animal.sex = try row.value(6, as: Animal.Sex?.self) ?? .unknown
        }
        return Patient(
            id: try row.value(0),
            chartNumber: try row.value(1),
            subject: person.map(Patient.Subject.person) ?? .animal(animal),
            status: try row.value(7),
            preferredLanguage: try row.value(8),
            contactPreference: try row.value(9),
            note: try row.value(10),
            mergedInto: try row.value(11),
            version: try row.value(12),
            createdAt: try row.value(13),
            updatedAt: try row.value(14)
        )
    }

    private static func likeEscaped(_ word: String) -> String {
        word.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
    }
}
