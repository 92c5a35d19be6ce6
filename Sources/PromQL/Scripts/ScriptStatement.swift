internal import Telemetry

/// One `eval` statement with what it must give.
struct ScriptStatement {
    private var expression: String
    private var from = Instant(milliseconds: 0)
    private var to = Instant(milliseconds: 0)
    private var step: Milliseconds?
    private var failure: ScriptExpectation?
    private var annotations = ScriptAnnotations()
    private var isOrdered = false
    private var text: String?
    private var number: Double?
    private var grid: (start: Int64, step: Int64)?
    private var series: [ScriptSeries] = []

    init(_ command: ScriptRunner.Command) throws(QueryError) {
        let words = command.words
        let count: Int
        if words.count > 4, words[1] == "instant" {
            from = try Self.time(words[3])
            to = from
            count = 4
        } else if words.count > 8, words[1] == "range" {
            from = try Self.time(words[3])
            to = try Self.time(words[5])
            step = try Self.step(words[7])
            count = 8
        } else {
            throw QueryError(.parse, "cannot read \(command.head)")
        }
        expression = String(words[count].base[words[count].startIndex...])
        switch words[0] {
        case "eval": break
        case "eval_fail", "eval_warn", "eval_info", "eval_ordered":
            try take("expect " + words[0].dropFirst("eval_".count))
        default: throw QueryError(.parse, "cannot read \(command.head), expected eval")
        }
        for line in command.body { try take(line) }
    }

    private static func time(_ word: Substring) throws(QueryError) -> Instant {
        guard let duration = DurationText.parse(String(word)) else {
            throw QueryError(.parse, "cannot read the time \(word)")
        }
        return Instant(milliseconds: duration.count)
    }

    private static func step(_ word: Substring) throws(QueryError) -> Milliseconds {
        guard let step = DurationText.parse(String(word)), step.count > 0 else {
            throw QueryError(.parse, "cannot read the step \(word)")
        }
        return step
    }

    /// Reads `expect range vector from 0 to 10m step 1m`.
    private static func grid(_ line: String) throws(QueryError) -> (start: Int64, step: Int64) {
        let words = line.split(separator: " ")
        guard words.count == 9, words[3] == "from", words[5] == "to", words[7] == "step" else {
            throw QueryError(
                .parse,
                "cannot read \(line), expected as in expect range vector from 0 to 10m step 1m"
            )
        }
        _ = try time(words[6])
        return (try time(words[4]).milliseconds, try step(words[8]).count)
    }

    private mutating func take(_ line: String) throws(QueryError) {
        if let message = line.text(after: "expected_fail_message ") {
            failure = ScriptExpectation(.fail, message: message, line: line)
        } else if let pattern = line.text(after: "expected_fail_regexp ") {
            failure = try ScriptExpectation("expect fail regex: \(pattern)")
        } else if line.hasPrefix("expect string ") {
            guard
                case .string(let text) = try PromQLParser.parse(
                    String(line.dropFirst("expect string ".count))
                )
            else { throw QueryError(.parse, "cannot read \(line)") }
            self.text = text
        } else if line.hasPrefix("expect range vector ") {
            grid = try Self.grid(line)
        } else if line.hasPrefix("expect ") {
            let expectation = try ScriptExpectation(line)
            switch expectation.kind {
            case .ordered: isOrdered = true
            case .fail: failure = expectation
            case .warn, .info, .noWarn, .noInfo: try annotations.add(expectation)
            }
        } else if let number = NumberText.parse(line) {
            self.number = number
        } else {
            series.append(try ScriptSeries(line))
        }
    }

    /// Runs the query and compares.
    ///
    /// - Throws: ``QueryError`` that says what was expected and what came.
    func check(_ engine: QueryEngine, _ source: MemorySeriesSource) throws(QueryError) {
        var report = QueryReport()
        do {
            let parsed = try PromQLParser.parse(expression)
            if let step {
                let found = try engine.range(
                    parsed,
                    from: from,
                    to: to,
                    step: step,
                    source: source,
                    report: &report
                )
                try failIfDue()
                try annotations.check(report.annotations, of: expression)
                try compare(found, start: from.milliseconds, step: step.count)
            } else {
                let found = try engine.instant(
                    parsed,
                    at: from,
                    source: source,
                    report: &report
                )
                try failIfDue()
                try annotations.check(report.annotations, of: expression)
                try compare(found)
            }
        } catch {
            guard let failure, error.message != Self.didNotFail else { throw error }
            guard failure.accepts(error.message) else {
                throw QueryError(
                    .execution,
                    "\(expression): expected \(failure.line), got \"\(error.message)\""
                )
            }
        }
    }

    private static let didNotFail = "the query must fail and did not"

    private func failIfDue() throws(QueryError) {
        if failure != nil { throw QueryError(.execution, Self.didNotFail) }
    }

    private func mismatch(_ found: String) -> QueryError {
        QueryError(.execution, "\(expression): expected \(expected), got \(found)")
    }

    private var expected: String {
        text ?? number.map(NumberFormat.prometheus)
            ?? series.map { one in
                let items = one.items.map { $0.map(NumberFormat.prometheus) ?? "_" }
                return "\(one.labels) \(items.joined(separator: " "))"
            }.joined(separator: "; ")
    }

    private func compare(_ value: QueryValue) throws(QueryError) {
        switch value {
        case .scalar(let sample):
            guard let number, Self.agree(sample.value, number) else {
                throw mismatch(NumberFormat.prometheus(sample.value))
            }
        case .string(let found, _):
            guard found == text else { throw mismatch(found) }
        case .matrix(let found):
            try compare(found, start: grid?.start ?? 0, step: grid?.step ?? 1)
        case .vector(let found):
            let shown = found.map {
                "\($0.labels) \(NumberFormat.prometheus($0.sample.value))"
            }.joined(separator: "; ")
            guard found.count == series.count else { throw mismatch(shown) }
            for (index, element) in found.enumerated() {
                let match =
                    isOrdered
                    ? series[index] : series.first { $0.labels == element.labels }
                guard let match, match.labels == element.labels, match.items.count == 1,
                    let item = match.items[0], Self.agree(item, element.sample.value)
                else { throw mismatch(shown) }
            }
        }
    }

    private func compare(
        _ found: [RangeSeries],
        start: Int64,
        step: Int64
    ) throws(QueryError) {
        let shown = found.map { one in
            "\(one.labels) "
                + one.samples.map { NumberFormat.prometheus($0.value) }.joined(separator: " ")
        }.joined(separator: "; ")
        guard found.count == series.count else { throw mismatch(shown) }
        for one in found {
            guard let match = series.first(where: { $0.labels == one.labels }) else {
                throw mismatch(shown)
            }
            var samples = one.samples[...]
            for (index, item) in match.items.enumerated() {
                guard let item else { continue }
                guard let sample = samples.popFirst(), Self.agree(item, sample.value),
                    sample.time.milliseconds == start + Int64(index) * step
                else { throw mismatch(shown) }
            }
            guard samples.isEmpty else { throw mismatch(shown) }
        }
    }

    /// Whether two values agree as the format has it.
    static func agree(_ left: Double, _ right: Double) -> Bool {
        if left == right || left.isNaN && right.isNaN { return true }
        return abs(left - right) < 1e-6 * (abs(left) + abs(right))
    }
}

extension String {
    /// The text behind a beginning, or nil when it begins otherwise.
    fileprivate func text(after beginning: String) -> String? {
        hasPrefix(beginning) ? String(dropFirst(beginning.count)) : nil
    }
}
