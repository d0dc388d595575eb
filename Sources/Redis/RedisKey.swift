/// The name of a key. Every key lies in the space of one location, of one organization or of the platform, so that no two of
/// them can meet in a key by accident (CONTROLS TI-7). There is no way to make a key from a bare string.
public struct RedisKey: Sendable, Hashable {
    /// The name as Redis sees it.
    public let name: String

    /// A key of one location. `noun` says what is kept, `parts` which of them.
    public init(location: String, _ noun: StaticString, _ parts: String...) {
        self.init(space: "location", owner: location, noun, parts)
    }

    /// A key of one organization.
    public init(organization: String, _ noun: StaticString, _ parts: String...) {
        self.init(space: "organization", owner: organization, noun, parts)
    }

    /// A key that belongs to no tenant, such as the list that says which locations have work.
    public static func platform(_ noun: StaticString, _ parts: String...) -> RedisKey {
        RedisKey(space: "platform", owner: nil, noun, parts)
    }

    private init(space: String, owner: String?, _ noun: StaticString, _ parts: [String]) {
        var name = "polyclinic:" + space
        for part in [owner, noun.description].compactMap(\.self) + parts {
            name += ":" + Self.escaped(part)
        }
        self.name = name
    }

    /// Keeps the separator out of a part; otherwise `("a", "b:c")` and `("a:b", "c")` would be one key.
    private static func escaped(_ part: String) -> String {
        guard part.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "%") }) else { return part }
        var text = ""
        for character in part.unicodeScalars {
            switch character {
            case ":": text += "%3A"
            case "%": text += "%25"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
