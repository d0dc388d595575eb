import Values

/// What services cost from a day on.
struct FeeSchedule: Sendable {
    struct Fee: Sendable {
        /// A procedure code.
        var code = ""
        var description = ""
        /// Minor units for one unit of service.
        var amount: Int64 = 0
    }

    let id: FeeScheduleID
    var name: String
    var from: Day
    var until: Day?
    var fees: [Fee]
    var version: Int
}
