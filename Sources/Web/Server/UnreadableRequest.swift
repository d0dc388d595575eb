import HTTPTypes
import NIOCore
import NIOHTTP1
import Values

/// What cannot be parsed as HTTP/1.1, and what is answered to it before the connection is closed. There is no request yet, so no route and
/// no caller.
struct UnreadableRequest {
    let status: Int
    let code: String
    let title: String
    let detail: String

    init(_ error: HTTPParserError, _ progress: ConnectionEdge.Progress) {
        switch (error, progress) {
        case (.headerOverflow, .requestLine):
            (status, code, title) = (414, "uri_too_long", "The address is too long")
            detail = "No address of this API is longer than 8,000 bytes. Long terms belong into the body of a search."
        case (.headerOverflow, _):
            (status, code, title) = (431, "headers_too_large", "The headers are too large")
            detail = "Send fewer or shorter headers."
        case (.invalidMethod, .requestLine), (.invalidMethod, .headers):
            (status, code, title) = (501, "unknown_method", "There is no such method")
            detail = "Use a method that the document of this API names."
        default:
            (status, code, title) = (400, "malformed_request", "The request cannot be read")
            detail = "This is not HTTP/1.1, or can be read in two ways."
        }
    }
}

extension Responder {
    /// The answer to what cannot be parsed; counted and logged like every other.
    func refuse(_ it: UnreadableRequest, _ channel: any Channel) -> (head: HTTPResponse, body: ByteBuffer) {
        let now = ambient.now()
        let requestID = UUID.version7(at: now, random: ambient.random(), ambient.random())
        var writer = JSONWriter()
        writer.beginProblem(it.code, it.title, it.status, it.detail, requestID)
        writer.endObject()
        let reply = Reply(status: it.status, body: writer.bytes, media: "application/problem+json")
        metrics.requests.record("unmatched", status: it.status, microseconds: 0)
        var entry = AccessLog.Entry(
            requestID: requestID,
            method: "",
            route: "unmatched",
            status: it.status,
            microseconds: 0,
            bytes: reply.body.count,
            admissionFlights: 0,
            flights: 0
        )
        entry.source = channel.remoteAddress?.ipAddress
        entry.code = it.code
        log.append(entry, at: now)
        return (
            HTTPResponse(status: .init(code: it.status), headerFields: fields(reply, requestID, now, closes: true)),
            ByteBuffer(bytes: reply.body)
        )
    }
}
