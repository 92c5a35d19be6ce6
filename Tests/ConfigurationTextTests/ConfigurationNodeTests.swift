import ConfigurationText
import Testing

struct ConfigurationNodeTests {
    @Test func `a fault names file, line, column and field`() throws {
        let text = "broker:\n  host: localhost\n  port: many\n  prot: 5\n"
        let root = try ConfigurationNode(parsing: text, file: "langso.yaml")
        var faults = FaultCollector()
        let broker = try #require(root["broker"])
        broker.allowKeys(["host", "port"], &faults)
        #expect(broker["port"]?.integer(in: 1...65535, &faults) == nil)
        #expect(broker.required("user", &faults) == nil)
        #expect(
            faults.faults.map(\.description) == [
                "langso.yaml:4:3: broker.prot: unknown key, known are: host, port",
                "langso.yaml:3:9: broker.port: expected a whole number, found 'many'",
                "langso.yaml:2:3: broker: the key 'user' is missing",
            ]
        )
        #expect(throws: ConfigurationFaults.self) { try faults.check() }
    }

    @Test(arguments: ["", "a: [1", "a: 1\na: 2\n", "\t- x"])
    func `what is no YAML document is refused with its file`(text: String) {
        #expect {
            try ConfigurationNode(parsing: text, file: "x.yaml")
        } throws: { error in
            (error as? ConfigurationFault)?.description.hasPrefix("x.yaml") == true
        }
    }

    @Test func `a mapping takes over pairs of others, and its own win`() throws {
        let text = "a: &a {x: 1, y: 2}\nb: &b {<<: *a, y: 3}\nc: {<<: [{z: 4}, *b], '<<x': 5}\n"
        let root = try ConfigurationNode(parsing: text, file: "m.yaml")
        var faults = FaultCollector()
        func pairs(_ key: String) throws -> [String] {
            try #require(root[key]).mapping(&faults).map { "\($0.key)=\($0.value.kindName)" }
        }
        #expect(try pairs("b") == ["y='3'", "x='1'"])
        #expect(try pairs("c") == ["<<x='5'", "z='4'", "y='3'", "x='1'"])
        #expect(faults.faults.isEmpty)
        #expect(throws: ConfigurationFault.self) {
            try ConfigurationNode(parsing: "a: {<<: *none}", file: "m.yaml")
        }
    }

    @Test func `values keep their kind`() throws {
        let root = try ConfigurationNode(
            parsing: "n: 1_000\nh: 0x10\nf: true\nq: 'null'\ne: null\nl: [1, 2.5]\n",
            file: "k"
        )
        var faults = FaultCollector()
        #expect(root["n"]?.integer(&faults) == 1000)
        #expect(root["h"]?.integer(&faults) == 16)
        #expect(root["f"]?.flag(&faults) == true)
        #expect(root["q"]?.text(&faults) == "null")
        #expect(root["e"] == nil)
        #expect(root["l"]?.sequence(&faults).compactMap { $0.number(&faults) } == [1, 2.5])
        #expect(faults.faults.isEmpty)
    }
}
