import Access
import Jobs
import Postgres
import Tenancy
import Values
import X12

/// Posts one location's part of a payment. In control's queue, with effects at the location; killed anywhere it goes on where it was.
struct PostRemittancePart: JobDescription {
    static let kind = "claims.post_remittance_part"
    static let policy = JobPolicy(timeLimit: .seconds(3600))

    let remittance: RemittanceID
    let location: LocationID

    init(remittance: RemittanceID, location: LocationID) {
        self.remittance = remittance
        self.location = location
    }

    init(_ parameters: JobParameters) throws {
        remittance = try parameters.id("remittance")
        location = try parameters.id("location")
    }

    var parameters: JobParameters { ["remittance": remittance, "location": location] }
}

/// Runs `PostRemittancePart`.
struct RemittancePosting: Sendable {
    let settings: ClaimsSettings
    let objects: ObjectStore

    func run(_ job: PostRemittancePart, _ context: JobContext) async throws {
        let organization = try context.requireOrganization()
        let location = try await location(job, organization, context)
        guard
            let row = try await context.tenancy.organizationRead(organization, RemittanceStore.part(of: job.remittance, at: job.location))
                .first
        else {
            throw JobDecision.discard("remittance_part_gone")
        }
        let part = try PartToPost(row)
        guard part.state == "waiting" else { return }
        let claims = try await claims(of: part)
        let day = part.day ?? location.rules.wallClock(at: part.receivedAt).day
        var posted = 0
        for start in stride(from: 0, to: claims.count, by: settings.claimsPerPosting) {
            let batch = Array(claims[start..<min(start + settings.claimsPerPosting, claims.count)])
            _ = try await context.work("claims from \(start)", at: location) { work in
                try await PostRemittanceClaims(remittance: job.remittance, trace: part.trace, day: day).run(work, batch)
            }
            posted += batch.count
            await context.progress(posted, of: claims.count)
        }
        try await finish(job, organization, location, day, context)
    }

    /// Errors: the location is suspended (again later) or was removed.
    private func location(_ job: PostRemittancePart, _ organization: OrganizationID, _ context: JobContext) async throws -> Location {
        do {
            let location = try await context.tenancy.location(job.location)
            guard location.organization == organization else { throw JobDecision.dead("foreign_location") }
            return location
        } catch let problem as Problem where problem.kind == .forbidden {
            throw JobDecision.snooze(.seconds(300))
        }
    }

    private func finish(_ job: PostRemittancePart, _ organization: OrganizationID, _ location: Location, _ day: Day, _ context: JobContext)
        async throws
    {
        let held: Int = try await context.tenancy.read(location, PostingStore.held(of: job.remittance)).first?.value(0) ?? 0
        _ = try await context.work("told", at: location) { work in
            work.tell(Event("remittance.posted", ["remittance": job.remittance, "day": day]))
        }
        _ = try await context.organizationWork("posted") { work in
            try await work.query(RemittanceStore.locked(job.remittance))
            work.enqueue(RemittanceStore.posted(job.remittance, at: job.location, held: held, now: work.now))
            work.enqueue(RemittanceStore.finish(job.remittance, at: work.now))
            work.audit(Act("remittance.post_part", "remittance", job.remittance, objects: [job.location.uuid]))
        }
    }

    /// The part's claims, from the original that was kept.
    private func claims(of part: PartToPost) async throws -> [RemittanceClaim] {
        guard let reference = UUID(part.reference), let bytes = try await objects.bytes(of: OriginalFile.tenant, reference) else {
            throw JobDecision.dead("remittance_file_gone")
        }
        let claims = PostedPayment(bytes, ordinal: part.ordinal, claims: Set(part.ordinals)).claims
        guard claims.count == part.ordinals.count else { throw JobDecision.dead("remittance_file_differs") }
        return claims
    }
}

/// What a part's row says.
struct PartToPost: Sendable {
    let reference: String
    let ordinal: Int
    let trace: String
    let day: Day?
    let receivedAt: Instant
    let ordinals: [Int]
    let state: String

    init(_ row: Row) throws {
        (reference, ordinal, trace, day, receivedAt, ordinals, state) = try row.decode(
            (String, Int, String, Day?, Instant, [Int], String).self
        )
    }
}

/// Some claims of one payment of a file, read again.
struct PostedPayment: Sendable {
    private(set) var claims: [RemittanceClaim] = []

    init(_ bytes: [UInt8], ordinal: Int, claims wanted: Set<Int>) {
        var reader = RemittanceReader()
        var current = 1
        var found: [RemittanceClaim] = []
        func take(_ event: RemittanceEvent) {
            switch event {
            case .claim(let claim): if current == ordinal, wanted.contains(claim.ordinal) { found.append(claim) }
            case .remittance: current += 1
            }
        }
        for start in stride(from: 0, to: bytes.count, by: 262_144) where current <= ordinal {
            reader.read(Array(bytes[start..<min(start + 262_144, bytes.count)]), take)
        }
        _ = reader.finish(take)
        claims = found
    }
}
