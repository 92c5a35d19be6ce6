public import Commands

/// Who may give commands to devices, and how many.
public struct CommandSettings: Sendable {
    /// Whether commands are given at all.
    public var isEnabled = false
    /// Who may give them.
    public var operators: [CommandOperator] = []
    /// How many, and how fast.
    public var limits = CommandLimits()

    /// Creates settings by which nobody gives commands.
    public init() {}

    /// Most operators.
    static let maximumOperators = 50

    /// The operator whose token it is; nil for nobody's.
    ///
    /// All tokens are compared, each as long as the others, so that the time tells nothing.
    func operatorName(of token: String) -> String? {
        var name: String?
        for person in operators where person.token.isEqual(to: token) { name = person.name }
        return name
    }
}

/// Somebody who may give commands.
public struct CommandOperator: Sendable {
    /// Name in the record of commands.
    public let name: String
    /// What shows that it is this person.
    public let token: OperatorToken

    /// Creates an operator.
    public init(name: String, token: OperatorToken) {
        self.name = name
        self.token = token
    }
}

/// A secret text that is compared and, but to the gateway itself, never shown.
public struct OperatorToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The text, for the one place that sends it.
    let text: String

    /// Shortest token in characters: 16 at random are out of reach of guessing.
    public static let shortest = 16
    /// Longest token in characters.
    public static let longest = 1_000

    /// Keeps a text that was read from a file.
    public init(_ text: String) { self.text = text }

    /// The same words for every token.
    public var description: String { "(not shown)" }
    /// The same words for every token.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Whether a text is the token, in a time that depends on the token's length alone.
    func isEqual(to other: String) -> Bool {
        let (own, given) = (Array(text.utf8), Array(other.utf8))
        var difference = own.count ^ given.count
        for (index, byte) in own.enumerated() {
            difference |= Int(byte ^ (given.isEmpty ? 0 : given[index % given.count]))
        }
        return difference == 0 && !own.isEmpty
    }
}
