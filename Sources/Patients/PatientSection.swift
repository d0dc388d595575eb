public import Postgres
public import Values

/// What a slice keeps about a patient. Every slice with a patient's id in a table answers it in its front door; Assembly lists them all, and
/// a test fails when a table with a patient's id is in no list.
public protocol PatientSection: Sendable {
    /// The section's name in an export.
    var name: String { get }
    /// The tables it speaks for.
    var tables: [String] { get }
    /// How long its rows are kept. Clinical and financial rows are never deleted while a location lives: they are marked as entered in error.
    var retention: Retention { get }
    /// All rows about a patient, each as one `jsonb` value in the first column.
    func export(_ patient: PatientID) -> Statement
    /// How many rows a merge would carry along.
    func count(_ patient: PatientID) -> Statement
}

public enum Retention: String, Sendable {
    case clinical, financial, operational, audit, technical
}
