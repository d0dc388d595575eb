import Synchronization
import Values

/// The Date header's text, made anew once a second.
final class ServerClock: Sendable {
    private let cached = Mutex<(second: Int64, text: String)>((.min, ""))

    /// RFC 9110's IMF-fixdate.
    func date(_ now: Instant) -> String {
        let second = now.microseconds / 1_000_000
        return cached.withLock { cached in
            if cached.second != second { cached = (second, ServerClock.format(second)) }
            return cached.text
        }
    }

    static func format(_ second: Int64) -> String {
        let day = Day(daysSinceEpoch: Int32(clamping: second / 86_400))
        let (year, month, number) = day.parts
        let rest = Int(second % 86_400)
        let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return
            "\(names[day.weekday - 1]), \(two(number)) \(months[month - 1]) \(year) \(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60)) GMT"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
