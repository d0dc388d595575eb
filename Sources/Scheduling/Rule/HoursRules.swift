import Values

/// The rules of hours and blocks.
extension Rulebook {
    /// The location's hours, then each resource's: what lies outside them, and which hours would have to hold.
    func ofHours(_ span: InstantRange) -> [Obstacle] {
        hours.compactMap { calendar, open in
            guard !open.contains(where: { $0.contains(span) }), let missing = InstantRange.first(of: span, outside: open) else {
                return nil
            }
            return outside(calendar, missing, span)
        }
    }

    func ofBlocks(_ span: InstantRange) -> [Obstacle] {
        var seen: Set<BlockID> = []
        return cast.flatMap { resource in
            // Nothing of a blocked resource is used: the minutes before and after neither.
            timetable.blocks(of: resource.id, meeting: Demand(resource, type).span(for: span)).compactMap { block in
                guard block.resource != nil || seen.insert(block.id).inserted else { return nil }
                return Obstacle(
                    .block,
                    of: block.resource?.uuid,
                    at: block.span,
                    cause: Obstacle.Cause(.block, block.id.uuid, by: block.updatedBy, at: block.updatedAt),
                    Remedy(.removeBlock, id: block.id.uuid)
                )
            }
        }
    }

    /// The part of some time outside which nothing as long as this can be: without what is closed, blocked, or taken by somebody who is alone then.
    /// nil when no stretch is long enough, so that full days cost no look at each of their quarters of an hour.
    func room(for span: InstantRange, in search: InstantRange) -> InstantRange? {
        let blocks = cast.flatMap { timetable.blocks(of: $0.id, meeting: search) }.map(\.span)
        let taken = diary.conflicts(demands.filter { $0.lanes == 1 }, search).map(\.span)
        let open = hours.reduce([search]) { InstantRange.common($0, $1.open) }
        let length = span.end.seconds(since: span.start)
        let free = InstantRange.open(open, without: InstantRange.joined(blocks + taken)).filter {
            $0.end.seconds(since: $0.start) >= length
        }
        return free.first.flatMap { first in InstantRange(first.start, free[free.count - 1].end) }
    }

    private func outside(_ calendar: ResourceID?, _ missing: InstantRange, _ span: InstantRange) -> Obstacle? {
        let rules = timetable.rules
        let day = rules.wallClock(at: missing.start).day
        guard let plan = timetable.plan(of: calendar, on: day) else { return nil }
        let whole = rules.span(of: day)
        // What of the appointment lies on this day must lie inside the hours of this day.
        let from = rules.wallClock(at: max(span.start, whole.start)).time.minutes
        let until = span.end >= whole.end ? DayPart.day : rules.wallClock(at: span.end).time.minutes
        var remedy = Remedy(plan.dated == nil ? .setDatedHours : .changeDatedHours, id: plan.dated?.id.uuid)
        remedy.resource = calendar
        remedy.day = day
        remedy.hours = DayPart.joined(plan.parts + [DayPart(from: from, until: max(until, from + 1))].compactMap(\.self))
        return Obstacle(
            calendar == nil ? .closed : .outsideHours,
            of: calendar?.uuid,
            at: missing,
            cause: cause(plan, calendar, day),
            remedy
        )
    }

    /// The dated hours that hold; else the weekly ones of the day that were set last, else of any day.
    private func cause(_ plan: Timetable.DayPlan, _ calendar: ResourceID?, _ day: Day) -> Obstacle.Cause? {
        if let dated = plan.dated { return Obstacle.Cause(.datedHours, dated.id.uuid, by: dated.updatedBy, at: dated.updatedAt) }
        let weekly = plan.weekly.isEmpty ? timetable.weeklyHours(of: calendar, on: day) : plan.weekly
        guard let latest = weekly.max(by: { ($0.updatedAt, $0.id) < ($1.updatedAt, $1.id) }) else { return nil }
        return Obstacle.Cause(.weeklyHours, latest.id.uuid, by: latest.updatedBy, at: latest.updatedAt)
    }
}

extension DayPart {
    /// In order, and one where they touch or overlap.
    static func joined(_ parts: [DayPart]) -> [DayPart] {
        var joined: [DayPart] = []
        for part in parts.sorted(by: { $0.from < $1.from }) {
            if let last = joined.last, part.from <= last.until, let both = DayPart(from: last.from, until: max(last.until, part.until)) {
                joined[joined.count - 1] = both
            } else {
                joined.append(part)
            }
        }
        return joined
    }
}

extension InstantRange {
    /// The first part of a span that lies in none of these, which are in order and apart; nil when all of it lies in them.
    static func first(of span: InstantRange, outside open: [InstantRange]) -> InstantRange? {
        var start = span.start
        for range in open where range.end > start {
            guard range.start <= start else { return InstantRange(start, min(range.start, span.end)) }
            start = range.end
            guard start < span.end else { return nil }
        }
        return InstantRange(start, span.end)
    }
}
