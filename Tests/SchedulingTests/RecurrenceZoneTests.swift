import Foundation
import TestSupport
import Testing
import Values

@testable import Scheduling

/// Every zone of the database against every change of its clocks in ten years. What is expected comes from offsets alone: a wall time is
/// as many moments as there are offsets that lead to it and are in force there.
@Suite("A series in every zone")
struct RecurrenceZoneTests {
    private static let from = Date(timeIntervalSince1970: 1_772_323_200)  // 2026-03-01
    private static let until = Date(timeIntervalSince1970: 2_087_942_400)  // 2036-03-01

    private struct Zone {
        let name: ZoneName
        let zone: TimeZone
        /// Moments at which the clocks change, in seconds.
        let changes: [Int64]

        func offset(_ seconds: Int64) -> Int64 { Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds)))) }
    }

    private static let zones: [Zone] = TimeZone.knownTimeZoneIdentifiers.compactMap { name in
        guard let zone = TimeZone(identifier: name), let known = ZoneName(name) else { return nil }
        var changes: [Int64] = []
        var at = from
        while let next = zone.nextDaylightSavingTimeTransition(after: at), next < until, next > at {
            changes.append(Int64(next.timeIntervalSince1970.rounded()))
            at = next
        }
        return changes.isEmpty ? nil : Zone(name: known, zone: zone, changes: changes)
    }

    @Test("there are zones enough for this to mean something")
    func enough() {
        #expect(Self.zones.count > 100)
        #expect(Self.zones.map(\.changes.count).max() ?? 0 >= 20)
    }

    @Test("around every change a daily series keeps its wall clock, and says what is skipped or happens twice", .shows("TM-1", "TM-2"))
    func changes() throws {
        var (skipped, repeated) = (0, 0)
        for zone in Self.zones {
            let rules = TimeZoneRules(zone.name)
            for change in zone.changes {
                let (before, after) = (zone.offset(change - 1), zone.offset(change))
                guard before != after else { continue }
                // In the middle of the gap or of what happens twice, on the wall.
                let wall = change + min(before, after) + abs(after - before) / 120 * 60
                let time = try #require(TimeOfDay(minutes: Int((wall % 86_400 + 86_400) % 86_400) / 60))
                let day = Day(daysSinceEpoch: Int32((wall - wall % 86_400) / 86_400))
                let series = try Recurrence(RecurrenceRule("FREQ=DAILY;COUNT=7"), start: day.adding(days: -3), time: time)
                let found = try series.occurrences(rules)
                try #require(found.count == 7)
                let exact = Int64(day.daysSinceEpoch) * 86_400 + Int64(time.minutes * 60)
                switch found[3].reading {
                case .skipped(let next):
                    #expect(after > before && next == Instant(seconds: change), "\(zone.name) \(change)")
                    skipped += 1
                case .repeated(let earlier, let later):
                    #expect(
                        earlier == Instant(seconds: exact - before) && later == Instant(seconds: exact - after),
                        "\(zone.name) \(change)"
                    )
                    repeated += 1
                case .once: Issue.record("\(zone.name) \(change): once")
                }
                expectWall(found, time, rules, zone.name)
            }
        }
        #expect(skipped > 1_000 && repeated > 1_000)
    }

    @Test("over ten years a weekly series is read as the zone's offsets say, at the hours of its changes", .shows("TM-2"))
    func years() throws {
        for zone in Self.zones {
            let rules = TimeZoneRules(zone.name)
            let offsets = Set(zone.changes.flatMap { [zone.offset($0 - 1), zone.offset($0)] })
            guard let change = zone.changes.first(where: { zone.offset($0) > zone.offset($0 - 1) }) else { continue }
            let wall = change + zone.offset(change - 1)
            let time = try #require(TimeOfDay(minutes: Int((wall % 86_400 + 86_400) % 86_400) / 60))
            let start = Day(daysSinceEpoch: Int32(wall / 86_400))
            let found = try Recurrence(RecurrenceRule("FREQ=WEEKLY;COUNT=450"), start: start, time: time).occurrences(rules)
            for occurrence in found {
                let wall = Int64(occurrence.day.daysSinceEpoch) * 86_400 + Int64(time.minutes * 60)
                let moments = offsets.map { wall - $0 }.filter { zone.offset($0) == wall - $0 }.sorted().map { Instant(seconds: $0) }
                switch occurrence.reading {
                case .once(let instant): #expect(moments == [instant], "\(zone.name) \(occurrence.day)")
                case .repeated(let earlier, let later): #expect(moments == [earlier, later], "\(zone.name) \(occurrence.day)")
                case .skipped: #expect(moments.isEmpty, "\(zone.name) \(occurrence.day)")
                }
            }
            expectWall(found, time, rules, zone.name)
        }
    }

    @Test("a zone's definition in a feed lists every change of its clocks, where and by how much")
    func definitions() throws {
        let days = try #require(Day("2027-03-02"))...(try #require(Day("2036-02-01")))
        for zone in Self.zones {
            let lines = ZoneObservances(zone.name, over: days).lines
            let onsets = lines.filter { $0.hasPrefix("DTSTART:") }.dropFirst().map { String($0.dropFirst(8)) }
            let last = Int64(days.upperBound.daysSinceEpoch + 1) * 86_400
            let wanted = zone.changes.filter { zone.offset($0) != zone.offset($0 - 1) && $0 > 1_772_496_000 && $0 < last }
                .map { String(CalendarStamp.text(Instant(seconds: $0 + zone.offset($0 - 1))).dropLast()) }
            #expect(onsets == wanted, "\(zone.name)")
        }
    }

    private func expectWall(_ found: [Recurrence.Occurrence], _ time: TimeOfDay, _ rules: TimeZoneRules, _ name: ZoneName) {
        for occurrence in found {
            let instants: [Instant] =
                switch occurrence.reading {
                case .once(let instant): [instant]
                case .repeated(let earlier, let later): [earlier, later]
                case .skipped: []
                }
            for instant in instants { #expect(rules.wallClock(at: instant) == (occurrence.day, time), "\(name) \(occurrence.day)") }
        }
    }
}
