import Values

/// An entry as a line of JSON, for the files of the archive. What is read back has the digest it was sealed with.
extension AuditEntry {
    var json: JSON {
        .object([
            ("id", .string(id.description)), ("at", .integer(at.microseconds)), ("actor_kind", .string(actorKind)),
            ("actor_id", text(actorID)), ("actor_name", text(actorName)), ("on_behalf_of", text(onBehalfOf)), ("session_id", text(session)),
            ("request_id", .string(requestID.description)), ("source", text(source)), ("action", .string(action)),
            ("object_kind", text(objectKind)), ("object_id", text(objectID)), ("objects", texts(objects)), ("patients", texts(patients)),
            ("result", .string(result)), ("reason_code", text(reasonCode)), ("reason_text", text(reasonText)), ("changed", texts(changed)),
        ])
    }

    /// nil for what is no entry.
    init?(_ json: JSON) {
        guard let id = json["id"]?.text.flatMap({ AuditEntryID($0) }), let at = json["at"]?.integer,
            let actorKind = json["actor_kind"]?.text,
            let requestID = json["request_id"]?.text.flatMap({ UUID($0) }), let action = json["action"]?.text,
            let result = json["result"]?.text, case .array(let objects) = json["objects"], case .array(let patients) = json["patients"],
            case .array(let changed) = json["changed"]
        else { return nil }
        self.id = id
        self.at = Instant(microseconds: Int64(at))
        self.actorKind = actorKind
        self.requestID = requestID
        self.action = action
        self.result = result
        self.objects = objects.compactMap { $0.text.flatMap { UUID($0) } }
        self.patients = patients.compactMap { $0.text.flatMap { PatientID($0) } }
        self.changed = changed.compactMap(\.text)
        actorID = json["actor_id"]?.text.flatMap { UUID($0) }
        actorName = json["actor_name"]?.text
        onBehalfOf = json["on_behalf_of"]?.text.flatMap { UUID($0) }
        session = json["session_id"]?.text.flatMap { SessionID($0) }
        source = json["source"]?.text
        objectKind = json["object_kind"]?.text
        objectID = json["object_id"]?.text.flatMap { UUID($0) }
        reasonCode = json["reason_code"]?.text
        reasonText = json["reason_text"]?.text
    }

    private func text(_ value: (some CustomStringConvertible)?) -> JSON { value.map { .string($0.description) } ?? .null }

    private func texts(_ values: [some CustomStringConvertible]) -> JSON { .array(values.map { .string($0.description) }) }
}
