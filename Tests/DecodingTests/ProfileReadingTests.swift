import ConfigurationText
import Telemetry
import Testing

@testable import Decoding

/// The profile language: what it reads, and where it says that a file is wrong.
struct ProfileReadingTests {
    private static let head = """
        id: test
        manufacturer: m
        model: x
        title: t
        kind: lamp
        source: s
        messages:

        """

    private static func profile(_ messages: String) throws -> DeviceProfile {
        let library = try ProfileLibrary(
            folder: [ProfileText(file: "test.yaml", text: head + messages)])
        return try #require(library.profiles.first)
    }

    private static func faults(_ text: String) -> [String] {
        do throws(ConfigurationFaults) {
            _ = try ProfileLibrary(folder: [ProfileText(file: "p.yaml", text: text)])
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    private static func values(_ fields: String, _ payload: [UInt8]) throws -> [Double] {
        let message = "  - byte_order: big\n    bytes:\n" + fields
        return try profile(message).decode(
            payload: payload,
            port: nil,
            receivedAt: Instant(milliseconds: 1_768_367_553_000)
        ).readings.map(\.value)
    }

    @Test func `bytes are read in each type, order and set of bits`() throws {
        let bytes: [UInt8] = [0x12, 0xFF, 0xFE, 0x80, 0x00, 0x01, 0x41, 0x48, 0x00, 0x00, 0x95]
        func one(_ field: String) throws -> Double? {
            try Self.values(
                "      - {quantity: feeder.energy, range: [-1e9, 1e18], \(field)}\n",
                bytes
            ).first
        }
        #expect(try one("at: 0, type: u8") == 0x12)
        #expect(try one("at: 1, type: i8") == -1)
        #expect(try one("at: 1, type: u16") == 0xFFFE)
        #expect(try one("at: 1, type: i16") == -2)
        #expect(try one("at: 1, type: i16, byte_order: little") == -257)
        #expect(try one("at: 3, type: i24") == -8_388_607)
        #expect(try one("at: 3, type: u24, byte_order: little") == 0x010080)
        #expect(try one("at: 0, type: u32") == 0x12FF_FE80)
        #expect(try one("at: 6, type: f32") == 12.5)
        #expect(try one("at: 0, type: bcd1") == 12)
        #expect(try one("at: -1, type: u8") == 0x95)
        #expect(try one("at: -1, type: u8, bits: 7") == 1)
        #expect(try one("at: -1, type: u8, bits: [2, 3]") == 0b101)
        #expect(try one("at: -1, type: i8, bits: [2, 3]") == -3)
        #expect(try one("at: 0, type: u8, bias: 2, scale: 3, divide: 4, offset: 0.5") == 15.5)
        #expect(try one("at: 0, type: u8, unit: W.h") == 0.018)
        #expect(try one("at: 0, type: u8, map: {0x12: 7}") == 7)
        #expect(throws: DecodingError.truncated(field: "feeder.energy", needed: 12, had: 11)) {
            _ = try one("at: 11, type: u8")
        }
        #expect(throws: DecodingError.self) { _ = try one("at: 1, type: bcd1") }
    }

    @Test func `a float that is no number gives a note and no reading`() throws {
        let profile = try Self.profile(
            "  - bytes:\n      - {quantity: lamp.power, at: 0, type: f32}\n"
        )
        let now = Instant(milliseconds: 1_768_367_553_000)
        for payload in [[0x7F, 0xC0, 0, 0], [0x7F, 0x80, 0, 0]] as [[UInt8]] {
            let message = try profile.decode(payload: payload, port: nil, receivedAt: now)
            #expect(message.readings.isEmpty)
            #expect(message.notes == [.notANumber(field: "lamp.power")])
        }
    }

    @Test func `a row of values is placed in time, packed bits too`() throws {
        let profile = try Self.profile(
            """
              - time: {at: 0, type: u32}
                byte_order: big
                bytes: []
                history:
                  - {quantity: water.flow, at: 4, bit_width: 4, byte_order: little, count: 3,
                     every: -15m, absent: [15]}

            """
        )
        let now = Instant(milliseconds: 1_768_367_553_000)
        let seconds = UInt32(1_768_367_500)
        let payload = (0..<4).map { UInt8(truncatingIfNeeded: seconds >> (24 - 8 * $0)) }
        let message = try profile.decode(
            payload: payload + [0xF3, 0x07],
            port: nil,
            receivedAt: now
        )
        #expect(message.readings.map(\.value) == [3, 7])
        #expect(message.readings[0].time == nil)
        #expect(message.readings[1].time == message.time - .minutes(30))
    }

    @Test(arguments: [
        ("id: x", "p.yaml:1:1: the key 'manufacturer' is missing"),
        (
            head + "  - bytes:\n      - {quantity: lamp.pwer, at: 0, type: u8}",
            "p.yaml:9:20: messages[0].bytes[0].quantity: there is no quantity 'lamp.pwer'"
        ),
        (
            head + "  - bytes:\n      - {quantity: lamp.power, at: 0, type: u7}",
            "p.yaml:9:45: messages[0].bytes[0].type: expected a type such as u8"
        ),
        (
            head + "  - bytes:\n      - {quantity: lamp.power, at: 0, type: u8, uint: W}",
            "p.yaml:9:49: messages[0].bytes[0].uint: unknown key"
        ),
        (
            head + "  - bytes:\n      - {quantity: lamp.power, at: 0, type: u8, unit: bar}",
            "p.yaml:9:55: messages[0].bytes[0].unit: 'bar' cannot be converted to W"
        ),
        (
            head + "  - bytes:\n      - {quantity: lamp.power, at: 0, type: u8, bits: [6, 3]}",
            "p.yaml:9:55: messages[0].bytes[0].bits: expected a bit"
        ),
        (head + "  - port: 1", "p.yaml:8:5: messages[0]: a message needs exactly one of"),
        (
            head + "  - channels:\n      - {id: \"03\", length: 1}",
            "p.yaml:9:14: messages[0].channels[0].id: expected 2 hexadecimal byte(s)"
        ),
        (
            head + "  - channels:\n      - {id: \"03 67\"}",
            "p.yaml:9:9: messages[0].channels[0]: the key 'length' is missing"
        ),
        (
            head + "  - json:\n      - {quantity: lamp.power, path: \"a..b\"}",
            "p.yaml:9:38: messages[0].json[0].path: expected a path"
        ),
        (
            head + "  - time: {path: t, zone: Europe/Rome}\n    json: []",
            "p.yaml:8:27: messages[0].time.zone: expected an offset"
        ),
        (
            head + "  - json: []\n"
                + "    derived: [{quantity: bin.fill, from: bin.distance, empty: depth, full: 0}]",
            "p.yaml:9:63: messages[0].derived[0].empty: the profile has no parameter 'depth'"
        ),
        (
            head.replacing("kind: lamp", with: "kind: lmp") + "  - json: []",
            "p.yaml:5:7: kind: expected one of bin, environment"
        ),
        (head + "  - json: [", "p.yaml:"),
    ])
    func `a fault names file, line, column and field`(text: String, expected: String) {
        let faults = Self.faults(text)
        #expect(faults.contains { $0.hasPrefix(expected) }, "\(faults)")
    }

    @Test func `all faults of all files are told at once`() {
        do throws(ConfigurationFaults) {
            _ = try ProfileLibrary(folder: [
                ProfileText(file: "a.yaml", text: Self.head + "  - json: [{quantity: x, path: y}]"),
                ProfileText(file: "b.yaml", text: Self.head + "  - json: []"),
                ProfileText(file: "c.yaml", text: Self.head + "  - json: []"),
            ])
            Issue.record("no fault was found")
        } catch {
            #expect(error.faults.map(\.file) == ["a.yaml", "c.yaml"])
            #expect(error.description.contains("'test' stands already in b.yaml"))
        }
    }

    @Test func `an operator's profile goes before the one that comes with langso`() throws {
        func library(_ title: String, _ id: String) throws -> ProfileLibrary {
            let text = Self.head.replacing("title: t", with: "title: \(title)")
                .replacing("id: test", with: "id: \(id)")
            return try ProfileLibrary(
                folder: [ProfileText(file: "p", text: text + "  - json: []")])
        }
        let both = try library("ours", "test").overlaid(with: try library("theirs", "test"))
        #expect(both.profiles.map(\.title) == ["theirs"])
        let more = both.overlaid(with: try library("third", "other"))
        #expect(more.profiles.map(\.id) == ["other", "test"])
        #expect(more["other"]?.title == "third")
    }

    @Test func `parameters outside their range are told and not used`() throws {
        let profile = try #require(try ProfileExampleTests.library()["milesight-em310-udl"])
        #expect(profile.faults(of: ["bin_depth": 1500]).isEmpty)
        let faults = profile.faults(of: ["bin_depth": 15, "colour": 1]).map(\.description)
        #expect(faults.count == 2 && faults[0].hasPrefix("bin_depth = 15.0 mm is outside 200.0"))
        #expect(faults.last == "the profile '\(profile.id)' has no parameter 'colour'")
        #expect(profile.values(of: ["bin_depth": 15]) == [1200, 200])
    }

    @Test func `units become those of the quantity, exactly where decimals allow`() throws {
        func convert(_ value: Double, _ from: String, _ to: String) throws -> Double {
            let unit = try #require(MeasurementUnit.named(from))
            let target = try #require(MeasurementUnit.named(to))
            return try #require(unit.scaling(to: target)).value(of: value)
        }
        #expect(try convert(2.5, "bar", "kPa") == 250)
        #expect(try convert(0.00042, "m3/s", "m3/h") == 1.512)
        #expect(try convert(2.5, "L/s", "m3/h") == 9)
        #expect(abs(try convert(3.7, "L/s", "m3/h") - 13.32) < 1e-12)
        #expect(try convert(41233.7, "W.h", "kW.h") == 41.2337)
        #expect(try convert(300, "K", "Cel") == 300 - 273.15)
        #expect(abs(try convert(68, "[degF]", "Cel") - 20) < 1e-12)
        #expect(abs(try convert(-40, "[degF]", "Cel") + 40) < 1e-12)
        #expect(try convert(10, "m[H2O]", "kPa") == 98.0638)
        #expect(try convert(0.35, "/", "%") == 35)
        #expect(try convert(0.0412, "S/m", "uS/cm") == 412)
        let metre = try #require(MeasurementUnit.named("m"))
        let second = try #require(MeasurementUnit.named("s"))
        #expect(metre.scaling(to: second) == nil)
    }

    @Test func `every quantity's own unit is known or needs none`() {
        for quantity in Quantity.all where MeasurementUnit.named(quantity.unit) == nil {
            Issue.record("the unit \(quantity.unit) of \(quantity.id) has no entry")
        }
    }
}
