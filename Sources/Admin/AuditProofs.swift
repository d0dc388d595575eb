import Access
import ArgumentParser
import Assembly
import FoundationEssentials
import Tenancy
import Values

extension AuditCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Check that nothing was changed, removed, added or reordered. Names the first finding. Exit code 2 when there is one.",
            discussion:
                "With --all a trail that cannot be verified does not keep the others from it: it is named, with the reason. Exit code 1 then."
        )

        @OptionGroup var options: Options
        @OptionGroup var places: Places
        @Option(help: "A file of checkpoints kept elsewhere, one a line, or a folder of such files: they show a cut or rewritten trail.")
        var checkpoints: String?
        @Option(help: "The folder that archived entries were moved to.") var archive: String?

        func run() async throws {
            try await options.withServices { services in
                var rows: [[Table.Cell]] = []
                var isSound = true
                let isComplete = try await places.each(services) { trail in
                    let kept = if let checkpoints { try await Verify.kept(trail, in: checkpoints, services) } else { [Checkpoint]() }
                    let result = try await services.access.verify(trail, checkpoints: kept, archive: archive.map(TrailFolder.init))
                    isSound = isSound && result.isSound
                    rows.append(Verify.row(trail, result, at: services.ambient.now()))
                } failed: { trail in
                    rows.append(Verify.row(unverified: trail))
                }
                options.show(
                    Table(["trail", "entries", "archived", "seals", "unsealed", "oldest_unsealed", "unsealed_seconds", "finding"], rows)
                )
                if !isSound { throw ExitCode(2) }
                if !isComplete { throw ExitCode(1) }
            }
        }

        private static func row(unverified trail: Trail) -> [Table.Cell] {
            [.text("\(trail.kind) \(trail.id)"), .none, .none, .none, .none, .none, .none, .text("not verified")]
        }

        private static func row(_ trail: Trail, _ result: Verification, at now: Instant) -> [Table.Cell] {
            [
                .text("\(trail.kind) \(trail.id)"), .number(result.entries), .number(result.archived), .number(Int(result.seals)),
                .number(result.unsealed), result.oldestUnsealed.map { .text($0.description) } ?? .none,
                result.unsealedAge(at: now).map { .number(Int($0)) } ?? .none, result.finding.map { .text("\($0)") } ?? .none,
            ]
        }

        /// From a folder, or from one file that may hold lines of several trails.
        private static func kept(_ trail: Trail, in path: String, _ services: Services) async throws -> [Checkpoint] {
            var isFolder = false
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder {
                return try await services.access.checkpoints(trail, in: TrailFolder(path))
            }
            guard let data = FileManager.default.contents(atPath: path) else {
                throw Problem.invalid("checkpoints_unreadable", "\(path) cannot be read.")
            }
            return try String(decoding: data, as: UTF8.self).split(separator: "\n").map { line in
                guard let checkpoint = Checkpoint(line) else {
                    throw Problem.invalid("checkpoints_unreadable", "\(path) has a line that is no checkpoint.")
                }
                return checkpoint
            }
        }
    }

    struct MakeCheckpoint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "checkpoint",
            abstract: "Sign a line that fixes the trail as it is sealed now: printed, or added to a folder. Keep it elsewhere."
        )

        @OptionGroup var options: Options
        @OptionGroup var places: Places
        @Option(help: "Add the lines to a file per trail in this folder. What has not grown since is left out.") var folder: String?

        func run() async throws {
            try await options.withServices { services in
                let isComplete = try await places.each(services) { trail in
                    if let folder {
                        if let made = try await services.access.checkpoint(trail, in: TrailFolder(folder)) { print(made.text) }
                    } else if let made = try await services.access.checkpoint(trail) {
                        print(made.text)
                    } else if !places.all {
                        throw Problem.conflict("nothing_sealed", "Nothing is sealed yet.")
                    }
                }
                if !isComplete { throw ExitCode(1) }
            }
        }
    }

    struct Archive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move sealed entries that are old enough into signed, encrypted files. Verification goes on over them."
        )

        @OptionGroup var options: Options
        @OptionGroup var places: Places
        @Option(help: "Where the files go. Keep it: without them the trail cannot be verified any more.") var folder: String
        @Option(help: "Only what is older than so many days, 1 to 3650.") var days = 365

        func validate() throws {
            guard (1...3650).contains(days) else { throw ValidationError("Days go from 1 to 3650.") }
        }

        func run() async throws {
            try await options.asOwner { _, owner in
                try await options.withServices { services in
                    let caller = Caller.commandLine(user: options.operatorName, requestID: services.ambient.id(EventID.self).uuid)
                    let before = services.ambient.now().adding(seconds: -86_400 * Int64(days))
                    var rows: [[Table.Cell]] = []
                    let isComplete = try await places.each(services) { trail in
                        let moved = try await services.access.archive(
                            trail,
                            before: before,
                            in: TrailFolder(folder),
                            owner: owner.owner,
                            by: caller
                        )
                        rows.append([.text("\(trail.kind) \(trail.id)"), .number(moved)])
                    }
                    options.show(Table(["trail", "moved"], rows))
                    if !isComplete { throw ExitCode(1) }
                }
            }
        }
    }
}
