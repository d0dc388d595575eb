public import Access
import Claims
import Jobs
import Logging
import Postgres
import Tenancy
import Values

/// Everything that is sealed, wherever it lies: which key sealed it, and the jobs that seal it anew after a rotation.
public struct KeyRotation: Sendable {
    /// So many values of one place were sealed by one key.
    public struct Use: Sendable, Hashable {
        public let key: UInt32
        /// `table.column`, or `files`.
        public let place: String
        public let count: Int
    }

    let columns: [SealedColumn]
    let files: SealedFiles
    let tenancy: Tenancy
    let access: Access
    let ambient: Ambient
    let wake: Wake

    /// Asks every location, active or suspended, every organization, and every file. By key, then place.
    public func use() async throws -> [Use] {
        var counts: [Use: Int] = [:]
        func add(_ use: [UInt32: Int], _ place: String) {
            for (key, count) in use { counts[Use(key: key, place: place, count: 0), default: 0] += count }
        }
        let organizations = try await organizations()
        for column in columns {
            add(try await access.keyUse(of: column, in: .accounts), column.name)
            for organization in organizations {
                add(try await access.keyUse(of: column, in: .organization(organization)), column.name)
            }
        }
        for organization in organizations {
            for location in try await tenancy.locations(of: organization) {
                for column in columns { add(try await access.keyUse(of: column, in: .location(location)), column.name) }
            }
        }
        add(try await files.keyUse(), "files")
        return counts.map { Use(key: $0.key, place: $0.place, count: $1) }.sorted { ($0.key, $0.place) < ($1.key, $1.place) }
    }

    /// Starts the jobs that seal anew: one for each location, one for control and the files. What waits already is not started twice.
    /// Stands in the trail of every organization. Answers how many jobs there are.
    public func start(by caller: Caller, reason: Reason) async throws -> Int {
        var jobs = 1
        for organization in try await organizations() {
            try await tenancy.organizationWork(organization, by: caller, ambient: ambient, wake: wake) { work in
                work.audit(Act("key.rotated", "sealed_value", reason: reason))
            }
            for location in try await tenancy.locations(of: organization) {
                try await tenancy.work(location, by: caller, ambient: ambient, wake: wake) { work in
                    _ = try await work.start(ResealLocation(), unique: ResealLocation.kind)
                }
                jobs += 1
            }
        }
        let operations = JobOperations(tenancy: tenancy, ambient: ambient, wake: wake)
        try await operations.startForPlatform(ResealControl(), unique: ResealControl.kind, by: caller)
        return jobs
    }

    var catalogue: JobCatalogue {
        JobCatalogue(
            jobs: [
                JobRegistration(ResealLocation.self) { _, context in try await run([.location(try context.requireLocation())], context) },
                JobRegistration(ResealControl.self) { _, context in
                    try await run([.accounts] + organizations().map { .organization($0) }, context, andFiles: true)
                },
            ],
            // What a rotation missed: a location that was suspended, a job that was given up.
            cron: [
                CronEntry(eachLocation: "keys.reseal", .daily(TimeOfDay(minutes: 3 * 60 + 40) ?? .midnight)) { _, _ in ResealLocation() },
                CronEntry("keys.reseal_control", .daily(TimeOfDay(minutes: 3 * 60 + 50) ?? .midnight)) { _ in ResealControl() },
            ]
        )
    }

    private func run(_ places: [SealedPlace], _ context: JobContext, andFiles: Bool = false) async throws {
        var result = Resealed()
        let steps = places.count + (andFiles ? 1 : 0)
        for (done, place) in places.enumerated() {
            for column in columns {
                result += try await access.reseal(column, in: place, by: context.caller) { try context.checkLease() }
            }
            await context.progress(done + 1, of: steps)
        }
        if andFiles {
            result += try await files.reseal { try context.checkLease() }
            await context.progress(steps, of: steps)
        }
        context.logger.info("sealed anew", metadata: ["values": "\(result.rows)", "unreadable": "\(result.unreadable)"])
        // All that can be opened is done; the rest needs somebody to look.
        if result.unreadable > 0 { throw JobDecision.dead("sealed_values_unreadable") }
    }

    private func organizations() async throws -> [OrganizationID] {
        try await tenancy.signInRead("select id from control.organization order by id limit 100000").decode(OrganizationID.self)
    }
}

/// Seals a location's values with the key in use.
struct ResealLocation: ParameterlessJob {
    static let kind = "keys.reseal_location"
    static let policy = JobPolicy(attempts: 5, timeLimit: .seconds(3600))
}

/// The same for accounts, organizations and files.
struct ResealControl: ParameterlessJob {
    static let kind = "keys.reseal_control"
    static let policy = JobPolicy(attempts: 5, timeLimit: .seconds(6 * 3600))
}
