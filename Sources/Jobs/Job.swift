/// What is to be done: enough to start it and to find it again. Parameters are ids.
public protocol JobDescription: Sendable {
    /// The stable name of this kind, `slice.verb`: rows in the queue bear it.
    static var kind: String { get }
    static var policy: JobPolicy { get }
    /// Errors: what cannot be read goes to the dead list at once.
    init(_ parameters: JobParameters) throws
    var parameters: JobParameters { get }
}

/// A job that is the same each time: it needs to know where it runs and nothing else.
public protocol ParameterlessJob: JobDescription {
    init()
}

extension ParameterlessJob {
    public init(_ parameters: JobParameters) { self.init() }

    public var parameters: JobParameters { [:] }
}

/// A job that needs nothing but its context to run. One that needs something of its slice conforms to `JobDescription` and is
/// registered with a closure.
public protocol Job: JobDescription {
    /// May run again after any step: effects go through `context.work`, whose receipts make them happen once. What it throws decides:
    /// a `JobDecision` as it says, anything else is tried again later.
    func run(_ context: JobContext) async throws
}

/// Thrown from a job that knows what is to become of it.
public enum JobDecision: Error, Sendable, Hashable {
    /// There is nothing to do any more. The reason is a code.
    case discard(String)
    /// Not yet: again after this time. Costs no attempt.
    case snooze(Duration)
    /// No repetition will help: dead list, with the reason's code.
    case dead(String)
}

/// A kind of job and how it is run.
public struct JobRegistration: Sendable {
    let kind: String
    let policy: JobPolicy
    /// Reads the parameters, then gives what is to be run. Errors of the reading itself mean the dead list.
    let open: @Sendable (JobParameters) throws -> @Sendable (JobContext) async throws -> Void

    public init<Described: Job>(_ job: Described.Type) {
        self.init(job) { job, context in try await job.run(context) }
    }

    public init<Described: JobDescription>(_ job: Described.Type, run: @escaping @Sendable (Described, JobContext) async throws -> Void) {
        kind = Described.kind
        policy = Described.policy
        open = { parameters in
            let job = try Described(parameters)
            return { context in try await run(job, context) }
        }
    }
}
