internal import CHiredis

/// hiredis's reader with limits. Used on one event loop only. After an error it stays unusable and so does its connection.
final class ReplyReader {
    /// What hiredis is told about the reply being read. It allocates an array as soon as it has read its length, so eleven bytes
    /// could ask for gigabytes; every announced element is therefore taken from a budget first.
    private struct Budget {
        var elements: Int
        let makeArray: (@convention(c) (UnsafePointer<redisReadTask>?, Int32) -> UnsafeMutableRawPointer?)?
    }

    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let budget: UnsafeMutablePointer<Budget>
    private let maximumBytes: Int
    private let maximumElements: Int
    /// Bytes fed since the last complete reply, which may have been read partly into objects already.
    private var unfinished = 0

    init(maximumBytes: Int, maximumElements: Int) throws(RedisError) {
        guard let reader = redisReaderCreate() else { throw RedisError(.unavailable) }
        self.reader = reader
        self.maximumBytes = maximumBytes
        self.maximumElements = maximumElements
        budget = .allocate(capacity: 1)
        budget.initialize(to: Budget(elements: maximumElements, makeArray: reader.pointee.fn.pointee.createArray))
        functions = .allocate(capacity: 1)
        functions.initialize(to: reader.pointee.fn.pointee)
        functions.pointee.createArray = { task, count in
            guard let task, let budget = task.pointee.privdata?.assumingMemoryBound(to: Budget.self) else { return nil }
            budget.pointee.elements -= Int(count)
            return budget.pointee.elements < 0 ? nil : budget.pointee.makeArray?(task, count)
        }
        reader.pointee.fn = functions
        reader.pointee.privdata = UnsafeMutableRawPointer(budget)
    }

    deinit {
        redisReaderFree(reader)
        functions.deinitialize(count: 1)
        functions.deallocate()
        budget.deinitialize(count: 1)
        budget.deallocate()
    }

    /// Takes bytes from the network and hands on every reply they complete.
    func read(_ bytes: UnsafeRawBufferPointer, _ deliver: (RedisValue) throws(RedisError) -> Void) throws(RedisError) {
        // hiredis moves what is left of its buffer down after each kilobyte of replies: small portions keep that cheap.
        var rest = bytes[...]
        while !rest.isEmpty {
            let portion = UnsafeRawBufferPointer(rebasing: rest.prefix(16 << 10))
            rest = rest.dropFirst(portion.count)
            guard redisReaderFeed(reader, portion.baseAddress, portion.count) == REDIS_OK else { throw RedisError(.protocolViolation) }
            unfinished += portion.count
            while let value = try next() {
                try deliver(value)
            }
            guard unfinished <= maximumBytes else { throw RedisError(.protocolViolation) }
        }
    }

    private func next() throws(RedisError) -> RedisValue? {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw RedisError(.protocolViolation) }
        guard let reply else { return nil }
        defer { freeReplyObject(reply) }
        budget.pointee.elements = maximumElements
        unfinished = reader.pointee.len - reader.pointee.pos
        return Self.value(reply.assumingMemoryBound(to: redisReply.self).pointee)
    }

    private static func value(_ reply: redisReply) -> RedisValue {
        let text = UnsafeRawBufferPointer(start: reply.str, count: reply.str == nil ? 0 : reply.len)
        switch reply.type {
        case REDIS_REPLY_INTEGER: return .integer(reply.integer)
        case REDIS_REPLY_STRING: return .bulk([UInt8](text))
        case REDIS_REPLY_STATUS: return .status(String(decoding: text, as: UTF8.self))
        case REDIS_REPLY_ERROR: return .error(String(decoding: text, as: UTF8.self))
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: reply.element, count: reply.elements)
            return .array(elements.map { $0.map { value($0.pointee) } ?? .null })
        default: return .null
        }
    }
}
