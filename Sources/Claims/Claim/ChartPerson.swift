import Patients

// X12 has a person and an address of its own, and the front door of Patients bears its module's name: these tell them apart.

typealias ChartPerson = Person
typealias ChartAddress = Address
