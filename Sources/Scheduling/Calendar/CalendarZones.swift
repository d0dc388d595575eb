import Values

/// Which zone a TZID means (RFC 5545 section 3.2.19).
struct CalendarZones {
    private var known: [String: ZoneName]

    static let names: [StaticString] = ["TZID", "X-LIC-LOCATION"]

    init(known: [String: ZoneName]) {
        self.known = known
    }

    /// A VTIMEZONE that says by X-LIC-LOCATION which IANA zone it is. False when there are too many.
    mutating func define(_ lines: [ContentLine], limit: Int) -> Bool {
        guard let id = lines.first(where: { $0.name == "TZID" })?.value, known[id] == nil,
            let zone = lines.first(where: { $0.name == "X-LIC-LOCATION" }).flatMap({ ZoneName($0.value) })
        else { return true }
        known[id] = zone
        return known.count <= limit
    }

    /// The name itself, one said to mean it, or what stands at the end of `/mozilla.org/20070129_1/Europe/Berlin`. nil when unknown.
    func zone(_ id: String) -> ZoneName? {
        if let zone = known[id] ?? ZoneName(id) { return zone }
        guard id.utf8.first == UInt8(ascii: "/"), id.utf8.count <= 128 else { return nil }
        let parts = id.split(separator: "/")
        // America/Argentina/Salta has three parts.
        return [3, 2].lazy.compactMap { parts.count > $0 ? ZoneName(parts.suffix($0).joined(separator: "/")) : nil }.first
    }
}
