public import Access
public import Jobs
public import Patients
public import Web

/// Insurers and what they owe: payers, coverage, billing runs, claims and their files, remittances and their posting.
///
/// A billing run makes claims (`MakeClaims`), puts them into 837 files (`FileClaims`) and the files into the outbound folder
/// (`WriteClaimFile`). The inbound folder is looked through (`ScanInbound`); an 835 is balanced whole, recorded for its organization, and
/// posted by each location its claims belong to (`PostRemittancePart`).
public struct Claims: Sendable {
    private let settings: ClaimsSettings
    private let keys: KeyRing

    public init(settings: ClaimsSettings, keys: KeyRing) {
        self.settings = settings
        self.keys = keys
    }

    public var routes: [Route] {
        PayerRoutes().routes + CoverageRoutes(keys: keys).routes + BillingRunRoutes().routes + ClaimRoutes().routes
            + RemittanceRoutes().routes + RemittanceClaimRoutes().routes
    }

    public var catalogue: JobCatalogue {
        let objects = ObjectStore(root: Folder(settings.filesFolder), keys: keys)
        let making = ClaimMaking(settings: settings, keys: keys)
        let filing = ClaimFiling(settings: settings, keys: keys, objects: objects)
        let writing = ClaimFileWriting(objects: objects, outbound: Folder(settings.outboundFolder))
        let scanning = InboundScanning(
            settings: settings,
            objects: objects,
            inbox: Inbox(folder: Folder(settings.inboundFolder), settings: settings)
        )
        let posting = RemittancePosting(settings: settings, objects: objects)
        return JobCatalogue(
            jobs: [
                JobRegistration(MakeClaims.self) { job, context in try await making.run(job, context) },
                JobRegistration(FileClaims.self) { job, context in try await filing.run(job, context) },
                JobRegistration(WriteClaimFile.self) { job, context in try await writing.run(job, context) },
                JobRegistration(ScanInbound.self) { _, context in try await scanning.run(context) },
                JobRegistration(PostRemittancePart.self) { job, context in try await posting.run(job, context) },
            ],
            subscriptions: [
                Subscription("claim_file.made", starts: WriteClaimFile.self) { WriteClaimFile(file: try $0.members.id("claim_file")) },
                Subscription("remittance.part_ready", starts: PostRemittancePart.self) { try PostRemittancePart($0.members) },
            ],
            cron: [CronEntry("claims.inbound", .every(seconds: 5)) { _ in ScanInbound() }],
            events: ["billing_run.requested", "claims.filed", "remittance.posted"]
        )
    }

    /// For a rotation of the keys.
    public var sealedColumns: [SealedColumn] {
        [SealedColumn(.location, "coverage", "member_id", digest: ("member_id_digest", SealedMemberID.digestPurpose))]
    }

    public var sealedFiles: SealedFiles { SealedFiles(folder: settings.filesFolder, keys: keys) }

    public var patientSections: [any PatientSection] { [CoverageSection(), ClaimSection()] }
}
