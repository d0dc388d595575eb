extension Setting {
    /// Every setting there is, by name. Each is read somewhere: one that nothing reads would be a promise nobody keeps.
    public static let all = [
        chartNumberPrefix, feedNames, holdMinutes, lateCancellation, noticeDelayMinutes, repairAnswerMinutes, waitlistWaveMinutes,
        waitlistWaveSize,
    ]

    public static let lateCancellation = Setting(
        "scheduling.late_cancellation_hours",
        .number(0...168),
        standard: .number(24),
        "A cancellation less than so many hours before the appointment counts as late."
    )

    public static let holdMinutes = Setting(
        "scheduling.hold_minutes",
        .number(1...60),
        standard: .number(5),
        "How many minutes an opening is held for somebody before it is free again."
    )

    public static let noticeDelayMinutes = Setting(
        "scheduling.notice_delay_minutes",
        .number(0...60),
        standard: .number(3),
        "For how many minutes an appointment is left alone before its patient is told of a change: what is undone sooner sends nothing."
    )

    public static let repairAnswerMinutes = Setting(
        "scheduling.repair_answer_minutes",
        .number(5...20160),
        standard: .number(1440),
        "How many minutes a patient whom a repair moved has to say whether that suits them."
    )

    public static let waitlistWaveSize = Setting(
        "scheduling.waitlist_wave_size",
        .number(1...20),
        standard: .number(3),
        "To how many people of the waitlist a freed time is offered at once."
    )

    public static let waitlistWaveMinutes = Setting(
        "scheduling.waitlist_wave_minutes",
        .number(1...1440),
        standard: .number(15),
        "How many minutes an offer of a freed time stands before the next people are asked."
    )

    public static let feedNames = Setting(
        "scheduling.feed_names",
        .number(0...1),
        standard: .number(0),
        scopes: [.organization, .location],
        "1 shows patients' names in the calendars that providers subscribe to; 0 shows the type of appointment only."
    )

    public static let chartNumberPrefix = Setting(
        "patients.chart_number_prefix",
        .code(0...6),
        standard: .text(""),
        scopes: [.organization, .location],
        "What chart numbers made here begin with."
    )

    /// nil when there is none of this name.
    static func named(_ name: String) -> Setting? { all.first { $0.name == name } }
}
