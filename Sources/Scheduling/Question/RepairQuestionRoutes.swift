import Access
import Jobs
import Tenancy
import Values
import Web

struct RepairQuestionRoutes {
    let wake: Wake

    var routes: [Route] {
        [
            .list(
                "/v1/locations/{location}/repair-questions",
                "Lists patients whom a repair moved and who were asked whether that suits them, with what they said",
                .permission(.appointmentsRead),
                query: RepairQuestionQuery.shape,
                item: RepairQuestion.shape
            ) { call, query, page in
                let after = try page.after.map { (at: try $0.instant(0), id: try $0.id(1, RepairQuestionID.self)) }
                let rows = try await call.read(
                    RepairQuestionStore.page(query, after: after, limit: page.fetch),
                    ReadAct("repair.questions", "repair_question", patients: .column)
                )
                return page.page(try rows.map(RepairQuestionStore.question)) { [.instant($0.createdAt), .id($0.id)] }
            },
            // Who declines with the link cancels: nobody makes one who may not.
            .create(
                "/v1/locations/{location}/repair-questions/{question}/link",
                "Makes the link with which the patient answers, once; a newer link replaces it",
                .permission(.appointmentsCancel),
                body: NoDetails.shape,
                answer: RepairQuestionLink.shape,
                errors: [RepairQuestion.used, RepairQuestion.expired, RepairQuestion.withdrawn]
            ) { call, work, _ in
                try await MakeRepairQuestionLink(id: try call.path.id("question", RepairQuestionID.self)).run(work)
            },
            .act(
                "/v1/repair-answers",
                "Answers with the link of a question whether the new time suits; declining cancels the appointment",
                .everybody,
                body: AnswerRepairQuestionBody.shape,
                answer: AnsweredRepairQuestion.shape,
                errors: [.notFound, RepairQuestion.used, RepairQuestion.expired, RepairQuestion.withdrawn]
            ) { [wake] call, body in
                guard let token = PlacedToken(.repair, body.token) else { throw Problem.notFound }
                let location = try await token.place(call.tenancy)
                // Whoever is signed in besides: it is the link that answers.
                let caller = Caller.system("repair_link", requestID: call.requestID, organization: location.organization)
                return try await call.tenancy.work(location, by: caller, ambient: call.ambient, wake: wake) { work in
                    try await AnswerRepairQuestion(token: token, accepts: body.accepts).run(work)
                }
            },
        ]
    }
}
