import ConfigurationText
import Replay
import Testing

struct ReplayMappingTests {
    private static let whole = """
        format: csv
        topic: a/{b}
        time:
          column: t
          format: yyyy-MM-dd HH:mm
          zone: Europe/Rome
        payload:
          members:
            v: {column: v, type: number}
        """

    private static func faults(_ text: String) -> [String] {
        do {
            _ = try ReplayMapping(parsing: text, file: "m.yaml")
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    @Test func `a whole mapping has no fault`() {
        #expect(Self.faults(Self.whole).isEmpty)
    }

    @Test(arguments: [
        ("format: csv", "format: xml", "m.yaml:1:9: format: expected csv or json_lines"),
        ("format: csv", "frm: x\nformat: csv", "m.yaml:1:1: frm: unknown key"),
        ("format: csv", "format: csv\nseparator: ab", "m.yaml:2:12: separator: expected one ASCII"),
        ("a/{b}", "a/+", "m.yaml:2:8: topic: cannot publish under 'a/+'"),
        ("a/{b}", "$SYS/{b}", "m.yaml:2:8: topic: cannot publish under '$SYS/'"),
        ("a/{b}", "a/{b", "m.yaml:2:8: topic: a brace without its other one"),
        ("a/{b}", "a/{ }", "m.yaml:2:8: topic: expected the name of a column"),
        ("column: t", "path: t", "m.yaml:4:9: time.path: csv records have columns"),
        ("column: t", "column: t\n  colum: t", "m.yaml:5:3: time.colum: unknown key"),
        ("yyyy-MM-dd HH:mm", "yyyy-QQ", "m.yaml:5:11: time.format: 'QQ' has no meaning"),
        ("yyyy-MM-dd HH:mm", "yyyy-MM", "m.yaml:5:11: time.format: the time format has no 'dd'"),
        ("yyyy-MM-dd HH:mm", "rfc3339", "m.yaml:6:9: time.zone: it has no meaning here"),
        ("yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mmXXX", "m.yaml:6:9: time.zone: it has no meaning"),
        ("yyyy-MM-dd HH:mm", "minutes_since", "m.yaml:4:3: time: the key 'start' is missing"),
        (
            "yyyy-MM-dd HH:mm", "minutes_since\n  start: 2021-03-28T02:30",
            "m.yaml:6:10: time.start: '2021-03-28T02:30' does not exist"
        ),
        ("Europe/Rome", "Europe/Atlantis", "m.yaml:6:9: time.zone: expected UTC"),
        ("Europe/Rome", "CET", "m.yaml:6:9: time.zone: expected UTC"),
        ("  zone: Europe/Rome", "", "m.yaml:4:3: time: the key 'zone' is missing"),
        ("Rome", "Rome\n  shift: 10y", "m.yaml:7:10: time.shift: expected now, from_now"),
        ("type: number", "type: int", "m.yaml:9:26: payload.members.v.type: expected number"),
        ("{column: v, type: number}", "{time: iso}", "m.yaml:9:15: payload.members.v.time: exp"),
        ("payload:", "sort: maybe\npayload:", "m.yaml:7:7: sort: expected true or false"),
        ("payload:", "payload:\n  as: record", "m.yaml:8:7: payload.as: a csv record"),
        (
            "payload:", "skip_when_missing: [w]\npayload:",
            "m.yaml:7:21: skip_when_missing[0]: there is no member 'w'"
        ),
        (
            "payload:", "each: {columns: [], as: {name: n, value: v}}\npayload:",
            "m.yaml:7:17: each.columns: expected at least one column"
        ),
        (
            "payload:", "each: {columns: [x], as: {name: n, value: n}}\npayload:",
            "m.yaml:7:26: each.as: name and value need different columns"
        ),
    ])
    func `a fault is named with its place`(part: String, wrong: String, fault: String) {
        let text = Self.whole.replacing(part, with: wrong)
        let found = Self.faults(text)
        #expect(found.contains { $0.hasPrefix(fault) }, "\(found)")
        #expect(found.count == 1, "\(found)")
    }

    @Test func `one reading shows all faults`() {
        let found = Self.faults("format: csv\ntopic: a/#\ntime: {column: t, format: qq}\nx: 1\n")
        #expect(found.count == 4, "\(found)")
    }

    @Test func `JSON lines have paths, no separator and no columns to divide`() {
        let found = Self.faults(
            """
            format: json_lines
            separator: ","
            topic: "{a..b}"
            time: {column: t, format: rfc3339}
            each: {columns: [a], as: {name: n, value: v}}
            payload: {as: record}
            """
        )
        #expect(found.count == 4, "\(found)")
    }

    @Test func `a text that is no YAML is one fault`() {
        #expect(Self.faults("format: [").count == 1)
        #expect(Self.faults("").count == 1)
    }

    @Test(arguments: ShippedMappings.fileNames)
    func `every shipped mapping is read without a fault`(name: String) throws {
        _ = try ShippedMappings.mapping(named: name)
    }

    @Test func `a mapping that was not installed is an error with its name`() {
        #expect(throws: ReplayError.missingResource(name: "Mappings/x.yaml")) {
            try ShippedMappings.text(of: "x.yaml")
        }
    }
}
