import Postgres
import Tenancy
import Values

/// An event as the relay takes it.
struct ToldEvent: Sendable {
    let id: EventID
    let role: String
    let organization: OrganizationID?
    let name: String
    let version: Int
    let members: String
    let request: UUID
    let actorKind: String
    let actorID: UUID
    let account: AccountID?
}

/// A subscriber's job, made of an event.
struct SubscriberJob: Sendable {
    let id: JobID
    let subscription: Subscription
    let event: ToldEvent
    let parameters: String
    /// Why it cannot be run; nil when it can.
    let dead: String?
}

/// Turns events into jobs within one transaction of one database.
struct RelayStore: Sendable {
    let tenancy: Tenancy
    let database: String?
    let ambient: Ambient
    let pairs = 128

    /// Takes new events by their state (L13: never by position, so one that commits late is not passed over), at most `limit`, of all
    /// locations in turn; locked, so that relays share them. `jobs` makes what is inserted in the same transaction. Answers how many
    /// events and jobs there were.
    func relay(
        _ names: [String],
        limit: Int,
        after cursor: ClaimStore.Cursor,
        _ jobs: (ToldEvent) -> [SubscriberJob]
    ) async throws -> (events: Int, jobs: Int, next: ClaimStore.Cursor) {
        try await tenancy.queue(database) { tx in
            let rows = try await tx.query(take(names, limit, cursor))
            let next = try rows.first.map { row in
                try row.value(2, as: Int?.self) == pairs ? ClaimStore.Cursor(location: try row.value(0), kind: try row.value(1)) : .start
            }
            let events = try rows.compactMap(RelayStore.event)
            guard !events.isEmpty else { return (0, 0, next ?? .start) }
            let jobs = events.flatMap(jobs)
            if !jobs.isEmpty { tx.enqueue(insert(jobs)) }
            let ids = events.map(\.id)
            tx.enqueue(RelayStore.count(ids, epoch: ambient.id(EventID.self).uuid))
            tx.enqueue(RelayStore.relayed(ids))
            return (events.count, jobs.count, next ?? .start)
        }
    }

    private func take(_ names: [String], _ limit: Int, _ cursor: ClaimStore.Cursor) -> Statement {
        """
        with recursive pair as (
            (select event.location, event.name, 1 as step from queue.event
            where event.state = 'new' and (event.location, event.name) > (\(cursor.location)::name, \(cursor.kind))
            order by event.location, event.name limit 1)
            union all
            (select next.location, next.name, pair.step + 1 from pair cross join lateral (
                select event.location, event.name from queue.event
                where event.state = 'new' and (event.location, event.name) > (pair.location, pair.name)
                order by event.location, event.name limit 1) as next
            where pair.step < \(pairs))
        ),
        known as (
            select pair.location, pair.name, greatest(4, \(limit) / count(*) over ()) as share from pair where pair.name = any(\(names))
        ),
        taken as materialized (
            select new.* from known cross join lateral (
                select event.* from queue.event
                where event.state = 'new' and event.location = known.location and event.name = known.name
                order by event.created_at limit known.share for update skip locked) as new
            limit \(limit)
        )
        select walked.location::text, walked.name, walked.step, taken.id, taken.location::text, taken.organization_id, taken.name, taken.version,
            taken.members::text, taken.request, taken.actor_kind, taken.actor_id, taken.account_id
        from (select * from pair order by step desc limit 1) as walked left join taken on true
        """
    }

    private static func event(_ row: Row) throws -> ToldEvent? {
        guard try row.value(3, as: EventID?.self) != nil else { return nil }
        let (_, _, _, id, role, organization, name, version, members, request, actorKind, actorID, account) = try row.decode(
            (
                String?, String?, Int?, EventID, String, OrganizationID?, String, Int, String, UUID, String, UUID, AccountID?
            ).self
        )
        return ToldEvent(
            id: id,
            role: role,
            organization: organization,
            name: name,
            version: version,
            members: members,
            request: request,
            actorKind: actorKind,
            actorID: actorID,
            account: account
        )
    }

    /// Numbers for these events, taken in the order of locations, so that relays which share some wait for each other and never in a circle.
    /// Until COMMIT no other relay numbers events of these locations, so what has a lower number is visible first (L13). Events of an
    /// organization have none.
    private static func count(_ events: [EventID], epoch: UUID) -> Statement {
        """
        insert into queue.stream as stream (location, epoch, last_number)
        select event.location, \(epoch), count(*) from queue.event where event.id = any(\(events)) and event.organization_id is null
        group by event.location order by event.location
        on conflict (location) do update set last_number = stream.last_number + excluded.last_number
        """
    }

    private static func relayed(_ events: [EventID]) -> Statement {
        """
        update queue.event set state = 'relayed', relayed_at = now(), number = numbered.number
        from (
            select event.id, stream.last_number - count(*) over whole + row_number() over (whole order by event.created_at, event.id) as number
            from queue.event left join queue.stream on stream.location = event.location and event.organization_id is null
            where event.id = any(\(events))
            window whole as (partition by event.location)
        ) as numbered
        where event.id = numbered.id
        """
    }

    /// Unique by event and subscriber: an event relayed twice makes no second job.
    private func insert(_ jobs: [SubscriberJob]) -> Statement {
        """
        insert into queue.job (id, location, organization_id, kind, parameters, event_id, subscriber, request, actor_kind, actor_id, account_id,
            state, reason, finished_at)
        select job.id, job.location::name, job.organization, job.kind, job.parameters::jsonb, job.event, job.subscriber, job.request, job.actor_kind,
            job.actor_id, job.account, case when job.dead is null then 'ready' else 'dead' end, job.dead, case when job.dead is not null then now() end
        from unnest(\(jobs.map(\.id)), \(jobs.map(\.event.role)), \(jobs.map(\.event.organization)), \(jobs.map(\.subscription.kind)),
            \(jobs.map(\.parameters)), \(jobs.map(\.event.id)), \(jobs.map(\.subscription.subscriber)), \(jobs.map(\.event.request)),
            \(jobs.map(\.event.actorKind)), \(jobs.map(\.event.actorID)), \(jobs.map(\.event.account)), \(jobs.map(\.dead)))
            as job (id, location, organization, kind, parameters, event, subscriber, request, actor_kind, actor_id, account, dead)
        on conflict do nothing
        """
    }
}
