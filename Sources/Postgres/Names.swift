/// The name of a schema: with `RoleName` the only way an identifier made at run time enters SQL. Always quoted there.
public struct SchemaName: Hashable, Sendable, CustomStringConvertible {
    public let name: String

    /// nil unless `[a-z][a-z0-9_]{0,49}`.
    public init?(_ name: String) {
        guard isIdentifier(name) else { return nil }
        self.name = name
    }

    public var description: String { name }
}

/// The name of a role.
public struct RoleName: Hashable, Sendable, CustomStringConvertible {
    public let name: String

    /// nil unless `[a-z][a-z0-9_]{0,49}`.
    public init?(_ name: String) {
        guard isIdentifier(name) else { return nil }
        self.name = name
    }

    public var description: String { name }
}

/// PostgreSQL keeps 63 bytes; 50 leave room for the suffixes of a sharding server (DESIGN section 6).
private func isIdentifier(_ name: String) -> Bool {
    let bytes = name.utf8
    guard (1...50).contains(bytes.count), let first = bytes.first, (97...122).contains(first) else { return false }
    return bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
}
