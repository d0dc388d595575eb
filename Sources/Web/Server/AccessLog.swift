import NIOPosix
import Synchronization
import Values

#if canImport(Glibc)
    import Glibc
#endif

/// One JSON object per line for each request: the route's template and ids, never a path's text, a query string or a value.
public final class AccessLog: Sendable {
    struct Entry {
        var requestID: UUID
        var method: String
        /// `unmatched` when no route has the path.
        var route: String
        var status: Int
        var microseconds: Int
        var bytes: Int
        /// Waits for a database: to find out who asks and whether they may (nothing when that is fresh in memory), and by the route itself.
        var admissionFlights: Int
        var flights: Int
        var location: UUID?
        var organization: UUID?
        var actor: UUID?
        var actorKind: String?
        var source: String?
        var userAgent: String?
        var code: String?
    }

    /// Beyond this, lines are dropped and counted: a log nobody reads must not fill the memory.
    private static let limit = 4 << 20

    private let lines = Mutex<(bytes: [UInt8], dropped: Int)>(([], 0))
    private let sink: @Sendable ([UInt8]) -> Void

    /// `sink` gets whole lines and may block; it is called off the event loops.
    public init(_ sink: @escaping @Sendable ([UInt8]) -> Void = AccessLog.standardOutput) {
        self.sink = sink
    }

    public static let standardOutput: @Sendable ([UInt8]) -> Void = { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    func append(_ entry: Entry, at now: Instant) {
        var writer = JSONWriter(capacity: 400)
        writer.beginObject()
        writer.key("at")
        writer.string(now.description)
        writer.key("message")
        writer.string("request")
        writer.key("request_id")
        writer.string(entry.requestID.description)
        writer.key("method")
        writer.string(entry.method)
        writer.key("route")
        writer.string(entry.route)
        writer.key("status")
        writer.int(entry.status)
        writer.key("duration_us")
        writer.int(entry.microseconds)
        writer.key("bytes")
        writer.int(entry.bytes)
        writer.key("admission_flights")
        writer.int(entry.admissionFlights)
        writer.key("flights")
        writer.int(entry.flights)
        if let code = entry.code {
            writer.key("code")
            writer.string(code)
        }
        id("location", entry.location, &writer)
        id("organization", entry.organization, &writer)
        id("actor", entry.actor, &writer)
        if let kind = entry.actorKind {
            writer.key("actor_kind")
            writer.string(kind)
        }
        if let source = entry.source {
            writer.key("source")
            writer.string(source)
        }
        if let agent = entry.userAgent {
            writer.key("user_agent")
            writer.string(agent)
        }
        writer.endObject()
        lines.withLock { lines in
            guard lines.bytes.count + writer.bytes.count < AccessLog.limit else {
                lines.dropped += 1
                return
            }
            lines.bytes += writer.bytes
            lines.bytes.append(UInt8(ascii: "\n"))
        }
    }

    /// Lines that did not fit, ever.
    var dropped: Int { lines.withLock(\.dropped) }

    private func id(_ key: StaticString, _ id: UUID?, _ writer: inout JSONWriter) {
        guard let id else { return }
        writer.key(key)
        writer.string(id.description)
    }

    /// Hands over what has gathered.
    func flush() async {
        let bytes = lines.withLock { lines in
            defer { lines.bytes = [] }
            return lines.bytes
        }
        guard !bytes.isEmpty else { return }
        let sink = sink
        // Not `runIfActive`, which drops the work of a cancelled task: the last lines are written by one.
        await withCheckedContinuation { continuation in
            NIOThreadPool.singleton.submit { _ in
                sink(bytes)
                continuation.resume()
            }
        }
    }

    /// Until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))  // cancelled: the last lines follow
            await flush()
        }
    }
}
