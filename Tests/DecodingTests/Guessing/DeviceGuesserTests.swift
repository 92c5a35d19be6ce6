import Decoding
import DeviceProfiles
import Foundation
import Telemetry
import TestKit
import Testing

/// How often the right profile is among the three guesses when the identity is hidden.
struct DeviceGuesserTests {
    /// Figures of one set of devices.
    private struct Tally {
        var devices = 0
        var first = 0
        var among = 0
        var misses: [String] = []
        /// Score in tenths: guesses and how many of them were right.
        var tenths: [Int: (all: Int, right: Int)] = [:]

        var share: Double { Double(among) / Double(max(1, devices)) }

        mutating func take(_ device: HiddenDevice, _ guesses: [DeviceGuess], _ right: Set<String>) {
            devices += 1
            let place = guesses.firstIndex { right.contains($0.profile) }
            if place == 0 { first += 1 }
            if place != nil {
                among += 1
            } else {
                let found = guesses.map { "\($0.profile) \(($0.score * 100).rounded() / 100)" }
                misses.append("\(device.name) (\(device.profile)): \(found)")
            }
            for guess in guesses.prefix(1) {
                let tenth = min(9, Int(guess.score * 10))
                var bin = tenths[tenth] ?? (0, 0)
                bin.all += 1
                if right.contains(guess.profile) { bin.right += 1 }
                tenths[tenth] = bin
            }
        }

        func show(_ title: String) {
            print(
                "\(title): \(devices) devices, right first \(first), among three \(among) "
                    + "(\((share * 1000).rounded() / 10) %)"
            )
            for (tenth, bin) in tenths.sorted(by: { $0.key < $1.key }) {
                print("  first guess with score from 0.\(tenth): \(bin.right) of \(bin.all) right")
            }
            for miss in misses { print("  missed: \(miss)") }
        }
    }

    /// The hidden profile, and every guess that gives the same readings.
    private static func right(_ device: HiddenDevice, _ guesses: [DeviceGuess]) -> Set<String> {
        let same = guesses.filter { $0.preview.readings == device.readings }
        return Set(same.map(\.profile)).union([device.profile])
    }

    @Test func `shipped examples: the right profile is among the three guesses`() throws {
        let guesser = DeviceGuesser(library: try ProfileExampleTests.library(), rules: [])
        let examples = try DeviceProfiles.examples().flatMap {
            try ProfileExample.read(ProfileText(file: $0.name, text: $0.text))
        }
        var tally = Tally()
        for device in HiddenDevice.shipped(examples) {
            let guesses = guesser.guesses(for: device.frames)
            tally.take(device, guesses, Self.right(device, guesses))
        }
        tally.show("shipped examples")
        #expect(tally.devices > 100)
        #expect(tally.share >= 0.9)
    }

    /// A device that sends one radio payload; nil when its profile measures nothing in it, as in
    /// a word on settings or on a sensor that is not there.
    private static func device(
        _ name: String,
        _ profile: DeviceProfile,
        _ payload: [UInt8],
        port: Int
    ) throws -> HiddenDevice? {
        let message: DecodedMessage
        do throws(DecodingError) {
            message = try profile.decode(
                payload: payload,
                port: port,
                receivedAt: HiddenDevice.arrival
            )
        } catch {
            guard error.code == .noLayout else { throw error }
            return nil
        }
        guard !message.readings.isEmpty else { return nil }
        return HiddenDevice(
            name: name,
            profile: profile.id,
            frames: [HiddenDevice.uplink(payload, port: port)],
            readings: message.readings
        )
    }

    @Test func `corpus vectors: the right profile is among the three guesses`() throws {
        guard let path = SharedMaterial.path("codec-corpus/vectors.json") else {
            print("no ../shared/codec-corpus/vectors.json: guesses are not tried on it")
            return
        }
        let data = try Data(contentsOf: URL(filePath: path))
        let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let vectors = try #require(file["vectors"] as? [[String: Any]])
        let library = try ProfileExampleTests.library()
        let guesser = DeviceGuesser(library: library, rules: [])
        var tally = Tally()
        for vector in vectors {
            guard let name = vector["device"] as? String, let hex = vector["bytes"] as? String,
                let port = vector["fPort"] as? Int,
                let mapping = CodecVectorMapping.byDevice[name],
                let profile = library[mapping.profile],
                let device = try Self.device(
                    vector["id"] as? String ?? name,
                    profile,
                    HiddenDevice.bytes(hex),
                    port: port
                )
            else { continue }
            let guesses = guesser.guesses(for: device.frames)
            tally.take(device, guesses, Self.right(device, guesses))
        }
        tally.show("corpus vectors, one frame each")
        #expect(tally.devices > 110)
        #expect(tally.share >= 0.95)
    }

    @Test func `payload examples: the right profile is among the three guesses`() throws {
        guard
            let path = SharedMaterial.path(
                "real-data/payload-examples/lorawan-codec-examples.jsonl"
            )
        else {
            print("no ../shared/real-data/payload-examples: guesses are not tried on them")
            return
        }
        let library = try ProfileExampleTests.library()
        let guesser = DeviceGuesser(library: library, rules: [])
        var tally = Tally()
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            // `vendor/dingtek/df702-codec.yaml` is read by `dingtek-df702`.
            guard let example = object as? [String: Any], let file = example["path"] as? String,
                let hex = example["hex"] as? String, let port = example["fPort"] as? Int
            else { continue }
            let parts = file.split(separator: "/").map(String.init)
            let model = parts[2].split(separator: ".")[0].replacing("-codec", with: "")
            guard let profile = library["\(parts[1])-\(model)"],
                let device = try Self.device(file, profile, HiddenDevice.bytes(hex), port: port)
            else { continue }
            let guesses = guesser.guesses(for: device.frames)
            tally.take(device, guesses, Self.right(device, guesses))
        }
        tally.show("payload examples, one frame each")
        #expect(tally.devices > 10)
        #expect(tally.share >= 0.9)
    }

    @Test(arguments: [
        ("chirpstack_v3_weather_station", "wyres-base", "application/rx"),
        ("helium_elsys_ems", "elsys-ems", "helium/rx"),
    ])
    func `recorded uplinks of two servers: the right profile is the first guess`(
        file: String,
        profile: String,
        topic: String
    ) throws {
        guard let path = SharedMaterial.path("real-data/lorawan-uplinks/\(file).jsonl") else {
            print("no ../shared/real-data/lorawan-uplinks/\(file).jsonl: not guessed")
            return
        }
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let frames = lines.suffix(GuessLimits.frames).map { line in
            ObservedFrame(
                topic: Array(topic.utf8),
                payload: Array(line.utf8),
                receivedAt: HiddenDevice.arrival
            )
        }
        let clock = ClockPolicy(maximumAge: .days(36_500))
        let guesser = DeviceGuesser(
            library: try ProfileExampleTests.library(),
            rules: [],
            settings: DecoderSettings(clock: clock)
        )
        let guesses = guesser.guesses(for: frames)
        let found = guesses.map { "\($0.profile) \($0.family.rawValue) \($0.score)" }
        print("\(file): \(found)")
        #expect(guesses.first?.profile == profile, "\(found)")
    }
}
