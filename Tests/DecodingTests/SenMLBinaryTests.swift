import Telemetry
import TestKit
import Testing

@testable import Decoding

/// SenML in CBOR, and what RFC 8428 says of both forms.
struct SenMLBinaryTests {
    private static let now = Instant(milliseconds: 1_767_225_630_000)

    private static func decoder() throws -> MessageDecoder {
        MessageDecoder(
            rules: [
                SubscriptionRule(
                    topicFilter: try #require(TopicFilter("water/#")),
                    family: .senml,
                    profile: "senml-water-point"
                )
            ],
            library: try ProfileExampleTests.library()
        )
    }

    private static func decode(_ payload: [UInt8]) throws -> DecodedMessage {
        var decoder = try decoder()
        return try decoder.decode(topic: "water/7", payload: payload, receivedAt: now)
    }

    private static func decode(_ text: String) throws -> DecodedMessage {
        try decode(Array(text.utf8))
    }

    private static let text =
        #"[{"bn":"urn:dev:mac:0024befffe804ff1:","bt":1767225600,"n":"volume","u":"m3","#
        + #""v":1523.407},{"n":"flow","u":"m3/s","v":0.00042},{"n":"temp","u":"Cel","v":11.5},"#
        + #"{"n":"leak","vb":false},{"n":"volume","u":"m3","v":1523.25,"t":-3600}]"#

    @Test func `the reference's pack says the same in CBOR and in JSON`() throws {
        let binary = try Self.decode(MessageSeeds.senMLPack)
        #expect(binary == (try Self.decode(Self.text)))
        #expect(binary.readings.count == 5)
        #expect(binary.deviceAddress == "urn:dev:mac:0024befffe804ff1")
    }

    /// A pack of one record named `temp` whose value is written in hexadecimal digits.
    private static func temperature(_ value: String) throws -> Double {
        let bytes = try #require(HexText.decode("81a3 2162702f 006474656d70 02" + value))
        return try #require(try decode(bytes).readings.first).value
    }

    @Test(arguments: [
        ("f94600", 6.0), ("f93555", 0.333251953125), ("f90001", 5.960464477539063e-8),
        ("f9c400", -4), ("fa41380000", 11.5), ("fb4027000000000000", 11.5), ("0b", 11),
        ("20", -1), ("390e0f", -3600), ("c48221190473", 11.39), ("c49f21190473ff", 11.39),
        ("c4820118 23", 350), ("c48220 33", -2),
    ])
    func `every form of number that the standard allows is read`(
        digits: String,
        value: Double
    ) throws {
        #expect(try Self.temperature(digits) == value)
    }

    @Test(arguments: [
        "f97e00", "f97c00", "fb7ff0000000000000", "c48261300b", "f5", "80", "c201",
    ])
    func `a value that is no finite number is refused`(digits: String) {
        #expect(throws: DecodingError.self) { _ = try Self.temperature(digits) }
    }

