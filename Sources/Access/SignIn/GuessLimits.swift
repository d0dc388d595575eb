/// How many failures to sign in are borne, and how long each next one must wait. The first few are free; then the wait doubles up to a cap. An
/// attempt refused because it came too early is not judged, and so does not count.
public struct GuessLimits: Sendable {
    /// What failures are counted by.
    enum Kind: String, Sendable {
        /// One account, from anywhere. Reset by success.
        case account
        /// One account, from an address it has signed in from before: an attacker elsewhere cannot make the honest user wait.
        case known
        /// One address, any account.
        case source
        /// The whole platform, addresses never seen with the account.
        case global
    }

    struct Limit: Sendable {
        let failures: Int
        let free: Int
        /// Seconds.
        let cap: Int
        /// Seconds after which counting starts anew; nil is never.
        let window: Int?

        /// Seconds to wait after each failure beyond the free ones; the last stands for all that follow.
        var waits: [Int] {
            var waits = [min(1, cap)]
            while let last = waits.last, last < cap { waits.append(min(cap, last * 2)) }
            return waits
        }

        /// Seconds to wait after so many failures; the same as in `GuessCounter.take`.
        func wait(after failures: Int) -> Int {
            failures <= free ? 0 : waits[min(failures - free, waits.count) - 1]
        }
    }

    /// In all, known addresses included: 100 is the most NIST SP 800-63B allows on one account.
    public var accountTotal = 100
    /// Of these, how many strangers' addresses may use up. The rest stays for addresses the account is known by.
    public var accountStrangers = 80
    /// Of one address in a quarter of an hour; a clinic shares one.
    public var source = 50
    /// Of everybody in a minute.
    public var global = 1000

    public init() {}

    func limit(_ kind: Kind) -> Limit {
        switch kind {
        case .account: Limit(failures: accountTotal, free: 5, cap: 900, window: nil)
        case .known: Limit(failures: accountTotal, free: 5, cap: 60, window: 86_400)
        case .source: Limit(failures: source, free: 20, cap: 60, window: 900)
        case .global: Limit(failures: global, free: global, cap: 1, window: 60)
        }
    }
}
