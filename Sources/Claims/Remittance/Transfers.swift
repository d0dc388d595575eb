import Billing
import Values

extension Adjudication {
    /// The lines of the ledger entry: each takes its amount off what the insurer owes. A negative share goes the other way.
    func transfers(of claim: OpenClaim) -> [Transfer] {
        shares.compactMap { share in
            guard share.amount != 0 else { return nil }
            let (account, insurer) = (share.kind.account, LedgerAccount.receivableInsurance)
            return Transfer(
                debit: share.amount > 0 ? account : insurer,
                credit: share.amount > 0 ? insurer : account,
                amount: Int64(clamping: share.amount.magnitude),
                patient: claim.patient,
                charge: share.charge,
                claim: claim.id,
                payer: claim.payer
            )
        }
    }
}

extension Share.Kind {
    /// What is debited when the share is positive.
    var account: LedgerAccount {
        switch self {
        case .paid: .cashInsurance
        case .writtenOff: .adjustmentsContractual
        case .patient: .receivablePatient
        }
    }
}
