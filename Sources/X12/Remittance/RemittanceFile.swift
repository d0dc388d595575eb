/// A whole file of remittances in memory: read everything, judge everything, then post.
public struct RemittanceFile: Hashable, Sendable {
    /// With their claims.
    public let remittances: [Remittance]
    public let verdict: RemittanceVerdict

    /// Never fails: whatever is wrong with the bytes is a finding of the verdict.
    public static func read(_ bytes: [UInt8], limits: Limits = .standard) -> RemittanceFile {
        var reader = RemittanceReader(limits: limits)
        var remittances: [Remittance] = []
        var claims: [RemittanceClaim] = []
        func keep(_ event: RemittanceEvent) {
            switch event {
            case .claim(let claim): claims.append(claim)
            case .remittance(var remittance):
                remittance.claims = claims
                remittances.append(remittance)
                claims = []
            }
        }
        reader.read(bytes, keep)
        let verdict = reader.finish(keep)
        return RemittanceFile(remittances: remittances, verdict: verdict)
    }

    public var interchanges: [Interchange] { verdict.interchanges }
    public var findings: [Finding] { verdict.findings }
    public var isComplete: Bool { verdict.isComplete }
    public var isPostable: Bool { verdict.isPostable }
}
