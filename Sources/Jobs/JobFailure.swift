import Postgres
import Values

/// What is kept about an error: a code or the name of its type. Never its words, which could hold data.
enum JobFailure {
    static func reason(_ error: any Error) -> String {
        switch error {
        case let problem as Problem: return "problem:\(problem.code)"
        case let error as PostgresError:
            guard let state = error.sqlState else { return "postgres:\(error.kind)" }
            return "postgres:\(state)" + (error.constraint.map { ":\($0)" } ?? "")
        case let error as QueueMembers.Unreadable: return "unreadable:\(error.member)"
        default: return "error:\(type(of: error))"
        }
    }
}
