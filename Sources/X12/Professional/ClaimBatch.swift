public import Values

/// Professional claims (837P, 005010X222A1) that go to one receiver in one interchange.
public struct ClaimBatch: Hashable, Sendable {
    public var envelope: OutboundEnvelope
    /// Our id of the batch, at most 25 characters. BHT03 is this, a hyphen and ST02; the 277CA returns it.
    public var reference: String
    public var submitter: Submitter
    public var receiver: Receiver
    /// In the order they are written. Neighbours with the same billing provider or subscriber share its loop.
    public var claims: [ProfessionalClaim]
    /// A payer rejects whole transactions: the fewer claims in one, the fewer come back for another's fault.
    public var claimsPerTransaction: Int

    public init(
        envelope: OutboundEnvelope,
        reference: String,
        submitter: Submitter,
        receiver: Receiver,
        claims: [ProfessionalClaim],
        claimsPerTransaction: Int = 100
    ) {
        self.envelope = envelope
        self.reference = reference
        self.submitter = submitter
        self.receiver = receiver
        self.claims = claims
        self.claimsPerTransaction = claimsPerTransaction
    }

    /// The bytes of the file. Errors: every fault of every claim at once; then nothing was written.
    public func write() throws(UnwritableClaims) -> WrittenClaims {
        var writer = ClaimWriter()
        writer.write(self)
        return try writer.finish()
    }
}

/// ISA and GS of what we send. Control numbers come from outside: they must never repeat for a sender and receiver.
public struct OutboundEnvelope: Hashable, Sendable {
    public enum Usage: String, Hashable, Sendable {
        case test = "T"
        case production = "P"
    }

    /// ISA05, for example `ZZ` or `30`.
    public var senderQualifier: String
    /// ISA06, at most 15 characters.
    public var sender: String
    /// ISA07.
    public var receiverQualifier: String
    /// ISA08, at most 15 characters.
    public var receiver: String
    /// GS02 and GS03; usually the same as sender and receiver.
    public var applicationSender: String
    public var applicationReceiver: String
    /// ISA13: 1...999_999_999.
    public var interchangeControl: Int
    /// GS06: 1...999_999_999.
    public var groupControl: Int
    /// ISA15: test data marked as production is paid, production data marked as test is lost.
    public var usage: Usage
    /// The sender's local date and time.
    public var date: Day
    public var time: TimeOfDay
    /// ISA14: asks for a TA1.
    public var wantsAcknowledgment: Bool

    public init(
        senderQualifier: String = "ZZ",
        sender: String,
        receiverQualifier: String = "ZZ",
        receiver: String,
        applicationSender: String? = nil,
        applicationReceiver: String? = nil,
        interchangeControl: Int,
        groupControl: Int,
        usage: Usage,
        date: Day,
        time: TimeOfDay,
        wantsAcknowledgment: Bool = false
    ) {
        self.senderQualifier = senderQualifier
        self.sender = sender
        self.receiverQualifier = receiverQualifier
        self.receiver = receiver
        self.applicationSender = applicationSender ?? sender
        self.applicationReceiver = applicationReceiver ?? receiver
        self.interchangeControl = interchangeControl
        self.groupControl = groupControl
        self.usage = usage
        self.date = date
        self.time = time
        self.wantsAcknowledgment = wantsAcknowledgment
    }
}

/// Loop 1000A: who sends the file.
public struct Submitter: Hashable, Sendable {
    public var name: String
    /// Assigned by the clearinghouse.
    public var id: String
    public var contact: Contact

    public init(name: String, id: String, contact: Contact) {
        self.name = name
        self.id = id
        self.contact = contact
    }
}

/// PER: at least one of phone and email.
public struct Contact: Hashable, Sendable {
    public var name: String
    /// Ten digits; separators and a leading +1 are removed.
    public var phone: String?
    public var email: String?

    public init(name: String, phone: String?, email: String? = nil) {
        self.name = name
        self.phone = phone
        self.email = email
    }
}

/// Loop 1000B: the clearinghouse or payer that receives the file.
public struct Receiver: Hashable, Sendable {
    public var name: String
    public var id: String

    public init(name: String, id: String) {
        self.name = name
        self.id = id
    }
}

/// A written file, and where each claim is in it.
public struct WrittenClaims: Hashable, Sendable {
    public let bytes: [UInt8]
    public let transactions: [WrittenTransaction]
    public let placements: [ClaimPlacement]
    /// The sum of all charges.
    public let charge: Amount
}

/// An ST of a written file.
public struct WrittenTransaction: Hashable, Sendable {
    /// ST02.
    public let control: String
    /// BHT03.
    public let reference: String
    public let claims: Int
    /// SE01.
    public let segments: Int
}

/// Where a claim is: a 999 names transaction and segment, and this says whose fault that is.
public struct ClaimPlacement: Hashable, Sendable {
    /// CLM01.
    public let claim: String
    /// ST02.
    public let transaction: String
    /// Its segments from CLM to its last; the ST is 1.
    public let segments: ClosedRange<Int>
}

/// Why a batch cannot be written. The faults name fields, never values.
public struct UnwritableClaims: Error, Hashable, Sendable {
    public struct Fault: Hashable, Sendable {
        /// CLM01; nil when the fault is in the batch itself.
        public let claim: String?
        /// For example `subscriber.member_id` or `lines[2].charge`.
        public let field: String
        public let reason: String
    }

    public let faults: [Fault]
}

extension UnwritableClaims: CustomStringConvertible {
    public var description: String {
        faults.map { "\($0.claim.map { "claim \($0): " } ?? "")\($0.field) \($0.reason)" }.joined(separator: "; ")
    }
}
