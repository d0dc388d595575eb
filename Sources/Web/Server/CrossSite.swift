import HTTPTypes
import Values

/// What a browser says about the page that sends a request (AU-11). No cookie signs anybody in here, so a foreign page has nothing to ride on;
/// refusing it all the same keeps that true for whatever comes later, and stops forms and scripts that carry a stolen token.
struct CrossSite: Sendable {
    private let origin: String?
    private let fetchSite: String?
    private let host: String?

    init(_ head: HTTPRequest) {
        origin = head.headerFields[.origin]
        fetchSite = head.headerFields.value(CrossSite.fetchSiteName)
        host = head.authority
    }

    private static let fetchSiteName = HTTPField.Name("Sec-Fetch-Site")

    static let refused = Problem.forbidden(
        "cross_site",
        "This must be sent from our own pages or by a program, not by another site's page."
    )

    /// Errors: `cross_site` for a change that another site's page sends. Programs send neither header.
    func check(_ method: String, publicURL: String?) throws(Problem) {
        guard method != "GET", method != "HEAD", method != "OPTIONS" else { return }
        if fetchSite == "cross-site" || fetchSite == "same-site" { throw CrossSite.refused }
        guard let origin else { return }
        let own = [publicURL.flatMap(CrossSite.origin), host.map { "http://" + $0 }, host.map { "https://" + $0 }]
        guard own.contains(origin.lowercased()) else { throw CrossSite.refused }
    }

    /// Scheme, host and port of a URL.
    private static func origin(_ url: String) -> String? {
        guard let mark = url.firstRange(of: "://") else { return nil }
        return url[..<mark.upperBound].lowercased() + url[mark.upperBound...].prefix { $0 != "/" }.lowercased()
    }
}
