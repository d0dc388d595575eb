import NIOCore
import NIOPosix

/// A port of 127.0.0.1 for a program that must be told one. Nobody else is likely to take it meanwhile: the kernel goes through all of them.
enum FreePort {
    static func choose() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }
}
