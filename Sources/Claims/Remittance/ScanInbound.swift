import Glibc
import Jobs
import Logging
import Tenancy
import Values

/// Looks into the inbound folder and records what transport left there.
struct ScanInbound: ParameterlessJob {
    static let kind = "claims.scan_inbound"
    static let policy = JobPolicy(attempts: 3, timeLimit: .seconds(600))
}

/// Runs `ScanInbound`.
struct InboundScanning: Sendable {
    let settings: ClaimsSettings
    let objects: ObjectStore
    let inbox: Inbox

    func run(_ context: JobContext) async throws {
        let lock = try await FileLane.run { [inbox] in
            try inbox.make()
            return try inbox.lock()
        }
        guard let lock else { return }
        defer { close(lock) }
        let names = try await FileLane.run { [inbox] in try inbox.names() }
        var taken = 0
        for name in names where taken < settings.filesPerScan {
            try context.checkLease()
            let now = context.now
            guard let file = await read(name, now) else { continue }
            guard let isPostable = try await receive(file, context) else { continue }
            do {
                let isWhole = try await FileLane.run { [inbox] in try inbox.move(file, to: isPostable ? inbox.done : inbox.held) }
                guard isWhole else {
                    context.logger.error("remittance file grew while it was taken: put back", metadata: ["sha256": "\(hex(file.sha256))"])
                    continue
                }
            } catch {
                // It is recorded; that it cannot be moved keeps no other from being read, and the next look tries again.
                context.logger.error("remittance file cannot be moved", metadata: ["sha256": "\(hex(file.sha256))", "error": "\(error)"])
                continue
            }
            context.logger.info("remittance file received", metadata: ["sha256": "\(hex(file.sha256))", "postable": "\(isPostable)"])
            taken += 1
        }
    }

    private func read(_ name: [CChar], _ now: Instant) async -> InboxFile? {
        let read: InboxFile?? = try? await FileLane.run { [inbox] in inbox.read(name, now: now) }  // the read itself throws nothing
        return read ?? nil
    }

    /// Whether all of it may be posted; nil while it may still be arriving.
    private func receive(_ file: InboxFile, _ context: JobContext) async throws -> Bool? {
        if file.isTooLarge {
            let kept = KeptFile(sha256: file.sha256, name: file.shownName, reference: "")
            let new = NewRemittance(
                id: context.ambient.id(),
                organization: nil,
                billingEntity: nil,
                file: kept,
                ordinal: 0,
                reasons: [.tooLarge]
            )
            _ = try await context.tenancy.queueRead(nil, RemittanceStore.keep(new, at: context.now))
            return false
        }
        let received = ReceivedFile(file.bytes)
        if received.isCut, file.age < settings.abandonedAfter { return nil }
        let reference = OriginalFile.reference(sha256: file.sha256)
        try await objects.keep(file.bytes, of: OriginalFile.tenant, as: reference)
        let cameAgain = try await FileLane.run { [inbox] in inbox.wasMoved(file) }
        let kept = KeptFile(sha256: file.sha256, name: file.shownName, reference: reference.description)
        return try await ReceiveRemittance(file: received, kept: kept, cameAgain: cameAgain).run(context)
    }
}

/// Where the bytes of a received file are kept: under the platform, for one file may pay several organizations, and under its hash, so that the
/// same file is kept once.
enum OriginalFile {
    static let tenant = UUID(high: 0, low: 0)

    static func reference(sha256: [UInt8]) -> UUID {
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return UUID(high: number(sha256[0..<8]), low: number(sha256[8..<16]))
    }
}
