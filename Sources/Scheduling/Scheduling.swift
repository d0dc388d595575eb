public import Jobs
public import Organizations
public import Patients
public import Tenancy
public import Web

/// Calendars: providers, rooms, chairs and devices; appointment types; appointments that cannot be booked twice (DESIGN L7); encounters.
public struct Scheduling: Sendable {
    private let tenancy: Tenancy
    private let settings: SettingReader
    private let wake: Wake

    public init(tenancy: Tenancy, settings: SettingReader, wake: Wake) {
        self.tenancy = tenancy
        self.settings = settings
        self.wake = wake
    }

    public var routes: [Route] {
        calendarRoutes + bookingRoutes + plannedRoutes + repairRoutes + waitlistRoutes + EncounterRoutes().routes
    }

    private var calendarRoutes: [Route] {
        ProviderRoutes(tenancy: tenancy).routes + ResourceRoutes(tenancy: tenancy).routes + AppointmentTypeRoutes().routes
            + TypePackRoutes().routes + InheritanceRoutes().routes
            + WeeklyHoursRoutes().routes + DatedHoursRoutes().routes + BlockRoutes().routes
    }

    private var bookingRoutes: [Route] {
        AppointmentRoutes(tenancy: tenancy).routes + StepRoutes(settings: settings).routes + UndoRoutes(tenancy: tenancy).routes
            + ChangeRoutes().routes + ExplainRoutes().routes + OpeningRoutes().routes
            + HoldRoutes(tenancy: tenancy, settings: settings).routes + BoardRoutes().routes + StreamRoutes(tenancy: tenancy).routes
    }

    private var plannedRoutes: [Route] {
        SeriesRoutes(tenancy: tenancy, settings: settings).routes + FeedRoutes(settings: settings).routes
            + ImportRoutes(tenancy: tenancy).routes
    }

    private var repairRoutes: [Route] {
        RepairRoutes(tenancy: tenancy, settings: settings).routes + RepairQuestionRoutes(wake: wake).routes
    }

    private var waitlistRoutes: [Route] {
        WaitlistRoutes().routes + OfferRoutes(tenancy: tenancy).routes + NoShowRoutes().routes
    }

    public var catalogue: JobCatalogue {
        JobCatalogue(
            jobs: [
                JobRegistration(ClearHolds.self), JobRegistration(ApplyTypePack.self), JobRegistration(LeaveRemovedPacks.self),
                JobRegistration(LapseRepairQuestion.self),
            ] + waitlistJobs + noticeJobs,
            subscriptions: waitlistSubscriptions + noticeSubscriptions,
            cron: [CronEntry(eachLocation: "scheduling.holds", .hourly(minute: 7)) { _, _ in ClearHolds() }],
            events: [
                "appointment.booked", "appointment.confirmed", "appointment.moved", "appointment.cancelled", "appointment.arrived",
                "appointment.roomed", "appointment.in_session", "appointment.checking_out", "appointment.completed",
                "appointment.no_show", "appointment.restored", "encounter.created", "schedule.changed",
                "waitlist.freed", "waitlist.offered", "waitlist.claimed", "waitlist.lapsed", "waitlist.elsewhere_settled",
                "appointment.notice_due", "repair.asked", "repair.answered", "repair.lapsed",
            ]
        )
    }

    private var waitlistJobs: [JobRegistration] {
        [
            JobRegistration(NoticeFreedTime.self) { job, context in try await job.run(context) },
            JobRegistration(OfferWave.self) { [settings] job, context in try await job.run(context, settings) },
            JobRegistration(EndOffers.self), JobRegistration(ReleaseElsewhere.self), JobRegistration(NoteReleased.self),
        ]
    }

    private var waitlistSubscriptions: [Subscription] {
        ["appointment.cancelled", "appointment.moved"].map { name in
            Subscription(name, starts: NoticeFreedTime.self) { event in
                NoticeFreedTime(appointment: try event.members.id("appointment"))
            }
        }
    }

    private var noticeJobs: [JobRegistration] {
        [JobRegistration(SettleNotice.self) { [settings] job, context in try await job.run(context, settings) }]
    }

    private var noticeSubscriptions: [Subscription] {
        ["appointment.booked", "appointment.cancelled", "appointment.moved", "appointment.restored"].map { name in
            Subscription(name, starts: SettleNotice.self) { event in
                SettleNotice(appointment: try event.members.id("appointment"))
            }
        }
    }

    public var patientSections: [any PatientSection] {
        [AppointmentSection(), EncounterSection(), RepairSection(), WaitlistSection()]
    }
}
