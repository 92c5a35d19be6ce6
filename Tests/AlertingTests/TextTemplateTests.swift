import Alerting
import Telemetry
import Testing

struct TextTemplateTests {
    private static let labels: Labels = ["device": "bin-00", "village": "Nà Ếch"]

    private func expand(_ text: String, value: Double = 0.95) throws -> String {
        let data = TemplateData(
            labels: Self.labels,
            value: value,
            externalLabels: ["site": "binh-lieu"],
            externalURL: "http://gateway:8420"
        )
        return try TextTemplate(parsing: text).expand(with: data)
    }

    @Test func `queries of a template end at the limit`() throws {
        let rules = """
            groups:
              - name: g
                rules:
                  - alert: Many
                    expr: count(heat) > 0
                    annotations:
                      few: '{{ range query "heat" }}{{ query "heat" | len }} {{ end }}'
                      many: >-
                        {{ range query "heat" }}{{ range query "heat" }}{{ query "heat" | len }}
                        {{ end }}{{ end }}
            """
        var scenario = try Scenario(rules: rules)
        for number in 1...12 { scenario.add("heat", ["device": "d\(number)"], 5, minutes: 0...0) }
        scenario.run(0...0)
        let annotations = try #require(scenario.open("Many").first?.annotations)
        #expect(annotations["few"] == String(repeating: "12 ", count: 12))
        #expect(annotations["many"]?.contains("more than the 100 queries allowed") == true)
    }

