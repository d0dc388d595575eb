import Postgres
import Tenancy
import Testing
import Values

@testable import Access

extension OnDatabase {
    @Suite("signing in")
    struct SignInTests {
        @Test("invited, joined, signed in with one request, and every step is in the trail")
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

        @Test("unknown address, wrong password, wrong code, used code and no code get one answer")
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

        @Test("a wrong password costs as many flights whether the account exists or not")
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

        @Test("a manager sees and ends the sessions of those they manage, not their superiors'")
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

        @Test("after a rotation second factors are sealed anew and still work")
        func rotation() async throws {
            let practice = try Practice.current
            let person = try await practice.join(practice.access(), [NewGrant(.builtIn(.provider), at: practice.north.id)])
            let rotated = Access(
                tenancy: practice.tenancy,
                keys: try KeyRing(text: "1 \(String(repeating: "5c", count: 32))\n2 \(String(repeating: "77", count: 32))"),
                ambient: practice.ambient,
                logger: practice.logger
            )
            #expect(try await rotated.resealSecrets() > 0)
            #expect(try await rotated.resealSecrets() == 0)
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
            #expect(try await back.resealSecrets() > 0)
        }

        @Test("of fifty sign-ins with the same code at once, one succeeds")
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

        @Test("five hundred wrong guesses at once never pass the limit, and the honest user still enters")
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

        @Test("patience does not help: strangers get eighty failures in all, the known address stays open")
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

        @Test("one password tried on many accounts stops at the source")
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

        @Test("a session idles out, whatever a page polls; a person keeps it alive up to its end")
        func idle() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let person = try await practice.join(access, [NewGrant(.builtIn(.provider), at: practice.north.id)])
            for _ in 0..<20 {
                practice.clock.advance(seconds: 60)
                _ = try? await practice.caller(practice.access(), person.token, activity: .background)
            }
            #expect(try await problem { _ = try await practice.caller(practice.access(), person.token) } == "not_signed_in")

            practice.clock.advance(seconds: 31)
            let again = try await access.signIn(
                email: person.email,
                password: person.password,
                code: person.code(practice),
                from: practice.origin()
            )
            var alive = 0
            while try await problem({ _ = try await practice.caller(practice.access(), again.token) }) == nil, alive < 100 {
                alive += 1
                practice.clock.advance(seconds: 600)
            }
            #expect(alive == 72, "twelve hours of ten minutes each")
        }

        @Test("what one gateway ends another refuses within a second")
        func revoked() async throws {
            let practice = try Practice.current
            let here = practice.access()
            let there = practice.access()
            let person = try await practice.join(here, [NewGrant(.builtIn(.provider), at: practice.north.id)])
            let caller = try await practice.caller(there, person.token)
            try await here.signOut(try await practice.caller(here, person.token))
            let ended = ContinuousClock.now
            #expect(try await problem { _ = try await practice.caller(here, person.token) } == "not_signed_in", "here at once")
            while try await problem({ _ = try await practice.caller(there, person.token) }) == nil {
                try #require(ContinuousClock.now - ended < .milliseconds(1100), "still accepted \(caller.actor.kind)")
            }
        }

