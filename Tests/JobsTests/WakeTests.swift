import Foundation
import Glibc
import Jobs
import Redis
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

extension QueueTests {
    @Suite(.serialized) struct WakeTests {
        @Test("a hint starts a job long before anybody looks")
        func hint() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let server = try HintServer()
            let record = Record()
            try await server.connected { redis in
                let wake = Wake(redis: redis)
                let slow = probing { job, context in record.add(job.number, context) }
                try await clinic.withWorkers(1, slow, redis: redis) {
                    $0.poll = .seconds(30) ... .seconds(31)
                } _: { _ in
                    try await eventually("the worker signed on") {
                        try await clinic.operations.workers(database: clinic.north.database).count == 1
                    }
                    for number in 0..<20 {
                        try await clinic.start(Probe(number), wake: wake)
                        try await eventually("it ran", within: .seconds(5)) { record.count == number + 1 }
                    }
                }
                #expect(wake.failures == 0)
            }
        }

        @Test("Redis flushed, killed and empty again: everything happens, once", .shows("JF-1"))
        func loss() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let server = try HintServer()
            let record = Record()
            let effects = Mutex(0)
            let catalogue = probing { job, context in
                record.add(job.number, context)
                _ = try await context.work("effect") { _ in effects.withLock { $0 += 1 } }
            }
            try await server.connected { redis in
                let wake = Wake(redis: redis)
                try await clinic.withWorkers(2, catalogue, redis: redis) { _ in
                    for number in 0..<300 {
                        try await clinic.start(Probe(number), wake: wake)
                        switch number {
                        case 50, 120: _ = try? await redis.command("FLUSHALL")
                        case 100: server.kill9()
                        case 200: try server.start()
                        default: break
                        }
                    }
                    try await eventually("all are done") { try await clinic.count(.done) == 300 }
                }
            }
            #expect(record.numbers.sorted() == Array(0..<300))
            #expect(effects.withLock { $0 } == 300)
        }

        @Test("without Redis everything is found all the same", .shows("JF-1"))
        func without() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            try await clinic.withWorkers(1, probing { _, _ in }) { _ in
                for number in 0..<3 {
                    try await clinic.start(Probe(number))
                    try await eventually("it ran", within: .seconds(3)) { try await clinic.count(.done) == number + 1 }
                }
            }
        }
    }
}

/// A Redis of one test, to be killed and started again; on 127.0.0.1, without files.
final class HintServer {
    private let port: Int
    private var process: Process?

    init() throws {
        port = try HintServer.freePort()
        try start()
    }

    deinit { kill9() }

    func start() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/redis-server")
        process.arguments = [
            "--bind", "127.0.0.1", "--port", "\(port)", "--save", "", "--dir", FileManager.default.temporaryDirectory.path(),
        ]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        self.process = process
    }

    func kill9() {
        guard let process, process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func connected(_ body: (Redis) async throws -> Void) async throws {
        let redis = Redis(RedisSettings(host: "127.0.0.1", port: port), logger: .quiet)
        let task = Task { try await redis.run() }
        defer { task.cancel() }
        try await redis.waitUntilReady(within: .seconds(10))
        try await body(redis)
    }

    /// Bound to port 0 and let go: nobody else gets it for a while.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(isBound)
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
