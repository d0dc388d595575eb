import Access
import Postgres
import Redis
import Tenancy
import TestSupport
import Testing
import Values

@testable import Jobs

extension QueueTests {
    @Suite(.serialized) struct NamedJobTests {
        private let ids: [JobID] = (0..<9).map { _ in Ambient.system.id() }

        @Test("a hint names a few jobs; of many it says that there are some")
        func hint() {
            var news = Wake.News()
            for id in ids.prefix(8) { news.name(id) }
            #expect(news.named == Array(ids.prefix(8)) && !news.hasJobs)
            #expect(Wake.News(entries: news.entries) == news)
            news.name(ids[8])
            #expect(news == .jobs)
            var both = Wake.News(hasEvents: true)
            both.name(ids[0])
            both.add(.jobs)
            both.name(ids[1])
            #expect(both.entries == ["1", "2"])
            #expect(Wake.News(entries: ["1", ids[0].description, "2"]) == both)
            #expect(Wake.News(entries: ["3"]) == both, "what another version says may mean anything")
        }

        @Test("named jobs are taken when they fit and nothing else waits")
        func room() {
            var settings = JobWorkerSettings()
            settings.concurrency = 4
            func take(_ change: (inout StationState) -> Void) -> [JobID]? {
                var state = StationState(settings)
                state.leaseUntil = .now + .seconds(5)
                state.hear(naming(ids.prefix(2)))
                change(&state)
                return state.takeNamed(at: .now)
            }
            #expect(take { _ in } == Array(ids.prefix(2)))
            #expect(take { $0.hear(.jobs) } == nil)
            #expect(take { $0.hasMore = true } == nil)
            #expect(take { $0.isStopping = true } == nil)
            #expect(take { $0.leaseUntil = nil } == nil)
            #expect(take { $0.hear(naming(ids.dropFirst(2).prefix(2))) } == nil)
            #expect(take { _ = $0.takeNamed(at: .now) } == nil)
        }

        private func naming(_ jobs: some Sequence<JobID>) -> Wake.News {
            var news = Wake.News()
            for job in jobs { news.name(job) }
            return news
        }

        @Test("what a full worker hears is looked for when there is room again")
        func full() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let server = try HintServer()
            let (gate, record) = (Gate(), Record())
            try await server.connected { redis in
                let wake = Wake(redis: redis)
                let catalogue = probing { job, context in
                    record.add(job.number, context)
                    if job.number == 1 { await gate.pass() }
                }
                try await clinic.withWorkers(1, catalogue, redis: redis) {
                    $0.concurrency = 1
                    $0.poll = .seconds(600) ... .seconds(601)
                } _: { _ in
                    try await eventually("the worker signed on") {
                        try await clinic.operations.workers(database: clinic.north.database).count == 1
                    }
                    try await clinic.start(Probe(1), wake: wake)
                    try await eventually("it runs", within: .seconds(5)) { record.count == 1 }
                    try await clinic.start(Probe(2), wake: wake)
                    try await eventually("its hint was taken", within: .seconds(5)) {
                        try await redis.command("LLEN", .key(Wake.key(clinic.north.database))).int == 0
                    }
                    gate.open()
                    try await eventually("it ran", within: .seconds(5)) { record.numbers == [1, 2] }
                }
            }
        }

        @Test("a named job is claimed by one worker")
        func once() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let (first, second) = (clinic.stores(ambientID: 1), clinic.stores(ambientID: 2))
            for stores in [first, second] { _ = try await stores.leases.heartbeat() }
            let job = try await clinic.start(Probe(1))
            let other = try await clinic.start(Probe(2))
            async let one = first.claims.claim([job], now: Ambient.system.now())
            async let two = second.claims.claim([job], now: Ambient.system.now())
            let claims = try await one + two
            #expect(claims.map(\.key) == [Claim.Key(id: job, attempt: 1)])
            #expect(claims.first?.role == clinic.north.role.name && claims.first?.cause == .request)
            let rest = try await first.claims.claim([job, other], now: Ambient.system.now())
            #expect(rest.map(\.key.id) == [other])
        }

        @Test("naming a job gets around nothing: not its time, a pause, a limit, a lease or its kind")
        func refused() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let stores = clinic.stores(ambientID: 3)
            func claimed(_ job: JobID) async throws -> Int { try await stores.claims.claim([job], now: Ambient.system.now()).count }
            let due = try await clinic.start(Probe(1))
            #expect(try await claimed(due) == 0, "without a lease")
            _ = try await stores.leases.heartbeat()
            let later = try await clinic.tenancy.work(clinic.north, by: clinic.caller, ambient: .system, wake: nil) { work in
                work.start(Probe(2), delay: .seconds(600))
            }
            #expect(try await claimed(later) == 0, "before its time")
            let unknown = try await clinic.start(Hasty())
            #expect(try await claimed(unknown) == 0, "of a kind that this worker does not run")
            let narrow = ClaimStore(
                tenancy: clinic.tenancy,
                database: clinic.north.database,
                worker: UUID(high: 7, low: 3),
                kinds: KnownKinds([JobRegistration(Narrow.self) { _, _ in }]),
                slack: .seconds(10)
            )
            let limited = try await clinic.start(Narrow())
            #expect(try await narrow.claim([limited], now: Ambient.system.now()).isEmpty, "of a kind with a limit")
            try await clinic.operations.pause(
                kind: Probe.kind,
                location: nil,
                database: clinic.north.database,
                by: "test",
                reason: "look"
            )
            #expect(try await claimed(due) == 0, "while paused")
            _ = try await clinic.operations.resume(kind: Probe.kind, location: nil, database: clinic.north.database)
            #expect(try await claimed(due) == 1)
        }

        @Test("what is named but may not be claimed by name runs all the same")
        func fallback() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let server = try HintServer()
            try await server.connected { redis in
                let wake = Wake(redis: redis)
                let catalogue = JobCatalogue(jobs: [JobRegistration(Narrow.self) { _, _ in }, JobRegistration(Probe.self) { _, _ in }])
                try await clinic.withWorkers(1, catalogue, redis: redis) {
                    $0.poll = .seconds(600) ... .seconds(601)
                } _: { _ in
                    try await eventually("the worker signed on") {
                        try await clinic.operations.workers(database: clinic.north.database).count == 1
                    }
                    try await clinic.start(Narrow(), wake: wake)
                    try await eventually("it ran", within: .seconds(5)) { try await clinic.count(.done) == 1 }
                    try await clinic.start(Probe(1), wake: wake)
                    try await eventually("this one too", within: .seconds(5)) { try await clinic.count(.done) == 2 }
                }
            }
        }
    }
}