        @Test("step-up gives a new token and kills the old one")
        func stepUp() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let person = try await practice.join(access, [NewGrant(.builtIn(.provider), at: practice.north.id)])
            practice.clock.advance(seconds: 400)
            let old = try await practice.caller(access, person.token)
            #expect(throws: Problem.self) { try old.requireStepUp(at: practice.clock.now) }
            let next = try await access.stepUp(code: person.code(practice), by: old, from: practice.origin())
            #expect(next.token != person.token)
            let new = try await practice.caller(access, next.token)
            try new.requireStepUp(at: practice.clock.now)
            #expect(new.session != old.session)
            #expect(try await problem { _ = try await practice.caller(access, person.token) } == "not_signed_in")
            #expect(
                try await problem { _ = try await access.stepUp(code: person.code(practice), by: new, from: practice.origin()) }
                    == "sign_in_refused",
                "a code works once"
            )
        }

        @Test("a new password ends the other sessions and the old password")
        func password() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let person = try await practice.join(access, [NewGrant(.builtIn(.provider), at: practice.north.id)])
            let other = try await access.signIn(
                email: person.email,
                password: person.password,
                code: person.code(practice),
                from: practice.origin()
            )
            practice.clock.advance(seconds: 31)
            let caller = try await practice.caller(access, person.token)
            #expect(try await access.sessions(of: caller).count == 2)
            let attempt = { (new: String) in
                try await problem {
                    try await access.changePassword(
                        current: person.password,
                        new: new,
                        code: person.code(practice),
                        by: caller,
                        from: practice.origin()
                    )
                }
            }
            #expect(try await attempt("Riverside1") == "invalid_request", "the organization's name is no password")
            #expect(try await attempt("a quite different lampshade") == nil)
            #expect(try await problem { _ = try await practice.caller(access, other.token) } == "not_signed_in")
            _ = try await practice.caller(access, person.token)
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
        }

        @Test("a new second factor is in force only once it is proved")
        func secondFactor() async throws {
            let practice = try Practice.current
            let access = practice.access()
            var person = try await practice.join(access, [NewGrant(.builtIn(.provider), at: practice.north.id)])
            let caller = try await practice.caller(access, person.token)
            let enrolment = try await access.beginTOTP(by: caller)
            let secret = try #require(Base32.decode(enrolment.secret))
            let wrong = try await problem {
                try await access.confirmTOTP(proof: enrolment.proof, code: person.code(practice), by: caller, from: practice.origin())
            }
            #expect(wrong == "invalid_request")
            let code = TOTP.code(secret: secret, at: practice.clock.now)
            try await access.confirmTOTP(proof: enrolment.proof, code: code, by: caller, from: practice.origin())
            practice.clock.advance(seconds: 31)
            #expect(
                try await problem {
                    _ = try await access.signIn(
                        email: person.email,
                        password: person.password,
                        code: person.code(practice),
                        from: practice.origin()
                    )
                } == "sign_in_refused"
            )
            person = Person(
                email: person.email,
                password: person.password,
                secret: secret,
                staff: person.staff,
                organization: person.organization,
                token: person.token
            )
            _ = try await access.signIn(
                email: person.email,
                password: person.password,
                code: person.code(practice),
                from: practice.origin()
            )
        }

        @Test("an invitation works once, opening it changes nothing, and a second organization asks for the account one has")
        func invitations() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let person = try await practice.join(access, [NewGrant(.builtIn(.provider), at: practice.north.id)])
            let invitation = try await practice.staffing(in: practice.stranger, by: practice.commandLine()) {
                try await $0.invite(email: person.email, name: "Pat Elsewhere", grants: [NewGrant(.builtIn(.biller))])
            }
            for _ in 0..<3 {
                #expect(try await access.openInvitation(token: invitation.token, from: practice.origin()).enrolment == nil)
            }
            let accept = { (password: String, code: String) in
                try await problem {
                    _ = try await access.acceptInvitation(token: invitation.token, password: password, code: code, from: practice.origin())
                }
            }
            #expect(try await accept("a new password of mine", "123456") == "sign_in_refused")
            #expect(try await accept(person.password, person.code(practice)) == nil)
            practice.clock.advance(seconds: 31)
            #expect(try await accept(person.password, person.code(practice)) == "not_found")
            let both = try await practice.caller(practice.access(), person.token)
            #expect(both.organization == nil, "nobody chose yet")
            #expect(both.actor.kind == .account)
            #expect(both.may(.appointmentsBook, at: practice.north))
            #expect(!both.may(.appointmentsBook, at: practice.foreign))
            #expect(both.may(.claimsRead, at: practice.foreign))
            let acting = try both.acting(in: practice.stranger)
            #expect(acting.actor.name == "Pat Elsewhere")
        }
    }
}
