extension Setting {
    /// Every setting there is, by name.
    public static let all = [noticeDelay, lateCancellation, chartNumberPrefix, statementLanguage, onlineBooking].sorted {
        $0.name < $1.name
    }

    public static let noticeDelay = Setting(
        "scheduling.notice_delay_minutes",
        .number(0...1440),
        standard: .number(5),
        "How long after a booking or a move the patient is told, so that quick corrections are told once."
    )

    public static let lateCancellation = Setting(
        "scheduling.late_cancellation_hours",
        .number(0...168),
        standard: .number(24),
        "A cancellation less than so many hours before the appointment counts as late."
    )

    public static let chartNumberPrefix = Setting(
        "patients.chart_number_prefix",
        .code(0...6),
        standard: .text(""),
        scopes: [.organization, .location],
        "What chart numbers made here begin with."
    )

    public static let statementLanguage = Setting(
        "billing.statement_language",
        .choice(["en", "es"]),
        standard: .text("en"),
        "The language of statements for patients who have not chosen one."
    )

    public static let onlineBooking = Setting(
        "features.online_booking",
        .flag,
        standard: .flag(false),
        "Whether patients may book by themselves."
    )

    /// nil when there is none of this name.
    static func named(_ name: String) -> Setting? { all.first { $0.name == name } }
}
