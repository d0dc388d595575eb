public import Values

/// A kind of visit: how long it takes, what it needs, which fee goes with it.
public struct AppointmentType: Sendable, Hashable {
    public var id: AppointmentTypeID
    public var name: String
    public var minutes: Int
    /// Minutes that its resources, not the patient, are taken before and after.
    public var bufferBefore: Int
    public var bufferAfter: Int
    /// The kinds of resources it needs; a kind named twice is needed twice.
    public var needs: [Resource.Kind]
    /// The code that is charged when a visit of this type is completed without naming procedures.
    public var feeCode: String?
    public var active: Bool
    public var version: Int
    public var createdAt: Instant
    public var updatedAt: Instant

    static let nameTaken = Problem.conflict("name_taken", "Another appointment type has this name.")
    static let minutesRange = 5...1440
    static let bufferRange = 0...240

    /// The kinds that are needed and not among these.
    func missing(from kinds: [Resource.Kind]) -> [Resource.Kind] {
        var rest = kinds
        return needs.filter { kind in
            guard let index = rest.firstIndex(of: kind) else { return true }
            rest.remove(at: index)
            return false
        }
    }
}
