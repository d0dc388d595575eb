import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Access

extension OnDatabase {
    @Suite("signing in")
    struct SignInTests {
        @Test("invited, joined, signed in with one request, and every step is in the trail", .shows("AU-16"))
        func day() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let person = try await practice.join(access, [NewGrant(.builtIn(.owner))])
            let signedIn = try await access.signIn(
                email: " " + person.email.uppercased(),
                password: person.password,
                code: person.code(practice),
                from: practice.origin()
            )
            let caller = try await practice.caller(access, signedIn.token)
            #expect(caller.actor.kind == .staff)
            #expect(caller.actor.id == person.staff.uuid)
            #expect(caller.organization == practice.organization)
            #expect(caller.may(.patientsRead, at: practice.north))
            #expect(caller.may(.accountManage))
            #expect(!caller.may(.patientsRead, at: practice.foreign), "an owner's rights end at the organization")
            #expect(!caller.may(.patientsRead, in: practice.stranger))
            #expect(!caller.may(.platformOperate))
            let acts = try await practice.acts(of: person.staff)
            #expect(acts.sorted() == ["sign_in.succeeded", "sign_in.succeeded", "staff.granted", "staff.invited", "staff.joined"])
        }

        @Test("unknown address, wrong password, wrong code, used code and no code get one answer", .shows("AU-2", "AU-5"))
        func oneAnswer() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let person = try await practice.join(access, [NewGrant(.builtIn(.provider), at: practice.north.id)])
            let code = person.code(practice)
            _ = try await access.signIn(email: person.email, password: person.password, code: code, from: practice.origin())
            let tries: [(String, String, String)] = [
                ("nobody@example.org", person.password, code), (person.email, "wrong password", code),
                (person.email, person.password, "000000"),
                (person.email, person.password, code), (person.email, person.password, ""),
                ("not an address", "x", "y"), (person.email, String(repeating: "x", count: 5000), code),
            ]
            for (number, attempt) in tries.enumerated() {
                // From places of their own, so that no counter speaks.
                let code = try await problem {
                    _ = try await access.signIn(
                        email: attempt.0,
                        password: attempt.1,
                        code: attempt.2,
                        from: practice.origin("198.51.100.\(number)")
                    )
                }
                #expect(code == "sign_in_refused", "attempt \(number)")
            }
            #expect(try await practice.acts(of: person.staff).filter { $0 == "sign_in.refused" }.count >= 3)
        }

        @Test("a wrong password costs as many flights whether the account exists or not", .shows("AU-5"))
        func sameWork() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let person = try await practice.join(access, [NewGrant(.builtIn(.provider), at: practice.north.id)])
            var flights: [Int] = []
            for email in [person.email, "nobody\(UInt64.random(in: 0...UInt64.max))@example.org"] {
                let counter = FlightCounter()
                _ = try await FlightCounter.$current.withValue(counter) {
                    try await problem {
                        _ = try await access.signIn(
                            email: email,
                            password: "wrong",
                            code: "123456",
                            from: practice.origin("198.51.100.200")
                        )
                    }
                }
                flights.append(counter.count)
            }
            #expect(flights[0] == flights[1])
        }

        @Test("a known token costs one flight, and none for the next second")
        func oneFlight() async throws {
            let practice = try Practice.current
            let person = try await practice.join(practice.access(), [NewGrant(.builtIn(.provider), at: practice.north.id)])
            let access = practice.access()
            let counter = FlightCounter()
            try await FlightCounter.$current.withValue(counter) {
                // Twenty at once: a page fires its requests together.
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 { group.addTask { _ = try await practice.caller(access, person.token, activity: .background) } }
                    try await group.waitForAll()
                }
            }
            #expect(counter.count == 1)
        }

        @Test("an account whose failures are used up is opened again by who manages it")
        func unlock() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let owner = try await practice.join(access, [NewGrant(.builtIn(.owner))])
            let person = try await practice.join(access, [NewGrant(.builtIn(.provider), at: practice.north.id)], source: "192.0.2.9")
            let manager = try await practice.join(access, [NewGrant(.builtIn(.locationManager), at: practice.south.id)])
            let counter = GuessCounter(email: person.email, source: nil, isKnown: true, keys: practice.keys)
            for _ in 0..<100 {
                _ = try await practice.tenancy.signIn { try await $0.query(counter.take(at: practice.clock.now, GuessLimits())[0]) }
            }
            let attempt = {
                try await problem {
                    _ = try await access.signIn(
                        email: person.email,
                        password: person.password,
                        code: person.code(practice),
                        from: practice.origin("192.0.2.9")
                    )
                }
            }
            #expect(try await attempt() == "too_many_attempts")
            let middle = try await practice.caller(access, manager.token)
            let elsewhere = try await problem {
                try await access.unlock(person.staff, in: practice.organization, by: middle, reason: practice.reason)
            }
            #expect(elsewhere == "grants_more_than_held")
            let boss = try await practice.caller(access, owner.token)
            try await access.unlock(person.staff, in: practice.organization, by: boss, reason: practice.reason)
            #expect(try await attempt() == nil)
        }

        @Test("a manager sees and ends the sessions of those they manage, not their superiors'", .shows("AU-8"))
        func sessionsOfStaff() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let owner = try await practice.join(access, [NewGrant(.builtIn(.owner))])
            let clerk = try await practice.join(access, [NewGrant(.builtIn(.frontDesk), at: practice.north.id)])
            let manager = try await practice.join(access, [NewGrant(.builtIn(.locationManager), at: practice.north.id)])
            let caller = try await practice.caller(access, manager.token)
            #expect(try await access.sessions(ofStaff: clerk.staff, in: practice.organization, by: caller).count == 1)
            #expect(
                try await problem { _ = try await access.sessions(ofStaff: owner.staff, in: practice.organization, by: caller) }
                    == "grants_more_than_held"
            )
            let ended = try await access.endSessions(ofStaff: clerk.staff, in: practice.organization, by: caller, reason: practice.reason)
            #expect(ended == 1)
            #expect(try await problem { _ = try await practice.caller(access, clerk.token) } == "not_signed_in")
        }

        @Test("lost credentials are reset by an operator only; the new ones end every session, and the token works once")
        func reset() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let owner = try await practice.join(access, [NewGrant(.builtIn(.owner))])
            let person = try await practice.join(access, [NewGrant(.builtIn(.provider), at: practice.north.id)])
            let boss = try await practice.caller(access, owner.token)
            let refused = try await problem {
                _ = try await practice.staffing(by: boss) { try await $0.resetCredentials(of: person.staff, reason: practice.reason) }
            }
            #expect(refused == "permission_missing")
            let invitation = try await practice.staffing(by: practice.commandLine()) {
                try await $0.resetCredentials(of: person.staff, reason: practice.reason)
            }
            _ = try await practice.caller(access, person.token)
            let opened = try await access.openInvitation(token: invitation.token, from: practice.origin())
            let enrolment = try #require(opened.enrolment)
            let secret = try #require(Base32.decode(enrolment.secret))
            let accept = {
                try await problem {
                    _ = try await access.acceptInvitation(
                        token: invitation.token,
                        password: "another lampshade altogether",
                        code: TOTP.code(secret: secret, at: practice.clock.now),
                        from: practice.origin()
                    )
                }
            }
            #expect(try await accept() == nil)
            #expect(try await accept() == "not_found")
            #expect(try await problem { _ = try await practice.caller(access, person.token) } == "not_signed_in")
            practice.clock.advance(seconds: 31)
            let old = try await problem {
                _ = try await access.signIn(
                    email: person.email,
                    password: person.password,
                    code: person.code(practice),
                    from: practice.origin()
                )
            }
            #expect(old == "sign_in_refused")
            _ = try await access.signIn(
                email: person.email,
                password: "another lampshade altogether",
                code: TOTP.code(secret: secret, at: practice.clock.now),
                from: practice.origin()
            )
        }

        @Test("after a rotation second factors are sealed anew and still work", .shows("AP-5"))
        func rotation() async throws {
            let practice = try Practice.current
            let person = try await practice.join(practice.access(), [NewGrant(.builtIn(.provider), at: practice.north.id)])
            let rotated = Access(
                tenancy: practice.tenancy,
                keys: try KeyRing(text: "1 \(String(repeating: "5c", count: 32))\n2 \(String(repeating: "77", count: 32))"),
                ambient: practice.ambient,
                logger: practice.logger
            )
            #expect(try await practice.resealAccounts(rotated).rows > 0)
            #expect(try await practice.resealAccounts(rotated) == Resealed())
            #expect(try await rotated.keyUse(of: SealedColumn.all[0], in: .accounts).keys.sorted() == [2])
            _ = try await rotated.signIn(
                email: person.email,
                password: person.password,
                code: person.code(practice),
                from: practice.origin()
            )
            // The other tests know the first key only.
            let back = Access(
                tenancy: practice.tenancy,
                keys: try KeyRing(text: "2 \(String(repeating: "77", count: 32))\n1 \(String(repeating: "5c", count: 32))"),
                ambient: practice.ambient,
                logger: practice.logger
            )
            #expect(try await practice.resealAccounts(back).rows > 0)
        }

        @Test("of fifty sign-ins with the same code at once, one succeeds", .shows("AU-2"))
        func reuse() async throws {
            let practice = try Practice.current
            let access = practice.access { $0.guesses.source = 1000 }
            let person = try await practice.join(access, [NewGrant(.builtIn(.provider), at: practice.north.id)])
            let code = person.code(practice)
            let succeeded = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await problem {
                            _ = try await access.signIn(
                                email: person.email,
                                password: person.password,
                                code: code,
                                from: practice.origin("192.0.2.1")
                            )
                        } == nil
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(succeeded == 1)
        }
    }
}
