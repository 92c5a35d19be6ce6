import ConfigurationText
import Decoding
import DeviceProfiles
import Telemetry
import TestKit
import Testing

/// Damaged profiles: each is read or refused with a place, and what is read decodes without a
/// crash.
struct ProfileFuzzTests {
    @Test func `damaged profiles are read or refused, and never stop the gateway`() throws {
        var generator = SeededGenerator(seed: 11)
        print("seed \(generator.seed)")
        let files = try DeviceProfiles.profiles()
        let numbers = ["0", "-1", "255", "1e308", "-9", "65536", "99999999999999999999", "nan"]
        var readCount = 0
        var refusedCount = 0
        for round in 0..<600 {
            let file = files[round % files.count]
            var lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
                .map(String.init)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<lines.count, using: &generator)
                let words = lines[place].split(separator: " ")
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: lines.remove(at: place)
                case 1: lines.insert(lines[place], at: place)
                default:
                    guard let word = words.randomElement(using: &generator) else { continue }
                    let number = numbers.randomElement(using: &generator) ?? ""
                    lines[place] = lines[place].replacing(
                        word,
                        with: number + ",",
                        maxReplacements: 1
                    )
                }
            }
            do throws(ConfigurationFaults) {
                let text = ProfileText(file: file.name, text: lines.joined(separator: "\n"))
                let library = try ProfileLibrary(folder: [text])
                readCount += 1
                for profile in library.profiles { decode(profile, &generator) }
            } catch {
                refusedCount += 1
                #expect(error.faults.allSatisfy { $0.file == file.name && !$0.message.isEmpty })
            }
        }
        print("\(readCount) read, \(refusedCount) refused")
        #expect(readCount > 20 && refusedCount > 20)
    }

    private func decode(_ profile: DeviceProfile, _ generator: inout SeededGenerator) {
        for port in [1, 2, 10, 85, 100] {
            let payload = (0..<Int.random(in: 0..<50, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            do throws(DecodingError) {
                let message = try profile.decode(
                    payload: payload,
                    port: port,
                    receivedAt: Instant(milliseconds: 1_768_367_553_000)
                )
                #expect(message.readings.allSatisfy { $0.value.isFinite })
            } catch {
                #expect(!error.reason.isEmpty)
            }
        }
    }
}
