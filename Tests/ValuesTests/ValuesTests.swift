import TestSupport
import Testing
import Values

@Suite("Ids")
struct IDTests {
    @Test("an id made later sorts later, and says it is version 7")
    func order() {
        let early = UUID.version7(at: Instant(seconds: 1_700_000_000), random: .max, .max)
        let late = UUID.version7(at: Instant(seconds: 1_700_000_001), random: 0, 0)
        #expect(early < late)
        #expect("\(early)".split(separator: "-")[2].first == "7")
    }

    @Test("reading what was written gives the same id; anything else is refused")
    func round() {
        let id = UUID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
        #expect(UUID("\(id)") == id)
        #expect(UUID("\(id)".uppercased()) == id)
        for wrong in ["", "0", "\(id)0", "\(id)".replacing("-", with: ""), "g" + "\(id)".dropFirst(), "{\(id)}"] {
            #expect(UUID(wrong) == nil)
        }
    }
}

@Suite("Days and instants")
struct DayTests {
    @Test("every day of six hundred years is itself after writing and reading, and weeks go round", .shows("TM-3"))
    func every() throws {
        var day = try #require(Day("1800-01-01"))
        var weekday = 3  // a Wednesday
        while day < Day(year: 2400, month: 1, day: 1) ?? day {
            let (year, month, date) = day.parts
            try #require(Day(year: year, month: month, day: date) == day && Day("\(day)") == day && day.weekday == weekday)
            day = day.adding(days: 1)
            weekday = weekday % 7 + 1
        }
    }

    @Test(
        "days that do not exist are refused",
        .shows("IO-3"),
        arguments: ["2026-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "1799-12-31", "2500-01-01", "2026-1-01", "26-01-01"]
    )
    func absent(text: String) {
        #expect(Day(text) == nil)
    }

    @Test("an instant is read with any offset and written in UTC")
    func instants() {
        #expect(Instant("2026-03-02T09:00:00-05:00")?.description == "2026-03-02T14:00:00Z")
        #expect(Instant("1969-12-31T23:59:59.5Z")?.microseconds == -500_000)
        #expect(Instant("1969-12-31T23:59:59.5Z")?.description == "1969-12-31T23:59:59.500000Z")
        for wrong in [
            "2026-03-02T09:00:00", "2026-03-02 09:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T09:00:60Z", "2026-03-02T09:00:00.1234567Z",
            "9999-01-01T00:00:00Z",
        ] {
            #expect(Instant(wrong) == nil)
        }
    }
}

@Suite("The wall clock")
struct WallClockTests {
    private func rules(_ name: String) throws -> TimeZoneRules { TimeZoneRules(try #require(ZoneName(name))) }

    @Test("a time that was skipped in spring is told with the moment after it")
    func skipped() throws {
        let reading = try rules("America/New_York").read(try #require(Day("2026-03-08")), try #require(TimeOfDay("02:30")))
        #expect(reading == .skipped(next: try #require(Instant("2026-03-08T07:00:00Z"))))
    }

    @Test("a time that comes twice in autumn is told with both moments")
    func repeated() throws {
        let reading = try rules("America/New_York").read(try #require(Day("2026-11-01")), try #require(TimeOfDay("01:30")))
        #expect(
            reading
                == .repeated(earlier: try #require(Instant("2026-11-01T05:30:00Z")), later: try #require(Instant("2026-11-01T06:30:00Z")))
        )
    }

    @Test(
        "every hour of a year, read back, shows the same clock",
        arguments: ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "UTC"]
    )
    func roundTrip(zone: String) throws {
        let rules = try rules(zone)
        let start = try #require(Instant("2026-01-01T00:00:00Z"))
        for hour in 0..<8760 {
            let instant = start.adding(seconds: Int64(hour) * 3600)
            let (day, time) = rules.wallClock(at: instant)
            switch rules.read(day, time) {
            case .once(let moment): try #require(moment == instant)
            case .repeated(let earlier, let later): try #require(earlier == instant || later == instant)
            case .skipped: Issue.record("\(zone) \(day) \(time) was shown and is said not to exist")
            }
        }
    }

    @Test("a day begins at midnight, or after it where midnight was skipped", .shows("TM-3"))
    func start() throws {
        let beirut = try rules("Asia/Beirut")
        let day = try #require(Day("2026-03-29"))
        #expect(beirut.wallClock(at: beirut.start(of: day)).time == TimeOfDay("01:00"))
    }

    @Test("names that are no zones are refused", arguments: ["", "EST", "Mars/Olympus", "../etc/passwd", "america"])
    func names(name: String) {
        #expect(ZoneName(name) == nil)
    }
}

@Suite("Money, NPI, phone")
struct SmallValueTests {
    @Test("amounts of different currencies do not add up, and none grows beyond the limit", .shows("MC-3"))
    func money() throws {
        let euro = try #require(Currency("EUR"))
        #expect(throws: Problem.self) { try Money(minor: 1, .usd).adding(Money(minor: 1, euro)) }
        #expect(throws: Problem.self) { try Money(minor: .max, .usd).adding(Money(minor: 1, .usd)) }
        #expect(throws: Problem.self) { try Money(minor: 1_000_000_000, .usd).times(.max) }
        #expect(try Money(minor: 150, .usd).times(3) == Money(minor: 450, .usd))
        #expect(Money(minor: -5, .usd).description == "-0.05 USD")
    }

    @Test("an NPI has its check digit")
    func npi() {
        #expect(NPI("1234567893") != nil)
        for wrong in ["1234567890", "123456789", "12345678933", "3234567893", "123456789a", ""] { #expect(NPI(wrong) == nil) }
    }

    @Test("phone numbers are read as people write them")
    func phone() {
        #expect(Phone("(202) 555-0123")?.e164 == "+12025550123")
        #expect(Phone("+49 30 1234567")?.e164 == "+49301234567")
        for wrong in ["", "555", "+0 123 456 789", "12025550123456789", "phone"] { #expect(Phone(wrong) == nil) }
    }
}
