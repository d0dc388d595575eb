internal import NIOCore

/// Commands that were submitted together and are answered together.
struct Request: Sendable {
    let bytes: ByteBuffer
    /// How many replies belong to it.
    let count: Int
    let deadline: NIODeadline
    let answer = Answer<[RedisValue]>()

    init(_ commands: [RedisCommand], deadline: NIODeadline) {
        var buffer = ByteBufferAllocator().buffer(capacity: 64 * commands.count)
        for command in commands {
            command.write(to: &buffer)
        }
        bytes = buffer
        count = commands.count
        self.deadline = deadline
    }
}

/// What callers have submitted to a connection and its event loop has not written yet, with the count of everything unanswered.
struct Mailbox {
    private(set) var requests: [Request] = []
    private var end: RedisError?
    private var pendingCommands = 0
    private var pendingBytes = 0
    private let maximumCommands: Int
    private let maximumBytes: Int

    init(maximumCommands: Int, maximumBytes: Int) {
        self.maximumCommands = maximumCommands
        self.maximumBytes = maximumBytes
    }

    var isOpen: Bool { end == nil }

    /// Takes a request. True if it is the first of a batch, so that the event loop must be told.
    mutating func put(_ request: Request) throws(RedisError) -> Bool {
        if let end { throw end }
        let bytes = request.bytes.readableBytes
        guard request.count <= maximumCommands - pendingCommands, bytes <= maximumBytes - pendingBytes else {
            throw RedisError(.overloaded)
        }
        pendingCommands += request.count
        pendingBytes += bytes
        requests.append(request)
        return requests.count == 1
    }

    /// Hands the batch to the event loop.
    mutating func takeAll() -> [Request] {
        defer { requests = [] }
        return requests
    }

    /// Makes room: the request was answered, or will not be sent.
    mutating func release(_ request: Request) {
        pendingCommands -= request.count
        pendingBytes -= request.bytes.readableBytes
    }

    /// Takes no more; what comes later fails with `end`.
    mutating func close(_ end: RedisError) {
        self.end = end
    }
}
