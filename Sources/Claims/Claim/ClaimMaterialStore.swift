import Access
import Patients
import Postgres
import Values

/// Reads what claims are made of: tables of the slices to the left, joined.
enum ClaimMaterialStore {
    private static let people: Statement = """
        patient.id, chart.id, chart.given_name, chart.middle_name, chart.family_name, chart.birth_date, chart.sex, chart.street, chart.street2, chart.city,
        chart.region, chart.postal_code, chart.country,
        coverage.id, coverage.priority, coverage.member_id, coverage.group_number, coverage.relationship,
        subscriber.id, subscriber.given_name, subscriber.middle_name, subscriber.family_name, subscriber.birth_date, subscriber.sex, subscriber.street,
        subscriber.street2, subscriber.city, subscriber.region, subscriber.postal_code, subscriber.country,
        payer.id, payer.name, payer.code, payer.filing_indicator, payer.street, payer.city, payer.region, payer.postal_code, payer.active,
        provider.given_name, provider.family_name, provider.npi, provider.taxonomy
        """

    /// The next encounters of a period behind the last one seen, in order. Each says whether it has charges and whether it was claimed; its
    /// coverage is the first in force on its day.
    static func encounters(_ period: Period, after seen: (day: Day, encounter: EncounterID), limit: Int) -> Statement {
        """
        select encounter.id, encounter.service_day, encounter.diagnoses,
            exists (select from {location}.charge where charge.encounter_id = encounter.id and charge.entered_in_error is null),
            exists (select from {location}.claim where claim.encounter_id = encounter.id),
            not exists (select from {location}.charge where charge.encounter_id = encounter.id) and (jsonb_array_length(encounter.procedures) > 0
                or exists (select from {location}.appointment join {location}.appointment_type on appointment_type.id = appointment.type_id
                    where appointment.id = encounter.appointment_id and appointment_type.fee_code is not null)),
        """ + people + """

            from (
                select id, service_day, diagnoses, patient_id, provider_id, procedures, appointment_id from {location}.encounter
                where service_day >= \(period.from) and service_day < \(period.until) and (service_day, id) > (\(seen.day), \(seen.encounter))
                    and entered_in_error is null
                order by service_day, id limit \(limit)
            ) encounter
            join {location}.patient on patient.id = encounter.patient_id
            left join {location}.person chart on chart.id = patient.person_id
            left join lateral (
                select * from {location}.coverage held
                where held.patient_id in (patient.id, patient.merged_into) and held.from_day <= encounter.service_day
                    and (held.until_day is null or held.until_day > encounter.service_day)
                order by held.priority, held.from_day desc, held.id limit 1
            ) coverage on true
            left join {location}.person subscriber on subscriber.id = coverage.subscriber_id
            left join {location}.payer on payer.id = coverage.payer_id
            join {location}.provider on provider.id = encounter.provider_id
            order by encounter.service_day, encounter.id
            """
    }

    /// The charges of encounters, in order.
    static func charges(_ encounters: [EncounterID]) -> Statement {
        """
        select encounter_id, id, ordinal, code, modifiers, diagnosis_pointers, units, amount from {location}.charge
        where encounter_id = any(\(encounters)) and entered_in_error is null order by encounter_id, ordinal
        """
    }

    /// The balance of `receivable:insurance` by charge.
    static func owedByInsurers(_ charges: [ChargeID]) -> Statement {
        """
        select charge_id, sum(case when debit = 'receivable:insurance' then amount else -amount end)::int8 from {location}.ledger_line
        where charge_id = any(\(charges)) and (debit = 'receivable:insurance' or credit = 'receivable:insurance') group by charge_id
        """
    }

    /// The claims of a file, in the order of their ids: neighbours in time.
    static func claims(of file: ClaimFileID, after seen: ClaimID?, limit: Int) -> Statement {
        var select: Statement =
            "select claim.id, claim.number, encounter.id, encounter.service_day, encounter.diagnoses, " + people + """

                from {location}.claim
                join {location}.encounter on encounter.id = claim.encounter_id
                join {location}.patient on patient.id = claim.patient_id
                left join {location}.person chart on chart.id = patient.person_id
                join {location}.coverage on coverage.id = claim.coverage_id
                join {location}.person subscriber on subscriber.id = coverage.subscriber_id
                join {location}.payer on payer.id = claim.payer_id
                join {location}.provider on provider.id = encounter.provider_id
                where claim.claim_file_id = \(file)
                """
        if let seen { select += " and claim.id > \(seen)" }
        return select + " order by claim.id limit \(limit)"
    }

