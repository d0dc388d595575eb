import Synchronization
import Tenancy
import TestSupport
import Values

/// People at work at a location while something is done to it: each registers patients and reads them again, one request after another.
final class Traffic: Sendable {
    struct Seen {
        /// Ids of patients whose registration was acknowledged.
        var registered: [String] = []
        var reads = 0
        /// Answers that were neither good nor the refusal of a pause.
        var failures: [String] = []
        var firstRefusal: ContinuousClock.Instant?
        var longestRefusal: Duration = .zero
        var refusals = 0
        var refusedReads = 0
        var slowest: Duration = .zero
    }

    private let clinic: TestClinic
    private let location: Location
    private let seen = Mutex(Seen())
    private let isOver = Mutex(false)
    private let tasks: Mutex<[Task<Void, any Error>]> = Mutex([])

    init(_ clinic: TestClinic, at location: Location, people: Int = 3) async throws {
        self.clinic = clinic
        self.location = location
        _ = try await clinic.token("owner")
        for _ in 0..<people {
            let task = Task { try await self.work() }
            tasks.withLock { $0.append(task) }
        }
    }

    var now: Seen { seen.withLock { $0 } }

    /// Ends it; everything that was seen.
    func stop() async throws -> Seen {
        isOver.withLock { $0 = true }
        for task in tasks.withLock({ $0 }) { try await task.value }
        return now
    }

    private func work() async throws {
        var refusedSince: ContinuousClock.Instant?
        while !isOver.withLock({ $0 }) {
            let began = ContinuousClock.now
            let answer = try await clinic.send("owner", "POST", clinic.path(location, "patients"), body: body())
            let now = ContinuousClock.now
            seen.withLock {
                $0.slowest = max($0.slowest, now - began)
                switch answer.status {
                case 201:
                    $0.registered.append(answer.id)
                    if let since = refusedSince { $0.longestRefusal = max($0.longestRefusal, now - since) }
                    refusedSince = nil
                case 503 where answer.code == "location_moving" && answer.headers["retry-after"] != nil:
                    $0.refusals += 1
                    refusedSince = refusedSince ?? began
                default: $0.failures.append("POST \(answer.status) \(answer.text)")
                }
            }
            guard let last = seen.withLock({ $0.registered.last }) else { continue }
            let read = try await clinic.send("owner", "GET", clinic.path(location, "patients/\(last)"))
            seen.withLock {
                $0.reads += 1
                if read.status != 200 { $0.failures.append("GET \(read.status) \(read.text)") }
            }
        }
    }

    private func body() -> JSON {
        let letters = hex(Ambient.system.bytes(8)).map {
            $0.isNumber ? Character(UnicodeScalar(UInt8(103 + ($0.wholeNumberValue ?? 0)))) : $0
        }
        return [
            "person": [
                "given_name": "Ada", "family_name": .string("Love" + String(letters)), "birth_date": "1990-04-11", "sex": "female",
            ],
            "duplicate_acknowledged": true,
        ]
    }
}
