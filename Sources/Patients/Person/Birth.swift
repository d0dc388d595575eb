import Values

/// Nobody is registered before they are born; the location's day decides.
enum Birth {
    static func check(_ day: Day?, _ today: Day, at pointer: String) throws(Problem) {
        guard let day, day > today else { return }
        throw Problem.invalid(pointer, "in_future", "Birth dates are not in the future.")
    }
}
