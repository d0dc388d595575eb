import Assembly
import Jobs
import Patients
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("What the product consists of")
struct CatalogueTests {
    @Test("every job is registered once, and every subscription has its job")
    func jobs() async throws {
        let clinic = try await Clinic.shared.value
        #expect(Product(clinic.services).catalogue.faults.isEmpty)
    }

    @Test("every table with a patient's id is in a patient section", .shows("TI-12"))
    func sections() async throws {
        let clinic = try await Clinic.shared.value
        let sections = Product(clinic.services).patientSections
        let tables = try await clinic.services.tenancy.read(
            clinic.north,
            """
            select c.relname::text from pg_catalog.pg_class c
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'patient_id' and not a.attisdropped
            where n.nspname = \(clinic.north.schema.name) and c.relkind = 'r'
            """
        ).decode((String).self)
        #expect(tables.count > 5)
        let spokenFor = Set(sections.flatMap(\.tables))
        for table in tables { #expect(spokenFor.contains(table), "\(table) is in no patient section") }
    }

    @Test("every section's statements run")
    func exports() async throws {
        let clinic = try await Clinic.shared.value
        for section in Product(clinic.services).patientSections {
            _ = try await clinic.services.tenancy.read(clinic.north, section.export(clinic.services.ambient.id()))
            _ = try await clinic.services.tenancy.read(clinic.north, section.count(clinic.services.ambient.id()))
        }
    }

    @Test("a location has at most 80 tables and 180 indexes", .shows("TI-12"))
    func size() async throws {
        let clinic = try await Clinic.shared.value
        let counts = try await clinic.services.tenancy.read(
            clinic.north,
            """
            select count(*) filter (where c.relkind = 'r'), count(*) filter (where c.relkind = 'i') from pg_catalog.pg_class c
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = \(clinic.north.schema.name)
            """
        ).first
        let (tables, indexes) = try #require(counts).decode((Int, Int).self)
        #expect(tables <= 80 && indexes <= 180, "\(tables) tables, \(indexes) indexes")
    }
}

/// One clinic for all suites of this target.
enum Clinic {
    static let shared = Task { try await TestClinic.open() }
}
