import Decoding

/// One parser of bytes that come from outside, with what must hold of all that it says.
protocol FuzzTarget {
    /// Inputs to begin with, each with a name; made from the fixtures of tests and profiles.
    func seeds() throws -> [(name: String, bytes: [UInt8])]

    /// Reads an input and checks what came of it; ends the process where something does not hold.
    func run(_ input: [UInt8])
}

/// The targets by their names, which are those of corpus folders.
enum FuzzTargets {
    /// Every target's name, the envelope families first.
    static let names =
        Family.allCases.map(\.rawValue) + others.map(\.name)

    /// Makes a target; nil for a name that none has.
    static func make(_ name: String) throws -> (any FuzzTarget)? {
        if let family = Family(rawValue: name) { return try FamilyTarget(family) }
        return try others.first { $0.name == name }?.make()
    }

    private static let others: [(name: String, make: @Sendable () throws -> any FuzzTarget)] = [
        ("profiles", { try ProfileTarget() }),
        ("guesses", { try GuessTarget() }),
        ("profile_yaml", { try ProfileTextTarget() }),
        ("yaml", { YAMLTarget() }),
        ("csv_tables", { CSVTarget() }),
        ("remote_write", { RemoteWriteTarget() }),
        ("xlsx", { WorkbookTarget() }),
    ]
}

/// What must hold; the fuzzer keeps the input where it does not.
func require(_ condition: Bool, _ words: @autoclosure () -> String) {
    if !condition { fatalError("does not hold: \(words())") }
}
