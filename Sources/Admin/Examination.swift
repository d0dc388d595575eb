import Assembly
import Claims
import FoundationEssentials
import Glibc
import Jobs
import Postgres
import Redis
import Tenancy
import Values

/// The checks of `polyclinic doctor`, each of which says what it found and what to do about it.
struct Examination {
    let services: Services

    func run() async -> [Finding] {
        var findings: [Finding] = []
        for (name, time) in await services.tenancy.roundTrips().sorted(by: { $0.key < $1.key }) {
            guard let time else {
                findings.append(
                    Finding(
                        "database \(name)",
                        .failed,
                        "no connection",
                        "Check host, port, certificate and password; `deploy/up` starts private servers."
                    )
                )
                continue
            }
            findings.append(Finding("database \(name)", .good, "answers in \(Int(time * 1000)) µs"))
            findings += await database(name == "control" ? nil : name, label: name)
        }
        findings.append(await redis())
        findings += await schemas()
        findings += await unclaimedFiles()
        findings += await sharedNPIs()
        findings += inboundLeftovers()
        findings += disk()
        return findings
    }

    private func database(_ name: String?, label: String) async -> [Finding] {
        guard
            let row = try? await services.tenancy.queueRead(  // its absence is the finding below
                name,
                """
                select current_setting('server_version_num')::int8, (extract(epoch from clock_timestamp()) * 1000000)::int8,
                    (select max(age(datfrozenxid))::int8 from pg_catalog.pg_database)
                """
            ).first,
            let (version, clock, age) = try? row.decode((Int, Int, Int).self)
        else { return [Finding("schema \(label)", .failed, "the queue cannot be read", "Run `polyclinic install`.")] }
        let skew = abs(Int64(clock) - services.ambient.now().microseconds) / 1000
        return [
            version >= 150_000
                ? Finding("version \(label)", .good, "PostgreSQL \(version / 10000)")
                : Finding("version \(label)", .attention, "PostgreSQL \(version / 10000)", "Upgrade to 15 or later."),
            skew < 1000
                ? Finding("clock \(label)", .good, "differs by \(skew) ms")
                : Finding("clock \(label)", .attention, "differs by \(skew) ms", "Synchronize the clocks of both machines."),
            age < 1_000_000_000
                ? Finding("transaction age \(label)", .good, "\(age)")
                : Finding(
                    "transaction age \(label)",
                    .attention,
                    "\(age)",
                    "Autovacuum does not keep up: look for old transactions, then VACUUM FREEZE."
                ),
        ] + (await dead(name, label: label))
    }

    private func dead(_ name: String?, label: String) async -> [Finding] {
        guard let dead = try? await services.jobOperations.dead(database: name, limit: 1000) else {  // no queue is reported above
            return [Finding("jobs \(label)", .failed, "cannot be read", "Run `polyclinic install`.")]
        }
        let pauses = (try? await services.jobOperations.pauses(database: name)) ?? []  // the same queue: reported above
        return pauses.map { pause in
            Finding(
                "pause \(label)",
                .attention,
                "\(pause.kind ?? "every kind") \(pause.location.map { "of \($0) " } ?? "")is paused since \(pause.at): \(pause.reason)",
                "See `polyclinic jobs pauses`; end it with `polyclinic jobs resume`."
            )
        } + [
            dead.isEmpty
                ? Finding("jobs \(label)", .good, "none was given up")
                : Finding(
                    "jobs \(label)",
                    .attention,
                    "\(dead.count) given up",
                    "See `polyclinic jobs dead`, then `polyclinic jobs retry ID`."
                )
        ]
    }

    private func redis() async -> Finding {
        let connection = Task { try await services.redis.run() }
        defer { connection.cancel() }
        for _ in 0..<40 where !services.redis.isReady {
            try? await Task.sleep(for: .milliseconds(50))  // cancelled: the check ends sooner
        }
        guard services.redis.isReady, (try? await services.redis.command("PING")) != nil else {  // its absence is the finding
            return Finding(
                "redis",
                .attention,
                "no connection",
                "Nothing is lost without it, but jobs start later. Check host, port, certificate and password."
            )
        }
        return Finding("redis", .good, "answers")
    }

    private func schemas() async -> [Finding] {
        guard let owner = try? OwnerConnections(services.settings, logger: services.logger) else {  // not on this machine: nothing to say
            return []
        }
        defer { Task { await owner.close() } }
        guard let behind = try? await Migrator(owner: owner.owner).plan() else {  // reported as a failed check
            return [Finding("migrations", .failed, "cannot be read", "Run `polyclinic install`.")]
        }
        let moves = (try? await LocationMove.unfinished(owner.owner)) ?? []  // the same database: reported above
        return moves.map { move in
            Finding(
                "moves",
                .attention,
                "the move of \(move.name) is not finished",
                "Unless it is at work now: `polyclinic location move \"\(move.name)\" --to \(move.target)`, or with --give-up before its switch."
            )
        } + [
            behind.isEmpty
                ? Finding("migrations", .good, "every location is at the newest version")
                : Finding("migrations", .attention, "\(behind.count) locations are behind", "Run `polyclinic migrate run`.")
        ]
    }

    private func unclaimedFiles() async -> [Finding] {
        guard let (files, more) = try? await UnclaimedFile.open(services.tenancy) else {  // reported above
            return []
        }
        return files.isEmpty
            ? [Finding("inbound", .good, "every file fits an organization or is dealt with")]
            : files.map { file in
                Finding(
                    "inbound",
                    .attention,
                    "\(file.name) fits nobody: \(file.reasons.joined(separator: ", "))",
                    "It is in the folder held. Correct the billing entity and put it back, or tell the sender; then `polyclinic x12 dismiss \(file.id)`."
                )
            }
                + (more == 0
                    ? []
                    : [Finding("inbound", .attention, "and \(more) more", "See `polyclinic x12 held` again when these are dealt with.")])
    }

    private func sharedNPIs() async -> [Finding] {
        let shared = (try? await SharedNPI.all(services.tenancy)) ?? []  // reported above
        return shared.map { shared in
            Finding(
                "NPI",
                .attention,
                "\(shared.npi) is used by organizations \(shared.organizations.map(\.description).joined(separator: ", "))",
                "Ask them whose it is. Payments for it that name no known claim are held for the first, which has it the longest."
            )
        }
    }

    private func inboundLeftovers() -> [Finding] {
        let all = InboundLeftover.all(in: services.settings.folders.inbound, now: services.ambient.now())
        return all.prefix(20).map { entry in
            Finding(
                "inbound",
                .attention,
                "\(entry.name), \(entry.kind.rawValue), lies there for \(entry.minutes) minutes",
                "Only regular files that the worker can read are taken, and none whose name begins with a dot or ends in .part. Is a worker running?"
            )
        } + (all.count > 20 ? [Finding("inbound", .attention, "and \(all.count - 20) more lie there", "See the folder.")] : [])
    }

    private func disk() -> [Finding] {
        let folders = services.settings.folders
        return [("files", folders.files), ("outbound", folders.outbound), ("inbound", folders.inbound)].map { name, path in
            var about = statvfs()
            guard statvfs(path, &about) == 0 else { return Finding("disk \(name)", .failed, "\(path) is missing", "Make the folder.") }
            let free = about.f_bavail * about.f_frsize / 1_048_576
            return free > 1024
                ? Finding("disk \(name)", .good, "\(free) MiB free")
                : Finding("disk \(name)", .attention, "\(free) MiB free", "Make room: below that, files and logs may fail to be written.")
        }
    }
}