    @Test func `a value that doubles itself ends at the limit`() throws {
        let grown = String(repeating: "{{ $x = print $x $x $x $x }}", count: 40)
        let error = #expect(throws: AlertingError.self) {
            try self.expand("{{ $x := \"aaaaaaaaaaaaaaaa\" }}" + grown)
        }
        #expect("\(error as Any)".contains("\(AlertingLimits.expandedBytes)"), "\(error as Any)")
    }

    @Test func `arguments that hold themselves again and again end at the limit`() throws {
        let grown = String(repeating: "{{ $x = args $x $x $x $x }}", count: 40)
        let error = #expect(throws: AlertingError.self) {
            try self.expand("{{ $x := args 1 }}" + grown + "{{ $x }}")
        }
        #expect("\(error as Any)".contains("args gives"), "\(error as Any)")
    }

    /// Expected texts are those of Go and of Prometheus' `template_test.go`.
    @Test(
        arguments: [
            ("no action at all", "no action at all"),
            ("{{ $labels.device }} in {{ $labels.village }}", "bin-00 in Nà Ếch"),
            ("[{{ $labels.missing }}]", "[]"),
            ("{{ .Labels.device }}: {{ .Value }}", "bin-00: 0.95"),
            ("{{ index $labels \"device\" }}", "bin-00"),
            ("{{ $value | humanizePercentage }}", "95%"),
            ("{{ humanizePercentage $value }} full", "95% full"),
            ("{{ printf \"%.1f\" $value }}", "0.9"),
            ("{{ $value | printf \"%.2f\" }}", "0.95"),
            (
                "{{ printf \"%s has %6.2f|%-6s|%q\" $labels.device $value \"ab\" \"c\" }}",
                "bin-00 has   0.95|ab    |\"c\""
            ),
            ("{{ printf \"%d of %d%%\" 3 4 }}", "3 of 4%"),
            ("{{ if gt $value 0.9 }}high{{ else }}low{{ end }}", "high"),
            ("{{ if lt $value 0.1 }}a{{ else if eq $labels.device \"bin-00\" }}b{{ end }}", "b"),
            ("{{ if $labels.missing }}a{{ else }}b{{ end }}", "b"),
            ("{{ if and (ge $value 0.95) (not false) }}yes{{ end }}", "yes"),
            ("a {{- $labels.device -}} b", "abin-00b"),
            ("a{{/* nobody reads this */}}b", "ab"),
            ("{{ $labels.device | toUpper | printf \"<%s>\" }}", "<BIN-00>"),
            ("{{ title \"nhà văn hóa\" }}", "Nhà Văn Hóa"),
            ("{{ \"a\\tb\" }}{{ `c\\d` }}", "a\tbc\\d"),
            ("{{ $externalLabels.site }} {{ $externalURL }}", "binh-lieu http://gateway:8420"),
            (
                "{{ stripPort \"tap.example:80\" }} {{ stripDomain \"tap.example\" }}",
                "tap.example tap"
            ),
            ("{{ print 1 2 \"x\" 3 }}", "1 2x3"), ("{{ .5 }} {{ print .25e1 }}", "0.5 2.5"),
            ("{{ externalURL }}{{ pathPrefix }}", "http://gateway:8420"),
            (
                "{{ printf \"%v %.3v %5.1f|%-8.2e|%+.1f|%05.1f\" 0.5 0.12345 2.0 1234.5 1.0 2.5 }}",
                "0.5 0.123   2.0|1.23e+03|+1.0|002.5"
            ),
            (
                "{{ printf \"%g %G %t %5d|%-5d|%+d\" 1e21 1e-7 true 3 4 5 }}",
                "1e+21 1E-07 true     3|4    |+5"
            ),
            ("{{ $labels }}", "map[device:bin-00 village:Nà Ếch]"),
        ])
    func `a template expands as Go's does`(text: String, expected: String) throws {
        #expect(try expand(text) == expected)
    }

    @Test(
        arguments: [
            (0.95, "0.95"), (1e-5, "1e-05"), (0.0001, "0.0001"), (1e21, "1e+21"),
            (123_456_789, "1.23456789e+08"), (1e20, "1e+20"), (-2.5, "-2.5"), (.nan, "NaN"),
            (.infinity, "+Inf"), (0, "0"), (100, "100"), (1.5e-7, "1.5e-07"),
        ])
    func `a value alone prints as Go's %v`(value: Double, expected: String) throws {
        #expect(try expand("{{ $value }}", value: value) == expected)
    }

    @Test(
        arguments: [
            ("humanize", 0, "0"), ("humanize", 1, "1"), ("humanize", 1_234_567, "1.235M"),
            ("humanize", 0.12, "120m"), ("humanize", 999, "999"), ("humanize", 1e-6, "1u"),
            ("humanize", -25_000, "-25k"), ("humanize", .nan, "NaN"),
            ("humanize1024", 1_048_576, "1Mi"), ("humanize1024", 0.12, "0.12"),
            ("humanizeDuration", 0, "0s"), ("humanizeDuration", 1, "1s"),
            ("humanizeDuration", 60, "1m 0s"), ("humanizeDuration", 3600, "1h 0m 0s"),
            ("humanizeDuration", 86_400, "1d 0h 0m 0s"),
            ("humanizeDuration", 90_061, "1d 1h 1m 1s"),
            ("humanizeDuration", 0.0123, "12.3ms"), ("humanizeDuration", -3600, "-1h 0m 0s"),
            ("humanizeDuration", 59.5, "59.5s"), ("humanizeDuration", .infinity, "+Inf"),
            ("humanizePercentage", 0.1234567, "12.35%"), ("humanizePercentage", 1, "100%"),
            ("humanizeTimestamp", 1_435_065_584.128, "2015-06-23 13:19:44.128 +0000 UTC"),
            ("humanizeTimestamp", 1_435_065_600, "2015-06-23 13:20:00 +0000 UTC"),
        ] as [(String, Double, String)]
    )
    func `numbers are made readable as Prometheus does`(
        function: String,
        value: Double,
        expected: String
    ) throws {
        #expect(try expand("{{ $value | \(function) }}", value: value) == expected)
    }

    @Test(
        arguments: [
            ("{{ $labels.device", "not closed"), ("{{ if $value }}a", "not closed"),
            ("{{ end }}", "without an if"), ("{{ else }}", "without an if"),
            ("{{ define x }}{{ end }}", "the name of a template is missing"),
            ("{{ define \"x\" }}a", "'define' is not closed"),
            ("{{ if 1 }}{{ define \"x\" }}{{ end }}{{ end }}", "inside of another block"),
            ("{{ define \"x\" }}a{{ end }}{{ define \"x\" }}b{{ end }}", "'x' is defined twice"),
            ("{{ range $labels }}", "'range' is not closed"), ("{{ break }}", "outside of a range"),
            ("{{ with $value }}", "'with' is not closed"), ("{{ html 1 }}", "'html' is not supp"),
            ("{{ $x = 3 }}", "'$x' is unknown; set it"), ("{{ $x }}", "'$x' is unknown"),
            ("{{ if true }}{{ $x := 3 }}{{ end }}{{ $x }}", "'$x' is unknown"),
            ("{{ range $i, $e := $labels }}{{ end }}{{ $e }}", "'$e' is unknown"),
            ("{{ $value | 3 }}", "only a function"), ("{{ }}", "value is missing"),
            ("{{ \"open }}", "not closed by \""), ("{{ ( $value }}", "expected |"),
            ("{{ $labels.a..b }}", "not a name of a field"),
            ("{{ $labels.a-b }}", "blank is missing"),
            ("{{ & }}", "unexpected '&'"), ("{{/* never }}", "not closed by */"),
            ("{{ \"\\x\" }}", "unknown escape"), ("{{ else if }}", "without an if"),
        ])
    func `a fault in a template is found when it is read`(text: String, reason: String) {
        #expect {
            try TextTemplate(parsing: text)
        } throws: {
            let message = "\($0)"
            if !message.contains(reason) { print(message) }
            return message.contains(reason)
        }
    }

    @Test(
        arguments: [
            ("{{ gt $value \"a\" }}", "cannot compare"), ("{{ toUpper $value }}", "takes a text"),
            ("{{ gt $value 1 }}", "write 5.0"), ("{{ .Foo }}", "there is no .Foo"),
            ("{{ printf }}", "it takes"), ("{{ humanize 1 2 }}", "it takes 1"),
            ("{{ $value 3 }}", "takes no arguments"),
            ("{{ query \"up\" | first }}", "no samples"), ("{{ humanize $labels.no }}", "number"),
            ("{{ range $value }}{{ end }}", "goes over labels or samples"),
            ("{{ template \"x\" }}", "there is no template 'x'"),
            ("{{ block \"x\" . }}{{ template \"x\" }}{{ end }}", "deeper than"),
            ("{{ lt args.x 1 }}", "cannot compare nothing"), ("{{ args.x.y }}", "no .y in nothing"),
            ("{{ eq args args }}", "cannot compare arguments"), ("{{ len args.x }}", "nothing"),
            ("{{ index args 1 }}", "cannot use a whole number as a key"),
        ])
    func `what can never be expanded fails when it is`(text: String, reason: String) {
        #expect {
            try expand(text)
        } throws: {
            "\($0)".contains(reason)
        }
    }

    @Test func `nesting and length have limits`() {
        let deep = String(repeating: "(", count: 40) + "1" + String(repeating: ")", count: 40)
        #expect(throws: AlertingError.self) { try TextTemplate(parsing: "{{ \(deep) }}") }
        let long = String(repeating: "x", count: AlertingLimits.templateBytes + 1)
        #expect(throws: AlertingError.self) { try TextTemplate(parsing: long) }
    }

    @Test func `an expanded text is cut at its limit`() throws {
        let template = try TextTemplate(parsing: "{{ $labels.long }}{{ $labels.long }}é")
        let long: Labels = ["long": String(repeating: "à", count: AlertingLimits.expandedBytes / 2)]
        let text = try template.expand(with: TemplateData(labels: long, value: 1))
        #expect(text.utf8.count <= AlertingLimits.expandedBytes)
    }

    @Test func `a failure while expanding shows in the text and does not throw`() throws {
        let template = try TextTemplate(parsing: "{{ humanize $labels.device }}")
        let text = template.text(with: TemplateData(labels: Self.labels, value: 1))
        #expect(text.hasPrefix("<error expanding template: "))
    }
}
