import Access
import Billing
import Claims
public import Jobs
import Organizations
public import Patients
import Reporting
import Scheduling
public import Web

/// The slices, put together: every route, job, event, cron entry and patient section of the product. To add a slice, add it here.
public struct Product: Sendable {
    public let routes: [Route]
    public let catalogue: JobCatalogue
    public let patientSections: [any PatientSection]
    public let keyRotation: KeyRotation

    public init(_ services: Services) {
        let folders = services.settings.folders
        let organizations = Organizations(tenancy: services.tenancy, keys: services.keys)
        let settings = organizations.settings
        let patients = Patients { location in try await settings.values(at: location).text(.chartNumberPrefix) }
        let scheduling = Scheduling(tenancy: services.tenancy, settings: settings, wake: services.wake)
        let billing = Billing()
        let claims = Claims(
            settings: ClaimsSettings(filesFolder: folders.files, outboundFolder: folders.outbound, inboundFolder: folders.inbound),
            keys: services.keys
        )
        let reporting = Reporting()
        routes = organizations.routes + patients.routes + scheduling.routes + billing.routes + claims.routes + reporting.routes
        keyRotation = KeyRotation(
            columns: SealedColumn.all + IdempotencyStore.sealedColumns + organizations.sealedColumns + claims.sealedColumns,
            files: claims.sealedFiles,
            tenancy: services.tenancy,
            access: services.access,
            ambient: services.ambient,
            wake: services.wake
        )
        catalogue =
            organizations.catalogue + patients.catalogue + scheduling.catalogue + billing.catalogue + claims.catalogue + reporting.catalogue
            + keyRotation.catalogue
        patientSections = patients.patientSections + scheduling.patientSections + billing.patientSections + claims.patientSections
    }
}
