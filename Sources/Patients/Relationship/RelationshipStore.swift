import Postgres
import Values

/// All SQL on `relationship`.
enum RelationshipStore {
    static func of(_ patient: PatientID) -> Statement {
        "select relationship.id, relationship.patient_id, relationship.kind, relationship.share, relationship.from_day, relationship.until_day, relationship.version, "
            + PersonStore.columns + """
                 from {location}.relationship join {location}.person on person.id = relationship.person_id
                where relationship.patient_id = \(patient) order by relationship.kind, relationship.id limit 200
                """
    }

    static func insert(_ relationship: Relationship, by actor: UUID, at now: Instant) -> Statement {
        """
        insert into {location}.relationship (id, patient_id, person_id, kind, share, from_day, until_day, created_at, created_by, updated_at, updated_by)
        values (\(relationship.id), \(relationship.patient), \(relationship.person.id), \(relationship.kind), \(relationship.share), \(relationship.from),
            \(relationship.until), \(now), \(actor), \(now), \(actor))
        """
    }

    static func relationship(_ row: Row) throws -> Relationship {
        guard let person = try PersonStore.person(row, from: 7) else { throw Problem.notFound }
        return Relationship(
            id: try row.value(0),
            patient: try row.value(1),
            person: person,
            kind: try row.value(2),
            share: try row.value(3),
            from: try row.value(4),
            until: try row.value(5),
            version: try row.value(6)
        )
    }
}
