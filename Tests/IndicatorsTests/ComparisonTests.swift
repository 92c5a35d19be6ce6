import Testing

@testable import Indicators

struct ComparisonTests {
    @Test func `at least takes the threshold itself, above does not`() {
        #expect(Comparison.atLeast.accepts(80, threshold: 80))
        #expect(!Comparison.above.accepts(80, threshold: 80))
        #expect(Comparison.above.accepts(80.0.nextUp, threshold: 80))
        #expect(!Comparison.atLeast.accepts(80.0.nextDown, threshold: 80))
    }

    @Test func `at most takes the threshold itself, below does not`() {
        #expect(Comparison.atMost.accepts(5, threshold: 5))
        #expect(!Comparison.below.accepts(5, threshold: 5))
        #expect(Comparison.below.accepts(5.0.nextDown, threshold: 5))
        #expect(!Comparison.atMost.accepts(5.0.nextUp, threshold: 5))
    }

    @Test(arguments: Comparison.allCases)
    func `what is not a number passes nothing`(comparison: Comparison) {
        #expect(!comparison.accepts(.nan, threshold: 0))
    }
}
