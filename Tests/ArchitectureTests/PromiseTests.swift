import Assembly
import TestSupport
import Testing
import Values
import Web

/// What is documented happens: nothing is declared that no code stands behind.
@Suite("Promises")
struct PromiseTests {
    /// The text of a source file without the lists of documented errors.
    private struct Source {
        let file: String
        let text: String

        init(_ file: String) throws {
            self.file = file
            text = try FilePath.lines(file).filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
                .replacing(#/errors: [^\]]*\]/#, with: "")
                .replacing(#/static let \w*[eE]rrors = (?:\w+\.\w+ \+ )?\[[^\]]*\]/#, with: "")
        }
    }

    /// A problem with a name of its own: `static let stale = Problem(…, "stale", …)` in a type.
    private struct Declared {
        let file: String
        /// The types of the file: one of them is its own.
        let owners: [String]
        let name: String
        /// Its code; before it perhaps the name of a parameter, which has the same form.
        let codes: [String]
    }

    private static let sources = Result { try FilePath.swiftFiles("Sources").map(Source.init) }

    @Test("every problem a route documents is thrown somewhere")
    func problems() async throws {
        let sources = try Self.sources.get()
        let declared = sources.flatMap(Self.declared)
        let thrown = Set(declared.filter { Self.isThrown($0, sources) }.flatMap(\.codes)).union(sources.flatMap(Self.thrownInPlace))
        let clinic = try await Clinic.shared.value
        for route in clinic.gateway.server.routes {
            for problem in route.errors {
                let code = problem.code == "invalid_request" ? problem.errors.first?.code ?? problem.code : problem.code
                let isThrown = thrown.contains(code)
                #expect(isThrown, "\(route.method.rawValue) \(route.path) documents \(code), which nothing throws")
            }
        }
    }

    @Test("whoever takes the rule of a series documents every code that refuses one")
    func recurrence() async throws {
        let file = try #require(Self.sources.get().first { $0.file.hasSuffix("RecurrenceProblem.swift") })
        let codes = Set(Self.declared(file).flatMap(\.codes))
        #expect(codes.count == 18, "\(codes.sorted())")
        let clinic = try await Clinic.shared.value
        let routes = clinic.gateway.server.routes.filter { route in
            route.method.rawValue == "POST" && ["/series", "/series-previews"].contains { route.path.description.hasSuffix($0) }
        }
        #expect(routes.count == 2)
        for route in routes {
            let missing = codes.subtracting(route.errors.flatMap { [$0.code] + $0.errors.map(\.code) })
            #expect(missing.isEmpty, "\(route.path) does not document \(missing.sorted())")
        }
    }

    @Test("every problem with a name is thrown somewhere or documented")
    func names() throws {
        let sources = try Self.sources.get()
        for problem in sources.flatMap(Self.declared) where !Self.isThrown(problem, sources) {
            let isDocumented = try FilePath.swiftFiles("Sources").contains { file in
                let text = try FilePath.lines(file).joined(separator: " ")
                return problem.owners.contains { text.contains("\($0).\(problem.name)") }
            }
            #expect(isDocumented, "\(problem.name) in \(problem.file) is neither thrown nor documented")
        }
    }

    @Test("every setting is read by something that acts on it")
    func settings() throws {
        let sources = try Self.sources.get()
        let registry = try #require(sources.first { $0.file.hasSuffix("SettingRegistry.swift") })
        let names = registry.text.matches(of: #/static let (\w+) = Setting\(/#).map { String($0.output.1) }
        #expect(names.count > 1)
        let readers = sources.filter { !$0.file.contains("/Setting/") }
        for name in names {
            #expect(readers.contains { $0.text.contains("(.\(name))") }, "nothing reads the setting \(name)")
        }
    }

    private static func declared(_ source: Source) -> [Declared] {
        let type = #/(?:struct|enum|class|actor|extension) (\w+(?:\.\w+)*)/#
        let owners = Set(source.text.matches(of: type).map { String($0.output.1) }).sorted()
        let makers = Set(source.text.matches(of: #/static func (\w+)\([^{]*-> Problem \{/#).map { String($0.output.1) }).union(["Problem"])
        /// Of what `Problem`, or a function of the file that makes one, is called with.
        func codes(_ calls: Substring) -> [String] {
            calls.matches(of: #/\b(\w+)(?:\.\w+)?\(((?:\\\(\w+\)|[^)])*)/#).filter { makers.contains(String($0.output.1)) }.flatMap {
                Self.codes($0.output.2)
            }
        }
        let named = source.text.matches(of: #/static let (\w+)(?:: Problem)? = (\w+(?:\.\w+)?\([^)]*)/#).map {
            ($0.output.1, codes($0.output.2))
        }
        // One that says more than a constant can: up to what is declared next.
        let told =
            makers.count == 1
            ? []
            : source.text.matches(of: #/static func (\w+)\([^{]*-> Problem \{((?:(?!static )(?s:.))*)/#).map {
                ($0.output.1, codes($0.output.2))
            }
        return (named + told).filter { !$0.1.isEmpty }.map { Declared(file: source.file, owners: owners, name: String($0.0), codes: $0.1) }
    }

    /// Named by its type anywhere, or by its name alone in its own file.
    private static func isThrown(_ problem: Declared, _ sources: [Source]) -> Bool {
        sources.contains { source in
            if problem.owners.contains(where: { source.text.contains("\($0).\(problem.name)") }) { return true }
            guard source.file == problem.file else { return source.text.contains("throw .\(problem.name)") }
            return ["throw ", "throw .", "return ", "return .", "= ", "? ", ": ", "(", "?? "].contains {
                source.text.contains($0 + problem.name)
            }
        }
    }

    /// Codes of problems that are made where they are thrown.
    private static func thrownInPlace(_ source: Source) -> [String] {
        source.text.matches(of: #/(?:throw|return|throws) (?:Problem)?\.?\w*\(([^)]*)/#).flatMap { codes($0.output.1) }
    }

    /// Words in quotation marks that have the form of a code; sentences have not, and names of members have a colon after them.
    private static func codes(_ arguments: Substring) -> [String] {
        arguments.matches(of: #/"([a-z][a-z0-9_]*)"(?!:)/#).map { String($0.output.1) }
    }
}
