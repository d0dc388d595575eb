public import Values

/// What services cost from a day on.
public struct FeeSchedule: Sendable {
    public struct Fee: Sendable {
        /// A procedure code.
        public var code = ""
        public var description = ""
        /// Minor units for one unit of service.
        public var amount: Int64 = 0
    }

    public let id: FeeScheduleID
    public var name: String
    public var from: Day
    public var until: Day?
    public var fees: [Fee]
    public var version: Int
}
