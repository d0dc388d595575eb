import Postgres
import Values

/// Who and what takes part in an appointment, as it was asked for, and checked to be here and in use.
struct Cast: Sendable {
    let provider: Resource
    let further: [Resource]

    var all: [Resource] { [provider] + further }
    var uses: [Appointment.Use] {
        further.sorted { $0.id < $1.id }.map { Appointment.Use(id: $0.id, kind: $0.kind, name: $0.name) }
    }

    /// - Parameters:
    ///   - found: The resources among the ids that are here.
    ///   - kept: Ids the appointment has already: these may have been taken out of use since.
    ///   - errors: Gains one for every id that cannot take part.
    init?(
        provider id: ProviderID,
        further ids: [ResourceID],
        found: [Resource],
        kept: Set<ResourceID> = [],
        _ errors: inout [Problem.Member]
    ) {
        let known = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        func member(_ id: ResourceID, _ pointer: String) -> Resource? {
            guard let resource = known[id] else {
                errors.append(Problem.Member(pointer, "unknown_reference", "There is no such resource at this location."))
                return nil
            }
            guard resource.active || kept.contains(id) else {
                errors.append(Problem.Member(pointer, "inactive", "It is not in use any more."))
                return nil
            }
            return resource
        }
        let provider = member(id.resource, "/provider_id")
        if let provider, provider.kind != .provider {
            errors.append(Problem.Member("/provider_id", "unknown_reference", "There is no such provider at this location."))
        }
        let further = ids.enumerated().compactMap { index, id in
            if ids[..<index].contains(id) || id == provider?.id {
                errors.append(
                    Problem.Member("/resource_ids/\(index)", "duplicate", "Name each resource once; the provider is not among them.")
                )
            }
            return member(id, "/resource_ids/\(index)")
        }
        guard errors.isEmpty, let provider else { return nil }
        self.provider = provider
        self.further = further
    }

    /// One error for each kind the type needs and nobody here is.
    func missing(for type: AppointmentType) -> [Problem.Member] {
        type.missing(from: all.map(\.kind)).map {
            Problem.Member("/resource_ids", "resource_missing", "An appointment of this type needs one more \($0.rawValue).")
        }
    }
}
