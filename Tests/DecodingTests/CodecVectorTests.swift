import Decoding
import Foundation
import Telemetry
import TestKit
import Testing

/// Payloads of real devices with the values of their makers' codecs, read where they lie: our
/// profiles decode them to canonical quantities without any codec.
struct CodecVectorTests {
    private static let now = Instant(milliseconds: 1_768_367_553_000)

    /// What became of one vector.
    private enum Outcome {
        /// Every mapped member is a reading of the same value; so many.
        case decoded(Int)
        /// The maker's codec tells settings or versions only, and so does the profile: no reading.
        case nothingMeasured
        case noProfile
        case differs(String)
    }

    private struct Vector {
        let id: String
        let device: String
        let category: String
        let port: Int
        let payload: [UInt8]
        let expected: [String: Any]

        init?(_ object: [String: Any]) {
            guard let id = object["id"] as? String, let device = object["device"] as? String,
                let category = object["category"] as? String, let port = object["fPort"] as? Int,
                let hex = object["bytes"] as? String,
                let expected = object["expected"] as? [String: Any]
            else { return nil }
            let digits = Array(hex)
            self.id = id
            self.device = device
            self.category = category
            self.port = port
            self.expected = expected
            payload = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0...($0 + 1)]), radix: 16)
            }
        }

        /// A member by its path, points between levels; nil when absent.
        func member(_ path: String) -> Any? {
            if let value = expected[path] { return value }
            var value: Any? = expected
            for key in path.split(separator: ".") {
                value = (value as? [String: Any])?[String(key)]
            }
            return value
        }
    }

    /// The maker's number, bare or with its unit beside or behind it.
    static func number(_ value: Any?, _ words: [String: Double]) -> Double? {
        if let object = value as? [String: Any] {
            return number(object["value"] ?? object["data"], words)
        }
        if let text = value as? String {
            if let meaning = words[text] { return meaning }
            return Double(text.prefix { $0.isNumber || $0 == "." || $0 == "-" })
        }
        return value as? Double
    }

    private static func vectors() throws -> [Vector]? {
        guard let path = SharedMaterial.path("codec-corpus/vectors.json") else {
            print("no ../shared/codec-corpus/vectors.json: the makers' vectors are not compared")
            return nil
        }
        let data = try Data(contentsOf: URL(filePath: path))
        let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        return (file["vectors"] as? [[String: Any]])?.compactMap(Vector.init)
    }

    private static func outcome(_ vector: Vector, _ library: ProfileLibrary) -> Outcome {
        guard let mapping = CodecVectorMapping.byDevice[vector.device],
            let profile = library[mapping.profile]
        else { return .noProfile }
        let message: DecodedMessage
        do {
            message = try profile.decode(
                payload: vector.payload,
                port: vector.port,
                parameters: mapping.parameters,
                receivedAt: Self.now
            )
        } catch {
            return .differs("\(error)")
        }
        var count = 0
        for member in mapping.members {
            guard let value = number(vector.member(member.name), member.words) else { continue }
            let parts = member.quantity.split(separator: "@").map(String.init)
            guard
                let reading = message.readings.first(where: {
                    $0.quantity.id == parts[0] && $0.channel == (parts.count > 1 ? parts[1] : nil)
                })
            else { return .differs("no \(member.quantity) for \(member.name)") }
            // One maker says the unit in a member of its own.
            let unit = vector.expected["unit"] as? String == "MPa" ? 1000.0 : 1
            let expected = value * member.factor * unit
            let tolerance = max(1e-9 * max(1, abs(expected)), member.rounding / 2 + 1e-9)
            guard abs(reading.value - expected) <= tolerance else {
                return .differs("\(member.quantity) is \(reading.value), not \(expected)")
            }
            count += 1
        }
        if count > 0 { return .decoded(count) }
        return message.readings.isEmpty
            ? .nothingMeasured : .differs("readings where the maker has none that is mapped")
    }

    @Test func `our profiles decode the makers' own examples to the same values`() throws {
        guard let vectors = try Self.vectors() else { return }
        let library = try ProfileExampleTests.library()
        var passed: [String: Int] = [:]
        var totals: [String: Int] = [:]
        var values = 0
        for vector in vectors {
            totals[vector.category, default: 0] += 1
            switch Self.outcome(vector, library) {
            case .decoded(let count):
                passed[vector.category, default: 0] += 1
                values += count
            case .nothingMeasured: passed[vector.category, default: 0] += 1
            case .noProfile: print("no profile: \(vector.id)")
            case .differs(let difference): Issue.record("\(vector.id): \(difference)")
            }
        }
        for (category, total) in totals.sorted(by: { $0.key < $1.key }) {
            print("\(category): \(passed[category] ?? 0) of \(total) vectors")
        }
        print("\(values) values of makers' examples compared")
        for category in ["lighting", "environment", "waste", "water"] {
            #expect(passed[category] == totals[category], "\(category)")
        }
        // One meter of the corpus has no profile; the page of the profiles says why.
        #expect(passed["meters"] == 23)
        #expect(values >= 329)
    }
}
