import FoundationEssentials
import Postgres
import Tenancy
import Values

@testable import Access

/// A trail that a test may do everything to, as the superuser: a location's or an organization's, emptied first.
struct Scene {
    let practice: Practice
    let access: Access
    let trail: Trail

    /// Both kinds of trail.
    enum Kind: String, CaseIterable, Sendable {
        case location, organization
    }

    init(_ kind: Kind, _ practice: Practice) async throws {
        self.practice = practice
        access = practice.access()
        trail = kind == .location ? .location(practice.foreign) : .organization(practice.stranger)
        try await superuser(["delete from " + seals, "delete from " + entries, "delete from " + unsealed])
        try await forgetNoted()
    }

    var caller: Caller {
        get throws {
            try Caller.system("trail-test", requestID: practice.origin().requestID, organization: practice.stranger).acting(
                in: practice.stranger
            )
        }
    }

    var entries: Statement { trail.entries + own }
    var seals: Statement { trail.seals + own }
    var unsealed: Statement { trail.unsealed + own }

    func changing(seal batch: Int64, _ what: Statement) -> Statement {
        "update " + trail.seals + " set " + what + own + " and batch = \(batch)"
    }

    private var own: Statement {
        switch trail {
        case .location: " where true"
        case .organization(let id): " where organization_id = \(id)"
        }
    }

    /// Writes one act in a transaction that is open.
    func act(_ tx: Transaction, _ patient: PatientID) throws {
        let act = Act("patient.updated", "patient", patient, patients: [patient], reason: practice.reason, changed: ["phone"])
        switch trail {
        case .location: tx.audit(act, by: try caller, at: practice.clock.now, ambient: practice.ambient)
        case .organization(let id):
            tx.auditOrganization(act, organization: id, by: try caller, at: practice.clock.now, ambient: practice.ambient)
        }
    }

    func acts(_ count: Int = 7) async throws {
        for _ in 0..<count { try await practice.tenancy.transaction(trail) { try act($0, practice.ambient.id()) } }
    }

    /// Two seals of seven entries each; the entries in order.
    func sealedTwice() async throws -> [AuditEntry] {
        for _ in 1...2 {
            try await acts()
            try await access.seal(trail)
        }
        return try await all()
    }

    func all() async throws -> [AuditEntry] {
        try await practice.tenancy.read(trail, "select " + TrailColumns.names + " from " + trail.entries + " order by id").map(
            AuditEntry.init
        )
    }

    /// What the database's superuser does to the trail, in one transaction.
    func superuser(_ statements: [Statement]) async throws {
        switch trail {
        case .location(let location):
            try await practice.superLocations.transaction(.login(schema: location.schema)) { tx in _ = try await tx.query(statements) }
        case .organization: try await practice.superControl.transaction(.login) { tx in _ = try await tx.query(statements) }
        }
    }

    /// The same without the tables' constraints, which come back after it: what a superuser can write that nobody else can.
    func plant(_ statements: [Statement]) async throws {
        let before: [Statement] = ["alter table " + trail.seals + " drop constraint audit_seal_readable"]
        let after: [Statement] = [
            "alter table " + trail.seals
                + """
                 add constraint audit_seal_readable check (isfinite(first_at) and isfinite(last_at) and isfinite(sealed_at) \
                and coalesce(array_ndims(ids), 1) = 1 and array_position(ids, null) is null) not valid
                """
        ]
        try await superuser(before + statements + after)
    }

    /// The superuser of control forgets what checkpoints were noted.
    func forgetNoted() async throws {
        try await practice.superControl.transaction(.login) { tx in
            _ = try await tx.query("delete from control.audit_checkpoint where organization_id = \(practice.stranger)")
        }
    }

    func finding(_ checkpoints: [Checkpoint] = [], archive: TrailFolder? = nil) async throws -> Verification.Finding? {
        try await access.verify(trail, checkpoints: checkpoints, archive: archive).finding
    }
}

/// A folder that goes with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path() + "polyclinic-trail-" + hex(Ambient.system.bytes(6))
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }  // the machine clears it anyway

    var trail: TrailFolder { TrailFolder(path) }
}
