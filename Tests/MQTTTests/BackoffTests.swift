import Testing

@testable import MQTT

struct BackoffTests {
    private let settings = BackoffSettings(
        first: .milliseconds(100),
        cap: .seconds(10),
        refused: .seconds(60)
    )

    @Test func `bounds double until the cap`() {
        var backoff = Backoff(settings, random: { 1 })
        let bounds = (0..<9).map { _ in backoff.next() }
        #expect(Array(bounds[..<4]) == [100, 200, 400, 800].map { .milliseconds($0) })
        #expect(bounds[7] == .seconds(10))
        #expect(bounds[8] == .seconds(10))
    }

    @Test(arguments: [0.0, 0.25, 0.999])
    func `a pause lies in the upper half below its bound`(number: Double) {
        var backoff = Backoff(settings, random: { number })
        let pause = backoff.next()
        #expect(pause >= .milliseconds(50))
        #expect(pause < .milliseconds(100))
    }

    @Test func `a success starts from the shortest pause again`() {
        var backoff = Backoff(settings, random: { 1 })
        for _ in 0..<5 { _ = backoff.next() }
        backoff.reset()
        #expect(backoff.next() == .milliseconds(100))
    }

    @Test func `a refusal waits long at once`() {
        var backoff = Backoff(settings, random: { 0 })
        #expect(backoff.nextAfterRefusal() == .seconds(45))
    }

    @Test func `many failures do not overflow`() {
        var backoff = Backoff(settings, random: { 1 })
        for _ in 0..<200 { #expect(backoff.next() <= .seconds(10)) }
    }
}
