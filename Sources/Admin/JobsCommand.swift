public import ArgumentParser
import Assembly
public import Jobs
import Tenancy
import Values

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Work that waits, runs or failed.",
        subcommands: [Counts.self, List.self, Dead.self, Retry.self, Pause.self, Resume.self, Pauses.self, Workers.self]
    )

    /// Which queue: every database has one.
    struct Queue: ParsableArguments {
        @Option(help: "Only the queue of this database; `control` is the control database's.") var database: String?

        func databases(_ services: Services) -> [String?] {
            guard let database else { return [nil] + services.tenancy.databaseNames.map(Optional.some) }
            return [database == "control" ? nil : database]
        }

        /// One table of the rows of every queue that is meant.
        func table<Row>(
            _ columns: [String],
            _ services: Services,
            _ rows: (String?) async throws -> [Row],
            _ cells: (Row, String?) -> [Table.Cell]
        )
            async throws -> Table
        {
            var all: [[Table.Cell]] = []
            for database in databases(services) { all += try await rows(database).map { cells($0, database) } }
            return Table(columns, all)
        }

        /// Whether it was done in any queue that is meant.
        func any(_ services: Services, _ act: (String?) async throws -> Bool) async throws -> Bool {
            var done = false
            for database in databases(services) { done = try await act(database) || done }
            return done
        }
    }

    struct Counts: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Count jobs by location, kind and state.")

        @OptionGroup var options: Options
        @OptionGroup var queue: Queue

        func run() async throws {
            try await options.withServices { services in
                options.show(
                    try await queue.table(Table.countColumns, services) {
                        try await services.jobOperations.counts(database: $0)
                    } _: {
                        Table.row($0, $1)
                    }
                )
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List jobs, newest first.")

        @OptionGroup var options: Options
        @OptionGroup var queue: Queue
        @Option(help: "ready, running, done, discarded or dead.") var state: JobState?
        @Option(help: "Only this kind.") var kind: String?
        @Option(help: "At most so many of each queue, 1 to 1000.") var limit = 100

        func validate() throws { try Options.check("--limit", limit, in: 1...1000) }

        func run() async throws {
            try await options.withServices { services in
                options.show(
                    try await queue.table(Table.jobColumns, services) {
                        try await services.jobOperations.list(database: $0, state: state, kind: kind, limit: limit)
                    } _: {
                        Table.row($0, $1)
                    }
                )
            }
        }
    }

    struct Dead: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List jobs that were given up, with the reason. Exit code 2 when there are any."
        )

        @OptionGroup var options: Options
        @OptionGroup var queue: Queue

        func run() async throws {
            try await options.withServices { services in
                let dead = try await queue.table(Table.jobColumns, services) {
                    try await services.jobOperations.dead(database: $0)
                } _: {
                    Table.row($0, $1)
                }
                options.show(dead)
                if !dead.rows.isEmpty { throw ExitCode(2) }
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Run a dead or discarded job again, attempts from zero.")

        @OptionGroup var options: Options
        @OptionGroup var queue: Queue
        @Argument(help: "The job's id.") var job: JobID

        func run() async throws {
            try await options.withServices { services in
                if try await queue.any(services, { try await services.jobOperations.retry(job, database: $0) }) { return }
                throw Problem.conflict("not_retried", "There is no dead job of this id, or another job holds its unique key.")
            }
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Start no more jobs of a kind, of a location, or of both.")

        @OptionGroup var options: Options
        @OptionGroup var queue: Queue
        @Option(help: "The kind.") var kind: String?
        @Option(help: "The location's role, as `jobs list` shows it.") var location: String?
        @Option(help: "Why; it is shown to whoever asks.") var reason: String

        func validate() throws {
            if kind == nil, location == nil { throw ValidationError("Name a kind, a location, or both: nothing pauses everything.") }
            if kind?.isEmpty == true || location?.isEmpty == true { throw ValidationError("A kind or a location is not empty.") }
            if reason.allSatisfy(\.isWhitespace) { throw ValidationError("Say why: the reason is shown to whoever asks.") }
        }

        func run() async throws {
            try await options.withServices { services in
                try await checkNames(services)
                for database in queue.databases(services) {
                    try await services.jobOperations.pause(
                        kind: kind,
                        location: location,
                        database: database,
                        by: options.operatorName,
                        reason: reason
                    )
                }
            }
        }

        /// A name with a slip in it would pause nothing, and nobody would notice. Errors: `kind_unknown`, `location_unknown`.
        private func checkNames(_ services: Services) async throws {
            if let kind, try await !isKnown(kind, services) {
                throw Problem.conflict("kind_unknown", "There is no kind of job \(kind). See `polyclinic jobs counts`.")
            }
            guard let location else { return }
            guard let found = try await services.tenancy.location(role: location), found.state != .removed else {
                throw Problem.conflict("location_unknown", "No location has the role \(location). See `polyclinic jobs counts`.")
            }
        }

        /// One that another version has left in a queue is known too: it waits there, and may be what has to be paused.
        private func isKnown(_ kind: String, _ services: Services) async throws -> Bool {
            guard !Product(services).catalogue.kinds.contains(kind) else { return true }
            return try await queue.any(services) { try await !services.jobOperations.list(database: $0, kind: kind, limit: 1).isEmpty }
        }
    }

    struct Pauses: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What is paused, by whom and why.")

        @OptionGroup var options: Options
        @OptionGroup var queue: Queue

        func run() async throws {
            try await options.withServices { services in
                options.show(
                    try await queue.table(
                        Table.pauseColumns,
                        services,
                        { try await services.jobOperations.pauses(database: $0) },
                        Table.row
                    )
                )
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a pause.")

        @OptionGroup var options: Options
        @OptionGroup var queue: Queue
        @Option(help: "The kind.") var kind: String?
        @Option(help: "The location's role.") var location: String?

        func run() async throws {
            try await options.withServices { services in
                let resumed = try await queue.any(services) {
                    try await services.jobOperations.resume(kind: kind, location: location, database: $0)
                }
                guard resumed else { throw Problem.conflict("not_paused", "There is no such pause.") }
            }
        }
    }

    struct Workers: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the worker processes that are alive.")

        @OptionGroup var options: Options
        @OptionGroup var queue: Queue

        func run() async throws {
            try await options.withServices { services in
                options.show(
                    try await queue.table(Table.workerColumns, services) {
                        try await services.jobOperations.workers(database: $0)
                    } _: {
                        Table.row($0, $1)
                    }
                )
            }
        }
    }
}

extension JobState: ExpressibleByArgument {}
