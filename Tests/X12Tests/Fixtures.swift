import Values
import X12

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files beside the tests, read where they lie: no bundle is needed.
enum Fixture {
    static let folder = String(#filePath.dropLast("/Fixtures.swift".utf8.count))

    /// Samples of other people: beside the checkout where they are present, never part of it.
    static let foreign = folder + "/../../../shared/x12/samples"

    static func bytes(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "rb") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    static func own(_ name: String) -> [UInt8] { bytes("\(folder)/Samples/\(name)") }

    /// Names in a folder, sorted; empty when there is no such folder.
    static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// `folder/name` of every sample that has an expected reading beside it.
    static func samples(in root: String) -> [String] {
        names(in: root).flatMap { kind in
            let suffix = ".expected.json"
            return names(in: "\(root)/\(kind)").filter { $0.hasSuffix(suffix) }.map { "\(kind)/\($0.dropLast(suffix.utf8.count))" }
        }
    }
}

/// A small file with one remittance, its parts to be changed.
struct Era {
    var element = "*"
    var component = ":"
    var terminator = "~"
    var newline = "\n"
    var before = ""
    var after = ""
    var isa11 = "^"
    var version = "00501"
    var amount = "71.25"
    var claims = [
        "LX*1",
        "CLP*CLAIMA*1*150*90*20*12*ICNA*11*1", "NM1*QC*1*DOE*JANE****MI*M1", "DTM*232*20260901", "AMT*I*1.25",
        "SVC*HC:99213:25*150*90**1", "DTM*472*20260901", "CAS*CO*45*40", "CAS*PR*3*20", "REF*6R*A-1", "AMT*B6*110", "LQ*HE*N130",
        "CLP*CLAIMB*22*-200*-120**12*ICNB*11*1", "CAS*CO*45*-60", "CAS*PR*2*-20",
        "CLP*CLAIMB*1*200*130*20*12*ICNB2*11*7", "SVC*HC:99214*200*130**1*HC:99215", "CAS*CO*45*50", "CAS*PR*2*20",
        "PLB*1234567893*20261231*L6*-1.25*WO:ICNX REF*30",
    ]

    var segments: [String] {
        let pad = { (text: String, width: Int) in text + String(repeating: " ", count: width - text.utf8.count) }
        let isa =
            "ISA*00*\(pad("", 10))*00*\(pad("", 10))*ZZ*\(pad("PAYER", 15))*ZZ*\(pad("CLINIC", 15))*260914*0815*\(isa11)*\(version)*000000905*0*T*:"
        let body =
            [
                "ST*835*0001", "BPR*I*\(amount)*C*ACH*CCP*01*111000025*DA*33445566*1512345678**01*111000012*DA*144444*20260914",
                "TRN*1*EFT1*1512345678", "N1*PR*SYNTHETIC PLAN", "REF*2U*P1", "N1*PE*EXAMPLE CLINIC*XX*1234567893", "REF*TJ*512345678",
            ] + claims
        return [isa, "GS*HP*PAYER*CLINIC*20260914*0815*77*X*005010X221A1"] + body + [
            "SE*\(body.count + 1)*0001", "GE*1*77", "IEA*1*000000905",
        ]
    }

    var text: String {
        let lines = segments.map { segment in
            String(segment.map { $0 == "*" ? element : $0 == ":" ? component : String($0) }.joined())
        }
        return before + lines.map { $0 + terminator + newline }.joined() + after
    }

    var bytes: [UInt8] { Array(text.utf8) }
    var file: RemittanceFile { RemittanceFile.read(bytes) }
}

extension RemittanceFile {
    var codes: Set<Finding.Code> { Set(findings.map(\.code)) }
    /// What forbids something.
    var reasons: Set<Finding.Code> { Set(findings.filter { $0.severity > .note }.map(\.code)) }
}

/// Small, seeded: the same cases in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
