import Telemetry
import Testing

@Suite struct CompensatedSumTests {
    private func sum(_ values: some Sequence<Double>) -> CompensatedSum {
        var sum = CompensatedSum()
        for value in values { sum.add(value) }
        return sum
    }

    @Test(arguments: 0...6)
    func `a sum of sums keeps what rounding dropped in each`(place: Int) {
        let values = [1, 1e100, 3, -1e100, 0.5, 0.25]
        var whole = sum(values.prefix(place))
        whole.add(sum(values.dropFirst(place)))
        #expect(whole.value == 4.75)
        #expect(whole.mean(of: 4) == 4.75 / 4)
    }

    @Test func `a sum too large for a double is infinite whatever is added`() {
        var whole = sum([1e308, 1e308])
        whole.add(sum([1, 1e100, -1e308]))
        #expect(whole.value == .infinity)
        #expect(whole.mean(of: 5) == .infinity)
        whole.add(sum([-.infinity]))
        #expect(whole.value.isNaN)
    }
}
