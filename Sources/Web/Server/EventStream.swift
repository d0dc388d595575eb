import Access
import HummingbirdCore
import NIOCore
import Synchronization
import Values

/// An answer that goes on: asks its source each second, and each time first who the caller is and whether they still may (CONTROLS WB-4).
struct EventStream: Sendable {
    var source: any EventSource
    /// The call as it would be admitted now. Errors: what a new request would be refused with.
    let again: @Sendable () async throws -> Call
    let code: @Sendable (any Error) -> String
    let settings: WebSettings
    let state: ServerState

    /// How long a client waits before it comes again, in milliseconds.
    private static let retry = ByteBuffer(string: "retry: 2000\n\n")
    private static let silence = ByteBuffer(string: ":\n\n")

    /// Until the caller may no more, the client is gone, the time is over, or the server stops. Errors: the client is gone.
    @concurrent mutating func run(_ writer: consuming some ResponseBodyWriter) async throws {
        try await writer.write(EventStream.retry)
        let end = ContinuousClock.now + settings.streamLifetime
        var spoken = ContinuousClock.now
        var reason = "time_over"
        while ContinuousClock.now < end {
            guard !state.isDraining else {
                reason = "draining"
                break
            }
            let events: [StreamEvent]
            do {
                events = try await source.next(try await again())
            } catch {
                guard !(error is CancellationError) else { throw error }
                reason = code(error)
                break
            }
            if !events.isEmpty {
                try await writer.write(ByteBuffer(bytes: events.flatMap(\.bytes)))
                spoken = .now
            } else if ContinuousClock.now - spoken >= settings.streamSilence {
                // Whoever is gone is noticed by being written to.
                try await writer.write(EventStream.silence)
                spoken = .now
            }
            try await Task.sleep(for: settings.streamInterval)
        }
        try await writer.write(ByteBuffer(bytes: StreamEvent(id: nil, name: "end", data: .object([("code", .string(reason))])).bytes))
        try await writer.finish(nil)
    }
}

extension Responder {
    /// Errors: as of `StreamSlots.take`; whoever gets one gives it back.
    func stream(_ source: any EventSource, _ call: Call, _ route: Route, _ values: PathValues) throws(Problem)
        -> (content: EventStream, caller: UUID)
    {
        let key = call.caller.session?.uuid ?? call.caller.actor.id
        try streams.take(key)
        let again: @Sendable () async throws -> Call = { [access, gatekeeper, ambient] in
            let now = ambient.now()
            var caller: Caller?
            if let token = call.token {
                caller = try await access.caller(
                    token: token,
                    requestID: call.requestID,
                    source: call.source,
                    userAgent: call.userAgent,
                    activity: .background
                )
            }
            return call.again(try await gatekeeper.admit(caller, route, values, call.requestID, now), at: now)
        }
        let code: @Sendable (any Error) -> String = { [errors] in errors.problem($0, call.requestID, route: call.route).code }
        return (EventStream(source: source, again: again, code: code, settings: settings, state: state), key)
    }
}

/// How many streams are open, of each caller and together.
final class StreamSlots: Sendable {
    static let full = Problem(.unavailable, "streams_full", "This server keeps no more event streams open. Try again.", retryAfter: 5)
    static let tooMany = Problem(.tooMany, "too_many_streams", "You have too many event streams open.", retryAfter: 5)

    private let maximum: Int
    private let maximumOfCaller: Int
    private let open = Mutex<[UUID: Int]>([:])

    init(_ settings: WebSettings) {
        maximum = settings.maximumStreams
        maximumOfCaller = settings.maximumStreamsOfCaller
    }

    var count: Int { open.withLock { $0.values.reduce(0, +) } }

    /// Errors: `streams_full`, `too_many_streams`.
    func take(_ caller: UUID) throws(Problem) {
        let refusal: Problem? = open.withLock { open in
            guard open.values.reduce(0, +) < maximum else { return StreamSlots.full }
            guard open[caller, default: 0] < maximumOfCaller else { return StreamSlots.tooMany }
            open[caller, default: 0] += 1
            return nil
        }
        if let refusal { throw refusal }
    }

    func release(_ caller: UUID) {
        open.withLock { open in
            let left = (open[caller] ?? 1) - 1
            open[caller] = left > 0 ? left : nil
        }
    }
}
