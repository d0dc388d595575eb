import Dispatch
import FoundationEssentials
import Glibc

/// A folder, best on another machine, where checkpoints and segments are kept. What is written is durable before the call returns. File calls
/// block, so they run on a thread of their own.
public struct TrailFolder: Sendable {
    public let path: String
    private static let lane = DispatchQueue(label: "polyclinic.trail.files")

    public init(_ path: String) {
        self.path = path
    }

    /// A file call that failed: which and why.
    public struct Fault: Error, CustomStringConvertible {
        let call: String
        let code: Int32

        public var description: String { "The trail's folder: \(call): \(String(cString: strerror(code)))" }
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
            guard rename(temporary, path + "/" + name) == 0 else { throw Fault(call: "rename", code: errno) }
            try TrailFolder.settle(path)
        }
    }

    /// Adds a line to a file that only grows.
    func append(_ line: String, to name: String) async throws {
        let path = path
        try await TrailFolder.run {
            try TrailFolder.put(Array((line + "\n").utf8), path + "/" + name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC)
            try TrailFolder.settle(path)
        }
    }

    private static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            lane.async { continuation.resume(with: Result(catching: body)) }
        }
    }

    private static func put(_ bytes: [UInt8], _ file: String, _ flags: Int32) throws {
        let descriptor = open(file, flags, 0o600)
        guard descriptor >= 0 else { throw Fault(call: "open", code: errno) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Fault(call: "write", code: errno) }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw Fault(call: "fsync", code: errno) }
    }

    private static func settle(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Fault(call: "open", code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Fault(call: "fsync", code: errno) }
    }
}
