import Access
import Jobs
import Tenancy
import Values

/// Puts a finished file into the outbound folder. Run again it changes nothing: the name and the bytes are always the same.
struct WriteClaimFile: JobDescription {
    static let kind = "claims.write_file"
    static let policy = JobPolicy()

    let file: ClaimFileID

    init(file: ClaimFileID) {
        self.file = file
    }

    init(_ parameters: JobParameters) throws {
        file = try parameters.id("claim_file")
    }

    var parameters: JobParameters { ["claim_file": file] }
}

/// Runs `WriteClaimFile`.
struct ClaimFileWriting: Sendable {
    let objects: ObjectStore
    let outbound: Folder

    func run(_ job: WriteClaimFile, _ context: JobContext) async throws {
        let location = try context.requireLocation()
        guard let row = try await context.tenancy.read(location, ClaimFileStore.one(job.file)).first else {
            throw JobDecision.discard("claim_file_gone")
        }
        let file = try ClaimFileStore.file(row)
        // Transport may have taken it already: what was written once is not put out again.
        guard file.state == .made else { return }
        guard let bytes = try await objects.bytes(of: location.id.uuid, file.id.uuid) else {
            throw JobDecision.dead("claim_file_bytes_gone")
        }
        try context.checkLease()
        try await FileLane.run { [outbound] in
            try outbound.make()
            try outbound.write(bytes, as: file.name)
        }
        _ = try await context.work("written") { work in
            work.enqueue(ClaimFileStore.written(file.id))
            work.enqueue(ClaimFileStore.filed(file.id, at: work.now, by: work.caller.actor.id))
            work.audit(Act("claim_file.write", "claim_file", file.id))
            work.tell(Event("claims.filed", ["claim_file": file.id, "billing_run": file.run]))
        }
    }
}
