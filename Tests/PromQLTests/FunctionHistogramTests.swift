import PromQL
import Testing

@Suite struct FunctionHistogramTests {
    @Test func `differences that rounding makes do not move a quantile`() throws {
        // Without the tolerance the rank falls into the endless bucket, and the answer is 8.
        try FunctionTests.run(
            """
            load 1m
              h_bucket{le="1"} 5
              h_bucket{le="2"} 10
              h_bucket{le="8"} 10
              h_bucket{le="+Inf"} 10.000000000001

            eval instant at 0 histogram_quantile(1, h_bucket)
              {} 2
            """
        )
    }

    @Test func `histograms of two names are not thrown together`() throws {
        try FunctionTests.run(
            """
            load 1m
              a_bucket{le="1"} 5
              a_bucket{le="+Inf"} 10
              b_bucket{le="1"} 1
              b_bucket{le="+Inf"} 2

            eval_fail instant at 0 histogram_quantile(0.5, {__name__=~"._bucket"})

            eval instant at 0 histogram_quantile(0.25, a_bucket)
              {} 0.5
            """
        )
    }

    @Test func `bounds are read as numbers and merged when equal`() throws {
        try FunctionTests.run(
            """
            load 1m
              h{le="010"} 4
              h{le="1e1"} 4
              h{le=".2e2"} 16
              h{le="Inf"} 16
              h{le="?"} 99
              h 99

            eval instant at 0 histogram_quantile(0.25, h)
              {} 5

            eval instant at 0 histogram_quantile(0.75, h)
              {} 15

            eval instant at 0 histogram_fraction(5, 15, h)
              {} 0.5

            eval instant at 0 histogram_fraction(-Inf, +Inf, h)
              {} 1

            eval instant at 0 histogram_fraction(3, 3, h)
              {} 0

            eval instant at 0 histogram_avg(h)
            """
        )
    }

    @Test func `a histogram that is not whole has no quantile`() throws {
        try FunctionTests.run(
            """
            load 1m
              open{le="1"} 4
              open{le="2"} 8
              single{le="+Inf"} 4
              none{le="1"} 0
              none{le="+Inf"} 0
              below{le="-1"} 3
              below{le="+Inf"} 4

            eval instant at 0 histogram_quantile(0.5, open)
              {} NaN

            eval instant at 0 histogram_quantile(0.5, single)
              {} NaN

            eval instant at 0 histogram_quantile(0.5, none)
              {} NaN

            eval instant at 0 histogram_fraction(0, 1, none)
              {} NaN

            eval instant at 0 histogram_quantile(0.5, below)
              {} -1

            eval instant at 0 histogram_quantile(2, open)
              {} +Inf

            eval instant at 0 histogram_quantile(NaN, below)
              {} NaN
            """
        )
    }
}
