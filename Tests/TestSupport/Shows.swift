public import Testing

/// Which controls a test shows: the ids of Tests/controls.tsv. docs/controls.md is made of these.
public struct Shows: TestTrait, SuiteTrait {
    public let controls: [String]
}

extension Trait where Self == Shows {
    public static func shows(_ controls: String...) -> Shows { Shows(controls: controls) }
}
