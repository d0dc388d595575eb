import Access
import Organizations
import Postgres
import Tenancy
import Values

/// All SQL on `control.type_pack` and `control.type_pack_part`, through the organization's door.
enum TypePackStore {
    private static let columns: Statement =
        "select pack.id, pack.name, pack.currency, pack.entries, pack.version, pack.created_at, pack.updated_at"
    private static let all: Statement = columns + " from control.type_pack as pack"

    static func one(_ id: TypePackID) -> Statement { all + " where pack.id = \(id)" }

    static func locked(_ id: TypePackID) -> Statement { one(id) + " for update" }

    /// Not removed until the transaction ends.
    static func kept(_ id: TypePackID) -> Statement { one(id) + " for key share" }

    /// Which of these there are.
    static func present(_ ids: [TypePackID]) -> Statement { "select id from control.type_pack where id = any(\(ids))" }

    static func page(after: (name: String, id: TypePackID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let after { select += " and (pack.name, pack.id) > (\(after.name), \(after.id))" }
        return select + " order by pack.name, pack.id limit \(limit)"
    }

    static func insert(_ pack: TypePack, of organization: OrganizationID, by actor: UUID) -> Statement {
        """
        insert into control.type_pack (id, organization_id, name, currency, entries, created_at, created_by, updated_at, updated_by)
        values (\(pack.id), \(organization), \(pack.name), \(pack.currency?.code), \(TypePackJSON.entries(pack.entries)), \(pack.createdAt), \(actor),
            \(pack.updatedAt), \(actor))
        """
    }

    static func update(_ pack: TypePack, by actor: UUID) -> Statement {
        """
        update control.type_pack set name = \(pack.name), currency = \(pack.currency?.code), entries = \(TypePackJSON.entries(pack.entries)),
            version = \(pack.version), updated_at = \(pack.updatedAt), updated_by = \(actor)
        where id = \(pack.id)
        """
    }

    static func remove(_ id: TypePackID) -> Statement { "delete from control.type_pack where id = \(id)" }

    static func removeParts(of pack: TypePackID) -> Statement { "delete from control.type_pack_part where pack_id = \(pack)" }

    /// At which locations it was, or is to be, applied.
    static func places(of pack: TypePackID) -> Statement {
        "select distinct location_id from control.type_pack_part where pack_id = \(pack) order by location_id"
    }

    static func pack(_ row: Row) throws -> TypePack {
        TypePack(
            id: try row.value(0),
            name: try row.value(1),
            currency: try row.value(2, as: String?.self).flatMap { Currency($0) },
            entries: try TypePackJSON.entries(try row.value(3)),
            version: try row.value(4),
            createdAt: try row.value(5),
            updatedAt: try row.value(6)
        )
    }

    // MARK: Applications

    /// Which of these locations a pack may be applied at.
    static func locations(_ ids: [LocationID], within selection: LocationSelection) -> Statement {
        "select location.id from control.location_directory as location where location.state in ('active', 'moving') and location.id = any(\(ids)) and "
            + LocationStore.within(selection)
    }

    static func insert(_ location: LocationID, of it: TypePackApplication, job: JobID, in organization: OrganizationID, by actor: UUID)
        -> Statement
    {
        """
        insert into control.type_pack_part (application_id, organization_id, pack_id, location_id, job_id, adopt, created_at, created_by)
        values (\(it.id), \(organization), \(it.pack), \(location), \(job), \(it.adopt), \(it.createdAt), \(actor))
        """
    }

    /// What a job goes by: the pack as it is, then of the part whether it adopts and whether it is done.
    static func part(of application: TypePackApplicationID, at location: LocationID) -> Statement {
        columns + """
            , part.adopt, part.applied_at is not null
            from control.type_pack_part part join control.type_pack pack on pack.id = part.pack_id
            where part.application_id = \(application) and part.location_id = \(location)
            """
    }

    static func applied(
        _ application: TypePackApplicationID,
        at location: LocationID,
        version: Int,
        refused: [TypePackRefusal],
        now: Instant
    ) -> Statement {
        """
        update control.type_pack_part set applied_version = \(version), applied_at = \(now), refused = \(TypePackJSON.refused(refused))
        where application_id = \(application) and location_id = \(location)
        """
    }

    /// Its parts, at the locations that are selected.
    static func application(_ id: TypePackApplicationID, of pack: TypePackID, within selection: LocationSelection) -> Statement {
        """
        select part.application_id as id, part.pack_id, part.adopt, part.created_at, part.location_id, part.applied_version, part.applied_at, part.refused,
            case when part.applied_at is not null then 'applied' when job.state in ('ready', 'running') then 'waiting' else 'failed' end as state,
            case when part.applied_at is null then job.reason end as reason
        from control.type_pack_part part
        join control.location_directory as location on location.id = part.location_id
        left join queue.job on job.id = part.job_id
        where part.application_id = \(id) and part.pack_id = \(pack) and
        """ + " " + LocationStore.within(selection) + " order by part.location_id"
    }

    static func application(_ rows: Rows) throws -> TypePackApplication {
        guard let first = rows.first else { throw Problem.notFound }
        return TypePackApplication(
            id: try first.value(0),
            pack: try first.value(1),
            adopt: try first.value(2),
            createdAt: try first.value(3),
            parts: try rows.map { row in
                TypePackPart(
                    location: try row.value(4),
                    state: try row.value(8),
                    appliedVersion: try row.value(5),
                    appliedAt: try row.value(6),
                    refused: try TypePackJSON.refused(try row.value(7)),
                    reason: try row.value(9)
                )
            }
        )
    }

    /// Served locations at which the pack was applied, by name.
    static func appliedAt(_ pack: TypePackID, within selection: LocationSelection, after: (name: String, id: LocationID)?, limit: Int)
        -> Statement
    {
        var select: Statement = """
            select location.id, location.name from control.location_directory as location
            where location.state in ('active', 'moving') and exists (
                select from control.type_pack_part part
                where part.pack_id = \(pack) and part.location_id = location.id and part.applied_at is not null) and
            """
        select += " " + LocationStore.within(selection)
        if let after { select += " and (location.name, location.id) > (\(after.name), \(after.id))" }
        return select + " order by location.name, location.id limit \(limit)"
    }
}
