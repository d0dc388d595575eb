import Access
import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

/// What must be true of a busy clinic when its work is done, whatever went wrong meanwhile.
extension BusyClinic {
    /// One claim and one invoice of each visit, each claim in one file, and the insurer owes all of it.
    func checkClaims() async throws {
        var written: [String: Int] = [:]
        let files = try files()
        for segment in files.flatMap({ $0.split(separator: "~") }) {
            let elements = segment.split(separator: "*", omittingEmptySubsequences: false)
            if elements.count > 1, elements[0].drop(while: \.isWhitespace) == "CLM" { written[String(elements[1]), default: 0] += 1 }
        }
        #expect(written.values.allSatisfy { $0 == 1 })
        var (claims, planned) = (0, 0)
        for location in locations {
            let visits = self.visits(at: location)
            let numbers = try await claimNumbers(at: location)
            #expect(numbers.allSatisfy { written[$0] == 1 })
            claims += numbers.count
            planned += try await number("select count(*) from {location}.claim_file where state = 'written'", at: location)
            #expect(try await number("select count(distinct encounter_id) from {location}.claim", at: location) == visits)
            #expect(try await number("select count(*) from {location}.claim", at: location) == visits)
            #expect(try await number("select count(distinct encounter_id) from {location}.invoice", at: location) == visits)
            #expect(try await number("select count(*) from {location}.invoice", at: location) == visits)
            #expect(try await number("select count(*) from {location}.ledger_entry where kind = 'claim'", at: location) == visits)
            #expect(try await balance("receivable:insurance", at: location) == visits * 150_00)
            #expect(try await balance("receivable:patient", at: location) == 0)
        }
        #expect(claims == written.count && planned == files.count)
    }

    /// Each claim is paid once, and nobody owes anything any more.
    func checkPostings() async throws {
        let remittances = try await remittances()
        let visits = locations.reduce(0) { $0 + self.visits(at: $1) }
        #expect(remittances.count == 1)
        #expect(remittances.first?["amount"] == .integer(visits * 120_00) && remittances.first?["unmatched_claims"] == 0)
        for location in locations {
            let visits = self.visits(at: location)
            #expect(
                try await number("select count(*) from {location}.remittance_claim where state = 'posted'", at: location) == visits
            )
            #expect(try await number("select count(*) from {location}.remittance_claim", at: location) == visits)
            #expect(
                try await number("select count(*) from {location}.ledger_line where debit = 'cash:insurance'", at: location) == visits
            )
            #expect(try await number("select count(*) from {location}.claim where state = 'paid'", at: location) == visits)
            #expect(try await balance("cash:insurance", at: location) == visits * 120_00)
            #expect(try await balance("adjustments:contractual", at: location) == visits * 30_00)
            #expect(try await balance("receivable:insurance", at: location) == 0)
            #expect(try await balance("receivable:patient", at: location) == 0)
            #expect(try await balance("revenue", at: location) == -visits * 150_00)
            try await clinic.checkTrail(location)
        }
    }
}

extension TestClinic {
    /// The trail of a location verifies when all of it is sealed.
    func checkTrail(_ location: Location) async throws {
        // A worker that was paused while it seals keeps the others waiting; they come again, as their jobs do.
        try await eventually("nobody who sleeps holds the trail", within: .seconds(60)) {
            do {
                try await services.access.seal(.location(location))
                return true
            } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
                return false
            }
        }
        let finding = try await services.access.verify(.location(location), checkpoints: []).finding
        #expect(finding == nil)
    }
}
