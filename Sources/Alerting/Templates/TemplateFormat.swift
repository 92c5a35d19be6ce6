internal import Foundation
internal import Telemetry

/// Go's `printf`, with its words for what does not fit: `%!d(string=a)`, `%!d(MISSING)`.
///
/// Verbs are `%v %T %t %d %b %o %x %X %c %U %e %E %f %F %g %G %s %q %%`, with flags, width and
/// precision; `*` for a width is not known.
///
/// - Source: Go, package fmt.
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
            guard let specification = try Specification(&rest) else {
                result += "%!(NOVERB)"
                break
            }
            if specification.verb == "%" {
                result += "%"
            } else if next < arguments.count {
                result += specification.text(of: arguments[next])
                next += 1
            } else {
                result += "%!\(specification.verb)(MISSING)"
            }
        }
        result += rest
        guard next < arguments.count else { return result }
        let extra = arguments[next...].map {
            $0 == .nothing ? $0.text : "\($0.typeName)=\($0.text)"
        }
        return result + "%!(EXTRA \(extra.joined(separator: ", ")))"
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

        init?(_ rest: inout Substring) throws(AlertingError) {
            while let flag = rest.first, "+-0# ".contains(flag) {
                flags.append(flag)
                rest.removeFirst()
            }
            width = Self.number(&rest) ?? 0
            if rest.first == "." {
                rest.removeFirst()
                precision = Self.number(&rest) ?? 0
            }
            guard width <= Self.maximumWidth, precision ?? 0 <= Self.maximumWidth else {
                throw failure("has a width or precision above \(Self.maximumWidth)")
            }
            guard let last = rest.popFirst() else { return nil }
            verb = last
        }

        private static func number(_ rest: inout Substring) -> Int? {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            // More digits than fit into a number are above any limit anyway.
            return digits.isEmpty ? nil : Int(digits) ?? .max
        }

        func text(of value: TemplateValue) -> String {
            switch (verb, value) {
            case ("v", .number(let number)): printed(number, "g")
            case ("T", _): padded(value.typeName)
            case (_, .labels), (_, .arguments): mapped(value.entries ?? [])
            case ("v", .nothing): padded(value.text)
            case (_, .nothing): "%!\(verb)(\(value.text))"
            case ("v", .text(let text)), ("s", .text(let text)): padded(cut(text))
            case ("v", .integer(let number)), ("d", .integer(let number)): padded(number, radix: 10)
            case ("v", _), ("s", .time): padded(value.text)
            case ("t", .flag(let flag)): padded(String(flag))
            case ("q", .text(let text)): padded(Labels.quoted(cut(text)))
            case ("x", .text(let text)), ("X", .text(let text)): padded(hexadecimal(text))
            case ("b", .integer(let number)): padded(number, radix: 2)
            case ("o", .integer(let number)): padded(number, radix: 8)
            case ("x", .integer(let number)), ("X", .integer(let number)):
                padded(number, radix: 16)
            case ("c", .integer(let number)):
                padded(String(UInt32(exactly: number).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"))
            case ("U", .integer(let number)): padded("U+" + hexadecimal(number, digits: 4))
            case (_, .number(let number)) where "eEfFgG".contains(verb): printed(number, verb)
            default: "%!\(verb)(\(value.typeName)=\(value.text))"
            }
        }

        /// Go prints each name and each value of a map as it would print them alone, but nil.
        private func mapped(_ entries: [(name: String, value: TemplateValue)]) -> String {
            let texts = entries.map { name, value in
                text(of: .text(name)) + ":" + (value == .nothing ? value.text : text(of: value))
            }
            return "map[" + texts.joined(separator: " ") + "]"
        }

        private func printed(_ number: Double, _ verb: Character) -> String {
            if !number.isFinite {
                return padded(NumberText.fourDigits(number), zeros: false)
            }
            if precision == nil, verb == "g" || verb == "G" {
                let text = NumberText.shortest(number)
                return padded(signed(verb == "G" ? text.uppercased() : text))
            }
            return String(
                format: "%\(flags)\(width > 0 ? String(width) : "").\(precision ?? 6)\(verb)",
                number
            )
        }

        private func cut(_ text: String) -> String {
            precision.map { String(text.unicodeScalars.prefix($0)) } ?? text
        }

        private func hexadecimal(_ text: String) -> String {
            text.utf8.map { hexadecimal(Int($0), digits: 2) }.joined()
        }

        private func hexadecimal(_ number: Int, digits: Int) -> String {
            let text = String(number, radix: 16, uppercase: verb != "x")
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }

        private func signed(_ text: String) -> String {
            flags.contains("+") && !text.hasPrefix("-") ? "+" + text : text
        }

        private func padded(_ number: Int, radix: Int) -> String {
            padded(signed(String(number, radix: radix, uppercase: verb == "X")))
        }

        private func padded(_ text: String, zeros: Bool = true) -> String {
            let blanks = max(0, width - text.unicodeScalars.count)
            if flags.contains("-") { return text + String(repeating: " ", count: blanks) }
            guard flags.contains("0"), zeros else {
                return String(repeating: " ", count: blanks) + text
            }
            let sign = text.prefix { $0 == "-" || $0 == "+" }
            return sign + String(repeating: "0", count: blanks) + text.dropFirst(sign.count)
        }
    }
}
