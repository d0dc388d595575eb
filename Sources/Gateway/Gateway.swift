import Assembly
import Logging

@main
struct GatewayProgram {
    static func main() async {
        await Launch.program(.gateway) { logger in
            let gateway = try GatewayProcess(try await Settings.read(), logger: logger)
            try await gateway.services.startCheck.run()
            try await Launch.run(gateway.group, logger: logger)
            await gateway.services.close()
        }
    }
}
