import Access
import Values
import Web

struct NoShowRoutes {
    var routes: [Route] {
        [
            .get(
                "/v1/locations/{location}/no-show-rates",
                "Shows how often people did not come, over all and by what was known before",
                .permission(.appointmentsRead),
                query: NoShowQuery.shape,
                answer: NoShowRates.shape,
                errors: [NoShowQuery.badRange, NoShowRates.tooMany]
            ) { call, query in
                try await ShowNoShows(call: call).rates(query)
            },
            .get(
                "/v1/locations/{location}/appointments/{appointment}/no-show-risk",
                "Shows how likely nobody comes, and what adds to it; it decides nothing",
                .permission(.appointmentsRead),
                answer: NoShowRisk.shape,
                errors: [NoShowRates.tooMany]
            ) { call in
                try await ShowNoShows(call: call).risk(of: try call.path.id("appointment", AppointmentID.self))
            },
            .act(
                "/v1/locations/{location}/double-booking-simulations",
                "Simulates on past days what booking second patients would have filled and crowded",
                .permission(.appointmentsRead),
                body: SimulationBody.shape,
                answer: Simulation.shape,
                errors: [SimulationBody.badRange, SimulationBody.tooMany, NoShowRates.tooMany]
            ) { call, body in
                try await ShowNoShows(call: call).simulate(body)
            },
        ]
    }
}
