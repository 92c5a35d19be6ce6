public import Telemetry

/// A pattern over label values, matched in time linear in the value for every pattern.
///
/// The syntax is RE2's as Prometheus uses it: the whole value must match, `.` matches a line end
/// too. Not supported, and refused with a message: scripts (`\p{Greek}`), back references and
/// look-around (RE2 has none of the last two either).
/// - Source: R. Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009 (Pike's
///   machine); RE2 syntax page.
public struct RegularExpression: LabelPattern {
    /// Longest pattern in bytes of UTF-8.
    public static let maximumPatternBytes = 16_384
    /// Most instructions a pattern may compile to; counted repetitions are written out.
    public static let maximumInstructionCount = 20_000
    /// Largest bound of a counted repetition, RE2's own limit.
    public static let maximumRepetitionCount = 1000
    /// Deepest nesting of groups.
    public static let maximumDepth = 200

    /// The pattern as it was written, without anchors.
    public let text: String
    private let plan: Plan

    /// How a pattern is matched: most patterns in rules need no machine.
    private enum Plan: Sendable {
        case literals(Set<String>)
        case prefix(String, minimumRest: Int)
        case machine(RegularProgram)
    }

    /// Compiles a pattern.
    ///
    /// - Throws: ``RegularExpressionError`` naming the place and what is wrong.
    public init(_ text: String) throws(RegularExpressionError) {
        self.text = text
        guard text.utf8.count <= Self.maximumPatternBytes else {
            throw RegularExpressionError(
                pattern: String(text.prefix(40)) + "…",
                offset: 0,
                message: "the pattern has more than \(Self.maximumPatternBytes) bytes"
            )
        }
        var parser = RegularParser(text)
        let tree = try parser.parse()
        if let literals = tree.literalAlternatives {
            plan = .literals(Set(literals))
        } else if let (prefix, rest) = tree.literalPrefixThenAnything {
            plan = .prefix(prefix, minimumRest: rest)
        } else {
            plan = .machine(try RegularProgram(tree, pattern: text))
        }
    }

    /// Whether the pattern matches the whole value, not a part of it.
    public func matchesWhole(_ value: String) -> Bool {
        switch plan {
        case .literals(let literals): literals.contains { $0.utf8.elementsEqual(value.utf8) }
        case .prefix(let prefix, let rest):
            value.utf8.starts(with: prefix.utf8)
                && value.utf8.count >= prefix.utf8.count + rest
        case .machine(let program): program.matchesWhole(value)
        }
    }

    /// The texts that alone can match, when the pattern is a choice of literals; else nil.
    ///
    /// An index may look these up instead of testing every value.
    public var alternatives: Set<String>? {
        guard case .literals(let literals) = plan else { return nil }
        return literals
    }
}

/// Why a pattern was refused.
public struct RegularExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The pattern, cut when it is long.
    public let pattern: String
    /// Where in the pattern, in Unicode scalars from 0.
    public let offset: Int
    /// What is wrong; lower case, no full stop.
    public let message: String

    /// What was attempted, where it failed and why.
    public var description: String {
        "cannot compile the pattern \(Labels.quoted(pattern)): "
            + "\(message), at character \(offset + 1)"
    }
}
