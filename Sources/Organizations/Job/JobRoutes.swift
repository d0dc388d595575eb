import Access
import Jobs
import Postgres
import Values
import Web

extension JobStatus {
    static let shape = Shape<JobStatus>("Job") {
        Field("id", \.id, .id())
        Field("kind", \.kind, .text(1...100), example: "claims.make")
        Field("state", \.state, .choice())
        Field("attempt", \.attempt, .int(0...Int.max), about: "Runs begun so far.")
        Field("done", \.done, .int(0...Int.max))
        Field("total", \.total, .int(0...Int.max))
        Field("reason", \.reason, .text(1...200), about: "A code: why it is dead, was discarded, or is tried again.")
        Field("created_at", \.createdAt, .instant)
        Field("finished_at", \.finishedAt, .instant)
    }
}

/// How far work in the background is.
struct JobRoutes {
    var routes: [Route] {
        [
            .get("/v1/locations/{location}/jobs/{job}", "Shows a job of a location", .permission(.jobsRead), answer: JobStatus.shape) {
                call in
                try await status(call)
            }.polled(),
            .get(
                "/v1/organizations/{organization}/jobs/{job}",
                "Shows a job of the organization",
                .permission(.jobsRead),
                answer: JobStatus.shape
            ) { call in
                try await status(call)
            }.polled(),
        ]
    }
}

/// Row-level security shows each place its own jobs only.
private func status(_ call: Call) async throws -> JobStatus {
    let select = JobStatus.statement(try call.path.id("job", JobID.self))
    guard let row = try await call.read(select, ReadAct("job.read", "job")).first else { throw Problem.notFound }
    return try JobStatus(row)
}
