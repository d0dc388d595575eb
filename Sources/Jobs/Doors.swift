public import Access
public import Tenancy
public import Values

extension Tenancy {
    /// One transaction of a location, with all a use case needs in it. After COMMIT workers are told to look, and nobody waits for that.
    public func work<Value: Sendable>(
        _ location: Location,
        by caller: Caller,
        ambient: Ambient,
        expectedVersion: Int? = nil,
        wake: Wake?,
        _ body: (Work) async throws -> Value
    ) async throws -> Value {
        let outbox = Outbox(caller: caller, ambient: ambient)
        let value = try await transaction(location) { tx in
            try await body(
                Work(
                    tx: tx,
                    location: location,
                    caller: caller,
                    now: ambient.now(),
                    ambient: ambient,
                    expectedVersion: expectedVersion,
                    outbox: outbox
                )
            )
        }
        wake?.hint(location.database, outbox.news)
        return value
    }

    /// The same for an organization's data in control.
    public func organizationWork<Value: Sendable>(
        _ organization: OrganizationID,
        by caller: Caller,
        ambient: Ambient,
        expectedVersion: Int? = nil,
        wake: Wake?,
        _ body: (OrganizationWork) async throws -> Value
    ) async throws -> Value {
        let outbox = Outbox(caller: caller, ambient: ambient)
        let value = try await self.organization(organization) { tx in
            try await body(
                OrganizationWork(
                    tx: tx,
                    organization: organization,
                    caller: caller,
                    now: ambient.now(),
                    ambient: ambient,
                    expectedVersion: expectedVersion,
                    outbox: outbox
                )
            )
        }
        wake?.hint(nil, outbox.news)
        return value
    }
}
