import PromQL
import Testing

@Suite struct EvaluationAggregationTests {
    private let load = """
        load 1m
          m{k="a", n="1"} 3 NaN
          m{k="a", n="2"} 1 7
          m{k="b", n="1"} NaN NaN
          m{k="b", n="2"} 3 8
        """

    @Test func `the largest and smallest come in order of value, NaN last`() throws {
        try FunctionTests.run(
            """
            \(load)

            eval_ordered instant at 0 topk(3, m)
              m{k="a", n="1"} 3
              m{k="b", n="2"} 3
              m{k="a", n="2"} 1

            eval_ordered instant at 1m bottomk(4, m{n="2"} or m{k="a"})
              m{k="a", n="2"} 7
              m{k="b", n="2"} 8
              m{k="a", n="1"} NaN

            eval instant at 0 topk by (k) (1, m)
              m{k="a", n="1"} 3
              m{k="b", n="2"} 3

            eval instant at 0 topk(0.9, m)

            eval instant at 0 bottomk(-3, m)

            eval_fail instant at 0 topk(NaN, m)

            eval_fail instant at 0 topk(1e19, m)
              expected_fail_message Scalar value 10000000000000000000 overflows int64

            eval_fail instant at 0 topk(-1e19, m)
              expected_fail_message Scalar value -10000000000000000000 underflows int64

            eval range from 0 to 1m step 1m topk(1, m)
              m{k="a", n="1"} 3 _
              m{k="b", n="2"} _ 8
            """
        )
    }

    @Test func `values are counted under a label of their own`() throws {
        try FunctionTests.run(
            """
            \(load)

            eval instant at 0 count_values("v", m)
              {v="3"} 2
              {v="1"} 1
              {v="NaN"} 1

            eval instant at 0 count_values by (k) ("n", m)
              {k="a", n="3"} 1
              {k="a", n="1"} 1
              {k="b", n="3"} 1
              {k="b", n="NaN"} 1

            eval instant at 0 count_values without (k, n) ("n", m)
              {} 4

            eval range from 0 to 1m step 1m count_values("v", m{k="a"})
              {v="3"} 1 _
              {v="1"} 1 _
              {v="NaN"} _ 1
              {v="7"} _ 1

            eval_fail instant at 0 count_values("", m)
            """
        )
    }

    @Test func `nothing aggregated is nothing`() throws {
        try FunctionTests.run(
            """
            \(load)

            eval instant at 0 sum(nothing)

            eval instant at 0 count(nothing)

            eval instant at 0 topk(1, nothing)

            eval instant at 0 max(m{k="b", n="1"})
              {} NaN

            eval instant at 0 max by (k) (m)
              {k="a"} 3
              {k="b"} 3

            eval instant at 0 quantile(-0.1, m)
              {} -Inf

            eval instant at 0 quantile(NaN, m)
              {} NaN

            eval instant at 0 stddev(m{k="b", n="1"})
              {} NaN
            """
        )
    }
}
