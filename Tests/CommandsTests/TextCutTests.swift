@testable import Commands
import Telemetry
import Testing

@Suite struct TextCutTests {
    @Test func `a text is cut by its bytes, and no letter in two`() {
        #expect("đèn".cut(toBytes: 5) == "đèn")
        #expect("đèn".cut(toBytes: 4) == "đè")
        #expect("đèn".cut(toBytes: 3) == "đ")
        #expect("đèn".cut(toBytes: 0).isEmpty)
    }

    @Test func `one letter with many marks fills no record`() {
        let letter = "a" + String(repeating: "\u{301}", count: 30_000)
        let attempt = CommandAttempt(
            at: Instant(milliseconds: 0),
            operatorName: letter,
            action: letter,
            percent: nil,
            target: letter,
            reason: letter,
            refusal: [CommandNote(.recordFull, letter)]
        )
        for text in [attempt.operatorName, attempt.action, attempt.reason, attempt.target ?? ""] {
            #expect(!text.isEmpty && text.utf8.count <= CommandLimits.textBytes)
        }
        #expect(attempt.refusal[0].words.utf8.count <= 2 * CommandLimits.textBytes)
    }
}
