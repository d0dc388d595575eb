import Values

/// What a member may hold: how it is read, written, and told to the world. The schema accepts exactly what `read` accepts.
public struct Kind<T: Sendable>: Sendable {
    /// JSON Schema (2020-12), without null.
    let schema: JSON
    /// The named schemas this one refers to.
    let components: [Component]
    /// How text from a form or a query string becomes JSON before it is read.
    let text: TextForm
    let read: @Sendable (JSON, inout Reading) -> T?
    let write: @Sendable (T, inout JSONWriter, Viewer) -> Void

    init(
        _ schema: JSON,
        components: [Component] = [],
        text: TextForm = .string,
        read: @escaping @Sendable (JSON, inout Reading) -> T?,
        write: @escaping @Sendable (T, inout JSONWriter, Viewer) -> Void
    ) {
        self.schema = schema
        self.components = components
        self.text = text
        self.read = read
        self.write = write
    }
}

/// A schema that is referred to by name.
struct Component: Sendable {
    let name: String
    let schema: JSON
}

/// The JSON that a form's or a query's text stands for.
indirect enum TextForm: Sendable {
    case string
    /// Text on several lines: browsers send CR LF, JSON callers LF.
    case lines
    /// What people type becomes the one form the API accepts.
    case normalized(@Sendable (String) -> String)
    case number
    case bool
    /// The name repeated: `kind=a&kind=b`.
    case list(TextForm)
    /// `address.city`, `lines.0.amount`.
    case object(@Sendable () -> [(name: String, text: TextForm)])
    /// Cannot be sent as text.
    case none
}

/// Collects every wrong member, each with its place.
struct Reading {
    private(set) var errors: [Problem.Member] = []
    private var steps: [String] = []
    /// Query parameters are named, members of a body are pointed at.
    let isQuery: Bool
    let viewer: Viewer
    /// Enough to help; more would only be a way to make us write much.
    static let maximumErrors = 50

    init(isQuery: Bool = false, viewer: Viewer = .everything) {
        self.isQuery = isQuery
        self.viewer = viewer
    }

    mutating func inside<T>(_ step: String, _ body: (inout Reading) -> T) -> T {
        steps.append(step)
        defer { steps.removeLast() }
        return body(&self)
    }

    mutating func fail(_ code: String, _ detail: String) {
        guard errors.count < Reading.maximumErrors else { return }
        errors.append(Problem.Member(pointer, code, detail))
    }

    private var pointer: String {
        if isQuery { return steps.joined(separator: ".") }
        return steps.reduce(into: "") { pointer, step in
            pointer += "/"
            for scalar in step.unicodeScalars {
                switch scalar {
                case "~": pointer += "~0"
                case "/": pointer += "~1"
                default: pointer.unicodeScalars.append(scalar)
                }
            }
        }
    }

    mutating func string(_ json: JSON) -> String? {
        guard case .string(let text) = json else {
            fail("type", "Send a string.")
            return nil
        }
        return text
    }
}
