/// What the lines of a statement say of warnings and infos.
struct ScriptAnnotations {
    private var expected: [ScriptExpectation] = []

    /// Adds an expectation.
    ///
    /// - Throws: ``QueryError`` of kind parse when it goes against an earlier one.
    mutating func add(_ expectation: ScriptExpectation) throws(QueryError) {
        expected.append(expectation)
        let kinds = expected.map(\.kind)
        let opposites: [(ScriptExpectation.Kind, ScriptExpectation.Kind)] = [
            (.warn, .noWarn), (.info, .noInfo),
        ]
        for (some, none) in opposites
        where kinds.contains(some) && kinds.contains(none) {
            throw QueryError(
                .parse,
                "\(some.rawValue) and \(none.rawValue) cannot be expected at once; leave one out"
            )
        }
    }

    /// Compares with what an answer came with.
    ///
    /// - Throws: ``QueryError`` that says what was expected and what came.
    func check(_ found: QueryAnnotations, of expression: String) throws(QueryError) {
        try check(found[.warning], some: .warn, none: .noWarn, expression)
        try check(found[.info], some: .info, none: .noInfo, expression)
    }

    private func check(
        _ found: [QueryAnnotation],
        some: ScriptExpectation.Kind,
        none: ScriptExpectation.Kind,
        _ expression: String
    ) throws(QueryError) {
        // Texts are expected with their places, and without by Prometheus up to 3.14.
        func accepts(_ expectation: ScriptExpectation, _ annotation: QueryAnnotation) -> Bool {
            expectation.accepts(annotation.text(in: expression))
                || expectation.accepts(annotation.message)
        }
        let wanted = expected.filter { $0.kind == some }
        let isForbidden = expected.contains { $0.kind == none }
        let missing = wanted.filter { one in !found.contains { accepts(one, $0) } }
        let surplus = found.filter { one in
            isForbidden || !wanted.isEmpty && !wanted.contains { accepts($0, one) }
        }
        guard missing.isEmpty, surplus.isEmpty else {
            let texts = found.map { $0.text(in: expression) }
            let expectations = isForbidden ? ["no \(some.rawValue)"] : wanted.map(\.line)
            throw QueryError(
                .execution,
                "\(expression): expected \(expectations.joined(separator: "; ")), got "
                    + (texts.isEmpty ? "none" : texts.joined(separator: "; "))
            )
        }
    }
}
