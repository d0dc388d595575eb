import Billing
import Postgres
import Values

extension Adjudication {
    /// The lines of the ledger entry: each takes its amount off what the insurer owes. A negative share goes the other way.
    func transfers(of claim: OpenClaim) -> [Transfer] {
        shares.compactMap { share in
            guard share.amount != 0 else { return nil }
            let (taker, giver) = share.amount > 0 ? (share.kind.account, Account.receivableInsurance) : (Account.receivableInsurance, share.kind.account)
            return Transfer(
                debit: taker,
                credit: giver,
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
    var account: Account {
        switch self {
        case .paid: .cashInsurance
        case .writtenOff: .adjustmentsContractual
        case .patient: .receivablePatient
        }
    }
}

extension PostingStore {
    /// A line of `entry`, the other way round.
    static func contrary(_ row: Row) throws -> Transfer {
        var columns = Columns(row, from: 1)
        let (debit, credit): (Account, Account) = (try columns.next(), try columns.next())
        return Transfer(
            debit: credit,
            credit: debit,
            amount: try columns.next(),
            patient: try columns.next(),
            charge: try columns.next(),
            claim: try columns.next(),
            payer: try columns.next()
        )
    }
}
