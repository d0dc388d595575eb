import Access
import Tenancy
import Values
import Web

struct LocationRoutes {
    var routes: [Route] {
        [
            .list(
                "/v1/organizations/{organization}/locations",
                "Lists the locations the caller may see",
                .anywhere(.locationsRead),
                item: LocationEntry.shape
            ) { call, page in
                let seen = call.caller.locations(with: .locationsRead, in: try call.organization)
                let after = try page.after.map { (name: try $0.text(0), id: try $0.id(1, LocationID.self)) }
                let select = LocationStore.list(seen, after: after, limit: page.fetch)
                let locations = try await call.read(select, ReadAct("location.list", "location")).map(LocationStore.entry)
                return page.page(locations) { [.text($0.name), .id($0.id)] }
            },
            .get(
                "/v1/locations/{location}",
                "Shows one location",
                .permission(.locationsRead),
                answer: LocationEntry.shape
            ) { call in
                // The directory is the organization's data, and so is the trail of who read it.
                let location = try call.location
                let rows = try await call.access.read(
                    location.organization,
                    LocationStore.one(location.id),
                    ReadAct("location.read", "location"),
                    by: call.caller
                )
                guard let row = rows.first else { throw Problem.notFound }
                return try LocationStore.entry(row)
            },
        ]
    }
}
