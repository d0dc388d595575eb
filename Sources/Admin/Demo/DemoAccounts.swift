import Access
import Assembly
import FoundationEssentials
import Glibc
import Values

/// A demo account with everything that its sign-in asks for.
struct DemoAccount: Hashable {
    let role: String
    let email: String
    let password: String
    let organization: String
    /// What the authenticator app would hold.
    let secret: [UInt8]

    /// The code of the step at `now`, or of one that many steps later.
    func code(at now: Instant, ahead steps: Int64 = 0) -> String { TOTP.code(secret: secret, at: now.adding(seconds: 30 * steps)) }
}

/// The file `demo-accounts` in the folder of files, readable by its owner only: one line an account, members separated by tabs.
struct DemoAccounts {
    private let path: String

    /// Errors: `not_a_demo` unless the environment is demo or test and the gateway listens on 127.0.0.1.
    init(_ settings: Settings) throws(Problem) {
        guard settings.environment != .production, settings.http.host == "127.0.0.1" else {
            throw Problem(
                .forbidden,
                "not_a_demo",
                "Demo accounts are known to everybody: POLYCLINIC_ENVIRONMENT must be demo or test, POLYCLINIC_HTTP_HOST 127.0.0.1."
            )
        }
        path = settings.folders.files + "/demo-accounts"
    }

    /// In the order they were made; none before the first load. Errors: `demo_accounts_damaged`.
    func read() throws -> [DemoAccount] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return try String(decoding: data, as: UTF8.self).split(separator: "\n").map { line in
            let members = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard members.count == 5, let secret = Base32.decode(members[4]) else {
                throw Problem(.failed, "demo_accounts_damaged", "\(path) has a line that is no account.")
            }
            return DemoAccount(role: members[0], email: members[1], password: members[2], organization: members[3], secret: secret)
        }
    }

    /// Errors: `not_found` with what to do.
    func account(_ email: String) throws -> DemoAccount {
        guard let account = try read().first(where: { $0.email == email }) else {
            throw Problem(
                .notFound,
                "not_found",
                "There is no demo account \(email). `polyclinic demo load` makes them, `polyclinic demo logins` lists them."
            )
        }
        return account
    }

    /// Adds an account, or replaces the one of the same address. The file is replaced whole: a killed load leaves the old one or the new one.
    func save(_ account: DemoAccount) throws {
        var accounts = try read()
        if let index = accounts.firstIndex(where: { $0.email == account.email }) {
            accounts[index] = account
        } else {
            accounts.append(account)
        }
        let lines = accounts.map {
            [$0.role, $0.email, $0.password, $0.organization, Base32.encode($0.secret)].joined(separator: "\t") + "\n"
        }
        let bytes = Array(lines.joined().utf8)
        let part = path + ".part"
        let descriptor = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        do {
            guard descriptor >= 0 else { throw FileFault("open") }
            defer { close(descriptor) }
            try DurableFile.fill(descriptor, bytes)
            try DurableFile.name(part, path)
        } catch let fault as FileFault {
            throw Problem(.failed, "demo_accounts_unwritable", "\(path) cannot be written: \(fault).")
        }
    }
}
