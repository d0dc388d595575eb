import ArgumentParser
import Assembly
import Glibc
import Jobs
import Redis
import Tenancy
import Values

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Check configuration, connections, versions, clock, disk, transaction age, jobs; say what to do. Exit code 2 when something needs attention."
    )

    @OptionGroup var options: Options

    func run() async throws {
        try await options.explained {
            let settings = try await options.settings()
            var findings = [Finding("configuration", .good, "\(settings.environment.rawValue), all settings can be used")]
            let services = try Services(settings, as: .admin, logger: options.logger)
            findings += await Examination(services: services).run()
            await services.close()
            options.show(
                Table(
                    ["check", "state", "finding", "what_to_do"],
                    findings.map { [.text($0.check), .text($0.state.rawValue), .text($0.words), .text($0.advice)] }
                )
            )
            if findings.contains(where: { $0.state != .good }) { throw ExitCode(2) }
        }
    }
}

struct Finding {
    enum State: String {
        case good, attention, failed
    }

    let check: String
    let state: State
    let words: String
    let advice: String

    init(_ check: String, _ state: State, _ words: String, _ advice: String = "") {
        self.check = check
        self.state = state
        self.words = words
        self.advice = advice
    }
}
