internal import Foundation

/// Numbers as people read them: at most six significant digits.
enum PlainNumber {
    static func of(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf" }
        return String(format: "%.6g", value)
    }
}

/// Numbers as Go prints them with `%e`, which is how Prometheus gives the value of an alert.
enum ScientificText {
    static func of(_ value: Double) -> String {
        guard value.isFinite else { return PlainNumber.of(value) }
        guard value != 0 else { return "0e+00" }
        let exponent = Int(Foundation.log10(abs(value)).rounded(.down))
        // The shortest digits that give the value back, as Go's -1 precision does.
        for digits in 0...17 {
            let text = String(format: "%.\(digits)e", value)
            if Double(text) == value { return text }
        }
        return "\(value)e\(exponent)"
    }
}
