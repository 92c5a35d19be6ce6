/// A piece of a template.
enum TemplatePart: Hashable, Sendable {
    case text(String)
    case action(TemplatePipeline)
    /// `if` and `with`: the first branch whose condition is true.
    case choice([TemplateBranch], otherwise: [TemplatePart])
    case range(TemplateBranch, otherwise: [TemplatePart])
    case leave(TemplateLeave)
    /// Another template by its name, with what it is given.
    case template(String, TemplatePipeline?)
}

extension [TemplatePart] {
    /// Whether there is nothing but blanks: Go lets such a template be defined once more.
    var isBlank: Bool {
        allSatisfy { part in
            guard case .text(let text) = part else { return false }
            return text.allSatisfy(\.isWhitespace)
        }
    }
}

/// How a loop is left early.
enum TemplateLeave: Hashable, Sendable {
    case `break`, `continue`
}

/// One `if`, `else if`, `with` or `range` with what stands under it.
struct TemplateBranch: Hashable, Sendable {
    let condition: TemplatePipeline
    let parts: [TemplatePart]
    /// Whether the value becomes the dot inside.
    let setsDot: Bool
}

/// Commands, each given the value of the one before as its last argument.
struct TemplatePipeline: Hashable, Sendable {
    /// Variables that take the value; two for the index and the element of a range.
    var variables: [String] = []
    /// Whether they were there before.
    var isAssignment = false
    var commands: [TemplateCommand]
}

/// A function with its arguments, or a single operand.
enum TemplateCommand: Hashable, Sendable {
    case operand(TemplateOperand)
    case call(TemplateFunction, [TemplateOperand])
    /// Arguments behind what is no function: Go reads it and fails when it is expanded.
    case misuse(TemplateOperand)
}

/// What a command works on.
indirect enum TemplateOperand: Hashable, Sendable {
    case dot
    /// A variable by its name without `$`; the empty name is the root.
    case variable(String)
    case constant(TemplateValue)
    case function(TemplateFunction)
    case pipeline(TemplatePipeline)
    case field(TemplateOperand, String)
}
