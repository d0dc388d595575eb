public import Postgres

/// The fixed roles. Each location has one more, with rights on its own schema only.
public enum Roles {
    /// Organization data, under row-level security.
    public static let organization = known("control_organization")
    /// Accounts, sessions, keys, guess counters, directory.
    public static let signIn = known("control_sign_in")
    /// The worker's rights on queue tables.
    public static let queueWorker = known("queue_worker")
    /// What all locations share (queue, reference, extensions) is granted to this group once: a table's ACL breaks at about 2,400 grants.
    public static let anyLocation = known("location_any")

    /// May add to the intake of the trails, and nothing else.
    static let intake = known("audit_intake")

    static let doors = [organization, signIn, queueWorker, anyLocation, intake]

    private static func known(_ name: String) -> RoleName {
        guard let role = RoleName(name) else { preconditionFailure("\(name) is no role name") }
        return role
    }
}
