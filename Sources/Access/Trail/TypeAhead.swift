import Synchronization
import Values

/// What a session was shown, and has on record, in the last ten seconds: each letter typed into a search need not record the same patients.
/// An id is remembered only after its entry is safe, so nothing that was shown is ever missing from the trail.
final class TypeAhead: Sendable {
    struct Scene: Hashable {
        let viewer: UUID
        let place: UUID
        let action: String
    }

    private struct Window {
        let start: ContinuousClock.Instant
        var ids: Set<UUID> = []
    }

    private let windows = Mutex<[Scene: Window]>([:])
    private let length: Duration = .seconds(10)
    /// More typing at one moment than one gateway sees; beyond it the old windows are forgotten, which only records more.
    private let limit = 5_000
    private let idLimit = 1_000

    func recorded(_ scene: Scene) -> [UUID] {
        windows.withLock { windows in
            guard let window = windows[scene], ContinuousClock.now - window.start < length else { return [] }
            return Array(window.ids)
        }
    }

    func record(_ ids: [UUID], _ scene: Scene) {
        windows.withLock { windows in
            let now = ContinuousClock.now
            if windows.count >= limit { windows = windows.filter { now - $0.value.start < length } }
            if windows.count >= limit { windows.removeAll() }
            var window = windows[scene].flatMap { now - $0.start < length ? $0 : nil } ?? Window(start: now)
            if window.ids.count < idLimit { window.ids.formUnion(ids) }
            windows[scene] = window
        }
    }
}
