import Values

/// Finds the route of a path. Only the canonical spelling of a path is one: no empty or encoded segments, no trailing slash, no other case.
struct Router<Target: Sendable>: Sendable {
    private struct Node: Sendable {
        var fixed: [String: Int] = [:]
        var named: Int?
        var targets: [Target] = []
        /// In the order of `targets`.
        var methods: [String] = []
        /// Of the first route that ends here; routes of one path name alike (see `faults`).
        var names: [String] = []
    }

    enum Match {
        case found(Target, [(name: String, value: String)])
        /// The path exists with these methods.
        case otherMethods([String])
        case none
    }

    /// Longer paths name nothing.
    static var maximumPath: Int { 2048 }

    private var nodes = [Node()]
    /// Two routes with one method and path.
    private(set) var clashes: [String] = []

    mutating func add(_ method: String, _ path: PathTemplate, _ target: Target) {
        var at = 0
        for segment in path.segments {
            switch segment {
            case .fixed(let text):
                if let next = nodes[at].fixed[text] { at = next } else { at = append { nodes, new in nodes[at].fixed[text] = new } }
            case .named:
                if let next = nodes[at].named { at = next } else { at = append { nodes, new in nodes[at].named = new } }
            }
        }
        if nodes[at].methods.contains(method) { clashes.append("\(method) \(path)") }
        if nodes[at].methods.isEmpty { nodes[at].names = path.names }
        nodes[at].methods.append(method)
        nodes[at].targets.append(target)
    }

    private mutating func append(_ link: (inout [Node], Int) -> Void) -> Int {
        nodes.append(Node())
        link(&nodes, nodes.count - 1)
        return nodes.count - 1
    }

    func match(_ method: String, _ path: Substring) -> Match {
        guard path.utf8.count <= Self.maximumPath, path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy(isPlain) else { return .none }
        var at = 0
        var values: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard !part.isEmpty else { return .none }
            // A fixed segment is never also a value: `/patients/search` is not the patient "search".
            if let next = nodes[at].fixed[String(part)] {
                at = next
            } else if let next = nodes[at].named {
                values.append(String(part))
                at = next
            } else {
                return .none
            }
        }
        let node = nodes[at]
        guard !node.methods.isEmpty else { return .none }
        // HEAD is GET without the body.
        let wanted = method == "HEAD" ? "GET" : method
        guard let index = node.methods.firstIndex(of: wanted) else { return .otherMethods(node.methods) }
        return .found(node.targets[index], Array(zip(node.names, values)).map { (name: $0, value: $1) })
    }

    /// Characters of our paths and ids; percent-encoded spellings of them are not ours.
    private func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
