public import Access
public import Tenancy
import Values

extension LocationFile.Seal {
    /// Under the platform's keys: what is sealed inside the rows opens under no other, so one key file is all that a restore needs. A key that
    /// is retired takes the files along that were sealed with it.
    public init(_ keys: KeyRing) {
        self.init(
            seal: { try keys.seal($0, for: $1.context) },
            open: { try keys.open($0, for: $1.context) }
        )
    }
}

extension LocationFile.Seal.Place {
    /// The chunk's place stands where a row's id does: the export's first half and the chunk's number.
    fileprivate var context: SealContext {
        let id = UUID(high: export.high, low: index)
        return isLast
            ? SealContext(location: location, table: "location_file", id: id, column: "last")
            : SealContext(location: location, table: "location_file", id: id, column: "part")
    }
}
