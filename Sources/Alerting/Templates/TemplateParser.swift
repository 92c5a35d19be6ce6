internal import Telemetry

/// Builds the pieces of a template from its words.
struct TemplateParser {
    private let tokens: [TemplateToken]
    private var index = 0
    private var depth = 0

    init(tokens: [TemplateToken]) {
        self.tokens = tokens
    }

    /// Reads the whole template.
    mutating func template() throws(AlertingError) -> [TemplatePart] {
        let (parts, end) = try block()
        if let end {
            throw .badTemplate(offset: end.offset, reason: "'\(end.word)' without an if before it")
        }
        return parts
    }

    private struct BlockEnd {
        let word: String
        let offset: Int
    }

    /// Reads up to `else` or `end`, which is given with the parts, or up to the end of the text.
    private mutating func block() throws(AlertingError) -> ([TemplatePart], BlockEnd?) {
        var parts: [TemplatePart] = []
        while index < tokens.count {
            let token = tokens[index]
            index += 1
            if case .text(let text) = token.kind {
                parts.append(.text(text))
                continue
            }
            if let word = keyword() {
                switch word {
                case "if":
                    index += 1
                    parts.append(try branches(openedAt: token.offset))
                    continue
                case "else", "end":
                    index += 1
                    return (parts, BlockEnd(word: word, offset: token.offset))
                default:
                    throw .badTemplate(
                        offset: token.offset,
                        reason: "'\(word)' is not supported; use if, else and end"
                    )
                }
            }
            parts.append(.action(try pipeline(closedBy: .close)))
        }
        return (parts, nil)
    }

    private mutating func branches(openedAt offset: Int) throws(AlertingError) -> TemplatePart {
        try deepen(at: offset)
        defer { depth -= 1 }
        var branches: [TemplateBranch] = []
        while true {
            let condition = try pipeline(closedBy: .close)
            let (parts, end) = try block()
            branches.append(TemplateBranch(condition: condition, parts: parts))
            guard let end else {
                throw .badTemplate(offset: offset, reason: "an if is not closed by {{ end }}")
            }
            if end.word == "end" {
                try expectClose()
                return .branches(branches, otherwise: [])
            }
            if keyword() == "if" {
                index += 1
                continue
            }
            try expectClose()
            let (otherwise, last) = try block()
            guard last?.word == "end" else {
                throw .badTemplate(offset: offset, reason: "an else is not closed by {{ end }}")
            }
            try expectClose()
            return .branches(branches, otherwise: otherwise)
        }
    }

    /// Reads commands up to and with the closing word.
    private mutating func pipeline(closedBy closing: TemplateToken.Kind) throws(AlertingError)
        -> TemplatePipeline
    {
        var commands: [TemplateCommand] = []
        while true {
            commands.append(try command(isFirst: commands.isEmpty))
            guard index < tokens.count else {
                throw .badTemplate(offset: lastOffset, reason: "the text ends inside an action")
            }
            let token = tokens[index]
            index += 1
            if token.kind == closing { return TemplatePipeline(commands: commands) }
            guard token.kind == .pipe else {
                throw .badTemplate(offset: token.offset, reason: "expected | or the end")
            }
        }
    }

    private mutating func command(isFirst: Bool) throws(AlertingError) -> TemplateCommand {
        guard index < tokens.count else {
            throw .badTemplate(offset: lastOffset, reason: "a value is missing")
        }
        let token = tokens[index]
        guard case .word(let word) = token.kind, !word.hasPrefix("$"), !word.hasPrefix("."),
            word != "true", word != "false"
        else {
            guard isFirst else {
                throw .badTemplate(
                    offset: token.offset,
                    reason: "only a function can stand after |"
                )
            }
            return .operand(try operand())
        }
        guard let function = TemplateFunction(rawValue: word) else {
            let known = TemplateFunction.allCases.map(\.rawValue).sorted()
            throw .badTemplate(
                offset: token.offset,
                reason: "the function '\(word)' is not supported, known are: "
                    + known.joined(separator: ", ")
            )
        }
        index += 1
        var arguments: [TemplateOperand] = []
        while index < tokens.count, !endsCommand(tokens[index].kind) {
            arguments.append(try operand())
        }
        let count = arguments.count + (isFirst ? 0 : 1)
        guard function.argumentCounts.contains(count) else {
            throw .badTemplate(
                offset: token.offset,
                reason: "'\(word)' has \(count) arguments, it takes "
                    + function.argumentCountText
            )
        }
        return .call(function, arguments)
    }

    private mutating func operand() throws(AlertingError) -> TemplateOperand {
        let token = tokens[index]
        index += 1
        switch token.kind {
        case .string(let text): return .constant(.text(text))
        case .number(let text):
            if let whole = Int(text) { return .constant(.integer(whole)) }
            guard let number = Double(text) else {
                throw .badTemplate(offset: token.offset, reason: "'\(text)' is not a number")
            }
            return .constant(.number(number))
        case .leftParenthesis:
            try deepen(at: token.offset)
            defer { depth -= 1 }
            return .pipeline(try pipeline(closedBy: .rightParenthesis))
        case .word(let word): return try variable(word, at: token.offset)
        default: throw .badTemplate(offset: token.offset, reason: "a value is missing")
        }
    }

    private func variable(_ word: String, at offset: Int) throws(AlertingError) -> TemplateOperand {
        switch word {
        case "true": return .constant(.flag(true))
        case "false": return .constant(.flag(false))
        case "$value", ".Value": return .value
        case "$labels", ".Labels": return .labels
        case "$externalLabels", ".ExternalLabels": return .externalLabels
        case "$externalURL", ".ExternalURL": return .externalURL
        default: break
        }
        for (prefix, isExternal) in [
            ("$labels.", false), (".Labels.", false), ("$externalLabels.", true),
            (".ExternalLabels.", true),
        ] where word.hasPrefix(prefix) {
            let name = String(word.dropFirst(prefix.count))
            guard LabelName.isValid(name) else {
                throw .badTemplate(offset: offset, reason: "'\(name)' is not a label name")
            }
            return isExternal ? .externalLabel(name) : .label(name)
        }
        throw .badTemplate(
            offset: offset,
            reason: "'\(word)' is unknown; $labels.NAME and $value are what a rule can show"
        )
    }

    /// The keyword that stands next, if any.
    private func keyword() -> String? {
        guard index < tokens.count, case .word(let word) = tokens[index].kind,
            Self.keywords.contains(word)
        else { return nil }
        return word
    }

    private static let keywords: Set<String> = [
        "if", "else", "end", "range", "with", "define", "template", "block", "break", "continue",
    ]

    private mutating func expectClose() throws(AlertingError) {
        guard index < tokens.count, tokens[index].kind == .close else {
            throw .badTemplate(offset: lastOffset, reason: "expected }}")
        }
        index += 1
    }

    private mutating func deepen(at offset: Int) throws(AlertingError) {
        depth += 1
        guard depth <= AlertingLimits.templateDepth else {
            throw .badTemplate(
                offset: offset,
                reason: "nested deeper than the limit of \(AlertingLimits.templateDepth)"
            )
        }
    }

    private func endsCommand(_ kind: TemplateToken.Kind) -> Bool {
        kind == .pipe || kind == .close || kind == .rightParenthesis
    }

    private var lastOffset: Int { tokens[min(index, tokens.count - 1)].offset }
}
