internal import Foundation
internal import Telemetry

/// Go's `printf` with the verbs `%v %s %q %d %f %e %g %t %%`, flags, width and precision.
enum TemplateFormat {
    static func print(_ arguments: [TemplateValue]) throws(AlertingError) -> String {
        guard case .text(let format) = arguments[0] else {
            throw failure("takes its format as a text first")
        }
        var result = ""
        var next = 1
        var rest = Substring(format)
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            rest = rest[rest.index(after: percent)...]
            let specification = try Specification(&rest)
            if specification.verb == "%" {
                result += "%"
                continue
            }
            guard next < arguments.count else {
                throw failure("has no argument for %\(specification.verb) of \"\(format)\"")
            }
            result += try specification.text(of: arguments[next])
            next += 1
        }
        guard next == arguments.count else {
            throw failure("has \(arguments.count - next) arguments too many for \"\(format)\"")
        }
        return result + rest
    }

    private static func failure(_ reason: String) -> AlertingError {
        .templateFailed(reason: "printf \(reason)")
    }

    private struct Specification {
        var flags = ""
        var width = 0
        var precision: Int?
        var verb: Character = "v"

        /// Widths beyond this serve nothing in a message.
        static let maximumWidth = 256

        init(_ rest: inout Substring) throws(AlertingError) {
            while let flag = rest.first, "+-0# ".contains(flag) {
                flags.append(flag)
                rest.removeFirst()
            }
            width = Self.number(&rest) ?? 0
            if rest.first == "." {
                rest.removeFirst()
                precision = Self.number(&rest) ?? 0
            }
            guard let last = rest.popFirst(), "vsqdfegGt%".contains(last) else {
                throw failure("knows %v %s %q %d %f %e %g %t and %%")
            }
            guard width <= Self.maximumWidth, precision ?? 0 <= Self.maximumWidth else {
                throw failure("has a width or precision above \(Self.maximumWidth)")
            }
            verb = last
        }

        private static func number(_ rest: inout Substring) -> Int? {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            // More digits than fit into a number are above any limit anyway.
            return digits.isEmpty ? nil : Int(digits) ?? .max
        }

        func text(of value: TemplateValue) throws(AlertingError) -> String {
            switch (verb, value) {
            case ("v", .number(let number)) where precision != nil: return printed(number, "g")
            case ("v", _): return padded(value.text)
            case ("s", .text(let text)):
                return padded(precision.map { String(text.prefix($0)) } ?? text)
            case ("q", .text(let text)): return padded(Labels.quoted(text))
            case ("t", .flag(let flag)): return padded(String(flag))
            case ("d", .integer(let number)): return padded(signed(String(number)))
            case ("f", .number(let number)), ("e", .number(let number)),
                ("g", .number(let number)), ("G", .number(let number)):
                return printed(number, verb)
            case ("f", .integer(let number)), ("e", .integer(let number)),
                ("g", .integer(let number)), ("G", .integer(let number)):
                return printed(Double(number), verb)
            default:
                throw failure("cannot show \(value.kindName) with %\(verb)")
            }
        }

        private func printed(_ number: Double, _ verb: Character) -> String {
            if !number.isFinite { return padded(NumberText.fourDigits(number)) }
            if precision == nil, verb == "g" || verb == "G" {
                let text = NumberText.shortest(number)
                return padded(signed(verb == "G" ? text.uppercased() : text))
            }
            return String(
                format: "%\(flags)\(width > 0 ? String(width) : "").\(precision ?? 6)\(verb)",
                number
            )
        }

        private func signed(_ text: String) -> String {
            flags.contains("+") && !text.hasPrefix("-") ? "+" + text : text
        }

        private func padded(_ text: String) -> String {
            let blanks = max(0, width - text.count)
            if flags.contains("-") { return text + String(repeating: " ", count: blanks) }
            return String(repeating: " ", count: blanks) + text
        }
    }
}
