internal import Telemetry

/// Expands a template once.
struct TemplateExpander {
    private let data: TemplateData
    private let definitions: [String: [TemplatePart]]
    private var variables: [(name: String, value: TemplateValue)]
    private var output = ""
    private var steps = 0
    private var queries = 0
    private var templateDepth = 0

    /// - Parameters:
    ///   - data: what the template may show.
    ///   - definitions: the templates that it may expand, by their names.
    init(_ data: TemplateData, _ definitions: [String: [TemplatePart]]) {
        self.data = data
        self.definitions = definitions
        variables = [
            ("", .root), ("labels", .labels(data.labels)), ("value", .number(data.value)),
            ("externalLabels", .labels(data.externalLabels)),
            ("externalURL", .text(data.externalURL)),
        ]
    }

    /// The expanded text, cut at the limit.
    mutating func text(of parts: [TemplatePart]) throws(AlertingError) -> String {
        _ = try expand(parts, dot: .root)
        guard isFull else { return output }
        let end = output.utf8.index(output.startIndex, offsetBy: AlertingLimits.expandedBytes)
        return String(output[..<end])
    }

    private var isFull: Bool { output.utf8.count > AlertingLimits.expandedBytes }

    /// Gives how a loop around it is to be left, or nil.
    private mutating func expand(
        _ parts: [TemplatePart],
        dot: TemplateValue
    ) throws(AlertingError) -> TemplateLeave? {
        let depth = variables.count
        defer { variables.removeLast(variables.count - depth) }
        for part in parts {
            if isFull { return .break }
            try countStep()
            switch part {
            case .text(let text): output += text
            case .action(let pipeline):
                let value = try value(of: pipeline, dot)
                if pipeline.variables.isEmpty {
                    output += value.shownText
                } else {
                    set(pipeline, value)
                }
            case .choice(let branches, let otherwise):
                if let leave = try choose(branches, otherwise, dot) { return leave }
            case .range(let branch, let otherwise):
                if let leave = try repeated(branch, otherwise, dot) { return leave }
            case .leave(let leave): return leave
            case .template(let name, let pipeline): try include(name, pipeline, dot)
            }
        }
        return nil
    }

    /// Expands a template that is defined in the same text.
    private mutating func include(
        _ name: String,
        _ pipeline: TemplatePipeline?,
        _ dot: TemplateValue
    ) throws(AlertingError) {
        guard let parts = definitions[name] else {
            throw .templateFailed(
                reason: "there is no template '\(name)'; define it in the same text"
            )
        }
        var given = TemplateValue.nothing
        if let pipeline {
            given = try value(of: pipeline, dot)
            set(pipeline, given)
        }
        templateDepth += 1
        guard templateDepth <= AlertingLimits.templateDepth else {
            throw .templateFailed(
                reason: "templates expand each other deeper than the limit of "
                    + "\(AlertingLimits.templateDepth)"
            )
        }
        let outer = variables
        variables = [("", given)]
        defer {
            variables = outer
            templateDepth -= 1
        }
        _ = try expand(parts, dot: given)
    }

    private mutating func countStep() throws(AlertingError) {
        steps += 1
        guard steps <= AlertingLimits.templateSteps else {
            throw .templateFailed(
                reason: "it takes more than the \(AlertingLimits.templateSteps) steps allowed"
            )
        }
    }

    private mutating func countQuery() throws(AlertingError) {
        queries += 1
        guard queries <= AlertingLimits.templateQueries else {
            throw .templateFailed(
                reason: "it asks more than the \(AlertingLimits.templateQueries) queries allowed"
            )
        }
    }

    private mutating func set(_ pipeline: TemplatePipeline, _ value: TemplateValue) {
        for name in pipeline.variables { set(name, value, isNew: !pipeline.isAssignment) }
    }

    private mutating func set(_ name: String, _ value: TemplateValue, isNew: Bool) {
        if !isNew, let place = variables.lastIndex(where: { $0.name == name }) {
            variables[place].value = value
        } else {
            variables.append((name, value))
        }
    }

    private mutating func choose(
        _ branches: [TemplateBranch],
        _ otherwise: [TemplatePart],
        _ dot: TemplateValue
    ) throws(AlertingError) -> TemplateLeave? {
        let depth = variables.count
        defer { variables.removeLast(variables.count - depth) }
        for branch in branches {
            let value = try value(of: branch.condition, dot)
            set(branch.condition, value)
            guard value.isTrue else { continue }
            return try expand(branch.parts, dot: branch.setsDot ? value : dot)
        }
        return try expand(otherwise, dot: dot)
    }

