internal import Telemetry

/// Builds the pieces of a template from its words.
///
/// - Source: Go, package text/template/parse.
struct TemplateParser {
    private let tokens: [TemplateToken]
    private var index = 0
    private var depth = 0
    private var loopDepth = 0
    /// Names of the variables that are known at this place.
    private var variables = ["", "labels", "value", "externalLabels", "externalURL"]
    /// Whether the function `query` stands anywhere.
    private(set) var usesQuery = false
    /// What `define` and `block` have defined, by its names.
    private(set) var definitions: [String: [TemplatePart]] = [:]

    init(tokens: [TemplateToken]) {
        self.tokens = tokens
    }

    /// Reads the whole template.
    mutating func template() throws(AlertingError) -> [TemplatePart] {
        let (parts, end) = try block(isOutermost: true)
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
    private mutating func block(isOutermost: Bool = false) throws(AlertingError)
        -> ([TemplatePart], BlockEnd?)
    {
        let known = variables.count
        defer { variables.removeLast(variables.count - known) }
        var parts: [TemplatePart] = []
        while index < tokens.count {
            let token = tokens[index]
            index += 1
            if case .text(let text) = token.kind {
                parts.append(.text(text))
                continue
            }
            guard let word = keyword() else {
                parts.append(.action(try pipeline(closedBy: .close)))
                continue
            }
            index += 1
            switch word {
            case "if", "with": parts.append(try choice(word, openedAt: token.offset))
            case "range": parts.append(try range(openedAt: token.offset))
            case "break", "continue":
                guard loopDepth > 0 else {
                    throw .badTemplate(offset: token.offset, reason: "'\(word)' outside of a range")
                }
                try expectClose()
                parts.append(.leave(word == "break" ? .break : .continue))
            case "else", "end": return (parts, BlockEnd(word: word, offset: token.offset))
            case "template", "block":
                parts.append(try inclusion(word, openedAt: token.offset))
            default:
                guard isOutermost else {
                    throw .badTemplate(
                        offset: token.offset,
                        reason: "'\(word)' cannot stand inside of another block"
                    )
                }
                let name = try templateName(after: word)
                try expectClose()
                try define(name, by: word, openedAt: token.offset)
            }
        }
        return (parts, nil)
    }

    /// Reads `template "name" pipeline`, or `block` with what stands in it.
    private mutating func inclusion(_ word: String, openedAt offset: Int) throws(AlertingError)
        -> TemplatePart
    {
        let name = try templateName(after: word)
        var given: TemplatePipeline?
        if word == "template", index < tokens.count, tokens[index].kind == .close {
            index += 1
        } else {
            given = try pipeline(closedBy: .close)
        }
        if word == "block" { try define(name, by: word, openedAt: offset) }
        return .template(name, given)
    }

    private mutating func templateName(after word: String) throws(AlertingError) -> String {
        guard index < tokens.count, tokens[index].isSeparated,
            case .string(let name) = tokens[index].kind
        else {
            throw .badTemplate(
                offset: lastOffset,
                reason: "behind '\(word)' the name of a template is missing, in quotes"
            )
        }
        index += 1
        return name
    }

    /// Reads a template of its own, which knows no variable of those around it.
    private mutating func define(
        _ name: String,
        by word: String,
        openedAt offset: Int
    ) throws(AlertingError) {
        try deepen(at: offset)
        let (outerVariables, outerLoops) = (variables, loopDepth)
        (variables, loopDepth) = ([""], 0)
        defer {
            (variables, loopDepth) = (outerVariables, outerLoops)
            depth -= 1
        }
        let (parts, end) = try block()
        guard end?.word == "end" else {
            throw .badTemplate(offset: offset, reason: "'\(word)' is not closed by {{ end }}")
        }
        try expectClose()
        if definitions[name]?.isBlank ?? true {
            definitions[name] = parts
        } else if !parts.isBlank {
            throw .badTemplate(offset: offset, reason: "the template '\(name)' is defined twice")
        }
    }

    private mutating func choice(_ word: String, openedAt offset: Int) throws(AlertingError)
        -> TemplatePart
    {
        try deepen(at: offset)
        let known = variables.count
        defer {
            depth -= 1
            variables.removeLast(variables.count - known)
        }
        var branches: [TemplateBranch] = []
        while true {
            let condition = try pipeline(closedBy: .close)
            let (parts, end) = try block()
            branches.append(
                TemplateBranch(condition: condition, parts: parts, setsDot: word == "with")
            )
            guard let end else {
                throw .badTemplate(offset: offset, reason: "'\(word)' is not closed by {{ end }}")
            }
            if end.word == "else", word == "if", keyword() == "if" {
                index += 1
                continue
            }
            return .choice(branches, otherwise: try rest(after: end, of: word, openedAt: offset))
        }
    }

    private mutating func range(openedAt offset: Int) throws(AlertingError) -> TemplatePart {
        try deepen(at: offset)
        let known = variables.count
        loopDepth += 1
        defer {
            depth -= 1
            variables.removeLast(variables.count - known)
        }
        let condition = try pipeline(closedBy: .close, mostVariables: 2)
        let (parts, end) = try block()
        loopDepth -= 1
        guard let end else {
            throw .badTemplate(offset: offset, reason: "'range' is not closed by {{ end }}")
        }
        return .range(
            TemplateBranch(condition: condition, parts: parts, setsDot: true),
            otherwise: try rest(after: end, of: "range", openedAt: offset)
        )
    }

    /// What stands between `else` and `end`.
    private mutating func rest(
        after end: BlockEnd,
        of word: String,
        openedAt offset: Int
    ) throws(AlertingError) -> [TemplatePart] {
        try expectClose()
        guard end.word == "else" else { return [] }
        let (otherwise, last) = try block()
        guard last?.word == "end" else {
            throw .badTemplate(
                offset: offset,
                reason: "the else of '\(word)' is not closed by {{ end }}"
            )
        }
        try expectClose()
        return otherwise
    }

    /// Reads commands up to and with the closing word.
    private mutating func pipeline(
        closedBy closing: TemplateToken.Kind,
        mostVariables: Int = 1
    ) throws(AlertingError) -> TemplatePipeline {
        var pipeline = TemplatePipeline(commands: [])
        if closing == .close { try declaration(&pipeline, mostVariables) }
        while true {
            pipeline.commands.append(try command(isFirst: pipeline.commands.isEmpty))
            guard index < tokens.count else {
                throw .badTemplate(offset: lastOffset, reason: "the text ends inside an action")
            }
            let token = tokens[index]
            index += 1
            if token.kind == closing { break }
            guard token.kind == .pipe else {
                throw .badTemplate(offset: token.offset, reason: "expected | or the end")
            }
        }
        return pipeline
    }

    /// Reads `$name :=`, `$name =` or `$index, $element :=`, if one of them stands next.
    private mutating func declaration(
        _ pipeline: inout TemplatePipeline,
        _ most: Int
    ) throws(AlertingError) {
        var names: [String] = []
        var place = index
        while names.count < most, place + 1 < tokens.count,
            case .word(let word) = tokens[place].kind, word.hasPrefix("$"),
            LabelName.isValid(String(word.dropFirst()))
        {
            names.append(String(word.dropFirst()))
            place += 2
            switch tokens[place - 1].kind {
            case .comma: continue
            case .declare: break
            case .assign:
                for name in names where !variables.contains(name) {
                    throw .badTemplate(
                        offset: tokens[index].offset,
                        reason: "'$\(name)' is unknown; set it by := first"
                    )
                }
                pipeline.isAssignment = true
            default: return
            }
            pipeline.variables = names
            index = place
            // As in Go they are known in their own pipeline, which then fails.
            if !pipeline.isAssignment { variables += names }
            return
        }
    }

    private mutating func command(isFirst: Bool) throws(AlertingError) -> TemplateCommand {
        guard index < tokens.count else {
            throw .badTemplate(offset: lastOffset, reason: "a value is missing")
        }
        let token = tokens[index]
        let first = try operand()
        var arguments: [TemplateOperand] = []
        while index < tokens.count, !endsCommand(tokens[index].kind) {
            guard tokens[index].isSeparated else {
                throw .badTemplate(
                    offset: tokens[index].offset,
                    reason: "a blank is missing between two values"
                )
            }
            arguments.append(try operand())
        }
        if case .function(let function) = first { return .call(function, arguments) }
        if !isFirst, case .constant = first {
            throw .badTemplate(offset: token.offset, reason: "only a function can stand after |")
        }
        return arguments.isEmpty && isFirst ? .operand(first) : .misuse(first)
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
            return try fields(of: .pipeline(try pipeline(closedBy: .rightParenthesis)))
        case .word(let word): return try named(word, at: token.offset)
        default: throw .badTemplate(offset: token.offset, reason: "a value is missing")
        }
    }

