/// The connections for commands that wait in the server: leased to one caller at a time, opened when needed, kept afterwards.
struct BlockingConnections {
    private var open: [ObjectIdentifier: Connection] = [:]
    private var idle: [Connection] = []
    private var leased = 0

    /// Takes a place, and an idle connection if there is one; otherwise the caller opens one and calls ``add(_:)``.
    mutating func lease(maximum: Int) throws(RedisError) -> Connection? {
        guard leased < maximum else { throw RedisError(.overloaded) }
        leased += 1
        while let connection = idle.popLast() {
            if connection.isOpen { return connection }
            open[ObjectIdentifier(connection)] = nil
        }
        return nil
    }

    mutating func add(_ connection: Connection) {
        open[ObjectIdentifier(connection)] = connection
    }

    /// Ends a lease whose every reply was read.
    mutating func giveBack(_ connection: Connection) {
        leased -= 1
        idle.append(connection)
    }

    /// Ends a lease without a connection to keep.
    mutating func giveUp(_ connection: Connection?) {
        leased -= 1
        if let connection { open[ObjectIdentifier(connection)] = nil }
    }

    mutating func takeAll() -> [Connection] {
        defer {
            open = [:]
            idle = []
        }
        return Array(open.values)
    }
}
