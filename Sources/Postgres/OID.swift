/// The OIDs of PostgreSQL's built-in types (pg_type.dat): fixed for all versions.
enum OID {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let json: UInt32 = 114
    static let float4: UInt32 = 700
    static let float8: UInt32 = 701
    static let unknown: UInt32 = 705
    static let bpchar: UInt32 = 1042
    static let varchar: UInt32 = 1043
    static let date: UInt32 = 1082
    static let time: UInt32 = 1083
    static let timestamptz: UInt32 = 1184
    static let numeric: UInt32 = 1700
    static let uuid: UInt32 = 2950
    static let jsonb: UInt32 = 3802
    static let int4range: UInt32 = 3904
    static let tstzrange: UInt32 = 3910

    /// The type of arrays of `element`; 0 when it is none of these.
    static func array(of element: UInt32) -> UInt32 {
        switch element {
        case bool: 1000
        case bytea: 1001
        case name: 1003
        case int2: 1005
        case int4: 1007
        case text: 1009
        case bpchar: 1014
        case varchar: 1015
        case int8: 1016
        case float4: 1021
        case float8: 1022
        case date: 1182
        case time: 1183
        case timestamptz: 1185
        case json: 199
        case numeric: 1231
        case uuid: 2951
        case jsonb: 3807
        case int4range: 3905
        case tstzrange: 3911
        default: 0
        }
    }

    /// Types an extension or a schema made (an enum's array) have numbers from 16384 on; the array's own header then decides.
    static func isArray(_ array: UInt32, of element: UInt32) -> Bool { array >= 16384 || array == OID.array(of: element) }
}
