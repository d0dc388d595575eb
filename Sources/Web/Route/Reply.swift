import Values

/// What a route answers, before headers that every answer has.
struct Reply: Sendable {
    var status = 200
    var body: [UInt8] = []
    var media = "application/json"
    /// Without quotes.
    var etag: String?
    var location: String?
    var headers: [(name: String, value: String)] = []
    /// The answer goes on: see `EventStream`.
    var events: (any EventSource)?
}

/// Something whose answer carries the version of its row; the version is its strong ETag.
public protocol Versioned {
    var version: Int { get }
}

/// A file to hand out, always as an attachment.
public struct Attachment: Sendable {
    let bytes: [UInt8]
    let media: String
    let name: String
    let version: Int?

    /// `name` is what the file is called on the caller's disk: `A-Za-z0-9._-`, anything else becomes `_`. `version`
    /// is its strong ETag, as the route's `version` answers it.
    public init(_ bytes: [UInt8], media: StaticString, name: String, version: Int? = nil) {
        self.bytes = bytes
        self.version = version
        self.media = media.description
        self.name = String(
            decoding: name.utf8.map { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    byte
                default: UInt8(ascii: "_")
                }
            },
            as: UTF8.self
        )
    }
}
