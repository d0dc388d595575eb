import Access
import Postgres
import Tenancy
import Values

/// Claims ready jobs of one database, and writes what became of them.
struct ClaimStore: Sendable {
    let tenancy: Tenancy
    let database: String?
    let worker: UUID
    let kinds: KnownKinds
    /// Ready work is looked through pair by pair of location and kind, so many in one statement; the next statement goes on after them.
    let pairs = 128
    /// What a run has beyond its time limit until others may take the job.
    let slack: Duration

    /// Where the last look ended; the beginning is two empty texts.
    struct Cursor: Sendable, Equatable {
        var location = ""
        var kind = ""
        static let start = Cursor()
    }

    /// What a worker has room for.
    struct Room: Sendable {
        var limit: Int
        /// For each location.
        var perLocation: Int
        /// What locations hold of it already.
        var held: [String: Int]

        /// Whether a location got all it may have at once: the next place that becomes free is probably for it, and nobody else will say so.
        func isShareFilled(by roles: [String]) -> Bool {
            var held = held
            for role in roles { held[role, default: 0] += 1 }
            return held.values.contains { $0 >= perLocation }
        }
    }

    /// Claims by one UPDATE that counts the attempt. Fair: it walks the index from one (location, kind) to the next, never through a
    /// backlog, and every location gets its first job before any gets its second. Unknown and paused kinds cost one step each. The claim
    /// need not be flushed: whatever its jobs commit later flushes it too, and a claim that a crash forgets was not acted on durably.
    func claim(_ room: Room, after cursor: Cursor, now: Instant) async throws -> (claims: [Claim], next: Cursor, mayHaveMore: Bool) {
        let held = Array(room.held)
        let rows = try await tenancy.queueRead(
            database,
            """
            with recursive pair as (
                (select job.location, job.kind, 1 as step from queue.job
                where job.state = 'ready' and (job.location, job.kind) > (\(cursor.location)::name, \(cursor.kind))
                order by job.location, job.kind limit 1)
                union all
                (select next.location, next.kind, pair.step + 1 from pair cross join lateral (
                    select job.location, job.kind from queue.job
                    where job.state = 'ready' and (job.location, job.kind) > (pair.location, pair.kind)
                    order by job.location, job.kind limit 1) as next
                where pair.step < \(pairs))
            ),
            known as (select * from unnest(\(kinds.names), \(kinds.limits), \(kinds.caps)) as known (kind, milliseconds, cap)),
            held as (select * from unnest(\(held.map(\.key)), \(held.map(\.value))) as held (role, jobs)),
            capped as (
                select job.location, job.kind, count(*) as jobs from queue.job
                where job.state = 'running' and job.kind = any(\(kinds.capped)) group by job.location, job.kind
            ),
            open as (
                select pair.location, pair.kind, known.milliseconds, \(room.perLocation) - coalesce(held.jobs, 0) as room,
                    least(greatest(4, \(room.limit) / count(*) over ()), \(room.perLocation) - coalesce(held.jobs, 0),
                        case when known.cap > 0 then known.cap - coalesce(capped.jobs, 0) end) as share
                from pair join known on known.kind = pair.kind
                left join held on held.role = pair.location::text
                left join capped on capped.location = pair.location and capped.kind = pair.kind
                where not exists (
                    select from queue.pause where (pause.location is null or pause.location = pair.location)
                        and (pause.kind is null or pause.kind = pair.kind))
            ),
            taken as materialized (
                select turns.id, turns.milliseconds, turns.share from (
                    select ready.id, ready.run_at, open.milliseconds, open.room, open.share,
                        row_number() over (partition by open.location order by ready.run_at) as turn
                    from open cross join lateral (
                        select job.id, job.run_at from queue.job
                        where job.state = 'ready' and job.location = open.location and job.kind = open.kind
                            and job.run_at <= greatest(now(), \(now))
                        order by job.run_at limit greatest(open.share, 0) for update skip locked) as ready
                    where exists (select from queue.worker where worker.id = \(worker) and worker.lease_until > now())
                ) as turns
                where turns.turn <= turns.room order by turns.turn, turns.run_at limit \(room.limit)
            ),
            """ + claimed + """

                select walked.location::text, walked.kind, walked.step, claimed.* from quick
                left join (select * from pair order by step desc limit 1) as walked on true
                left join claimed on true
                """
        )
        let next = try rows.first.map { row in
            try row.value(2, as: Int?.self) == pairs ? Cursor(location: try row.value(0), kind: try row.value(1)) : .start
        }
        let found = try rows.compactMap(ClaimStore.claim)
        // Whoever got a whole share may have more than that. What they have beyond it would otherwise wait until somebody looks again by himself.
        let counts = Dictionary(grouping: found) { [$0.claim.role, $0.claim.kind] }.mapValues(\.count)
        let mayHaveMore = found.contains { counts[[$0.claim.role, $0.claim.kind], default: 0] >= $0.share }
        return (found.map(\.claim), next ?? .start, mayHaveMore)
    }

