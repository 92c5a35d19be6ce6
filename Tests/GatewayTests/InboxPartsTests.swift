import Decoding
@testable import Gateway
import PromQL
import Synchronization
import Telemetry
import TestKit
import Testing
import WebServer

/// What the inbox of unknown devices is made of.
struct InboxPartsTests {
    private static let now = Instant(milliseconds: 1_773_100_000_000)

    private static func source(_ values: [Double], at time: Instant = now) -> MemorySeriesSource {
        var source = MemorySeriesSource()
        for (number, value) in values.enumerated() {
            source.append(
                Labels(metric: "air_temperature_celsius", ["device": "s\(number)"]),
                Sample(time: time, value: value)
            )
        }
        return source
    }

    private func median(_ values: [Double]) throws -> Double? {
        try DayTemperature.median(of: Self.source(values), at: Self.now)
    }

    // MARK: The temperature of the day

    @Test func `the temperature of the day is the median of stations that measure`() throws {
        #expect(Quantity.named("air.temperature")?.metricName == "air_temperature_celsius")
        let ended = Double(bitPattern: Sample.staleMarkerBits)
        #expect(try median([]) == nil)
        #expect(try median([ended]) == nil)
        #expect(try median([ended, 31, .infinity, 22, 25, .nan]) == 25)
        let old = Self.source([20], at: Self.now - DayTemperature.age - .seconds(1))
        #expect(try DayTemperature.median(of: old, at: Self.now) == nil)
    }

    // MARK: Names of tests

    @Test func `two devices never have one file for their tests`() {
        #expect(RegressionTest.fileName("0102030405060708") == "0102030405060708")
        let long = String(repeating: "a", count: 127)
        let names = [
            "a/b", "a-b", "a_b", "A-b", "a b", "a-b ", "á-b", "..", "../..", "", "-", long + "a",
            long + "b", long, "a.b",
        ]
        let files = names.map(RegressionTest.fileName)
        #expect(Set(files).count == names.count, "\(files)")
        for file in files {
            #expect(file.utf8.count <= 100 && !file.contains("/") && !file.contains("."))
        }
        // The name that another's hash gives is taken by no address.
        #expect(RegressionTest.fileName(RegressionTest.fileName("a/b")) != files[0])
    }

    // MARK: Terminals

    @Test func `what a terminal takes as an order is written out`() {
        #expect(TerminalText.shown("Thùng số 7 – 85 % 👩‍🌾") == "Thùng số 7 – 85 % 👩‍🌾")
        let hostile = "a\u{1b}]0;x\u{7}b\nc\u{9b}2Jd\u{202e}e\u{2028}"
        let shown = #"a\u{1b}]0;x\u{7}b\u{a}c\u{9b}2Jd\u{202e}e\u{2028}"#
        #expect(TerminalText.shown(hostile) == shown)
    }

    @Test func `the list of unknown devices orders a terminal nothing`() {
        let name = "topic:a\u{1b}[2J\nb"
        let guess = GuessView(
            profile: "p\u{1b}",
            model: "m\u{7}",
            title: "t",
            kind: "bin",
            family: "senml",
            score: .infinity,
            topicScore: 1e300,
            shapeScore: .nan,
            physicsScore: nil,
            reasons: [GuessReasonView(code: "port", quantity: nil, value: 1, words: "w\r")],
            readings: [],
            readFrames: 1,
            triedFrames: 1
        )
        let device = UnknownDeviceView(
            id: name,
            family: nil,
            address: name,
            topic: name,
            messages: 1,
            firstAt: "",
            lastAt: "",
            reasons: [:],
            frames: [FrameView(position: 1, receivedAt: "", topic: name, payload: "\u{1b}c")],
            guesses: [guess]
        )
        let view = InboxView(
            devices: [device],
            omitted: 0,
            damaged: 1,
            faults: ["cannot read \u{1b}"],
            canAdopt: false,
            places: InboxPlaces(villages: [], sites: [], waiting: []),
            profiles: []
        )
        let lines = view.lines
        #expect(lines.first?.hasPrefix(#"topic:a\u{1b}[2J\u{a}b"#) == true)
        #expect(lines.contains("1 messages are damaged in the journal:"))
        let letters = lines.joined().unicodeScalars
        #expect(letters.allSatisfy { $0.properties.generalCategory != .control }, "\(lines)")
    }

    // MARK: One after the other

    @Test func `work is done in turn, and too much of it is refused`() async throws {
        let turns = Turns(limit: 3)
        let log = Mutex<[String]>([])
        let gate = AsyncStream.makeStream(of: Void.self)
        let first = turns.take {
            log.withLock { $0.append("first in") }
            for await _ in gate.stream {}
            log.withLock { $0.append("first out") }
        }
        let second = turns.take { log.withLock { $0.append("second") } }
        let third = turns.take { () async throws -> Void in throw GatewayError.stopping }
        #expect(turns.take { 4 } == nil)
        gate.continuation.finish()
        await #expect(throws: GatewayError.stopping) { try await third?.value }
        #expect(log.withLock { $0 } == ["first in", "first out", "second"])
        #expect(first != nil && second != nil)
        #expect(try await turns.take { 4 }?.value == 4)
    }

    /// What is changed, and what was taken of it.
    private final class RegistryState: Sendable {
        let newest = Mutex(0)
        let taken = Mutex<[Int]>([])
    }

    @Test func `what is read in a turn is never older than what the turn before read`() async throws
    {
        let turns = Turns(limit: .max)
        let state = RegistryState()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    state.newest.withLock { $0 += 1 }
                    try await turns.takeAlways {
                        let read = state.newest.withLock { $0 }
                        await Task.yield()
                        state.taken.withLock { $0.append(read) }
                    }
                }
            }
            try await group.waitForAll()
        }
        let read = state.taken.withLock { $0 }
        #expect(read.count == 50 && read == read.sorted() && read.last == 50)
    }

    @Test func `those who ask meanwhile share one run, later ones begin another`() async throws {
        let shared = SharedRun<Int, Int>()
        let runs = Mutex(0)
        let gate = AsyncStream.makeStream(of: Void.self)
        @Sendable func work() async -> Int {
            let run = runs.withLock { runs in
                runs += 1
                return runs
            }
            for await _ in gate.stream {}
            return run
        }
        let asking = (0..<20).map { _ in shared.run(for: 1, work) }
        gate.continuation.finish()
        for one in asking { #expect(try await one.value == 1) }
        #expect(try await shared.run(for: 1, work).value == 2)
        #expect(runs.withLock { $0 } == 2)
    }

    @Test func `texts of a regression test are read back, whatever letters they have`() throws {
        let odd = "a\u{FFFE}b\u{FFFF}c\u{FEFF}d\u{2028}e\u{2029}f\u{85}g\u{0}h\u{10FFFF}\"\\"
        let text = """
            profile: fiware-waste-container
            examples:
              - name: \(RegressionTest.quoted(odd))
                family: fiware
                topic: n
                message: "[]"
                refused: missing_field
            """
        let read = try ProfileExample.read(ProfileText(file: "f", text: text))
        #expect(read.map(\.name) == [odd])
    }
}
