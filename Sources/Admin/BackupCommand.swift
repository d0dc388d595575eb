import Access
import ArgumentParser
import Assembly
import Glibc
import Jobs
import Tenancy
import Values

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "All databases and the object store, sealed under the platform's keys.",
        discussion: "The key file is not in it, on purpose: keep a copy of it elsewhere. Without it a backup opens for nobody.",
        subcommands: [Make.self, Open.self, Restored.self],
        defaultSubcommand: Make.self
    )

    struct Make: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Write a backup into a new folder: cluster.tar.sealed (one moment of all databases), files.tar.sealed (the object store)."
        )

        @OptionGroup var options: Options
        @Option(name: .customLong("to"), help: "The folder; it must not exist.") var folder: String
        @Option(help: "A login with REPLICATION.") var user: String
        @Option(help: "The file that holds its password.") var passwordFile: String

        func run() async throws {
            try await options.explained {
                let settings = try await options.settings()
                guard mkdir(folder, 0o700) == 0 else {
                    throw Problem.conflict("folder_unusable", "\(folder) cannot be made: \(String(cString: strerror(errno))).")
                }
                let keys = try KeyRing(text: settings.keys)
                let pass = try PassFile(settings, user: user, passwordFile: passwordFile, in: folder)
                defer { pass.remove() }
                // Files first are written, then named by rows: those that the databases of this moment name are all there afterwards.
                let cluster = try SealedPipe.write(
                    "exec pg_basebackup --pgdata=- --format=tar --wal-method=fetch --checkpoint=fast --no-password",
                    to: folder + "/cluster.tar.sealed",
                    SealedStream(keys, id: Ambient.system.id(EventID.self).uuid)
                )
                setenv("POLYCLINIC_BACKUP_FOLDER", settings.folders.files, 1)
                let files = try SealedPipe.write(
                    #"exec tar --create --file=- --directory="$POLYCLINIC_BACKUP_FOLDER" ."#,
                    to: folder + "/files.tar.sealed",
                    SealedStream(keys, id: Ambient.system.id(EventID.self).uuid)
                )
                options.show(
                    Table(
                        ["file", "bytes"],
                        [[.text("cluster.tar.sealed"), .number(cluster)], [.text("files.tar.sealed"), .number(files)]]
                    )
                )
            }
        }
    }

    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a sealed file to its end and write what is in it to standard output, for tar.",
            discussion: "Use what came out only when the exit code is 0."
        )

        @OptionGroup var options: Options
        @Argument(help: "cluster.tar.sealed or files.tar.sealed.") var path: String

        func run() async throws {
            try await options.explained {
                try SealedPipe.read(path, try KeyRing(text: try await options.settings().keys), to: 1)
            }
        }
    }
}

extension BackupCommand {
    struct Restored: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that databases lost commits, by a restore or a failover: whoever follows events is told to look again.",
            discussion: "Run it when PostgreSQL works again, before gateways and workers start. It may be run at any time, and again."
        )

        @OptionGroup var options: Options

        func run() async throws {
            try await options.withServices { services in
                var rows: [[Table.Cell]] = []
                for name in services.tenancy.databaseNames {
                    rows.append([.text(name), .number(try await services.jobOperations.restartStreams(database: name))])
                }
                options.show(Table(["database", "locations"], rows))
            }
        }
    }
}

/// How libpq's programs learn where to connect and with what password: never by an argument, which everybody on the machine can read.
private struct PassFile {
    private let path: String

    init(_ settings: Settings, user: String, passwordFile: String, in folder: String) throws {
        path = folder + "/.pgpass"
        guard let file = fopen(passwordFile, "r") else {
            throw Problem.invalid("password_unreadable", "\(passwordFile) cannot be read.")
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1000)
        let count = fread(&bytes, 1, bytes.count, file)
        let password = String(decoding: bytes.prefix(count).prefix { $0 != 10 && $0 != 13 }, as: UTF8.self)
        // PostgreSQL itself: no pooler speaks replication.
        let (host, port) = (settings.servers.ownerHost, settings.servers.ownerPort)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        let line = Array(
            "\(host):\(port):*:\(user):\(password.replacing("\\", with: "\\\\").replacing(":", with: "\\:"))\n"
                .utf8
        )
        guard descriptor >= 0, write(descriptor, line, line.count) == line.count else {
            throw Problem(.failed, "folder_unusable", "\(folder) cannot be written.")
        }
        close(descriptor)
        setenv("PGPASSFILE", path, 1)
        setenv("PGHOST", host, 1)
        setenv("PGPORT", String(port), 1)
        setenv("PGUSER", user, 1)
        setenv("PGSSLMODE", settings.servers.databaseCA == nil ? "prefer" : "verify-full", 1)
        if let authority = settings.servers.databaseCA { setenv("PGSSLROOTCERT", authority, 1) }
    }

    func remove() { unlink(path) }
}
