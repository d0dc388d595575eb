import Access
import Values
import Web

/// Who saw and did what. Looking is itself an entry.
struct AuditRoutes {
    var routes: [Route] {
        [
            .list(
                "/v1/locations/{location}/audit-entries",
                "Searches a location's audit trail, the newest entries first",
                .permission(.auditRead),
                query: AuditEntriesQuery.shape,
                item: AuditEntry.shape
            ) { call, query, page in
                try await entries(.location(try call.location), call, query, page)
            },
            .list(
                "/v1/organizations/{organization}/audit-entries",
                "Searches the organization's own audit trail, the newest entries first",
                .permission(.auditRead),
                query: AuditEntriesQuery.shape,
                item: AuditEntry.shape
            ) { call, query, page in
                try await entries(.organization(try call.organization), call, query, page)
            },
        ]
    }
}

private func entries(_ trail: Trail, _ call: Call, _ query: AuditEntriesQuery, _ page: PageRequest) async throws -> Page<AuditEntry> {
    let found = try await call.access.search(trail, try query.query(page), by: call.caller)
    return page.page(found) { [.instant($0.at), .id($0.id)] }
}
