import Access
import Jobs
import Postgres
import Values
import Web

struct FeeScheduleBody: Sendable {
    var name = ""
    var from = Day.blank
    var until: Day?
    var fees: [FeeSchedule.Fee] = []

    static let shape = Shape("FeeScheduleInput", FeeScheduleBody()) {
        Field("name", \.name, .text(1...100), example: "Standard 2026")
        Field("from", \.from, .day, example: Day("2026-01-01"))
        Field("until", \.until, .day, about: "The first day it is no longer in force.")
        Field("fees", \.fees, .list(of: .object(FeeSchedule.Fee.shape), 1...2000))
    }
}

extension FeeSchedule.Fee {
    static let shape = Shape("Fee", FeeSchedule.Fee()) {
        Field("code", \.code, .code(1...20, "A-Z0-9"), example: "99213")
        Field("description", \.description, .text(1...200), example: "Office visit")
        Field("amount", \.amount, .minor(0...100_000_000), example: 15000)
    }
}

extension FeeSchedule: Versioned {
    static let shape = Shape<FeeSchedule>("FeeSchedule") {
        Field("id", \.id, .id())
        Field("name", \.name, .text(1...100))
        Field("from", \.from, .day)
        Field("until", \.until, .day)
        Field("fees", \.fees, .list(of: .object(FeeSchedule.Fee.shape), 0...2000))
        Field("version", \.version, .int(1...Int.max))
    }
}

/// Creates a fee schedule, or replaces what one says.
struct SaveFeeSchedule {
    let id: FeeScheduleID?
    let body: FeeScheduleBody

    static let nameTaken = Problem.conflict("fee_schedule_name_taken", "Another fee schedule has this name.")

    func run(_ work: Work) async throws -> FeeSchedule {
        if let until = body.until, until <= body.from { throw Problem.invalid("/until", "before_from", "It must be after the first day.") }
        if Set(body.fees.map(\.code)).count != body.fees.count {
            throw Problem.invalid("/fees", "doubled_code", "Each code may stand once.")
        }
        var schedule = FeeSchedule(id: id ?? work.id(), name: body.name, from: body.from, until: body.until, fees: body.fees, version: 1)
        do {
            if let id {
                guard
                    let row = try await work.query(
                        FeeStore.update(schedule, expected: work.expectedVersion, at: work.now, by: work.caller.actor.id)
                    ).first
                else {
                    throw try await work.query(FeeStore.one(id)).isEmpty ? Problem.notFound : Problem.stale
                }
                schedule.version = try row.value(0)
                work.enqueue(FeeStore.removeFees(of: id))
            } else {
                try await work.query(FeeStore.insert(schedule, at: work.now, by: work.caller.actor.id))
            }
        } catch let error as PostgresError where error.constraint == "fee_schedule_name" {
            throw SaveFeeSchedule.nameTaken
        }
        for fee in schedule.fees { work.enqueue(FeeStore.insert(fee, of: schedule.id)) }
        work.audit(
            Act(
                id == nil ? "fees.create" : "fees.change",
                "fee_schedule",
                schedule.id,
                changed: id == nil ? [] : ["name", "from", "until", "fees"]
            )
        )
        return schedule
    }
}

struct FeeRoutes {
    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/fee-schedules",
                "Adds a fee schedule",
                .permission(.feesManage),
                body: FeeScheduleBody.shape,
                answer: FeeSchedule.shape,
                errors: [SaveFeeSchedule.nameTaken],
                place: { $0.id.description }
            ) { _, work, body in
                try await SaveFeeSchedule(id: nil, body: body).run(work)
            },
            .change(
                "/v1/locations/{location}/fee-schedules/{schedule}",
                "Replaces a fee schedule",
                .permission(.feesManage),
                method: .put,
                body: FeeScheduleBody.shape,
                answer: FeeSchedule.shape,
                errors: [SaveFeeSchedule.nameTaken]
            ) { call, work, body in
                try await SaveFeeSchedule(id: try call.path.id("schedule", FeeScheduleID.self), body: body).run(work)
            },
            .get(
                "/v1/locations/{location}/fee-schedules/{schedule}",
                "Shows one fee schedule",
                .permission(.feesRead),
                answer: FeeSchedule.shape
            ) { call in
                let id = try call.path.id("schedule", FeeScheduleID.self)
                guard let row = try await call.read(FeeStore.one(id), ReadAct("fees.read", "fee_schedule")).first else {
                    throw Problem.notFound
                }
                return try FeeStore.schedule(row)
            },
            .list(
                "/v1/locations/{location}/fee-schedules",
                "Lists the fee schedules",
                .permission(.feesRead),
                item: FeeSchedule.shape
            ) { call, page in
                let select = FeeStore.list(after: try page.after?.id(0, FeeScheduleID.self), limit: page.fetch)
                let schedules = try await call.read(select, ReadAct("fees.list", "fee_schedule")).map(FeeStore.schedule)
                return page.page(schedules) { [.id($0.id)] }
            },
        ]
    }
}
