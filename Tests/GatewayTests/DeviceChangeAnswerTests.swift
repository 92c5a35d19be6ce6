@testable import Gateway
import Ingest
import Testing
import WebServer

/// What the answer to a change says of the messages that are taken again.
struct DeviceChangeAnswerTests {
    private static func view(
        _ done: Result<GatewayRuntime.DoneAgain?, any Error>?,
        _ taken: GatewayRuntime.DoneAgain? = nil
    ) -> DeviceChangeView {
        var view = DeviceChangeView(
            written: true,
            change: "move",
            device: "T-1",
            at: "2026-11-01T08:00:00.000Z",
            differences: [],
            counterOffsets: [:]
        )
        view.note(done, butForCodecs: taken)
        return view
    }

    @Test func `all of it, or its own part of what was taken together`() {
        let all = GatewayRuntime.DoneAgain(retaken: RetakingReport(), own: nil, decoded: 3)
        #expect(Self.view(.success(all)).decoded == 3)
        #expect(Self.view(.success(all), all).warnings.isEmpty)
        let part = GatewayRuntime.DoneAgain(retaken: RetakingReport(), own: 2, decoded: 3)
        #expect(Self.view(.success(part)).decoded == 5)
    }

    @Test func `what is known so far is said while codecs have not answered`() {
        let done = GatewayRuntime.DoneAgain(retaken: RetakingReport(), own: 7)
        let view = Self.view(nil, done)
        #expect(view.decoded == 7 && view.warnings.map(\.code) == ["change_under_way"])
        for unknown in [Self.view(nil), Self.view(.success(nil))] {
            #expect(unknown.decoded == nil)
            #expect(unknown.warnings.map(\.code) == ["change_under_way"])
        }
    }

    @Test func `a change that moved no box finds nothing in the turn of another`() {
        var taken = TakenAgain()
        let number = taken.begin()
        taken.note(number, ["a", "b"], RetakingReport())
        #expect(taken.report(of: [], after: 0) == nil)
        #expect(taken.report(of: ["a"], after: 0) != nil)
        #expect(taken.report(of: ["a"], after: number) == nil)
        #expect(taken.report(of: ["c"], after: 0) == nil)
    }

    @Test func `a failure is said with its cause alone`() {
        let view = Self.view(.failure(GatewayError.stopping))
        #expect(view.decoded == nil && view.warnings.map(\.values) == [["stopping"]])
        #expect(view.warnings.map(\.code) == ["change_not_stored_again"])
    }
}
