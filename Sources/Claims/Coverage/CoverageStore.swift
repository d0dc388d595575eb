import Access
import Postgres
import Values

/// All SQL on `coverage`.
enum CoverageStore {
    private static let columns: Statement = """
        coverage.id as coverage_id, coverage.patient_id, coverage.payer_id, coverage.priority, coverage.member_id_tail, coverage.group_number,
            coverage.subscriber_id, coverage.relationship, coverage.from_day, coverage.until_day, coverage.version, coverage.created_at,
            coverage.updated_at
        """

    /// Of a chart and of those that were merged into it. No row: there is no such patient here. A patient without coverage yields one row
    /// whose id is the patient's, and nothing in the rest. `listed` reads them.
    static func of(_ patient: PatientID) -> Statement {
        "select coalesce(coverage.id, chart.id) as id, " + columns + """
             from {location}.patient named join {location}.patient chart on chart.id = coalesce(named.merged_into, named.id)
            left join {location}.coverage
                on coverage.patient_id in (select id from {location}.patient where id = chart.id or merged_into = chart.id)
            where named.id = \(patient) order by coverage.priority, coverage.from_day desc, coverage.id limit 100
            """
    }

    static func locked(_ id: CoverageID, of patient: PatientID) -> Statement {
        "select " + columns + " from {location}.coverage where coverage.id = \(id) and coverage.patient_id = \(patient) for update"
    }

    /// What a new coverage refers to: the chart that is meant, its person, whether the payer is active here (NULL: none), whether the
    /// subscriber is a person of this location.
    static func references(_ patient: PatientID, _ payer: PayerID, _ subscriber: PersonID?) -> Statement {
        """
        select chart.id, chart.person_id, (select active from {location}.payer where id = \(payer)),
            exists (select from {location}.person where id = \(subscriber))
        from {location}.patient named join {location}.patient chart on chart.id = coalesce(named.merged_into, named.id)
        where named.id = \(patient)
        """
    }

    static func insert(_ coverage: Coverage, _ member: SealedMemberID, by actor: UUID) -> Statement {
        """
        insert into {location}.coverage (id, patient_id, payer_id, priority, member_id, member_id_digest, member_id_tail, group_number,
            subscriber_id, relationship, from_day, until_day, created_at, created_by, updated_at, updated_by)
        values (\(coverage.id), \(coverage.patient), \(coverage.payer), \(coverage.priority), \(member.sealed), \(member.digest), \(member.tail),
            \(coverage.groupNumber), \(coverage.subscriber), \(coverage.relationship), \(coverage.fromDay), \(coverage.untilDay),
            \(coverage.createdAt), \(actor), \(coverage.createdAt), \(actor))
        """
    }

    static func update(_ coverage: Coverage, _ member: SealedMemberID?, by actor: UUID) -> Statement {
        var update: Statement = """
            update {location}.coverage set priority = \(coverage.priority), group_number = \(coverage.groupNumber), from_day = \(coverage.fromDay),
                until_day = \(coverage.untilDay), version = \(coverage.version), updated_at = \(coverage.updatedAt), updated_by = \(actor)
            """
        if let member { update += ", member_id = \(member.sealed), member_id_digest = \(member.digest), member_id_tail = \(member.tail)" }
        return update + " where id = \(coverage.id)"
    }

    /// A row of `of`; nil when it only says that the patient is here.
    static func listed(_ row: Row) throws -> Coverage? {
        try row.value(1, as: CoverageID?.self) == nil ? nil : try coverage(row, from: 1)
    }

    static func coverage(_ row: Row, from index: Int = 0) throws -> Coverage {
        var columns = Columns(row, from: index)
        return Coverage(
            id: try columns.next(),
            patient: try columns.next(),
            payer: try columns.next(),
            priority: try columns.next(),
            memberIDTail: try columns.next(),
            groupNumber: try columns.next(),
            subscriber: try columns.next(),
            relationship: try columns.next(),
            fromDay: try columns.next(),
            untilDay: try columns.next(),
            version: try columns.next(),
            createdAt: try columns.next(),
            updatedAt: try columns.next()
        )
    }
}

extension Coverage.Relationship: Bindable, Readable {}

/// A member id as it lies in the table: sealed for its row, findable by equality, recognizable by its end.
struct SealedMemberID: Sendable {
    let sealed: [UInt8]
    let digest: [UInt8]
    let tail: String

    init(_ memberID: String, of coverage: CoverageID, at location: LocationID, keys: KeyRing) throws {
        let memberID = Coverage.normalized(memberID: memberID)
        sealed = try keys.seal(memberID, for: SealedMemberID.context(coverage, location))
        digest = keys.digest(memberID, purpose: SealedMemberID.digestPurpose)
        tail = Coverage.tail(of: memberID)
    }

    static let digestPurpose: StaticString = "coverage.member_id"

    /// Errors: it was sealed for another row, or its key is gone.
    static func open(_ sealed: [UInt8], of coverage: CoverageID, at location: LocationID, keys: KeyRing) throws -> String {
        try keys.openText(sealed, for: context(coverage, location))
    }

    private static func context(_ coverage: CoverageID, _ location: LocationID) -> SealContext {
        SealContext(location: location, table: "coverage", id: coverage.uuid, column: "member_id")
    }
}
