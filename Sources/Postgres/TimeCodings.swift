public import Values

/// PostgreSQL counts from 2000-01-01, we from 1970-01-01.
private let epochDays: Int32 = 10_957
private let epochMicroseconds: Int64 = 946_684_800_000_000

/// timestamptz. `infinity` cannot be read; a moment outside PostgreSQL's calendar is refused by the server (22008).
extension Instant: Bindable, Readable {
    public static var oid: UInt32 { OID.timestamptz }

    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: wire) }

    public static func decode(_ cell: Cell) throws(DecodingFailure) -> Instant {
        guard cell.oid == OID.timestamptz, let bytes = cell.bytes, let instant = Instant(wire: bytes) else {
            throw cell.failure(Instant.self)
        }
        return instant
    }

    /// The least and greatest numbers mean the infinities: what does not fit becomes the number beside them, which the server refuses.
    var wire: Int64 {
        let (moved, overflow) = microseconds.subtractingReportingOverflow(epochMicroseconds)
        return overflow || moved == .min ? .min + 1 : moved
    }

    init?(wire bytes: UnsafeRawBufferPointer) {
        guard let number = bytes.whole(Int64.self), number != .min, number != .max else { return nil }
        let (moved, overflow) = number.addingReportingOverflow(epochMicroseconds)
        guard !overflow else { return nil }
        self.init(microseconds: moved)
    }
}

/// date. `infinity` cannot be read; a day outside PostgreSQL's calendar is refused by the server (22008).
extension Day: Bindable, Readable {
    public static var oid: UInt32 { OID.date }

    public func encode(into bytes: inout [UInt8]) {
        let (moved, overflow) = daysSinceEpoch.subtractingReportingOverflow(epochDays)
        bytes.append(bigEndian: overflow || moved == .min ? .min + 1 : moved)
    }

    public static func decode(_ cell: Cell) throws(DecodingFailure) -> Day {
        guard cell.oid == OID.date, let number = cell.bytes?.whole(Int32.self), number != .min, number != .max else {
            throw cell.failure(Day.self)
        }
        let (moved, overflow) = number.addingReportingOverflow(epochDays)
        guard !overflow else { throw cell.failure(Day.self) }
        return Day(daysSinceEpoch: moved)
    }
}

/// time, to the minute: a time with seconds, or 24:00, cannot be read.
extension TimeOfDay: Bindable, Readable {
    public static var oid: UInt32 { OID.time }

    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: Int64(minutes) * 60_000_000) }

    public static func decode(_ cell: Cell) throws(DecodingFailure) -> TimeOfDay {
        guard cell.oid == OID.time, let number = cell.bytes?.whole(Int64.self), number % 60_000_000 == 0,
            let time = TimeOfDay(minutes: Int(number / 60_000_000))
        else { throw cell.failure(TimeOfDay.self) }
        return time
    }
}

extension Values.UUID: Bindable, Readable {
    public static var oid: UInt32 { OID.uuid }

    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: high)
        bytes.append(bigEndian: low)
    }

    public static func decode(_ cell: Cell) throws(DecodingFailure) -> Values.UUID {
        guard cell.oid == OID.uuid, var bytes = cell.bytes, let high = bytes.take(UInt64.self), let low = bytes.whole(UInt64.self) else {
            throw cell.failure(Values.UUID.self)
        }
        return Values.UUID(high: high, low: low)
    }
}

extension ID: Bindable, Readable {
    public static var oid: UInt32 { OID.uuid }
    public func encode(into bytes: inout [UInt8]) { uuid.encode(into: &bytes) }
    public static func decode(_ cell: Cell) throws(DecodingFailure) -> ID { ID(try Values.UUID.decode(cell)) }
}
