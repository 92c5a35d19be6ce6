import PromQL
import TestKit
import Testing

/// Our parser against Debian's Prometheus: what one reads the other reads, and what is refused is
/// refused at the same place.
@Suite(
    .enabled(if: PrometheusProcess.programs != nil, "prometheus or promtool is not installed")
)
struct ParserDifferentialTests {
    /// How many texts a seed makes.
    private static let count = 1500
    /// Fewest faults in a hundred that must have the same place.
    ///
    /// The others have several faults, of which each parser names another first, or a place that
    /// 2.42 gives behind the fault.
    private static let leastPlaced = 85

    /// What only Prometheus 3 reads: a number as a duration, a duration as a number, arithmetic of
    /// durations, names in quotes, colons in names of labels.
    private static let extensions = [
        "unexpected duration", "missing unit character in duration", "bad duration syntax",
        "in offset, expected duration", "in subquery selector, expected",
        "in subquery or range, expected", "unexpected string",
    ]

    /// Whether only Prometheus 3 reads a text: by what 2.42 says, which of a duration among
    /// arguments takes the comma before it for the last word.
    private static func isExtension(_ text: String, _ message: String) -> Bool {
        if extensions.contains(where: { message.contains($0) }) { return true }
        if message.contains("unexpected metric identifier"), message.contains("grouping opts") {
            return true
        }
        let words = text.split(separator: " ")
        return message.contains("trailing commas")
            && zip(words, words.dropFirst()).contains {
                $0 == "," && DurationText.parse(String($1)) != nil
            }
    }

    @Test func `changed texts are refused where Prometheus refuses them`() throws {
        let prometheus = try PrometheusProcess(openMetrics: "up 1 1\n# EOF\n")
        let count = DifferentialRun.count(Self.count)
        for seed in DifferentialRun.seeds([3]) {
            var generator = ExpressionGenerator(seed: seed)
            var mutation = TextMutation(random: SeededGenerator(seed: seed))
            var (read, refused, placed, extended) = (0, 0, 0, 0)
            for _ in 0..<count {
                let text = mutation.change(generator.next())
                let answer = prometheus.ask("format_query", [("query", text)])
                let theirs = DifferentialAnswer.message(answer)
                var ours: QueryError?
                do { _ = try PromQLParser.parse(text) } catch { ours = error }
                switch (ours, theirs) {
                case (nil, nil): read += 1
                case (let error?, let message?):
                    refused += 1
                    let place = "1:\((error.position ?? 0) + 1): parse error"
                    if message.contains(place) { placed += 1 }
                case (nil, let message?):
                    #expect(Self.isExtension(text, message), "seed \(seed): \(text): \(message)")
                    extended += 1
                case (let error?, nil):
                    Issue.record("seed \(seed): \(text): \(error)")
                }
            }
            print(
                "\(read) read by both, \(refused) refused by both, \(placed) at the same place, "
                    + "\(extended) read by Prometheus 3 only, seed \(seed)"
            )
            #expect(read > count / 50)
            #expect(placed * 100 >= refused * Self.leastPlaced, "seed \(seed)")
        }
    }
}
