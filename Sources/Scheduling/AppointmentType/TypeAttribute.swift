import Postgres

/// What a pack may prescribe of an appointment type, member by member.
enum TypeAttribute: String, Sendable, CaseIterable, Bindable, Readable {
    case name
    case minutes
    case bufferBefore = "buffer_before"
    case bufferAfter = "buffer_after"
    case needs
    case feeCode = "fee_code"
    case leadMinutes = "lead_minutes"
    case horizonDays = "horizon_days"
    case online
    case patients
    case colour
    case deposit
    case preparation
    case forms
    case doubleBooking = "double_booking"
    case lanes
    case seats

    /// Those in which two differ.
    static func differing(_ one: TypeTemplate, _ other: TypeTemplate) -> [TypeAttribute] {
        allCases.filter { $0.differs(one, other) }
    }

    func differs(_ one: TypeTemplate, _ other: TypeTemplate) -> Bool { part.differ(one, other) }

    func copy(from source: TypeTemplate, to target: inout TypeTemplate) { part.copy(source, &target) }

    private struct Part {
        let differ: (TypeTemplate, TypeTemplate) -> Bool
        let copy: (TypeTemplate, inout TypeTemplate) -> Void

        init(_ path: WritableKeyPath<TypeTemplate, some Equatable>) {
            differ = { $0[keyPath: path] != $1[keyPath: path] }
            copy = { $1[keyPath: path] = $0[keyPath: path] }
        }
    }

    private var part: Part {
        switch self {
        case .name: Part(\.name)
        case .minutes: Part(\.minutes)
        case .bufferBefore: Part(\.bufferBefore)
        case .bufferAfter: Part(\.bufferAfter)
        case .needs: Part(\.needs)
        case .feeCode: Part(\.feeCode)
        case .leadMinutes: Part(\.leadMinutes)
        case .horizonDays: Part(\.horizonDays)
        case .online: Part(\.online)
        case .patients: Part(\.patients)
        case .colour: Part(\.colour)
        case .deposit: Part(\.deposit)
        case .preparation: Part(\.preparation)
        case .forms: Part(\.forms)
        case .doubleBooking: Part(\.doubleBooking)
        case .lanes: Part(\.lanes)
        case .seats: Part(\.seats)
        }
    }
}
