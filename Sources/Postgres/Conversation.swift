internal import CLibpq

/// What a leased connection does outside the pipeline: scripts and COPY, one order of its caller after another. Reactor thread only.
final class Conversation {
    private var segment: Segment?
    private(set) var deadline: Nanoseconds?
    private var rows: [Rows] = []
    private var failure: PostgresError?
    /// The copied rows that wait for the socket to take them.
    private var pending: [UInt8]?
    /// Waiting for results, up to the NULL that ends them or the beginning of a COPY.
    private var isReading = false
    private var isCopyingOut = false

    /// nil when libpq will not leave the pipeline.
    init?(_ connection: Connection) {
        guard PQexitPipelineMode(connection.handle) == 1 else { return nil }
    }

    func isFor(_ ticket: Ticket) -> Bool { segment?.order.ticket === ticket }

    func run(_ talk: Talk, _ segment: Segment, on connection: Connection) {
        guard self.segment == nil else {
            segment.order.continuation.resume(
                throwing: PostgresError.misuse("two requests at once on one connection", segment.order.origin)
            )
            return
        }
        self.segment = segment
        rows = []
        failure = nil
        deadline = connection.poll.now + (segment.order.patience ?? connection.settings.answerDeadline).nanoseconds
        var isSent = true
        switch talk {
        case .script(let sql):
            isSent =
                sql.withUnsafeBufferPointer { $0.withMemoryRebound(to: CChar.self) { PQsendQuery(connection.handle, $0.baseAddress) } } == 1
            isReading = true
        case .statement(let statement):
            let (sql, types) = statement.sql(schema: segment.order.scope.schema)
            isSent = statement.withBinds { count, values, lengths, formats in
                sql.withUnsafeBufferPointer {
                    $0.withMemoryRebound(to: CChar.self) {
                        PQsendQueryParams(connection.handle, $0.baseAddress, count, types, values, lengths, formats, 1) == 1
                    }
                }
            }
            isReading = true
        case .copyIn(let bytes): isSent = put(bytes, on: connection)
        case .copyInEnd:
            isSent = PQputCopyEnd(connection.handle, nil) == 1
            isReading = true
        case .copyOut:
            connection.listen(true)
            return isCopyingOut ? copyOut(connection) : answer(connection)
        case .end:
            // A script that left a transaction open took the connection with it.
            let isClean = PQtransactionStatus(connection.handle) == PQTRANS_IDLE && PQenterPipelineMode(connection.handle) == 1
            if isClean { connection.conversation = nil } else { connection.isDoomed = true }
            return answer(connection)
        case .abandon:
            answer(connection)
            return connection.close(.closed)
        }
        if isSent { connection.mark() } else { connection.close(.broken) }
    }

    /// A row that does not fit into what libpq may buffer waits until the socket has taken some.
    private func put(_ bytes: [UInt8], on connection: Connection) -> Bool {
        let taken = bytes.withUnsafeBufferPointer {
            $0.withMemoryRebound(to: CChar.self) { PQputCopyData(connection.handle, $0.baseAddress, Int32(clamping: $0.count)) }
        }
        pending = taken == 0 ? bytes : nil
        return taken >= 0
    }

    /// Everything is in the hands of the kernel: the caller may send more.
    func flushed(_ connection: Connection) {
        guard segment != nil else { return }
        // A COPY that failed early: libpq took the error in while rows were still being sent, and no event will announce it again.
        if isReading { return received(connection) }
        if let pending {
            if put(pending, on: connection) { connection.mark() } else { connection.close(.broken) }
        } else if case .talk(.copyIn)? = segment?.order.part {
            answer(connection)
        }
    }

    /// The socket has something, and libpq has it already.
    func received(_ connection: Connection) {
        if isCopyingOut, segment != nil { return copyOut(connection) }
        guard isReading else { return }
        while connection.isOpen, PQisBusy(connection.handle) == 0 {
            guard let result = PQgetResult(connection.handle) else { return answer(connection) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK: rows.append(Rows(result))
            case PGRES_EMPTY_QUERY: PQclear(result)
            case PGRES_COPY_IN:
                PQclear(result)
                return answer(connection)
            case PGRES_COPY_OUT:
                PQclear(result)
                isCopyingOut = true
                connection.listen(false)
                return answer(connection)
            default:
                failure = failure ?? PostgresError(result)
                PQclear(result)
            }
        }
    }

    private func copyOut(_ connection: Connection) {
        var copied: [[UInt8]] = []
        var size = 0
        while size < 65_536 {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(connection.handle, &buffer, 1)
            if length > 0 {
                copied.append([UInt8](UnsafeRawBufferPointer(start: buffer, count: Int(length))))
                PQfreemem(buffer)
                size += Int(length)
            } else if length == 0, copied.isEmpty {
                return  // more is on its way
            } else if length == 0 || !copied.isEmpty {
                break
            } else {
                // The end, or an error; either follows as a result, and an answer without rows tells the caller.
                isCopyingOut = false
                isReading = true
                return received(connection)
            }
        }
        connection.listen(false)
        answer(connection, copied)
    }

    private func answer(_ connection: Connection, _ copied: [[UInt8]] = []) {
        guard let segment, let lease = connection.lease else { return }
        self.segment = nil
        deadline = nil
        isReading = false
        connection.cancelAt = nil
        let failure = failure?.at(segment.order.origin)
        segment.order.continuation.resume(returning: SegmentAnswer(lease: lease, rows: rows, copied: copied, failure: failure))
        if case .talk(.end) = segment.order.part { connection.keeper?.released(connection) }
    }

    func lost(_ why: Connection.Loss) {
        guard let segment else { return }
        self.segment = nil
        let kind: PostgresError.Kind = why == .overdue ? .timeout : why == .closed ? .closed : .unknownOutcome
        segment.order.continuation.resume(throwing: PostgresError(kind, origin: segment.order.origin))
    }
}
