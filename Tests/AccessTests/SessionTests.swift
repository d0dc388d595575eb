import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Access

extension OnDatabase {
    @Suite("sessions and credentials")
    struct SessionTests {
        @Test("a session idles out, whatever a page polls; a person keeps it alive up to its end", .shows("AU-10", "TM-5"))
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

        @Test("what one gateway ends another refuses within a second", .shows("AZ-6"))
        func revoked() async throws {
            let practice = try Practice.current
            let here = practice.access()
            let there = practice.access()
            let person = try await practice.join(here, [NewGrant(.builtIn(.provider), at: practice.north.id)])
            let caller = try await practice.caller(there, person.token)
            try await here.signOut(try await practice.caller(here, person.token))
            let sinceEnd = Stopwatch()
            #expect(try await problem { _ = try await practice.caller(here, person.token) } == "not_signed_in", "here at once")
            while try await problem({ _ = try await practice.caller(there, person.token) }) == nil {
                try #require(sinceEnd.elapsed < .milliseconds(1100), "still accepted \(caller.actor.kind)")
            }
        }

        @Test("step-up gives a new token and kills the old one", .shows("AU-9", "AU-12"))
        func stepUp() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let person = try await practice.join(access, [NewGrant(.builtIn(.provider), at: practice.north.id)])
            practice.clock.advance(seconds: 601)
            let old = try await practice.caller(access, person.token)
            #expect(throws: Access.stepUpRequired) { try access.requireStepUp(old, at: practice.clock.now) }
            let next = try await access.stepUp(code: person.code(practice), by: old, from: practice.origin())
            #expect(next.token != person.token)
            let new = try await practice.caller(access, next.token)
            try access.requireStepUp(new, at: practice.clock.now)
            #expect(new.session != old.session)
            #expect(try await problem { _ = try await practice.caller(access, person.token) } == "not_signed_in")
            #expect(
                try await problem { _ = try await access.stepUp(code: person.code(practice), by: new, from: practice.origin()) }
                    == "sign_in_refused",
                "a code works once"
            )
        }

        @Test("a new password ends the other sessions and the old password", .shows("AU-8"))
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

        @Test(
            "an invitation works once, opening it changes nothing, and a second organization asks for the account one has",
            .shows("AU-13")
        )
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
