import ConfigurationText
import Decoding
import Testing

/// The part `commands` of profiles.
struct ProfileCommandsTests {
    private static func faults(_ commands: String) throws -> [String] {
        let text = """
            id: test
            manufacturer: Test
            model: L1
            title: Lamp
            kind: lamp
            source: made for tests
            commands:
              source: made for tests
            \(commands)
            messages:
              - bytes: [{quantity: lamp.on, at: 0, type: u8}]
            """
        do throws(ConfigurationFaults) {
            _ = try ProfileLibrary(folder: [ProfileText(file: "test", text: text)])
            return []
        } catch {
            return error.faults.map { "\($0.field): \($0.message)" }
        }
    }

    @Test func `what cannot be said is told with its field`() throws {
        let on = "  switch_on: {confirms: lamp.on, send:"
        for (commands, words) in [
            ("", "needs one of switch_on, switch_off, dim, read"),
            ("  toggle: {send: []}", "unknown key"),
            ("\(on) []}", "1 to 4 messages"),
            ("  switch_on: {send: [{to: a, text: b}]}", "'confirms' is missing"),
            ("  switch_on: {confirms: lamp, send: [{to: a, text: b}]}", "no quantity"),
            ("\(on) [{port: 0, bytes: \"01\"}]}", "outside 1 to 223"),
            ("\(on) [{port: 1, bytes: \"1\"}]}", "hexadecimal bytes"),
            ("\(on) [{port: 1, bytes: \"{level}\"}]}", "belongs to dim alone"),
            ("\(on) [{port: 1, bytes: \"01\"}, {port: 1, bytes: \"02\"}]}", "stands alone"),
            ("\(on) [{to: a/#, text: b}]}", "without wildcards"),
            ("\(on) [{metric: a, type: Text, value: b}]}", "expected one of Boolean"),
            ("\(on) [{metric: a, type: Int32, value: 1.5}]}", "of type Int32"),
            ("  dim: {confirms: lamp.level, send: [{to: a, text: b}]}", "no message holds {level}"),
            ("  within: 2d\n\(on) [{to: a, text: b}]}", "expected 1s to 1d"),
        ] {
            let faults = try Self.faults(commands)
            #expect(faults.contains { $0.contains(words) }, "\(commands): \(faults)")
            #expect(faults.allSatisfy { $0.hasPrefix("commands") }, "\(faults)")
        }
        #expect(try Self.faults("\(on) [{to: a, text: b}]}").isEmpty)
    }

    @Test func `shipped profiles that state commands say by which document`() throws {
        let library = try CommandFixture.library()
        let stated = library.profiles.filter { $0.commands != nil && !$0.id.hasPrefix("test-") }
        #expect(
            stated.map(\.id) == [
                "nas-ul20xx", "netvox-r809a", "shelly-1pm-gen2", "shelly-dimmer-gen2",
                "sparkplug-street-lamp", "tasmota-lamp", "zigbee2mqtt-lamp",
            ]
        )
        for profile in stated {
            #expect(profile.commands?.source.isEmpty == false, "\(profile.id)")
            for kind in profile.commands?.kinds ?? [] {
                guard let quantity = profile.commands?[kind]?.confirms else { continue }
                // What confirms a command must be what the device reports.
                #expect(profile.quantities.contains(quantity), "\(profile.id) \(kind)")
            }
        }
        #expect(library["lorawan-luminaire"]?.commands == nil)
    }
}