    /// Claims those of the named jobs that are due and in nobody's way, without a look at what else there is. Kinds with a limit of their own
    /// are left to `claim(_:after:now:)`, which counts what runs. The state is compared in a way no index can answer: the planner takes the
    /// primary key, however few it thinks are ready.
    func claim(_ named: [JobID], now: Instant) async throws -> [Claim] {
        let rows = try await tenancy.queueRead(
            database,
            """
            with taken as materialized (
                select job.id, known.milliseconds, 1 as share from queue.job
                join unnest(\(kinds.names), \(kinds.limits), \(kinds.caps)) as known (kind, milliseconds, cap)
                    on known.kind = job.kind and known.cap = 0
                where job.id = any(\(named)) and job.state is not distinct from 'ready' and job.run_at <= greatest(now(), \(now))
                    and not exists (
                        select from queue.pause where (pause.location is null or pause.location = job.location)
                            and (pause.kind is null or pause.kind = job.kind))
                    and exists (select from queue.worker where worker.id = \(worker) and worker.lease_until > now())
                limit 100 for update of job skip locked
            ),
            """ + claimed + """

                select null::text, null::text, null::int, claimed.* from quick left join claimed on true
                """
        )
        return try rows.compactMap(ClaimStore.claim).map(\.claim)
    }

    /// What is taken becomes this worker's.
    private var claimed: Statement {
        """
        claimed as (
            update queue.job set state = 'running', attempt = job.attempt + 1, worker = \(worker), claimed_at = now(),
                deadline = now() + (taken.milliseconds + \(slack.milliseconds)) * interval '1 millisecond'
            from taken where job.id = taken.id
            returning job.id, job.location::text, job.organization_id, job.kind, job.parameters::text, job.attempt, job.spent, job.reason,
                job.request, job.actor_kind, job.actor_id, job.account_id, job.event_id, job.cron, taken.share
        ),
        quick as (select set_config('synchronous_commit', 'off', true))
        """
    }

    private static func claim(_ row: Row) throws -> (claim: Claim, share: Int)? {
        guard try row.value(3, as: JobID?.self) != nil else { return nil }
        let (
            _, _, _, id, role, organization, kind, parameters, attempt, spent, reason, request, actorKind, actorID, account, event, cron,
            share
        ) =
            try row.decode(
                (
                    String?, String?, Int?, JobID, String, OrganizationID?, String, String, Int, Int, String?, UUID, String, UUID,
                    AccountID?,
                    EventID?, String?, Int
                ).self
            )
        let actor = Actor.Kind(rawValue: actorKind).map { Actor(kind: $0, id: actorID, account: account, name: "") }
        let claim = Claim(
            key: Claim.Key(id: id, attempt: attempt),
            role: role,
            organization: organization,
            kind: kind,
            parameters: parameters,
            spent: spent,
            reason: reason,
            request: request,
            startedBy: actor?.kind == .system ? nil : actor,
            cause: cron.map { .cron($0) } ?? event.map { .event($0) } ?? .request
        )
        return (claim, share)
    }

    /// Writes what became of runs, and answers which of them it accepted: those whose claim still holds. The worker is compared in a way no
    /// index can answer, which leaves the planner the primary key: it thinks few jobs are running and would join all with all.
    func finish(_ verdicts: [Verdict]) async throws -> [JobID] {
        let statement: Statement = """
            update queue.job set state = verdict.state, spent = job.spent + verdict.spent, reason = verdict.reason, worker = null, deadline = null,
                run_at = case when verdict.delay > 0 then now() + verdict.delay * interval '1 millisecond' else job.run_at end,
                finished_at = case when verdict.state <> 'ready' then now() end
            from unnest(\(verdicts.map(\.key.id)), \(verdicts.map(\.key.attempt)), \(verdicts.map(\.state)), \(verdicts.map(\.spent)),
                \(verdicts.map(\.delay)), \(verdicts.map(\.reason))) as verdict (id, attempt, state, spent, delay, reason)
            where job.id = verdict.id and job.attempt = verdict.attempt and job.worker is not distinct from \(worker)
            returning job.id
            """
        return try await tenancy.queue(database) { tx in try await tx.query(statement).decode(JobID.self) }
    }
}

/// The kinds this worker runs, as binds of its statements.
struct KnownKinds: Sendable {
    let names: [String]
    /// Time limits in milliseconds.
    let limits: [Int]
    /// Running at once per location; 0 is without limit.
    let caps: [Int]
    let capped: [String]

    init(_ jobs: [JobRegistration]) {
        names = jobs.map(\.kind)
        limits = jobs.map(\.policy.timeLimit.milliseconds)
        caps = jobs.map { $0.policy.maximumRunningPerLocation ?? 0 }
        capped = jobs.filter { $0.policy.maximumRunningPerLocation != nil }.map(\.kind)
    }
}
