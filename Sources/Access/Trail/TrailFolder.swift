import Dispatch
import FoundationEssentials
import Glibc
import Values

/// A folder, best on another machine, where checkpoints and segments are kept. What is written is durable before the call returns. File calls
/// block, so they run on a thread of their own.
public struct TrailFolder: Sendable {
    public let path: String
    private static let lane = DispatchQueue(label: "polyclinic.trail.files")

    public init(_ path: String) {
        self.path = path
    }

    func names() async throws -> [String] {
        let path = path
        return try await TrailFolder.run { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    /// nil when there is no such file.
    func read(_ name: String) async throws -> [UInt8]? {
        let file = path + "/" + name
        return try await TrailFolder.run {
            guard FileManager.default.fileExists(atPath: file) else { return nil }
            return Array(try Data(contentsOf: URL(filePath: file)))
        }
    }

    /// A whole file under its name, or nothing.
    func write(_ bytes: [UInt8], as name: String) async throws {
        let (path, temporary) = (path, path + "/." + name + ".part")
        try await TrailFolder.run {
            try TrailFolder.put(bytes, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC)
            try DurableFile.name(temporary, path + "/" + name)
        }
    }

    /// Adds a line to a file that only grows.
    func append(_ line: String, to name: String) async throws {
        let path = path
        try await TrailFolder.run {
            try TrailFolder.put(Array((line + "\n").utf8), path + "/" + name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC)
            try DurableFile.settle(path)
        }
    }

    private static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            lane.async { continuation.resume(with: Result(catching: body)) }
        }
    }

    private static func put(_ bytes: [UInt8], _ file: String, _ flags: Int32) throws {
        let descriptor = open(file, flags, 0o600)
        guard descriptor >= 0 else { throw FileFault("open") }
        defer { close(descriptor) }
        try DurableFile.fill(descriptor, bytes)
    }
}
