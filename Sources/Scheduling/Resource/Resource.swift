public import Postgres
public import Values

/// What an appointment takes time of: a provider, a room, a chair, a device.
public struct Resource: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable, Bindable, Readable {
        case provider, room, chair, device
    }

    /// The kinds that are nothing but a resource: a provider is made as a provider.
    enum Equipment: String, Sendable, CaseIterable {
        case room, chair, device

        var kind: Kind {
            switch self {
            case .room: .room
            case .chair: .chair
            case .device: .device
            }
        }
    }

    public var id: ResourceID
    public var kind: Kind
    public var name: String
    /// How many appointments may use it at once; 1 means each has it alone.
    public var lanes: Int
    /// Used by several locations of the organization: each books only inside its allotments.
    public var shared: Bool
    public var active: Bool
    public var version: Int
    public var createdAt: Instant
    public var updatedAt: Instant

    static let nameTaken = Problem.conflict("name_taken", "Another resource of this kind has this name.")
    static let tooMany = Problem.invalid("too_many_resources", "More resources are in use at this location than can be looked at together.")
    static let idTaken = Problem.conflict("id_taken", "There is a resource with this id here.")
    static let allotted = Problem.conflict("allotted", "It stays shared while its time is divided between locations by allotments.")
}

extension ProviderID {
    /// A provider is a resource: its calendar has the same id.
    public var resource: ResourceID { ResourceID(uuid) }
}
