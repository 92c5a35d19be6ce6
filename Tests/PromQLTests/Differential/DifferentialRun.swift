import Foundation

/// Which seeds a differential test takes, and how much it makes of each.
///
/// `LANGSO_TEST_SEED` repeats one run, `LANGSO_DIFFERENTIAL_COUNT` makes it longer.
enum DifferentialRun {
    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    /// Whether one seed is repeated.
    static var isRepeated: Bool { number("LANGSO_TEST_SEED") != nil }

    /// The seeds of every run and a new one; or the one that is to be repeated.
    static func seeds(_ fixed: [UInt64]) -> [UInt64] {
        number("LANGSO_TEST_SEED").map { [$0] } ?? fixed + [UInt64.random(in: 0 ... .max)]
    }

    /// How many are made of a seed.
    static func count(_ usual: Int) -> Int {
        number("LANGSO_DIFFERENTIAL_COUNT").map { Int($0) } ?? usual
    }
}
