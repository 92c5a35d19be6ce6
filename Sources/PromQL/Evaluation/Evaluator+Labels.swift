internal import Telemetry

extension Evaluator {
    /// `label_replace(v, dst, replacement, src, regex)`.
    func replaceLabel(
        _ arguments: [Expression],
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries] {
        var series = try vector(arguments[0], grid)
        let destination = try string(arguments[1], grid)
        let replacement = try string(arguments[2], grid)
        let name = try string(arguments[3], grid)
        let text = try string(arguments[4], grid)
        guard !destination.isEmpty else {
            throw QueryError(.execution, "invalid destination label name in label_replace(): \"\"")
        }
        let pattern: RegularExpression
        let capture: CapturePattern
        do {
            pattern = try RegularExpression(text)
            capture = try CapturePattern(text)
        } catch {
            throw QueryError(
                .execution,
                "invalid regular expression in label_replace(): \(text)"
            )
        }
        for index in series.indices {
            let value = series[index].labels[name] ?? ""
            guard pattern.matchesWhole(value),
                let result = capture.expand(replacement, matching: value)
            else { continue }
            series[index].labels = series[index].labels.setting(destination, to: result)
        }
        return try merge(series)
    }

    /// `label_join(v, dst, separator, src…)`.
    func joinLabels(_ arguments: [Expression], _ grid: Grid) throws(QueryError) -> [GridSeries] {
        var series = try vector(arguments[0], grid)
        let destination = try string(arguments[1], grid)
        let separator = try string(arguments[2], grid)
        guard !destination.isEmpty else {
            throw QueryError(.execution, "invalid destination label name in label_join(): \"\"")
        }
        var names: [String] = []
        for argument in arguments.dropFirst(3) { names.append(try string(argument, grid)) }
        for index in series.indices {
            let values = names.map { series[index].labels[$0] ?? "" }
            series[index].labels = series[index].labels.setting(
                destination,
                to: values.joined(separator: separator)
            )
        }
        return try merge(series)
    }
}

/// A pattern that tells what its groups have matched, for `label_replace` only.
///
/// The standard library's matcher finds the groups; it may be slow on hostile patterns, so that
/// ``RegularExpression`` decides beforehand whether there is a match at all.
private struct CapturePattern {
    private let regex: Regex<AnyRegexOutput>

    init(_ text: String) throws {
        regex = try Regex("(?s:\(text))").matchingSemantics(.unicodeScalar)
    }

    /// Puts `$1`, `${name}` and `$$` of a replacement in; nil when the value does not match.
    func expand(_ replacement: String, matching value: String) -> String? {
        guard let match = value.wholeMatch(of: regex) else { return nil }
        var output = ""
        var rest = Substring(replacement)
        while let mark = rest.firstIndex(of: "$") {
            output += rest[..<mark]
            rest = rest[rest.index(after: mark)...]
            if rest.first == "$" {
                output += "$"
                rest.removeFirst()
                continue
            }
            let isBraced = rest.first == "{"
            let body = isBraced ? rest.dropFirst() : rest
            let name = body.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
            guard !name.isEmpty, !isBraced || body.dropFirst(name.count).first == "}" else {
                output += "$"
                continue
            }
            rest = body.dropFirst(name.count + (isBraced ? 1 : 0))
            let group =
                Int(name).map { $0 < match.output.count ? match.output[$0] : nil }
                ?? match.output[String(name)]
            output += group?.substring ?? ""
        }
        return output + rest
    }
}
