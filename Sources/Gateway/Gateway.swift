import Assembly
import Glibc
import Logging

@main
struct GatewayProgram {
    static func main() async throws {
        let logger = Launch.logger(.gateway)
        do {
            let gateway = try GatewayProcess(try await Settings.read(), logger: logger)
            try await gateway.services.startCheck.run()
            try await Launch.run(gateway.group, logger: logger)
            await gateway.services.close()
        } catch let fault as SettingsFault {
            logger.critical("\(fault)")
            exit(78)  // EX_CONFIG: a supervisor need not try again
        }
    }
}
