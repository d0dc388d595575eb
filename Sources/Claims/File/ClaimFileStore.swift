import Postgres
import Values

/// All SQL on `claim_file`, and which claims are in which.
enum ClaimFileStore {
    private static let all: Statement = """
        select id, billing_run_id, billing_entity_id, payer_id, interchange_control, name, state, claims, created_at from {location}.claim_file
        """

    static func one(_ id: ClaimFileID) -> Statement { all + " where id = \(id)" }

    static func planned(of run: BillingRunID) -> Statement {
        all + " where billing_run_id = \(run) and state = 'planned' order by id limit 100"
    }

    /// Claims that wait for a file, by billing entity and payer: those of this run, and those that earlier runs could not write.
    static func waiting(for run: BillingRunID) -> Statement {
        """
        select claim.billing_entity_id, claim.payer_id, count(*)
        from {location}.claim join {location}.billing_run on billing_run.id = claim.billing_run_id
        where claim.state = 'ready' and claim.claim_file_id is null and (billing_run.id = \(run) or billing_run.state = 'finished')
        group by claim.billing_entity_id, claim.payer_id order by claim.billing_entity_id, claim.payer_id
        """
    }

    static func insert(_ file: ClaimFile, by actor: UUID) -> Statement {
        """
        insert into {location}.claim_file (id, billing_run_id, billing_entity_id, payer_id, interchange_control, name, state, claims, total, created_at, created_by)
        values (\(file.id), \(file.run), \(file.billingEntity), \(file.payer), \(file.control), \(file.name), \(file.state), 0, 0, \(file.createdAt), \(actor))
        """
    }

    /// Takes the next waiting claims into a file.
    static func take(into file: ClaimFile, limit: Int) -> Statement {
        """
        update {location}.claim set claim_file_id = \(file.id), version = version + 1
        where id in (
            select claim.id from {location}.claim join {location}.billing_run on billing_run.id = claim.billing_run_id
            where claim.billing_entity_id = \(file.billingEntity) and claim.payer_id = \(file.payer) and claim.state = 'ready' and claim.claim_file_id is null
                and (billing_run.id = \(file.run) or billing_run.state = 'finished')
            order by claim.id limit \(limit) for update of claim
        )
        """
    }

    /// Takes claims out that cannot be written: they wait for the next run.
    static func drop(_ numbers: [String], from file: ClaimFileID) -> Statement {
        """
        update {location}.claim set claim_file_id = null, version = version + 1
        where claim_file_id = \(file) and state = 'ready' and number = any(\(numbers))
        """
    }

    static func recount(_ file: ClaimFileID) -> Statement {
        """
        update {location}.claim_file set (claims, total) =
            (select count(*), coalesce(sum(total), 0) from {location}.claim where claim.claim_file_id = claim_file.id)
        where id = \(file)
        """
    }

    static func numbers(of file: ClaimFileID, after seen: String, limit: Int) -> Statement {
        "select number from {location}.claim where claim_file_id = \(file) and number > \(seen) order by number limit \(limit)"
    }

    static func patients(of file: ClaimFileID) -> Statement {
        "select distinct patient_id from {location}.claim where claim_file_id = \(file) order by patient_id"
    }

    static func keep(_ id: ClaimFileID, sha256: [UInt8], size: Int, at now: Instant, by actor: UUID) -> Statement {
        """
        insert into {location}.file (id, sha256, size, media_type, scan_state, retention, key_id, created_at, created_by)
        values (\(id), \(sha256), \(size), 'application/edi-x12', 'ours', 'financial', 'ring', \(now), \(actor)) on conflict (id) do nothing
        """
    }

    static func made(_ id: ClaimFileID) -> Statement {
        "update {location}.claim_file set state = 'made', file_id = \(id) where id = \(id) and state = 'planned'"
    }

    static func emptied(_ id: ClaimFileID) -> Statement {
        "update {location}.claim_file set state = 'empty' where id = \(id) and state = 'planned'"
    }

    static func written(_ id: ClaimFileID) -> Statement {
        "update {location}.claim_file set state = 'written' where id = \(id) and state = 'made'"
    }

    static func filed(_ file: ClaimFileID, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.claim set state = 'filed', version = version + 1, updated_at = \(now), updated_by = \(actor)
        where claim_file_id = \(file) and state = 'ready'
        """
    }

    static func file(_ row: Row) throws -> ClaimFile {
        var columns = Columns(row)
        return ClaimFile(
            id: try columns.next(),
            run: try columns.next(),
            billingEntity: try columns.next(),
            payer: try columns.next(),
            control: try columns.next(),
            name: try columns.next(),
            state: try columns.next(),
            claims: try columns.next(),
            createdAt: try columns.next()
        )
    }
}

extension ClaimFile.State: Bindable, Readable {}
