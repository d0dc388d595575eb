internal import CLibpq

/// Sending and receiving in pipeline mode.
extension Connection {
    /// Puts the exchange in the queue and lets `build` send its messages; a failing send means that the connection is broken.
    func send(_ exchange: Exchange, _ build: (Connection) -> Bool) {
        exchanges.append(exchange)
        if build(self) { mark() } else { close(.broken) }
    }

    /// Sends one statement, preparing it before where needed.
    func execute(_ statement: Statement, _ schema: SchemaName?, as kind: Exchange.Step.Kind, in exchange: Exchange) -> Bool {
        if let schema, statement.usesLocation { schemas.insert(schema) }
        guard settings.prepared else {
            exchange.steps.append(.init(kind: kind, statement: nil))
            let (sql, types) = statement.sql(schema: schema)
            return statement.withBinds { count, values, lengths, formats in
                sql.withUnsafeBufferPointer { sql in
                    sql.withMemoryRebound(to: CChar.self) {
                        PQsendQueryParams(handle, $0.baseAddress, count, types, values, lengths, formats, 1) == 1
                    }
                }
            }
        }
        let known = prepared.find(statement, schema)
        guard let prepared = known ?? prepare(statement, schema, in: exchange) else { return false }
        exchange.steps.append(.init(kind: kind, statement: prepared))
        return statement.withBinds { count, values, lengths, formats in
            PQsendQueryPrepared(handle, prepared.name, count, values, lengths, formats, 1) == 1
        }
    }

    /// Sends a Parse. It is done under whatever role is set at that point of the exchange.
    func prepare(_ statement: Statement, _ schema: SchemaName?, in exchange: Exchange) -> PreparedStatement? {
        let added = prepared.add(statement, schema)
        exchange.steps.append(.init(kind: .parse, statement: added))
        let (sql, types) = statement.sql(schema: schema)
        let sent = sql.withUnsafeBufferPointer { sql in
            sql.withMemoryRebound(to: CChar.self) { PQsendPrepare(handle, added.name, $0.baseAddress, Int32(types.count), types) }
        }
        return sent == 1 ? added : nil
    }

    func sync(_ exchange: Exchange) -> Bool {
        exchange.syncs = true
        return PQpipelineSync(handle) == 1
    }

    func requestFlush() -> Bool { PQsendFlushRequest(handle) == 1 }

    /// Frees on the server what is no longer used. Between two Syncs at any time: earlier uses are earlier in the pipeline.
    func deallocateDiscarded(deadline: Nanoseconds) {
        guard prepared.discarded.count >= min(8, settings.maximumStatements / 8) else { return }
        let exchange = Exchange(.upkeep, deadline: deadline)
        send(exchange) { connection in
            for statement in connection.prepared.takeDiscarded() {
                exchange.steps.append(.init(kind: .control, statement: nil))
                guard PQsendQueryParams(handle, "deallocate s\(statement.number)", 0, nil, nil, nil, nil, 1) == 1 else { return false }
            }
            return connection.sync(exchange)
        }
    }

    /// True when the server, having answered everything, is in no transaction.
    var isCleanAtSync: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// Reads what has come in. After an error libpq reports each later statement up to the Sync as aborted; NULL ends each statement,
    /// none follows a Sync, and two in a row mean that we and the server are out of step.
    func receive() {
        guard PQconsumeInput(handle) == 1 else { return close(.broken) }
        if let conversation { return conversation.received(self) }
        // Called for its side effect also with nothing in flight: it reads what the server says unasked.
        while PQisBusy(handle) == 0 {
            guard let exchange = exchanges.first else { return }
            guard let result = PQgetResult(handle) else {
                if sawEnd { return close(.broken) }
                sawEnd = true
                exchange.stepEnded()
                if exchange.isAnswered, !exchange.syncs { end(exchange) }
                if isOpen, conversation == nil { continue }
                return
            }
            sawEnd = false
            take(result, for: exchange)
            guard isOpen, conversation == nil else { return }
        }
    }

    private func take(_ result: OpaquePointer, for exchange: Exchange) {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK:
            guard exchange.current?.kind == .answer else { return PQclear(result) }
            exchange.succeeded(Rows(result))
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            guard exchange.syncs, exchange.isAnswered else { return close(.broken) }
            end(exchange)
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            // A Parse that was skipped is not there.
            if let step = exchange.current, step.kind == .parse, let statement = step.statement {
                prepared.forget(statement, exists: false)
            }
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            // COPY cannot be ended inside a pipeline.
            PQclear(result)
            close(.broken)
        default:
            let error = PostgresError(result)
            PQclear(result)
            if let step = exchange.current, step.kind == .parse, let statement = step.statement {
                prepared.forget(statement, exists: false)
            }
            exchange.failed(error)
        }
    }

    private func end(_ exchange: Exchange) {
        _ = exchanges.popFirst()
        if let state = exchange.failure?.sqlState, state.endsConnection {
            // The backend is going away: treat it as lost with this exchange unanswered.
            exchanges.prepend(exchange)
            return close(.broken)
        }
        if let step = exchange.failedStep, let statement = step.statement, step.kind != .parse,
            let state = exchange.failure?.sqlState, state.outdatesPrepared
        {
            prepared.forget(statement, exists: state != .invalidStatementName)
        }
        keeper?.finished(exchange, on: self)
    }
}

extension PostgresError {
    /// Takes the SQLSTATE and the names of constraint and table; nothing else of a server's error may be kept.
    init(_ result: OpaquePointer) {
        let field = { (code: Character) -> String? in
            guard let ascii = code.asciiValue else { return nil }
            return PQresultErrorField(result, Int32(ascii)).map { String(cString: $0) }
        }
        // PG_DIAG_SQLSTATE, PG_DIAG_CONSTRAINT_NAME, PG_DIAG_TABLE_NAME
        guard let state = field("C") else {
            self.init(.unknownOutcome)
            return
        }
        self.init(.server, sqlState: SQLState(state), constraint: field("n"), table: field("t"))
    }
}

extension Statement {
    private static let allBinary = [Int32](repeating: 1, count: 64)

    /// The binds as libpq wants them: pointers into one buffer, nil for NULL, all binary.
    func withBinds<Result>(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        guard !lengths.isEmpty else { return body(0, nil, nil, nil) }
        let count = lengths.count
        return values.withUnsafeBufferPointer { values in
            values.withMemoryRebound(to: CChar.self) { values in
                withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { pointers in
                    // An empty value is not NULL, so it needs an address; any will do.
                    var next = values.baseAddress ?? UnsafePointer(bitPattern: 1)
                    for index in 0..<count {
                        let isNull = lengths[index] < 0
                        pointers.initializeElement(at: index, to: isNull ? nil : next)
                        if !isNull { next = next.map { $0 + Int(lengths[index]) } }
                    }
                    let formats = count <= Statement.allBinary.count ? Statement.allBinary : [Int32](repeating: 1, count: count)
                    return body(Int32(truncatingIfNeeded: count), UnsafePointer(pointers.baseAddress), lengths, formats)
                }
            }
        }
    }
}
