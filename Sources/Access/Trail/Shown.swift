import Postgres
import Values

/// What an answer showed: ids, and whose they are.
struct Shown {
    let ids: [UUID]
    let patients: [UUID]

    /// `known`: ids that are on record already.
    init(_ rows: Rows, but known: Set<UUID>, _ patients: ReadAct.Patients) throws {
        var ids: [UUID] = []
        var owners: Set<UUID> = []
        ids.reserveCapacity(rows.count)
        for row in rows {
            let id = try row.value("id", as: UUID.self)
            guard !known.contains(id) else { continue }
            ids.append(id)
            if case .column = patients, let owner = try row.value("patient_id", as: UUID?.self) { owners.insert(owner) }
        }
        self.ids = ids
        self.patients =
            switch patients {
            case .same: ids
            case .column: owners.sorted()
            case .one(let patient): [patient.uuid]
            case .none: []
            }
    }
}

extension Shown {
    /// The entry about it as the intake keeps it: the trail's columns but the id, by name.
    func entry(_ act: ReadAct, by caller: Caller, at now: Instant) -> String {
        // What is seen through broken glass has the glass's reason.
        let reason = act.reason ?? caller.emergency?.seen
        var writer = JSONWriter(capacity: 640 + 39 * (ids.count + patients.count))
        func text(_ key: StaticString, _ value: String?) {
            guard let value else { return }
            writer.key(key)
            writer.string(value)
        }
        func list(_ key: StaticString, _ ids: [UUID]) {
            writer.key(key)
            writer.beginArray()
            for id in ids { writer.string(id.description) }
            writer.endArray()
        }
        writer.beginObject()
        text("at", now.description)
        text("actor_kind", caller.actor.kind.rawValue)
        text("actor_id", caller.actor.id.description)
        text("actor_name", caller.actor.name)
        text("on_behalf_of", caller.onBehalfOf?.description)
        text("session_id", caller.session?.description)
        text("request_id", caller.requestID.description)
        text("source", caller.source)
        text("action", act.action)
        text("object_kind", act.kind)
        list("objects", ids)
        list("patients", patients)
        text("result", Act.Result.ok.rawValue)
        text("reason_code", reason?.code)
        text("reason_text", reason?.text)
        list("changed", [])
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
