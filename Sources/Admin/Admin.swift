import ArgumentParser
// `stdout` is a C global that nothing here changes.
@preconcurrency import Glibc

/// `polyclinic`, the command line of platform operators. Exit codes: 0 done; 1 refused or failed; 2 something was found that needs attention
/// (doctor, audit verify, migrate status, dead jobs, missing keys, X12 and calendar files); 64 the command was not understood; 78 the settings cannot be used.
@main
struct Polyclinic: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "polyclinic",
        abstract: "Operate a Polyclinic installation.",
        discussion:
            "Exit codes: 0 done; 1 refused or failed; 2 something was found that needs attention; 64 not understood; 78 the settings cannot be used.",
        subcommands: [
            InstallCommand.self, OrganizationCommand.self, LocationCommand.self, StaffCommand.self, SettingCommand.self,
            MigrateCommand.self, JobsCommand.self,
            AuditCommand.self, BackupCommand.self, KeyCommand.self, X12Command.self, CalendarCommand.self, DoctorCommand.self,
            DemoCommand.self,
        ]
    )

    /// As the parser does it, but output that did not arrive is no success: a full disk must not look like a list of checkpoints.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
            guard fflush(stdout) == 0, ferror(stdout) == 0 else {
                complain("The output could not be written.")
                throw ExitCode(1)
            }
        } catch {
            exit(withError: error)
        }
    }
}
