import Values

/// Signs people in with password and code. A code works once: when the current one was used (the day may be run again at once), the next one
/// does, and after that the one of the step to come.
struct DemoSignIn {
    let client: DemoClient
    let story: DemoStory

    func run(_ account: DemoAccount) async throws -> DemoPerson {
        for ahead: Int64 in [0, 1] {
            if let person = try await attempt(account, ahead) { return person }
        }
        let seconds = 30 - Ambient.system.now().microseconds / 1_000_000 % 30
        complain("      … both codes of \(account.email) were used; waiting \(seconds) seconds for the next")
        try await Task.sleep(for: .seconds(seconds))
        if let person = try await attempt(account, 1) { return person }
        throw Problem.unexpected(
            "\(account.email) is refused. Is the clock right? `polyclinic demo load` made the account on this machine."
        )
    }

    /// nil when the code is refused.
    private func attempt(_ account: DemoAccount, _ ahead: Int64) async throws -> DemoPerson? {
        while true {
            let code = account.code(at: Ambient.system.now(), ahead: ahead)
            let body: JSON = ["email": .string(account.email), "password": .string(account.password), "code": .string(code)]
            let answer = try await client.send("POST", "/v1/sessions", body: body)
            switch answer.status {
            case 201: return DemoPerson(client: client, account: account, token: answer.json.text("token"))
            case 401: return nil
            case 429, 503:
                let seconds = min(60, answer.retryAfter ?? 1)
                complain("      … \(answer.code): waiting \(seconds) seconds")
                try await Task.sleep(for: .seconds(seconds))
            default: throw Problem.unexpected("\(account.email) cannot sign in: \(answer.words)")
            }
        }
    }
}
