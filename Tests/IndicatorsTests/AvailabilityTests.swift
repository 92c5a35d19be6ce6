import TestKit
import Testing

@testable import Indicators

struct AvailabilityTests {
    private func finding(_ on: Double, _ valid: Double, _ expected: Double) -> Finding {
        Availability(on: on, valid: valid, expected: expected)
            .finding(atLeast: 0.95, coverage: 0.8)
    }

    @Test func `exactly the wanted share is good and a point less is bad`() {
        #expect(finding(95, 100, 100) == .good)
        #expect(finding(94, 100, 100) == .bad)
    }

    @Test func `at exactly the least coverage the known points decide`() {
        #expect(finding(80, 80, 100) == .good)
        #expect(finding(79, 79, 100) == .unknown)
    }

    @Test func `no data is unknown and never bad`() {
        #expect(finding(0, 0, 100) == .unknown)
        #expect(finding(0, 0, 0) == .unknown)
    }

    @Test func `a failure that the unknown points cannot mend is certain at any coverage`() {
        #expect(finding(0, 6, 100) == .bad)
        #expect(finding(0, 5, 100) == .unknown)
    }

    @Test func `what is certainly good or bad stays so whatever the unknown points were`() {
        var generator = SeededGenerator(seed: 11)
        print("seed \(generator.seed)")
        for _ in 0..<3000 {
            let expected = Int.random(in: 1...200, using: &generator)
            let valid = Int.random(in: 0...expected, using: &generator)
            let on = Int.random(in: 0...valid, using: &generator)
            let partial = finding(Double(on), Double(valid), Double(expected))
            let worst = finding(Double(on), Double(expected), Double(expected))
            let best = finding(Double(on + expected - valid), Double(expected), Double(expected))
            if valid > 0, worst == best { #expect(partial == worst) }
            if valid * 5 < expected * 4, worst != best { #expect(partial == .unknown) }
        }
    }
}
