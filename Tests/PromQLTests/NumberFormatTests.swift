import PromQL
import TestKit
import Testing

/// Numbers are written to bytes as they are to strings.
struct NumberFormatTests {
    private func text(_ value: Double) -> String {
        var bytes: [UInt8] = []
        NumberFormat.append(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `bytes and strings are the same for every kind of number`() {
        var random = SeededGenerator(seed: 20_261_130)
        print("number texts: seed \(random.seed)")
        var values: [Double] = [
            0, -0.0, 0.1, -0.1, 0.005, 1e10, 99_999_999_999, 99_999_999_999.999, 1e11, 1e15, 1e21,
            -1e21, 1e-7, .nan, .infinity, -.infinity, .leastNonzeroMagnitude,
            .greatestFiniteMagnitude, 0.1 + 0.2, 4.35, 1.005, 2.675, 8.41,
        ]
        for _ in 0..<20_000 {
            values.append(Double(bitPattern: random.next()))
            let digits = Double(random.next() >> (1 + random.next() % 60))
            for scale in [1, 10, 100, 1000, 10_000, 3] as [Double] {
                let value = digits / scale
                values += [value, -value, value.nextUp, value.nextDown]
            }
        }
        for value in values where text(value) != NumberFormat.prometheus(value) {
            Issue.record("\(value.debugDescription): \(text(value))")
        }
        for value in values where !value.isNaN && Double(text(value)) != value {
            Issue.record("\(value.debugDescription) does not read back")
        }
    }

    @Test(
        arguments: [
            (0, 0, "0"), (7, 0, "7"), (.max, 0, "18446744073709551615"), (0, 3, "0.000"),
            (5, 3, "0.005"), (1234, 3, "1.234"), (1_435_781_430_781, 3, "1435781430.781"),
            (1, 19, "0.0000000000000000001"),
        ] as [(UInt64, Int, String)]
    )
    func `whole numbers have their point where it is asked for`(
        number: UInt64,
        decimals: Int,
        text: String
    ) {
        var bytes = Array("a".utf8)
        NumberFormat.append(number, decimals: decimals, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "a" + text)
    }
}
