internal import Telemetry

extension TextTemplate {
    static func expand(_ parts: [TemplatePart], with data: TemplateData) throws(AlertingError)
        -> String
    {
        var result = ""
        for part in parts {
            switch part {
            case .text(let text): result += text
            case .action(let pipeline): result += try value(of: pipeline, data).text
            case .branches(let branches, let otherwise):
                result += try expand(try chosen(branches, otherwise, data), with: data)
            }
            if result.utf8.count > AlertingLimits.expandedBytes { return cut(result) }
        }
        return result
    }

    private static func chosen(
        _ branches: [TemplateBranch],
        _ otherwise: [TemplatePart],
        _ data: TemplateData
    ) throws(AlertingError) -> [TemplatePart] {
        for branch in branches where try value(of: branch.condition, data).isTrue {
            return branch.parts
        }
        return otherwise
    }

    private static func value(of pipeline: TemplatePipeline, _ data: TemplateData)
        throws(AlertingError) -> TemplateValue
    {
        var previous: TemplateValue?
        for command in pipeline.commands {
            switch command {
            case .operand(let operand): previous = try value(of: operand, data)
            case .call(let function, let operands):
                var arguments: [TemplateValue] = []
                for operand in operands { arguments.append(try value(of: operand, data)) }
                if let previous { arguments.append(previous) }
                previous = try function(arguments)
            }
        }
        return previous ?? .text("")
    }

    private static func value(of operand: TemplateOperand, _ data: TemplateData)
        throws(AlertingError) -> TemplateValue
    {
        switch operand {
        case .label(let name): .text(data.labels[name] ?? "")
        case .labels: .labels(data.labels)
        case .externalLabel(let name): .text(data.externalLabels[name] ?? "")
        case .externalLabels: .labels(data.externalLabels)
        case .externalURL: .text(data.externalURL)
        case .value: .number(data.value)
        case .constant(let value): value
        case .pipeline(let pipeline): try value(of: pipeline, data)
        }
    }

    private static func cut(_ text: String) -> String {
        var kept = text
        while kept.utf8.count > AlertingLimits.expandedBytes { kept.removeLast() }
        return kept
    }
}
