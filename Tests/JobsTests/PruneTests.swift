import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Jobs

extension QueueTests {
    @Suite(.serialized) struct PruneTests {
        @Test("jobs of the cron table go after an hour, except the newest of each entry; others after a week", .shows("JF-13"))
        func cron() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            try await finished(3, cron: "test.slot", hours: 2, clinic)
            try await finished(1, cron: "test.slot", hours: 0, clinic)
            try await finished(1, cron: "test.rare", hours: 1000, clinic)
            try await finished(2, cron: nil, hours: 2, clinic)
            try await finished(4, cron: nil, hours: 8 * 24, clinic)
            let pruner = Pruner(tenancy: clinic.tenancy, settings: JobWorkerSettings())
            #expect(try await !pruner.prune(clinic.north.database))
            let left = try await clinic.sql("select coalesce(cron, ''), count(*) from queue.job group by cron order by 1").decode(
                (String, Int).self
            )
            #expect(left.map(\.0) == ["", "test.rare", "test.slot"])
            #expect(left.map(\.1) == [2, 1, 1])
        }

        @Test("a receipt is kept for as long as its job may be repeated, then forgotten", .shows("JF-13"))
        func receipts() async throws {
            let clinic = try QueueClinic.here()
            #expect(JobReceipts.kept > JobWorkerSettings().keepDead + .seconds(20 * 86_400))
            let now = Ambient.system.now()
            for days: Int64 in [1, 119, 121, 400] {
                let id: JobID = Ambient.system.id()
                try await clinic.tenancy.transaction(clinic.north) { tx in
                    tx.enqueue(
                        "insert into {location}.job_receipt (job, step, at) values (\(id), 'prune', \(now.adding(seconds: -days * 86_400)))"
                    )
                }
                try await clinic.tenancy.organization(clinic.organization) { tx in
                    tx.enqueue(
                        """
                        insert into control.job_receipt (job, step, organization_id, at)
                        values (\(id), 'prune', \(clinic.organization), \(now.adding(seconds: -days * 86_400)))
                        """
                    )
                }
            }
            let removed = try await clinic.tenancy.transaction(clinic.north) { tx in
                try await tx.query(JobReceipts.expire(at: now)).affected
            }
            let own = try await clinic.tenancy.organization(clinic.organization) { tx in
                try await tx.query(JobReceipts.expireInOrganization(at: now)).affected
            }
            #expect(removed == 2 && own == 2)
        }

        /// Jobs of north that were done so long ago.
        private func finished(_ count: Int, cron: String?, hours: Int, _ clinic: QueueClinic) async throws {
            try await clinic.sql(
                """
                insert into queue.job (id, location, kind, parameters, request, actor_kind, actor_id, cron, unique_key, state, created_at, finished_at)
                select gen_random_uuid(), \(clinic.north.role.name)::name, 'test.probe', '{}', gen_random_uuid(), 'system', gen_random_uuid(), \(cron),
                    'prune:' || gen_random_uuid(), 'done', now() - (\(hours) * interval '1 hour') - number * interval '1 second',
                    now() - \(hours) * interval '1 hour'
                from generate_series(1, \(count)) as number
                """
            )
        }
    }
}
