import Access
import Values
import Web

struct PaymentRoutes {
    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/payments",
                "Takes a patient's payment",
                .permission(.paymentsPost),
                body: PaymentBody.shape,
                answer: Payment.shape
            ) { _, work, body in
                try await TakePayment(body: body).run(work)
            }
        ]
    }
}
