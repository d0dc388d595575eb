import Access
import Tenancy
import Values

/// Who and what the demo consists of. Everybody and everything is made up.
enum DemoCast {
    struct Site {
        let name: String
        /// Which of the location databases, from 0.
        let database: Int
    }

    struct Member {
        let role: BuiltInRole
        let name: String
        let email: String
        /// Only at this location; nil is the whole organization.
        var site: String?

        /// Known to everybody: demo mode listens on 127.0.0.1 only.
        var password: String { "demo-\(role.rawValue.replacing("_", with: "-"))-lantern-7" }
    }

    struct Group {
        let name: String
        let kind: ClinicKind
        let sites: [Site]
        let members: [Member]
    }

    static let timeZone = "America/New_York"

    static let harbor = Group(
        name: "Harbor Family Health",
        kind: .medical,
        sites: [Site(name: "Harbor Riverside", database: 0), Site(name: "Harbor Hilltop", database: 1)],
        members: [
            Member(role: .owner, name: "Olivia Hart", email: "owner@harbor.example"),
            Member(role: .locationManager, name: "Liam Novak", email: "manager@harbor.example", site: "Harbor Riverside"),
            Member(role: .provider, name: "Priya Raman", email: "provider@harbor.example"),
            Member(role: .frontDesk, name: "Felix Moreno", email: "desk@harbor.example"),
            Member(role: .biller, name: "Bea Lindqvist", email: "biller@harbor.example"),
            Member(role: .assistant, name: "Ari Cohen", email: "assistant@harbor.example"),
            Member(role: .auditor, name: "Aisha Diallo", email: "auditor@harbor.example"),
        ]
    )

    static let lakeside = Group(
        name: "Lakeside Dental Group",
        kind: .dental,
        sites: [Site(name: "Lakeside", database: 0)],
        members: [
            Member(role: .owner, name: "Odile Brandt", email: "owner@lakeside.example"),
            Member(role: .frontDesk, name: "Finn Okoye", email: "desk@lakeside.example"),
        ]
    )

    static let groups = [harbor, lakeside]
}
