/// Folders and limits of the Claims slice.
public struct ClaimsSettings: Sendable {
    /// Sealed originals: claim files as written, remittances as received.
    public var filesFolder: String
    /// Where finished 837 files are put for transport.
    public var outboundFolder: String
    /// Where transport puts 835 files; `done` and `held` inside it take what was read.
    public var inboundFolder: String
    /// Encounters that one transaction of a billing run looks at.
    public var encountersPerStep = 100
    /// Claims in one 837 file.
    public var claimsPerFile = 5_000
    /// Claims that one transaction of a posting looks at.
    public var claimsPerPosting = 50
    /// Files that one look into the inbound folder takes.
    public var filesPerScan = 50
    /// Bytes of the largest inbound file that is read.
    public var largestInboundFile = 64 * 1024 * 1024
    /// Seconds a file must have lain unchanged before it is read.
    public var settledAfter = 2
    /// Seconds a file without its end must have lain unchanged before it is held: until then it may still be arriving.
    public var abandonedAfter = 20

    public init(filesFolder: String, outboundFolder: String, inboundFolder: String) {
        self.filesFolder = filesFolder
        self.outboundFolder = outboundFolder
        self.inboundFolder = inboundFolder
    }
}
