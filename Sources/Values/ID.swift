/// An identifier that knows what it identifies: a patient's id cannot be passed where an appointment's is meant.
public struct ID<Of>: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let uuid: UUID

    public init(_ uuid: UUID) {
        self.uuid = uuid
    }

    /// Reads the canonical text form; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard let uuid = UUID(text) else { return nil }
        self.uuid = uuid
    }

    public var description: String { uuid.description }

    public static func < (left: ID, right: ID) -> Bool { left.uuid < right.uuid }
}

/// What the ids of the model stand for. The words are DESIGN's.
public enum Entity {
    public enum Account {}
    public enum Allotment {}
    public enum APIKey {}
    public enum Appointment {}
    public enum AppointmentType {}
    public enum AuditEntry {}
    public enum BillingEntity {}
    public enum BillingRun {}
    public enum Block {}
    public enum CalendarFeed {}
    public enum Charge {}
    public enum Claim {}
    public enum ClaimFile {}
    public enum Coverage {}
    public enum DatedHours {}
    public enum Encounter {}
    public enum Event {}
    public enum FeeSchedule {}
    public enum FreedSlot {}
    public enum Hold {}
    public enum Invoice {}
    public enum Job {}
    public enum LedgerEntry {}
    public enum Location {}
    public enum Organization {}
    public enum Patient {}
    public enum Payer {}
    public enum Payment {}
    public enum Person {}
    public enum Provider {}
    public enum Relationship {}
    public enum Remittance {}
    public enum RepairQuestion {}
    public enum Resource {}
    public enum Role {}
    public enum Series {}
    public enum Session {}
    public enum Staff {}
    public enum TypePack {}
    public enum TypePackApplication {}
    public enum WaitlistEntry {}
    public enum WaitlistOffer {}
    public enum WeeklyHours {}
}

public typealias AccountID = ID<Entity.Account>
public typealias APIKeyID = ID<Entity.APIKey>
public typealias AppointmentID = ID<Entity.Appointment>
public typealias AppointmentTypeID = ID<Entity.AppointmentType>
public typealias AuditEntryID = ID<Entity.AuditEntry>
public typealias BillingEntityID = ID<Entity.BillingEntity>
public typealias BillingRunID = ID<Entity.BillingRun>
public typealias BlockID = ID<Entity.Block>
public typealias CalendarFeedID = ID<Entity.CalendarFeed>
public typealias ChargeID = ID<Entity.Charge>
public typealias ClaimID = ID<Entity.Claim>
public typealias ClaimFileID = ID<Entity.ClaimFile>
public typealias CoverageID = ID<Entity.Coverage>
public typealias DatedHoursID = ID<Entity.DatedHours>
public typealias EncounterID = ID<Entity.Encounter>
public typealias EventID = ID<Entity.Event>
public typealias FeeScheduleID = ID<Entity.FeeSchedule>
public typealias FreedSlotID = ID<Entity.FreedSlot>
public typealias HoldID = ID<Entity.Hold>
public typealias InvoiceID = ID<Entity.Invoice>
public typealias JobID = ID<Entity.Job>
public typealias LedgerEntryID = ID<Entity.LedgerEntry>
public typealias LocationID = ID<Entity.Location>
public typealias OrganizationID = ID<Entity.Organization>
public typealias PatientID = ID<Entity.Patient>
public typealias PayerID = ID<Entity.Payer>
public typealias PaymentID = ID<Entity.Payment>
public typealias PersonID = ID<Entity.Person>
public typealias ProviderID = ID<Entity.Provider>
public typealias RelationshipID = ID<Entity.Relationship>
public typealias RemittanceID = ID<Entity.Remittance>
public typealias RepairQuestionID = ID<Entity.RepairQuestion>
public typealias ResourceID = ID<Entity.Resource>
public typealias RoleID = ID<Entity.Role>
public typealias SeriesID = ID<Entity.Series>
public typealias SessionID = ID<Entity.Session>
public typealias StaffID = ID<Entity.Staff>
public typealias TypePackID = ID<Entity.TypePack>
public typealias TypePackApplicationID = ID<Entity.TypePackApplication>
public typealias WaitlistEntryID = ID<Entity.WaitlistEntry>
public typealias WaitlistOfferID = ID<Entity.WaitlistOffer>
public typealias WeeklyHoursID = ID<Entity.WeeklyHours>