    /// Fields that stand right behind a closing parenthesis.
    private mutating func fields(of operand: TemplateOperand) throws(AlertingError)
        -> TemplateOperand
    {
        guard index < tokens.count, case .word(let word) = tokens[index].kind,
            word.hasPrefix("."), tokens[index].offset == tokens[index - 1].offset + 1
        else { return operand }
        index += 1
        return try chain(operand, word.dropFirst(), at: tokens[index - 1].offset)
    }

    private mutating func named(_ word: String, at offset: Int) throws(AlertingError)
        -> TemplateOperand
    {
        switch word {
        case "true": return .constant(.flag(true))
        case "false": return .constant(.flag(false))
        case ".": return .dot
        case "$": return .variable("")
        default: break
        }
        if word.hasPrefix(".") { return try chain(.dot, word.dropFirst(), at: offset) }
        guard word.hasPrefix("$") else { return try function(word, at: offset) }
        let name = word.dropFirst().prefix { $0 != "." }
        guard variables.contains(String(name)) else {
            throw .badTemplate(
                offset: offset,
                reason: "'$\(name)' is unknown; $labels.NAME and $value are what a rule can show"
            )
        }
        let rest = word.dropFirst(1 + name.count)
        let variable = TemplateOperand.variable(String(name))
        return rest.isEmpty ? variable : try chain(variable, rest.dropFirst(), at: offset)
    }

    /// A function, with fields of what it gives where they follow at once.
    private mutating func function(_ word: String, at offset: Int) throws(AlertingError)
        -> TemplateOperand
    {
        let name = word.prefix { $0 != "." }
        guard let function = TemplateFunction(rawValue: String(name)) else {
            let known = TemplateFunction.allCases.map(\.rawValue).sorted()
            throw .badTemplate(
                offset: offset,
                reason: "the function '\(name)' is not supported, known are: "
                    + known.joined(separator: ", ")
            )
        }
        if function == .query { usesQuery = true }
        let fields = word.dropFirst(name.count)
        return fields.isEmpty
            ? .function(function) : try chain(.function(function), fields.dropFirst(), at: offset)
    }

    private func chain(_ start: TemplateOperand, _ names: Substring, at offset: Int)
        throws(AlertingError) -> TemplateOperand
    {
        var operand = start
        for name in names.split(separator: ".", omittingEmptySubsequences: false) {
            guard LabelName.isValid(String(name)) else {
                throw .badTemplate(offset: offset, reason: "'\(name)' is not a name of a field")
            }
            operand = .field(operand, String(name))
        }
        return operand
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
