import Access
import ArgumentParser
import Assembly
import Values

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "A demo organization, its accounts, and a clinic's day played through the API. Not in production.",
        subcommands: [Load.self, Logins.self, Code.self, Play.self]
    )

    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the demo organizations, locations and people. Does nothing to what is there; completes what was interrupted."
        )

        @OptionGroup var options: Options

        func run() async throws {
            try await options.asOwner { settings, owner in
                let accounts = try DemoAccounts(settings)
                let services = try Services(settings, as: .admin, logger: options.logger)
                do {
                    try await DemoLoad(services: services, provisioner: owner.provisioner(settings), accounts: accounts).run()
                } catch {
                    await services.close()
                    throw error
                }
                await services.close()
                options.show(.of(try accounts.read()))
            }
        }
    }

    struct Logins: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the demo accounts; `demo code` prints the code a sign-in asks for besides."
        )

        @OptionGroup var options: Options

        func run() async throws {
            try await options.explained {
                let accounts = try DemoAccounts(try await options.settings())
                options.show(.of(try accounts.read()))
            }
        }
    }

    struct Code: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the code that a demo account's authenticator app would show now.")

        @OptionGroup var options: Options
        @Argument(help: "The account's e-mail address.") var email: String
        @Flag(help: "The code after it: each works once, and the next one works already.") var next = false

        func run() async throws {
            try await options.explained {
                let account = try DemoAccounts(try await options.settings()).account(email)
                print(account.code(at: Ambient.system.now(), ahead: next ? 1 : 0))
            }
        }
    }

    struct Play: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "day",
            abstract:
                "Play a clinic's day through the API of the running system; stop with exit code 1 at the first step that does not hold."
        )

        @OptionGroup var options: Options

        func run() async throws {
            try await options.withServices { services in
                let accounts = try DemoAccounts(services.settings)
                try await DemoClient.with(services.settings.http.publicURL) { client in
                    try await DemoDay(services: services, accounts: accounts, client: client, story: DemoStory(json: options.json)).run()
                }
            }
        }
    }
}

extension Table {
    static func of(_ accounts: [DemoAccount]) -> Table {
        Table(
            ["role", "email", "password", "organization"],
            accounts.map { [.text($0.role), .text($0.email), .text($0.password), .text($0.organization)] }
        )
    }
}
