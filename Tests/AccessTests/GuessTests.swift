import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Access

extension OnDatabase {
    @Suite("guessing")
    struct GuessTests {
        @Test("five hundred wrong guesses at once never pass the limit, and the honest user still enters", .shows("AU-4"))
        func guesses() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let person = try await practice.join(access, [NewGrant(.builtIn(.frontDesk), at: practice.north.id)])
            let answers = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        try await problem {
                            _ = try await access.signIn(
                                email: person.email,
                                password: "guess \(number)",
                                code: "123456",
                                from: practice.origin("203.0.113.\(number % 250)")
                            )
                        }
                    }
                }
                return try await group.reduce(into: [String: Int]()) { $0[$1 ?? "signed in", default: 0] += 1 }
            }
            #expect(answers["signed in"] == nil)
            #expect(answers["sign_in_refused", default: 0] <= 20, "judged: \(answers)")
            #expect(answers["too_many_attempts", default: 0] >= 400)
            // From where the account is known: at once. From elsewhere: after the wait.
            practice.clock.advance(seconds: 30)
            _ = try await access.signIn(
                email: person.email,
                password: person.password,
                code: person.code(practice),
                from: practice.origin()
            )
            practice.clock.advance(seconds: 30)
            _ = try await access.signIn(
                email: person.email,
                password: person.password,
                code: person.code(practice),
                from: practice.origin("203.0.113.251")
            )
        }

        @Test("patience does not help: strangers get eighty failures in all, the known address stays open", .shows("AU-4"))
        func patience() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let person = try await practice.join(access, [NewGrant(.builtIn(.frontDesk), at: practice.north.id)])
            let now = practice.clock.now
            var failures = 0
            for step in 0..<200 {
                let counter = GuessCounter(email: person.email, source: "203.0.113.\(step)", isKnown: false, keys: practice.keys)
                let taken = try await practice.tenancy.signIn {
                    try await $0.query(counter.take(at: now.adding(seconds: Int64(step + 1) * 1000), GuessLimits()))
                }
                if !taken.contains(where: \.isEmpty) { failures += 1 }
            }
            #expect(failures <= 81)
            practice.clock.advance(seconds: 60)
            _ = try await access.signIn(
                email: person.email,
                password: person.password,
                code: person.code(practice),
                from: practice.origin()
            )
        }

        @Test("one password tried on many accounts stops at the source", .shows("AU-4"))
        func spraying() async throws {
            let practice = try Practice.current
            let access = practice.access()
            var judged = 0
            for number in 0..<120 {
                let code = try await problem {
                    _ = try await access.signIn(
                        email: "sprayed\(number)@example.org",
                        password: "Summer2026!",
                        code: "123456",
                        from: practice.origin("198.51.100.77")
                    )
                }
                if code == "sign_in_refused" { judged += 1 }
            }
            #expect(judged <= 50)
        }

        @Test("at one moment six guesses are judged, of five hundred at once, whether the account exists or not")
        func exactly() async throws {
            let practice = try Practice.current
            let person = try await practice.join(practice.access(), [NewGrant(.builtIn(.frontDesk), at: practice.north.id)])
            let now = practice.clock.now
            let still = Ambient(now: { now }, random: Ambient.system.random)
            var settings = AccessSettings()
            settings.hashingQueue = 1000
            let access = Access(tenancy: practice.tenancy, keys: practice.keys, settings: settings, ambient: still, logger: practice.logger)
            for (place, email) in [person.email, "nobody\(UInt64.random(in: 0...UInt64.max))@example.org"].enumerated() {
                let problems = try await withThrowingTaskGroup(of: Problem?.self) { group in
                    for number in 0..<500 {
                        group.addTask {
                            do {
                                let origin = practice.origin("198.\(18 + place).\(number / 250).\(number % 250)")
                                _ = try await access.signIn(email: email, password: "guess \(number)", code: "123456", from: origin)
                                return nil
                            } catch let problem as Problem {
                                return problem
                            }
                        }
                    }
                    return try await group.reduce(into: [Problem?]()) { $0.append($1) }
                }
                // Five are free, the sixth begins the wait.
                #expect(problems.count { $0 == Access.signInRefused } == 6)
                let early = problems.compactMap { $0 }.filter { $0.code == "too_many_attempts" }
                #expect(early.count == 494)
                #expect(Set(early).count == 1, "one answer to all")
            }
        }

        @Test("a refusal takes about as long for an unknown account as for a known one")
        func timing() async throws {
            let practice = try Practice.current
            let access = practice.access()
            var took: [Bool: [Duration]] = [:]
            for number in 0..<7 {
                let person = try await practice.join(access, [NewGrant(.builtIn(.frontDesk), at: practice.north.id)])
                for isKnown in [true, false] {
                    let email = isKnown ? person.email : "nobody\(UInt64.random(in: 0...UInt64.max))@example.org"
                    let origin = practice.origin("198.51.\(isKnown ? 1 : 2).\(number)")
                    let start = ContinuousClock.now
                    let code = try await problem {
                        _ = try await access.signIn(email: email, password: "not this one", code: "123456", from: origin)
                    }
                    took[isKnown, default: []].append(ContinuousClock.now - start)
                    #expect(code == "sign_in_refused")
                }
            }
            let (known, unknown) = (try #require(took[true]?.sorted()[3]), try #require(took[false]?.sorted()[3]))
            #expect(known < unknown * 3 && unknown < known * 3, "\(known) and \(unknown)")
        }
    }
}