    /// The lines of claims: their charges with the amounts that were claimed.
    static func lines(_ claims: [ClaimID]) -> Statement {
        """
        select claim_line.claim_id, charge.id, claim_line.ordinal, charge.code, charge.modifiers, charge.diagnosis_pointers, charge.units, claim_line.amount
        from {location}.claim_line join {location}.charge on charge.id = claim_line.charge_id
        where claim_line.claim_id = any(\(claims)) order by claim_line.claim_id, claim_line.ordinal
        """
    }

    static func charge<Owner>(_ row: Row, of: Owner.Type) throws -> (owner: ID<Owner>, charge: ChargeOfClaim) {
        var columns = Columns(row)
        return (
            try columns.next(),
            ChargeOfClaim(
                id: try columns.next(),
                ordinal: try columns.next(),
                code: try columns.next(),
                modifiers: try columns.next(),
                pointers: try columns.next(),
                units: try columns.next(),
                amount: try columns.next()
            )
        )
    }

    /// Reads the shared columns of both selects.
    static func material(
        _ encounter: EncounterID,
        _ day: Day,
        _ diagnoses: [String],
        _ columns: inout Columns,
        at location: LocationID,
        keys: KeyRing
    ) throws -> ClaimMaterial {
        ClaimMaterial(
            encounter: encounter,
            serviceDay: day,
            diagnoses: diagnoses,
            patientID: try columns.next(),
            patient: try person(&columns),
            coverage: try coverage(&columns, at: location, keys: keys),
            provider: ProviderOfClaim(
                givenName: try columns.next(),
                familyName: try columns.next(),
                npi: try columns.next(),
                taxonomy: try columns.next()
            ),
            lines: []
        )
    }

    private static func coverage(_ columns: inout Columns, at location: LocationID, keys: KeyRing) throws -> CoverageOfClaim? {
        let id: CoverageID? = try columns.next()
        let priority: Int? = try columns.next()
        let sealed: [UInt8]? = try columns.next()
        let groupNumber: String? = try columns.next()
        let relationship: Coverage.Relationship? = try columns.next()
        let subscriber = try person(&columns)
        let payer = try payer(&columns)
        guard let id, let priority, let sealed, let relationship, let subscriber, let payer else { return nil }
        return CoverageOfClaim(
            id: id,
            priority: priority,
            // One row that cannot be opened is a problem of that claim, not of the run.
            memberID: try? SealedMemberID.open(sealed, of: id, at: location, keys: keys),
            groupNumber: groupNumber,
            relationship: relationship,
            subscriber: subscriber,
            payer: payer
        )
    }

    private static func payer(_ columns: inout Columns) throws -> PayerOfClaim? {
        let (id, name, code, filing): (PayerID?, String?, String?, String?) = (
            try columns.next(), try columns.next(), try columns.next(), try columns.next()
        )
        let (street, city, region, postalCode): (String?, String?, String?, String?) = (
            try columns.next(), try columns.next(), try columns.next(), try columns.next()
        )
        let active: Bool? = try columns.next()
        guard let id, let name, let code, let filing, let active else { return nil }
        return PayerOfClaim(
            id: id,
            name: name,
            code: code,
            filingIndicator: filing,
            street: street,
            city: city,
            region: region,
            postalCode: postalCode,
            active: active
        )
    }

    private static func person(_ columns: inout Columns) throws -> Person? {
        let (id, given, middle, family): (PersonID?, String?, String?, String?) = (
            try columns.next(), try columns.next(), try columns.next(), try columns.next()
        )
        let (birth, sex): (Day?, Person.Sex?) = (try columns.next(), try columns.next())
        let (street, street2, city): (String?, String?, String?) = (try columns.next(), try columns.next(), try columns.next())
        let (region, postalCode, country): (String?, String?, String?) = (try columns.next(), try columns.next(), try columns.next())
        guard let id, let given, let family, let sex else { return nil }
        var address: Address?
        if let street, let city {
            var whole = Address()
            whole.street = street
            whole.street2 = street2
            whole.city = city
            whole.region = region ?? ""
            whole.postalCode = postalCode ?? ""
            whole.country = country ?? "US"
            address = whole
        }
        return Person(id: id, givenName: given, middleName: middle, familyName: family, birthDate: birth, sex: sex, address: address)
    }
}
