import Alerting
import Foundation
import TestKit
import Testing

/// Random templates are accepted and refused as `promtool check rules` does.
@Suite(.enabled(if: Promtool.isInstalled)) struct TemplateFuzzTests {
    private static let operands = [
        "$value", "$labels", "$labels.a", ".Value", ".Labels.b", ".", "$", "\"x\"", "`y`", "1",
        "2.5", "-3", "true", "$x", "$y", "(1)", "($labels).a", "(query \"up\" | first).Value",
        "(args 1 $value).arg1", "args.x",
    ]
    private static let functions = [
        "printf \"%d\"", "humanize", "eq 1", "and", "not", "index $labels", "len", "first",
        "query \"up\"", "match \"a\"", "nothing",
        "args 1", "args",
    ]
    private static let fragments = [
        "{{ end }}", "{{ else }}", "}}", "{{", "{{ break }}", "{{ | }}",
        "{{ define \"d\" }}", "{{ template \"e\" $x }}", "{{ block \"c\" $y }}",
    ]

    private struct Writer {
        var generator: SeededGenerator

        mutating func pick(_ choices: [String]) -> String {
            choices[Int(generator.next() % UInt64(choices.count))]
        }

        mutating func isTrue(_ percent: UInt64) -> Bool { generator.next() % 100 < percent }

        mutating func pipeline() -> String {
            var text = isTrue(50) ? pick(functions) : pick(operands)
            while isTrue(30) { text += pick([" ", " ", " ", ""]) + pick(operands) }
            while isTrue(25) { text += pick([" | ", "|"]) + pick(functions) }
            return text
        }

        mutating func action(_ word: String = "") -> String {
            let name = isTrue(20) ? pick(["$x := ", "$y := "]) : ""
            let open = pick(["{{ ", "{{- ", "{{"])
            return open + word + name + pipeline() + pick([" }}", " -}}", "}}", "-}}"])
        }

        mutating func block(_ depth: Int) -> String {
            var text = ""
            for _ in 0..<(generator.next() % 4) {
                switch generator.next() % 10 {
                case 0: text += pick(fragments)
                case 1, 2,
                    3 where depth < 3:
                    text += action(pick(["if ", "with ", "range ", "range $i, $x := "]))
                    text += block(depth + 1)
                    if isTrue(30) { text += "{{ else }}" + block(depth + 1) }
                    text += pick(["{{ end }}", "{{- end -}}"])
                case 4: text += " text "
                case 5 where depth < 2:
                    let words = ["define \"d\"", "define \"e\"", "block \"b\" .", "block \"b\" 1"]
                    text += "{{ \(pick(words)) }}" + block(depth + 1) + "{{ end }}"
                    text += pick(["", "{{ template \"d\" }}", "{{ template \"e\" $value }}"])
                default: text += action()
                }
            }
            return text
        }
    }

    @Test func `random templates are accepted and refused alike`() throws {
        let given = ProcessInfo.processInfo.environment["LANGSO_TEST_SEED"]
        let seed = given.flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
        print("LANGSO_TEST_SEED=\(seed)")
        var writer = Writer(generator: SeededGenerator(seed: seed))
        let templates = (0..<400).map { _ in writer.block(0) }.filter { !$0.isEmpty }
        var rules = "groups:\n- name: g\n  rules:\n"
        for template in templates {
            let quoted = template.replacing("'", with: "''")
            rules += "  - {alert: A, expr: up, annotations: {a: '\(quoted)'}}\n"
        }
        let refused = try Promtool.withFolder { folder in
            try rules.write(toFile: "\(folder)/r.yaml", atomically: true, encoding: .utf8)
            let answer = try Promtool.run(["check", "rules", "--lint=none", "\(folder)/r.yaml"])
            let places = answer.output.matches(of: #/rule (\d+), "A": annotation "a": /#)
            return Set(places.compactMap { Int($0.1).map { $0 - 1 } })
        }
        #expect(refused.count > 50 && refused.count < templates.count - 50)
        for (index, template) in templates.enumerated() {
            let isAccepted = (try? TextTemplate(parsing: template)) != nil
            #expect(isAccepted != refused.contains(index), "\(seed): \(template)")
        }
    }
}
