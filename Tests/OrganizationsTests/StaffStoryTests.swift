import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Staff, grants, roles and keys", .serialized)
struct StaffStoryTests {
    @Test("somebody invited for one location joins, sees that location only, and is out within a second of a suspension", .shows("AZ-6"))
    func invitation() async throws {
        let clinic = try await TestClinic.open()
        let invited = try await clinic.expect(
            201,
            "owner",
            "POST",
            clinic.ours("staff"),
            [
                "email": "new.desk@clinic.example", "name": "New Desk",
                "grants": [["built_in_role": "front_desk", "location_id": .string(clinic.north.id.description)]],
            ]
        )
        let staff = try #require(invited.json["staff_id"]?.text)
        let (token, email) = try await clinic.join(try #require(invited.json["token"]?.text))
        #expect(email == "new.desk@clinic.example")
        let locations = try await clinic.http.send("GET", clinic.ours("locations"), token: token)
        #expect(locations.json["items"]?.items.compactMap { $0["name"]?.text } == ["Harbor North"])
        #expect(try await clinic.http.send("GET", "/v1/locations/\(clinic.south.id)", token: token).status == 404)
        let suspended = try await clinic.expect(200, "owner", "POST", clinic.ours("staff/\(staff)/suspension"), ["reason": clinic.reason])
        #expect(suspended.json["state"]?.text == "suspended")
        try await eventually("the suspension holds") {
            try await clinic.http.send("GET", clinic.ours("locations"), token: token).status == 401
        }
        await clinic.close()
    }

    @Test("a manager of one location sees its staff and the organization-wide, and cannot give more than they hold")
    func narrowing() async throws {
        let clinic = try await TestClinic.open()
        let invited = try await clinic.expect(
            201,
            "owner",
            "POST",
            clinic.ours("staff"),
            [
                "email": "south.manager@clinic.example", "name": "South Manager",
                "grants": [["built_in_role": "location_manager", "location_id": .string(clinic.south.id.description)]],
            ]
        )
        let (token, _) = try await clinic.join(try #require(invited.json["token"]?.text))
        let names =
            try await clinic.http.send("GET", clinic.ours("staff"), token: token).json["items"]?.items.compactMap { $0["name"]?.text } ?? []
        #expect(names.contains("South Manager"))
        #expect(names.contains("owner"))
        #expect(!names.contains("north_desk"))
        let desk = try await clinic.send("owner", "GET", clinic.ours("staff")).json["items"]?.items.first {
            $0["name"]?.text == "north_desk"
        }
        let id = try #require(desk?["id"]?.text)
        #expect(try await clinic.http.send("GET", clinic.ours("staff/\(id)"), token: token).status == 404)
        let wide = try await clinic.http.send(
            "POST",
            clinic.ours("staff/\(id)/grants"),
            token: token,
            body: ["grant": ["built_in_role": "front_desk"], "reason": clinic.reason]
        )
        #expect(wide.status == 403)
        await clinic.close()
    }

    @Test("a role is made, given, cannot be removed while somebody has it, and a grant is taken back with a reason")
    func roles() async throws {
        let clinic = try await TestClinic.open()
        let role = try await clinic.expect(
            201,
            "owner",
            "POST",
            clinic.ours("roles"),
            ["name": "Recall desk", "permissions": ["patients.read", "appointments.read"]]
        )
        let staff = try #require(try await clinic.list("owner", clinic.ours("staff"), "id").last)
        let grant = try await clinic.expect(
            201,
            "owner",
            "POST",
            clinic.ours("staff/\(staff)/grants"),
            ["grant": ["role_id": .string(role.id)], "reason": clinic.reason]
        )
        #expect(try await clinic.list("owner", clinic.ours("staff/\(staff)/grants"), "role_id") == [role.id])
        try await clinic.expect(409, "owner", "POST", clinic.ours("roles/\(role.id)/removal"), ["reason": clinic.reason])
        try await clinic.expect(422, "owner", "POST", clinic.ours("staff/\(staff)/grants/\(grant.id)/revocation"), [:])
        try await clinic.expect(
            200,
            "owner",
            "POST",
            clinic.ours("staff/\(staff)/grants/\(grant.id)/revocation"),
            ["reason": clinic.reason]
        )
        try await clinic.expect(428, "owner", "PATCH", clinic.ours("roles/\(role.id)"), ["name": "Recall", "reason": clinic.reason])
        let changed = try await clinic.expect(
            200,
            "owner",
            "PATCH",
            clinic.ours("roles/\(role.id)"),
            ["name": "Recall", "reason": clinic.reason],
            headers: ["If-Match": role.etag]
        )
        #expect(changed.json["name"]?.text == "Recall")
        try await clinic.expect(200, "owner", "POST", clinic.ours("roles/\(role.id)/removal"), ["reason": clinic.reason])
        #expect(try await clinic.list("owner", clinic.ours("roles"), "name").contains("front_desk"))
        await clinic.close()
    }

    @Test(
        "an API key's token is shown again to the same request, is stored nowhere in clear, and is dead after the revocation",
        .shows("AU-15")
    )
    func keys() async throws {
        let clinic = try await TestClinic.open()
        let body: JSON = [
            "name": "Recall export", "scopes": ["locations.read"],
            "expires_at": .string(clinic.services.ambient.now().adding(seconds: 86_400).description),
        ]
        let first = try await clinic.expect(201, "owner", "POST", clinic.ours("api-keys"), body, headers: ["Idempotency-Key": "key-1"])
        let again = try await clinic.expect(201, "owner", "POST", clinic.ours("api-keys"), body, headers: ["Idempotency-Key": "key-1"])
        let token = try #require(first.json["token"]?.text)
        #expect(again.json["token"]?.text == token)
        #expect(try await clinic.list("owner", clinic.ours("api-keys"), "name") == ["Recall export"])
        let stored = try await clinic.services.tenancy.organizationRead(clinic.organization, "select answer from control.idempotency")
        for row in stored { #expect(!String(decoding: try row.value(0, as: [UInt8].self), as: UTF8.self).contains("pc_k_")) }
        #expect(stored.count == 1)
        #expect(try await clinic.http.send("GET", clinic.ours("locations"), token: token).status == 200)
        #expect(try await clinic.http.send("GET", "/v1/sessions", token: token).status == 403)
        let key = try #require(first.json["key"]?["id"]?.text)
        try await clinic.expect(204, "owner", "DELETE", clinic.ours("api-keys/\(key)"))
        try await eventually("the revocation holds") {
            try await clinic.http.send("GET", clinic.ours("locations"), token: token).status == 401
        }
        await clinic.close()
    }

    @Test("a location of others is named by the member that asks for it")
    func foreignLocation() async throws {
        let clinic = try await TestClinic.open()
        let nowhere: JSON = .string("00000000-0000-7000-8000-000000000001")
        let invited = try await clinic.expect(
            422,
            "owner",
            "POST",
            clinic.ours("staff"),
            [
                "email": "lost@clinic.example", "name": "Lost",
                "grants": [["built_in_role": "assistant"], ["built_in_role": "front_desk", "location_id": nowhere]],
            ]
        )
        #expect(invited.json["errors"]?.items.compactMap { $0["pointer"]?.text } == ["/grants/1/location_id"])
        let key = try await clinic.expect(
            422,
            "owner",
            "POST",
            clinic.ours("api-keys"),
            [
                "name": "lost", "scopes": ["locations.read"], "location_ids": [nowhere],
                "expires_at": .string(clinic.services.ambient.now().adding(seconds: 86_400).description),
            ]
        )
        #expect(key.json["errors"]?.items.compactMap { $0["pointer"]?.text } == ["/location_ids"])
        await clinic.close()
    }
}
