/// The segments that something here asks about; the raw value is the name's bytes.
enum SegmentName: UInt32, Sendable {
    case other = 0
    case isa = 0x495341
    case iea = 0x494541
    case gs = 0x4753
    case ge = 0x4745
    case st = 0x5354
    case se = 0x5345
    case ta1 = 0x544131
    case bpr = 0x425052
    case cur = 0x435552
    case trn = 0x54524E
    case n1 = 0x4E31
    case ref = 0x524546
    case dtm = 0x44544D
    case lx = 0x4C58
    case clp = 0x434C50
    case cas = 0x434153
    case nm1 = 0x4E4D31
    case mia = 0x4D4941
    case moa = 0x4D4F41
    case svc = 0x535643
    case amt = 0x414D54
    case lq = 0x4C51
    case plb = 0x504C42
    case clm = 0x434C4D
    case hi = 0x4849
    case sbr = 0x534252
    case sv1 = 0x535631
    case sv2 = 0x535632
    case sv3 = 0x535633
    case svd = 0x535644
    case hl = 0x484C
    case stc = 0x535443
    case eb = 0x4542
    case eq = 0x4551
    case aaa = 0x414141
    case ak1 = 0x414B31
    case ak2 = 0x414B32
    case ak3 = 0x414B33
    case ak4 = 0x414B34
    case ak5 = 0x414B35
    case ak9 = 0x414B39
    case ik3 = 0x494B33
    case ik4 = 0x494B34
    case ik5 = 0x494B35

    init(_ bytes: [UInt8], in range: Range<Int>) {
        guard range.count <= 3 else {
            self = .other
            return
        }
        var packed: UInt32 = 0
        for index in range { packed = packed << 8 | UInt32(bytes[index]) }
        self = SegmentName(rawValue: packed) ?? .other
    }
}
