/// Where Redis is, who we are there, and every limit of the client. Settings are plain values: nothing is read from the
/// environment here.
public struct RedisSettings: Sendable {
    /// How the connection is protected on its way.
    public enum TLSMode: Sendable, Hashable {
        /// Plain TCP: only for a server on the same machine.
        case off
        /// TLS 1.2 or newer. The server's certificate must be signed by an authority of `caFile` (PEM) and carry the DNS name
        /// `hostname`, or the IP address that was connected to. If `hostname` is an address, it must be the host's.
        case verify(caFile: String, hostname: String)
    }

    /// Name or address of the server.
    public var host: String
    public var port: Int
    /// ACL user. Nil signs in as Redis's `default` user.
    public var username: String?
    /// Nil sends no AUTH.
    public var password: String?
    public var tls: TLSMode = .off
    /// Number of the logical database.
    public var database = 0
    /// Shown by `CLIENT LIST`; no spaces.
    public var clientName = "polyclinic"

    /// For TCP, TLS and sign-in together.
    public var connectTimeout: Duration = .seconds(2)
    /// From the call to its reply. Redis answers in well under a millisecond, so two seconds means that it is gone or stuck;
    /// what asked for a hint should not wait longer.
    public var commandTimeout: Duration = .seconds(2)
    /// How often an open connection is tried with PING, so that a peer that vanished is noticed without traffic.
    public var healthInterval: Duration = .seconds(5)
    /// First pause before connecting again; doubled after each failure, with jitter.
    public var reconnectMinimum: Duration = .milliseconds(50)
    /// Longest pause before connecting again.
    public var reconnectMaximum: Duration = .seconds(2)

    /// Commands submitted and not yet answered, per connection. More are refused as `overloaded`.
    public var maximumPending = 10_000
    /// Bytes of those commands, per connection.
    public var maximumPendingBytes = 64 << 20
    /// Bytes of one reply; a longer one closes the connection.
    public var maximumReplyBytes = 16 << 20
    /// Elements of one reply, nested ones included; more close the connection. (Nesting is limited to 7 by hiredis.)
    public var maximumReplyElements = 100_000
    /// Blocking commands at one time, each on a connection of its own. More are refused as `overloaded`.
    public var maximumBlocking = 8

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// Printing settings never prints the password.
extension RedisSettings: CustomStringConvertible, CustomReflectable {
    public var description: String {
        "redis\(tls == .off ? "" : "s")://\(host):\(port)/\(database)"
    }

    public var customMirror: Mirror {
        Mirror(self, children: ["address": description, "username": username ?? "default", "password": password == nil ? "none" : "set"])
    }
}
