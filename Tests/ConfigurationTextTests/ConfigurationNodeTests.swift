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

    @Test(arguments: ["", "a: [1", "a: 1\na: 2\n", "1: a\n'1': b\n", "\t- x"])
    func `what is no YAML document is refused with its file`(text: String) {
        #expect {
            try ConfigurationNode(parsing: text, file: "x.yaml")
        } throws: { error in
            (error as? ConfigurationFault)?.description.hasPrefix("x.yaml") == true
        }
    }

    @Test func `a mapping takes over pairs of others, and its own win`() throws {
        let text = """
            a: &a {x: 1, y: 2}
            b: &b {<<: *a, y: 3}
            c: {<<: [{z: 4}, *b], '<<x': 5}
            d: {'<<': 6}
            """
        let root = try ConfigurationNode(parsing: text, file: "m.yaml")
        var faults = FaultCollector()
        func pairs(_ key: String) throws -> [String] {
            try #require(root[key]).mapping(&faults).map { "\($0.key)=\($0.value.kindName)" }
        }
        #expect(try pairs("b") == ["y='3'", "x='1'"])
        #expect(try pairs("c") == ["<<x='5'", "z='4'", "y='3'", "x='1'"])
        #expect(try pairs("d") == ["<<='6'"], "what is quoted is a name")
        #expect(faults.faults.isEmpty)
        #expect(throws: ConfigurationFault.self) {
            try ConfigurationNode(parsing: "a: {<<: *none}", file: "m.yaml")
        }
    }

    @Test func `aliases cannot make a short document stand for one that fills the memory`() {
        let lists = (1...5).map { level in
            let names = Array(repeating: "*l\(level - 1)", count: 10).joined(separator: ", ")
            return "l\(level): &l\(level) [\(names)]"
        }
        let text = "l0: &l0 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n" + lists.joined(separator: "\n")
        #expect {
            try ConfigurationNode(parsing: text, file: "aliases.yaml")
        } throws: { error in
            let fault = (error as? ConfigurationFault)?.description ?? ""
            return fault.contains("more than 200000 values, aliases counted: divide it")
        }
    }

    @Test func `lists may be nested to the limit and no deeper`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        let limit = ConfigurationNode.maximumDepth
        _ = try ConfigurationNode(parsing: nested(limit + 1), file: "deep.yaml")
        for depth in [limit + 2, 900, 5_000] {
            #expect(throws: ConfigurationFault.self) {
                try ConfigurationNode(parsing: nested(depth), file: "deep.yaml")
            }
        }
    }

    @Test func `mappings that take over one another again and again are refused`() {
        let chain = (1...40).map { "m\($0): &m\($0) {<<: [*m\($0 - 1), *m\($0 - 1)]}" }
        #expect(throws: ConfigurationFault.self) {
            try ConfigurationNode(
                parsing: "m0: &m0 {a: 1}\n" + chain.joined(separator: "\n"),
                file: "merge.yaml"
            )
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
