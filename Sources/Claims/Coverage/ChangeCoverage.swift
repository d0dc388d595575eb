import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

/// Changes a coverage: what the body does not name stays. Claims that were made name it as it was then.
struct ChangeCoverage {
    let id: CoverageID
    let patient: PatientID
    let body: ChangeCoverageBody
    let keys: KeyRing

    func run(_ work: Work) async throws -> Coverage {
        guard let row = try await work.query(CoverageStore.locked(id, of: patient)).first else { throw Problem.notFound }
        let old = try CoverageStore.coverage(row)
        try work.expect(old.version)
        var new = old
        var changed: [String] = []
        new.priority = body.priority ?? old.priority
        new.groupNumber = body.groupNumber.applied(to: old.groupNumber)
        new.fromDay = body.fromDay ?? old.fromDay
        new.untilDay = body.untilDay.applied(to: old.untilDay)
        if new.priority != old.priority { changed.append("priority") }
        if new.groupNumber != old.groupNumber { changed.append("group_number") }
        if new.fromDay != old.fromDay { changed.append("from_day") }
        if new.untilDay != old.untilDay { changed.append("until_day") }
        let member = try body.memberID.map { try SealedMemberID($0, of: id, at: work.location.id, keys: keys) }
        if let member {
            new.memberIDTail = member.tail
            changed.append("member_id")
        }
        if let until = new.untilDay, until <= new.fromDay {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: [Coverage.endsBeforeItBegins])
        }
        guard !changed.isEmpty else { return old }
        new.version += 1
        new.updatedAt = work.now
        work.audit(Act("coverage.change", "coverage", id, patients: [patient], changed: changed))
        do {
            try await work.query(CoverageStore.update(new, member, by: work.caller.actor.id))
        } catch let error as PostgresError where error.constraint == "coverage_priority" {
            throw Coverage.exists
        }
        return new
    }
}