    private mutating func repeated(
        _ branch: TemplateBranch,
        _ otherwise: [TemplatePart],
        _ dot: TemplateValue
    ) throws(AlertingError) -> TemplateLeave? {
        let items: [(TemplateValue, TemplateValue)]
        switch try value(of: branch.condition, dot) {
        case .nothing: items = []
        case let map where map.entries != nil:
            items = (map.entries ?? []).map { (.text($0.name), $0.value) }
        case .samples(let samples):
            items = samples.enumerated().map { (.integer($0.offset), .sample($0.element)) }
        case let other:
            throw .templateFailed(
                reason: "range goes over labels or samples, found \(other.kindName)"
            )
        }
        if items.isEmpty { return try expand(otherwise, dot: dot) }
        let names = branch.condition.variables
        for (index, element) in items {
            let depth = variables.count
            defer { variables.removeLast(variables.count - depth) }
            let isNew = !branch.condition.isAssignment
            if names.count == 2 { set(names[0], index, isNew: isNew) }
            if let last = names.last { set(last, element, isNew: isNew) }
            if try expand(branch.parts, dot: element) == .break { break }
        }
        return nil
    }

    // MARK: Values

    private mutating func value(
        of pipeline: TemplatePipeline,
        _ dot: TemplateValue
    ) throws(AlertingError) -> TemplateValue {
        var previous: TemplateValue?
        for command in pipeline.commands {
            switch command {
            case .operand(let operand): previous = try value(of: operand, dot)
            case .call(let function, let operands):
                previous = try call(function, operands, previous, dot)
            case .misuse(let operand):
                let kind = try value(of: operand, dot).kindName
                throw .templateFailed(reason: "\(kind) takes no arguments, only functions do")
            }
        }
        return previous ?? .text("")
    }

    private mutating func call(
        _ function: TemplateFunction,
        _ operands: [TemplateOperand],
        _ piped: TemplateValue?,
        _ dot: TemplateValue
    ) throws(AlertingError) -> TemplateValue {
        let count = operands.count + (piped == nil ? 0 : 1)
        guard function.argumentCounts.contains(count) else {
            throw .templateFailed(
                reason: "\(function.rawValue) has \(count) arguments, it takes "
                    + function.argumentCountText
            )
        }
        var arguments: [TemplateValue] = []
        for operand in operands {
            arguments.append(try value(of: operand, dot))
            // What follows is not looked at any more.
            if let last = arguments.last {
                if function == .and, !last.isTrue { return last }
                if function == .or, last.isTrue { return last }
            }
        }
        if let piped { arguments.append(piped) }
        if function == .query { try countQuery() }
        let result = try function(arguments, data)
        // A value may be doubled again and again without ever being put out.
        switch result {
        case .text, .arguments:
            guard result.byteCount <= AlertingLimits.expandedBytes else {
                throw .templateFailed(
                    reason: "\(function.rawValue) gives \(result.byteCount) bytes, the limit is "
                        + "\(AlertingLimits.expandedBytes)"
                )
            }
        default: break
        }
        return result
    }

    private mutating func value(
        of operand: TemplateOperand,
        _ dot: TemplateValue
    ) throws(AlertingError) -> TemplateValue {
        switch operand {
        case .dot: return dot
        case .variable(let name):
            guard let found = variables.last(where: { $0.name == name }) else {
                throw .templateFailed(reason: "'$\(name)' is not set yet")
            }
            return found.value
        case .constant(let value): return value
        case .function(let function): return try call(function, [], nil, dot)
        case .pipeline(let pipeline): return try value(of: pipeline, dot)
        case .field(let inner, let name): return try field(name, of: try value(of: inner, dot))
        }
    }

    private func field(_ name: String, of value: TemplateValue) throws(AlertingError)
        -> TemplateValue
    {
        switch (value, name) {
        case (.labels(let labels), _): return .text(labels[name] ?? "")
        case (.arguments, _):
            return value.entries?.first { $0.name == name }?.value ?? .nothing
        case (.sample(let sample), "Labels"): return .labels(sample.labels)
        case (.sample(let sample), "Value"): return .number(sample.value)
        case (.root, "Labels"): return .labels(data.labels)
        case (.root, "Value"): return .number(data.value)
        case (.root, "ExternalLabels"): return .labels(data.externalLabels)
        case (.root, "ExternalURL"): return .text(data.externalURL)
        default: throw .templateFailed(reason: "there is no .\(name) in \(value.kindName)")
        }
    }
}
