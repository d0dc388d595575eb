import Access
import Crypto
import Tenancy
import Values

/// What makes a link unguessable: 256 random bits. Before them stands which location it is of, for nobody is signed in who could say so. Only its
/// SHA-256 is kept.
struct PlacedToken: Sendable {
    /// What the link is for: a link for one thing opens no other.
    enum Purpose: String, Sendable {
        case feed = "pc_f_"
        case repair = "pc_r_"
    }

    let text: String
    let location: LocationID
    let hash: [UInt8]

    private static let secretBytes = 32

    init(_ purpose: Purpose, at location: LocationID, _ ambient: Ambient) {
        self.init(purpose.rawValue + Base64URL.encode(location.uuid.bytes + ambient.bytes(PlacedToken.secretBytes)), location)
    }

    /// nil for what cannot be one of ours, before anything is asked of a database.
    init?(_ purpose: Purpose, _ text: String) {
        guard text.hasPrefix(purpose.rawValue), let bytes = Base64URL.decode(text.dropFirst(purpose.rawValue.count)),
            bytes.count == 16 + PlacedToken.secretBytes
        else { return nil }
        func number(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(text, LocationID(UUID(high: number(bytes[0..<8]), low: number(bytes[8..<16]))))
    }

    private init(_ text: String, _ location: LocationID) {
        self.text = text
        self.location = location
        hash = Array(SHA256.hash(data: Array(text.utf8)))
    }

    /// Whatever is wrong with a link, it is not found: also when its location is suspended.
    func place(_ tenancy: Tenancy) async throws -> Location {
        do {
            return try await tenancy.location(location)
        } catch let problem as Problem where problem.kind == .forbidden {
            throw Problem.notFound
        }
    }
}
