import NIOCore
import ServiceLifecycle
import TestSupport
import Testing
import Values

@testable import Web

/// What holds of every stream, whatever it brings.
@Suite("event streams")
struct EventStreamTests {
    @Test("a message is written as browsers read it")
    func message() {
        let data = JSON.object([("day", "2027-03-01"), ("note", "one\ntwo")])
        let event = StreamEvent(id: "7", name: "appointment.moved", data: data)
        #expect(
            String(decoding: event.bytes, as: UTF8.self)
                == "id: 7\nevent: appointment.moved\ndata: {\"day\":\"2027-03-01\",\"note\":\"one\\ntwo\"}\n\n"
        )
        #expect(String(decoding: StreamEvent(id: nil, name: "end", data: .object([])).bytes, as: UTF8.self) == "event: end\ndata: {}\n\n")
    }

    @Test("a stream outlives the time after which idle connections are closed, and goes on where its reader was")
    func idle() async throws {
        var settings = WebSettings()
        (settings.idleTimeout, settings.streamInterval) = (.milliseconds(200), .milliseconds(50))
        try await SampleServer.running(settings) { (sample, _) async throws in
            let events = try await TestHTTP(port: sample.port).follow("/v1/ticks", token: nil, last: "40") { $0.count >= 12 }
            #expect(events.prefix(12).compactMap(\.id) == (41...52).map { String($0) })
        }
    }

    @Test("its time over, or the server asked to stop, a stream says so and ends", .shows("JF-6"))
    func end() async throws {
        var settings = WebSettings()
        settings.streamInterval = .milliseconds(20)
        settings.streamLifetime = .milliseconds(300)
        try await SampleServer.running(settings) { (sample, _) async throws in
            let over = try await TestHTTP(port: sample.port).follow("/v1/ticks", token: nil) { _ in false }
            #expect(over.last?.name == "end" && over.last?.data["code"] == "time_over")
        }
        settings.streamLifetime = .seconds(60)
        try await SampleServer.running(settings) { (sample, group) async throws in
            let drained = try await TestHTTP(port: sample.port).follow("/v1/ticks", token: nil) { events in
                if events.count == 1 { await group.triggerGracefulShutdown() }
                return false
            }
            #expect(drained.last?.data["code"] == "draining")
        }
    }

    @Test("each caller has a few streams, the server a number of them, and what is given back is free")
    func slots() throws {
        var settings = WebSettings()
        (settings.maximumStreams, settings.maximumStreamsOfCaller) = (3, 2)
        let slots = StreamSlots(settings)
        let (ada, ben) = (UUID(high: 0, low: 1), UUID(high: 0, low: 2))
        try slots.take(ada)
        try slots.take(ada)
        #expect(throws: StreamSlots.tooMany) { try slots.take(ada) }
        try slots.take(ben)
        #expect(throws: StreamSlots.full) { try slots.take(ben) }
        slots.release(ada)
        try slots.take(ben)
        #expect(slots.count == 3)
        for caller in [ada, ben, ben] { slots.release(caller) }
        #expect(slots.count == 0)
    }
}
