import Values
import Web

struct OfferQuery: Sendable {
    var slot: FreedSlotID?
    var entry: WaitlistEntryID?
    var status: WaitlistOffer.Status?

    static let shape = Shape("OfferQuery", OfferQuery()) {
        Field("slot_id", \.slot, .id())
        Field("entry_id", \.entry, .id())
        Field("status", \.status, .choice())
    }
}

extension WaitlistOffer {
    static let shape = Shape<WaitlistOffer>("WaitlistOffer") {
        Field("id", \.id, .id())
        Field("slot_id", \.slot, .id())
        Field("entry_id", \.entry, .id())
        Field("patient_id", \.patient, .id())
        Field("type_id", \.type, .id())
        Field("wave", \.wave, .int(1...Int.max))
        Field("place", \.place, .int(1...Int.max), about: "1 was first.")
        Field("reasons", \.reasons, .list(of: .text(1...50), 0...10), about: "Why at this place: points that add up.")
        Field("starts_at", \.startsAt, .instant)
        Field("ends_at", \.endsAt, .instant)
        Field("expires_at", \.expiresAt, .instant)
        Field("status", \.status, .choice())
        Field("claimed_at", \.claimedAt, .instant)
        Field("created_at", \.createdAt, .instant)
    }
}

/// A link for an offer: shown once.
struct OfferLink: Sendable {
    let offer: WaitlistOfferID
    let token: String
    let expiresAt: Instant

    static let shape = Shape<OfferLink>("OfferLink") {
        Field("offer_id", \.offer, .id())
        Field("token", \.token, .text(1...100), about: "Claims the offer, once. It is shown only here; a newer one replaces it.")
        Field("expires_at", \.expiresAt, .instant)
    }
}

struct ClaimBody: Sendable {
    var token = ""
    var releasesLater: Bool?

    static let shape = Shape("ClaimOffer", ClaimBody()) {
        Field("token", \.token, .code(1...100, "A-Za-z0-9_-"), example: "pc_w_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        Field(
            "release_later",
            \.releasesLater,
            .bool,
            null: false,
            about:
                "Whether the patient's later appointment of the same type, and the one elsewhere, are given up; absent is as the entry says."
        )
    }
}

/// What a claim made, and what was given up for it.
struct Claimed: Sendable {
    let appointment: Appointment
    let released: AppointmentID?
    var elsewhereStatus: ElsewhereStatus?

    static let shape = Shape<Claimed>("ClaimedOffer") {
        Field("appointment", \.appointment, .object(Appointment.shape))
        Field("released_appointment_id", \.released, .id(), about: "The later appointment that was given up.")
        Field(
            "elsewhere_status",
            \.elsewhereStatus,
            .choice(),
            about: "pending when an appointment at another location is given up too: freed-slots tell what became of it."
        )
    }
}

struct RecoveredQuery: Sendable {
    var status: FreedSlot.Status?
    var from: Instant?
    var until: Instant?
    var elsewhereStatus: ElsewhereStatus?

    static let shape = Shape("FreedSlotQuery", RecoveredQuery()) {
        Field("status", \.status, .choice(), about: "taken are those that were recovered.")
        Field("elsewhere_status", \.elsewhereStatus, .choice(), about: "failed are those where somebody has to do something.")
        Field("from", \.from, .instant, about: "Freed then or later.")
        Field("until", \.until, .instant, about: "Freed before.")
    }
}

extension FreedSlot {
    private var elsewhereAdvice: String? { elsewhereFailure?.advice }

    static let shape = Shape<FreedSlot>("FreedSlot") {
        Field("id", \.id, .id())
        Field("appointment_id", \.appointment, .id(), about: "Whose time it was.")
        Field("type_id", \.type, .id())
        Field("provider_id", \.provider, .id())
        Field("resource_ids", \.resources, .list(of: .id(), 0...10))
        Field("starts_at", \.startsAt, .instant)
        Field("ends_at", \.endsAt, .instant)
        Field("status", \.status, .choice())
        Field("waves", \.waves, .int(0...Int.max), about: "How often people were asked.")
        Field("patient_id", \.patient, .id(), about: "Who took it.")
        Field("taken_appointment_id", \.takenBy, .id())
        Field("taken_at", \.takenAt, .instant)
        Field("recovered_minutes", \.recovered, .int(0...Int.max))
        Field(
            "release_elsewhere",
            \.elsewhere,
            .object(AppointmentElsewhere.shape),
            about: "What is given up at another location; null too for whoever may not see appointments there."
        )
        Field("elsewhere_status", \.elsewhereStatus, .choice(), about: "What became of it; null when nothing is given up elsewhere.")
        Field("elsewhere_reason", \.elsewhereFailure, .choice(), about: "Why it failed.")
        Field("elsewhere_advice", \.elsewhereAdvice, .text(1...300), about: "What is to be done when it failed.")
        Field("created_at", \.createdAt, .instant)
    }
}
