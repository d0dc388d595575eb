import FoundationEssentials
public import Values

/// The SQL files under `migrations/`, in order: `0001_name.sql`, `0002_…`; forward only (DESIGN L10).
public struct MigrationFiles: Sendable {
    public struct Migration: Sendable {
        public let version: Int
        public let name: String
        let sql: String
    }

    /// What a set of migrations is about; also the folder's name.
    public enum Target: String, Sendable, CaseIterable {
        case control, queue, reference, location
    }

    private let sets: [Target: [Migration]]

    /// Reads the folder. Errors: `migrations_unreadable`, `migrations_damaged` when a number is missing or there twice.
    public init(folder: String) throws(Problem) {
        var sets: [Target: [Migration]] = [:]
        for target in Target.allCases {
            sets[target] = try MigrationFiles.read(folder + "/" + target.rawValue)
        }
        self.sets = sets
    }

    public func all(_ target: Target) -> [Migration] { sets[target] ?? [] }

    /// The newest version; 0 when there is none.
    public func latest(_ target: Target) -> Int { all(target).last?.version ?? 0 }

    func after(_ version: Int, _ target: Target) -> [Migration] { all(target).filter { $0.version > version } }

    private static func read(_ folder: String) throws(Problem) -> [Migration] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {  // the reason is in the problem's words
            throw Problem(.failed, "migrations_unreadable", "The folder \(folder) cannot be read. Check POLYCLINIC_MIGRATIONS_FOLDER.")
        }
        var migrations: [Migration] = []
        for name in names.sorted() where name.hasSuffix(".sql") {
            guard let version = Int(name.prefix(4)), version == migrations.count + 1,
                let sql = try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            else { throw Problem(.failed, "migrations_damaged", "\(folder)/\(name) is out of sequence or cannot be read.") }
            migrations.append(Migration(version: version, name: String(name.dropLast(4)), sql: sql))
        }
        return migrations
    }
}
