/// How a transaction begins.
public enum TransactionMode: Sendable {
    case readWrite
    /// A write in it is refused (25006). All its statements see the same moment.
    case readOnly
    /// All its statements see the same moment, and it may write.
    case repeatable
    /// May fail with `serializationFailure` at any statement and at COMMIT; run it again then.
    case serializable

    var begin: Statement {
        switch self {
        case .readWrite: "begin"
        case .readOnly: "begin isolation level repeatable read read only"
        case .repeatable: "begin isolation level repeatable read"
        case .serializable: "begin isolation level serializable"
        }
    }
}
