import Values

/// `/livez`: the process answers. `/readyz`: it can do its work; false from the moment it was asked to stop.
struct Health: Sendable {
    let dependencies: [Dependency]
    let state: ServerState

    static let alive = Reply(body: Array(#"{"status":"ok"}"#.utf8))

    var targets: [Responder.Fixed] {
        [
            Responder.Fixed(path: "/livez", isLimited: false) { _ in Health.alive },
            Responder.Fixed(path: "/readyz", isLimited: false) { _ in await readiness() },
        ]
    }

    func readiness() async -> Reply {
        var isReady = !state.isDraining
        var isWhole = true
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("dependencies")
        writer.beginObject()
        for dependency in dependencies {
            let isUp = await dependency.isUp()
            writer.key(text: dependency.name)
            writer.string(isUp ? "up" : "down")
            isWhole = isWhole && isUp
            isReady = isReady && (isUp || !dependency.isRequired)
        }
        writer.endObject()
        writer.key("status")
        writer.string(state.isDraining ? "draining" : !isReady ? "unavailable" : isWhole ? "ok" : "degraded")
        writer.endObject()
        return Reply(status: isReady ? 200 : 503, body: writer.bytes)
    }
}
