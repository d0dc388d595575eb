public import Values

/// One message of an event stream.
public struct StreamEvent: Sendable {
    let id: String?
    let name: String
    let data: JSON

    /// - Parameters:
    ///   - id: Where to go on after it: what `Last-Event-ID` brings back. One line.
    ///   - name: The message's `event`. One line.
    public init(id: String?, name: String, data: JSON) {
        self.id = id
        self.name = name
        self.data = data
    }

    /// As the HTML standard's section on server-sent events defines it. JSON has no line breaks of its own.
    var bytes: [UInt8] {
        Array(((id.map { "id: \($0)\n" } ?? "") + "event: \(name)\ndata: ").utf8) + data.bytes + Array("\n\n".utf8)
    }
}

/// What an event stream brings, asked for again and again for as long as it is open.
public protocol EventSource: Sendable {
    /// What is new since the last time; nothing is the usual answer. `call` is what the caller is and may now. Errors end the stream, and
    /// their code is told.
    mutating func next(_ call: Call) async throws -> [StreamEvent]
}

extension Route {
    public static let eventIDUnknown = Problem(.malformed, "event_id_unknown", "Send a Last-Event-ID as this stream gave it, or none.")

    /// A stream of server-sent events. `open` gets the caller's `Last-Event-ID`. What it throws is answered as by any route; after that the
    /// status is sent, and the caller, the place and the permission are looked at again each time the source is asked.
    public static func stream(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        errors: [Problem] = [],
        _ open: @escaping @Sendable (Call, String?) async throws -> any EventSource
    ) -> Route {
        var form = Form(.stream)
        form.answerMedia = "text/event-stream"
        return Route(.get, path, summary, authority, errors, form) { exchange in
            _ = try noQuery.read(query: exchange.query, for: exchange.call.viewer)
            var reply = Reply(media: "text/event-stream")
            reply.events = try await open(exchange.call, exchange.headers.lastEventID)
            return reply
        }.polled()
    }
}