    @Test func `lengths that are not known in advance, and the tag of CBOR, are read`() throws {
        // [_ {_ bn: "p/", n: (_ "te" "mp"), v: 11.5, 99: [1, {2: 3}] }]
        let digits = "d9d9f7 9f bf 21 62702f 00 7f 627465 626d70 ff 02 f949c0 1863 8201a10203 ff ff"
        let message = try Self.decode(try #require(HexText.decode(digits)))
        #expect(message.readings.map(\.value) == [11.5])
        #expect(message.deviceAddress == "p")
    }

    @Test func `a text label that must be understood refuses the pack, another does not`() throws {
        let must = try #require(HexText.decode("81a3 2162702f 006474656d70 6261 5f 01"))
        #expect(
            throws: DecodingError.badValue(field: "a_", problem: "a label that must be understood")
        ) {
            _ = try Self.decode(must)
        }
        for label in ["a_", #"a\u005f"#] {
            let text = #"[{"bn":"p/","n":"temp","v":1,"\#(label)":1}]"#
            #expect(
                throws: DecodingError.badValue(
                    field: "a_",
                    problem: "a label that must be understood"
                )
            ) {
                _ = try Self.decode(Array(text.utf8))
            }
        }
        let may = try #require(HexText.decode("81a4 2162702f 006474656d70 0205 626161 01"))
        #expect(try Self.decode(may).readings.map(\.value) == [5])
    }

    @Test func `what is nested too deep, too long or cut is refused`() throws {
        let deep = [0x81, 0xA2, 0x00, 0x61, 0x61, 0x18, 0x63] + [UInt8](repeating: 0x81, count: 40)
        #expect(throws: DecodingError.tooDeep(limit: 32, offset: 40)) {
            _ = try Self.decode(deep + [0x01])
        }
        let whole = MessageSeeds.senMLPack
        for length in 1..<whole.count {
            #expect(throws: DecodingError.self) { _ = try Self.decode(Array(whole[..<length])) }
        }
        #expect(throws: DecodingError.self) { _ = try Self.decode(whole + [0x00]) }
        let announced = try #require(HexText.decode("9affffffff"))
        #expect(throws: DecodingError.self) { _ = try Self.decode(announced) }
    }

    // MARK: Both forms

    @Test(arguments: [
        #"[{"bn":"p/","n":"temp","v":1,"vs":"a"}]"#,
        #"[{"bn":"p/","n":"temp","vb":true,"vd":"AQ"}]"#,
        #"[{"bn":"-p/","n":"temp","v":1}]"#, #"[{"bn":"p/","n":"te mp","v":1}]"#,
        #"[{"bver":11,"bn":"p/","n":"temp","v":1}]"#, #"[{"bn":"p/","n":7,"v":1}]"#,
    ])
    func `two values, a bad name and a later version refuse the pack`(text: String) {
        #expect(throws: DecodingError.self) { _ = try Self.decode(text) }
    }

    @Test func `names hold the bytes that the standard allows, and no other`() throws {
        for byte in UInt8.min...0x7F where byte != UInt8(ascii: "\\") && byte >= 0x20 {
            let isAllowed =
                "-:./_".utf8.contains(byte) || Character(Unicode.Scalar(byte)).isLetter
                || Character(Unicode.Scalar(byte)).isNumber
            if byte == UInt8(ascii: "\"") { continue }
            for pack in [
                #"[{"bn":"p/","n":"te\#(Unicode.Scalar(byte))mp","v":1}]"#,
                #"[{"bn":"p\#(Unicode.Scalar(byte))/","n":"temp","v":1}]"#,
            ] {
                var refusal: (any Error)?
                do { _ = try Self.decode(pack) } catch { refusal = error }
                if case .badValue("n", _) = refusal as? DecodingError {
                    #expect(!isAllowed, "\(pack)")
                } else {
                    #expect(isAllowed, "\(pack): \(String(describing: refusal))")
                }
            }
        }
        #expect(throws: DecodingError.self) {
            _ = try Self.decode(#"[{"bn":"p/","n":"tém","v":1}]"#)
        }
    }

    @Test func `a key is a label to the letter, whatever it is like`() throws {
        let long = String(repeating: "v", count: 257)
        for key in [long, "bxer", "V", "vv", "u", "\u{0}v"] {
            let key = key == "\u{0}v" ? #"\u0000v"# : key
            let pack = #"[{"bn":"p/","n":"temp","v":3,"\#(key)":11}]"#
            if key == "u" {
                // It is one: 11 is no unit.
                #expect(try Self.decode(pack).notes == [.unknownUnit(field: "temp")])
            } else {
                #expect(try Self.decode(pack).readings.map(\.value) == [3], "\(key.prefix(9))")
            }
        }
        let escaped = #"[{"\u0062n":"p/","n":"temp","\u0076":3,"bve\u0072":10}]"#
        #expect(try Self.decode(escaped).readings.map(\.value) == [3])
        #expect(throws: DecodingError.self) {
            _ = try Self.decode(escaped.replacing(":10}", with: ":11}"))
        }
    }

    @Test func `sums and bytes give no reading and are counted`() throws {
        let message = try Self.decode(
            #"[{"bn":"p/","n":"volume","s":4},{"n":"temp","v":3},{"n":"x","vd":"AQ"}]"#
        )
        #expect(message.readings.map(\.value) == [3])
        #expect(message.notes == [.recordWithoutReading, .recordWithoutReading])
    }

    @Test func `random packs say the same in CBOR and in JSON`() throws {
        var generator = SeededGenerator(seed: 503)
        print("seed \(generator.seed)")
        let names = ["volume", "flow", "temp", "ph", "leak", "level"]
        for _ in 0..<300 {
            let count = Int.random(in: 1...8, using: &generator)
            var binary: [UInt8] = [0x80 | UInt8(count)]
            var records: [String] = []
            for index in 0..<count {
                let name = names.randomElement(using: &generator) ?? "ph"
                let value = Double.random(in: -1e6...1e6, using: &generator)
                let back = Int.random(in: 0...200, using: &generator)
                binary.append(index == 0 ? 0xA4 : 0xA3)
                if index == 0 { binary += [0x21, 0x62, 0x70, 0x2F] }
                binary += [0x00, 0x60 | UInt8(name.utf8.count)] + Array(name.utf8) + [0x02, 0xFB]
                for shift in stride(from: 56, through: 0, by: -8) {
                    binary.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(shift)))
                }
                binary += [0x06] + (back == 0 ? [0x00] : [0x38, UInt8(back - 1)])
                let base = index == 0 ? #""bn":"p/","# : ""
                records.append("{\(base)\"n\":\"\(name)\",\"v\":\(value),\"t\":\(-back)}")
            }
            let text = "[" + records.joined(separator: ",") + "]"
            #expect(try Self.decode(binary) == (try Self.decode(text)))
        }
    }

    @Test func `damaged packs decode soundly or are refused`() throws {
        var generator = SeededGenerator(seed: 504)
        print("seed \(generator.seed)")
        var decoder = try Self.decoder()
        let whole = MessageSeeds.senMLPack
        var reasons: [String: Int] = [:]
        for _ in 0..<3000 {
            let payload = BinaryDamage.damaged(whole, &generator)
            do throws(DecodingError) {
                let message = try decoder.decode(
                    topic: "water/7",
                    payload: payload,
                    receivedAt: Self.now
                )
                for reading in message.readings { #expect(reading.value.isFinite) }
                reasons["decoded", default: 0] += 1
            } catch {
                reasons[error.reason, default: 0] += 1
            }
        }
        print(reasons.sorted { $0.key < $1.key })
        #expect(reasons["not_cbor", default: 0] > 0)
        #expect(reasons["decoded", default: 0] > 0)
    }

    @Test func `digits of big numbers are those of the number, for each length`() throws {
        var generator = SeededGenerator.forTest()
        #expect(JSONWriter.decimalDigits(of: []) == "0")
        #expect(JSONWriter.decimalDigits(of: [0, 0, 0]) == "0")
        for _ in 0..<200 {
            let value =
                UInt64.random(in: 0...UInt64.max, using: &generator)
                >> UInt64.random(in: 0..<64, using: &generator)
            let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * $0)) }
            #expect(JSONWriter.decimalDigits(of: bytes) == "\(value)")
        }
        // 2^k has the digits of its half, twice.
        var power = "1"
        for exponent in 1...DecodingLimits.bigNumberBytes * 8 - 1 {
            power = Self.doubled(power)
            var bytes = [UInt8](repeating: 0, count: exponent / 8 + 1)
            bytes[0] = 1 << UInt8(exponent % 8)
            #expect(JSONWriter.decimalDigits(of: bytes) == power)
        }
    }

    private static func doubled(_ digits: String) -> String {
        var carry = 0
        let sums = digits.utf8.reversed().map { digit in
            let sum = 2 * Int(digit - 0x30) + carry
            carry = sum / 10
            return "\(sum % 10)"
        }
        return (carry > 0 ? "\(carry)" : "") + sums.reversed().joined()
    }

    @Test func `a kept pack measures nothing at times that count from its publishing`() throws {
        var decoder = try Self.decoder()
        func kept(_ text: String) throws -> DecodedMessage {
            try decoder.decode(
                topic: "water/7",
                payload: Array(text.utf8),
                receivedAt: Self.now,
                flags: .retained
            )
        }
        let relative = try kept(#"[{"bn":"p/","n":"temp","v":3},{"n":"ph","v":7,"t":-3600}]"#)
        #expect(relative.measurements.isEmpty && relative.notes == [.recordWithoutReading])
        let mixed = try kept(
            #"[{"bn":"p/","n":"temp","v":3,"t":1767225600},{"n":"ph","v":7},"#
                + #"{"n":"level","v":1,"t":-60}]"#
        )
        #expect(mixed.measurements.map(\.quantity.id) == ["water.temperature"])
    }

    @Test func `a kept pack of uCIFI objects measures only what says when it was`() throws {
        var decode = try FamilyDecoder(.ucifi, ["lamps/+"], profile: "ucifi-lamp")
        let pack =
            #"[{"bn":"/3416/0/","n":"3","v":60,"t":-60},{"n":"15","v":8},"#
            + #"{"bn":"/3418/0/","n":"1","v":230},{"n":"5518","v":1768367400}]"#
        let kept = try decode("lamps/7", pack, flags: .retained)
        #expect(kept.measurements.map(\.quantity.id) == ["supply.voltage"])
        #expect(try decode("lamps/7", pack).measurements.count == 3)
    }
}
