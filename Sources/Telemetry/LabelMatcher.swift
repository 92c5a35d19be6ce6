/// A test of one label, as selectors hold it.
///
/// An absent label counts as the empty text.
public struct LabelMatcher: Sendable {
    /// The four kinds of test.
    public enum Test: Sendable {
        /// `=`: the value is this text.
        case equal(String)
        /// `!=`: the value is not this text.
        case notEqual(String)
        /// `=~`: the whole value matches.
        case matches(any LabelPattern)
        /// `!~`: the whole value does not match.
        case matchesNot(any LabelPattern)
    }

    /// Label that is tested.
    public let name: String
    /// What it is tested for.
    public let test: Test

    /// Creates a matcher.
    public init(_ name: String, _ test: Test) {
        self.name = name
        self.test = test
    }

    /// Whether a value passes; pass the empty text for an absent label.
    public func accepts(_ value: String) -> Bool {
        switch test {
        case .equal(let wanted): value == wanted
        case .notEqual(let unwanted): value != unwanted
        case .matches(let pattern): pattern.matchesWhole(value)
        case .matchesNot(let pattern): !pattern.matchesWhole(value)
        }
    }

    /// Whether a series' labels pass.
    public func accepts(_ labels: Labels) -> Bool {
        accepts(labels[name] ?? "")
    }
}

/// A compiled pattern over label values; the query language provides it.
public protocol LabelPattern: Sendable {
    /// The pattern as it was written, without anchors.
    var text: String { get }
    /// Whether the pattern matches the whole value, not a part of it.
    func matchesWhole(_ value: String) -> Bool
}
