import Jobs
import Postgres
import Tenancy
import Values

/// What the words of a file stand for at a location.
struct ImportWords {
    private let patients: [String: Patron]
    private let types: [String: [AppointmentType]]
    private let resources: [String: [Resource]]

    struct Failure: Error {
        let fault: ImportFault
    }

    /// Of patients, types in use and resources in use that the file names.
    init(_ answers: [Rows]) throws {
        patients = Dictionary(
            try answers[0].decode((String, PatientID, Bool).self).map { ($0.0, Patron(id: $0.1, isReturning: $0.2)) },
            uniquingKeysWith: { first, _ in first }
        )
        types = Dictionary(grouping: try answers[1].map(AppointmentTypeStore.type), by: \.name)
        let all = try answers[2].map(ResourceStore.resource)
        resources = Dictionary(grouping: all, by: \.name).merging(Dictionary(grouping: all) { $0.id.description }) { first, _ in first }
    }

    func found(_ row: ImportRow, _ work: Work) -> Result<(Want, Cast, InstantRange), Failure> {
        do throws(Failure) {
            return .success(try look(row, work))
        } catch {
            return .failure(error)
        }
    }

    private func look(_ row: ImportRow, _ work: Work) throws(Failure) -> (Want, Cast, InstantRange) {
        guard let patron = patients[row.patient] else { throw Failure(fault: .patientUnknown) }
        let type = try only(types[row.type] ?? [], .typeUnknown, .typeAmbiguous)
        let provider = try only((resources[row.provider] ?? []).filter { $0.kind == .provider }, .providerUnknown, .providerAmbiguous)
        var further: [ResourceID] = []
        for name in row.resources { further.append(try only(resources[name] ?? [], .resourceUnknown, .resourceUnknown).id) }
        var errors: [Problem.Member] = []
        let found = resources.values.flatMap(\.self)
        guard let cast = Cast(provider: ProviderID(provider.id.uuid), further: further, found: found, &errors) else {
            throw Failure(fault: .resourceUnknown)
        }
        guard cast.missing(for: type).isEmpty else { throw Failure(fault: .resourceMissing) }
        let minutes = row.minutes ?? type.minutes
        guard AppointmentType.minutesRange.contains(minutes) else { throw Failure(fault: .minutesInvalid) }
        guard let start = row.start, start.microseconds % 60_000_000 == 0, let span = InstantRange(start, start.adding(minutes: minutes))
        else {
            throw Failure(fault: .timeInvalid)
        }
        let rules = work.location.rules
        guard start >= rules.start(of: work.today.adding(days: -1)) else { throw Failure(fault: .past) }
        guard start < rules.start(of: work.today.adding(days: 5 * 366)) else { throw Failure(fault: .tooFarAhead) }
        let want = Want(
            appointment: work.id(),
            patron: patron,
            resources: cast.all,
            type: type,
            // They were promised elsewhere, by rules of then.
            settled: [.resourceInactive, .resourceMissing, .leadTime, .horizon, .newPatientsOnly, .returningPatientsOnly]
        )
        return (want, cast, span)
    }

    private func only<Value>(_ found: [Value], _ none: ImportFault, _ several: ImportFault) throws(Failure) -> Value {
        guard let first = found.first else { throw Failure(fault: none) }
        guard found.count == 1 else { throw Failure(fault: several) }
        return first
    }
}
