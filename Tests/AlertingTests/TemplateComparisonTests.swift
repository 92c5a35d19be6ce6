import Alerting
import ConfigurationText
import Foundation
import PromQL
import Telemetry
import Testing

/// Whether templates expand as with `promtool test rules`.
@Suite(.enabled(if: Promtool.isInstalled)) struct TemplateComparisonTests {
    /// Templates and what they give where the value is 1234.5678, the labels are device
    /// `bin-00.example:80` and village `Nà Ếch`, and a series `round` has the routes a and b.
    private static let templates = #"""
        {{ $labels.device }} in {{ $labels.village }}
        {{ .Value }} {{ $value }}
        {{ humanize $value }} {{ $value | humanize1024 }} {{ humanize 0.00012 }}
        {{ humanize "1234" }} {{ humanize 5 }} {{ humanize -25000.0 }} {{ humanize 1e30 }}
        {{ $value | humanizeDuration }} {{ humanizeDuration 0.0123 }} {{ humanizeDuration -90061 }}
        {{ humanizeDuration 59.9 }} {{ humanizeDuration 86400 }} {{ humanizeDuration "60" }}
        {{ humanizePercentage 0.1234567 }} {{ 1.5 | humanizePercentage }}
        {{ humanizeTimestamp 1435065584.128 }} {{ humanizeTimestamp 0 }}
        {{ toTime 1435065584 }}
        {{ parseDuration "1h30m" }} {{ "5m" | parseDuration }}
        {{ title "nhà-văn hóa_x 3a b.c" }} {{ toUpper "đèn a" }} {{ toLower "ĐÈN A" }}
        {{ match "b.n" $labels.device }} {{ match "^in" $labels.device }} {{ match "a" "" }}
        {{ reReplaceAll "(\\d+)\\.(\\w+)" "<$2.${1}>" $labels.device }}
        {{ reReplaceAll "x*" "-" "abxxc" }} {{ reReplaceAll "^a" "b" "aaa" }}
        {{ reReplaceAll "a|ab" "X" "abab" }} {{ reReplaceAll "(?i)N" "$0$0" "bin" }}
        {{ stripPort $labels.device }} {{ stripDomain $labels.device }} {{ stripPort "[::1]:8" }}
        {{ stripDomain "10.0.0.1:80" }} {{ stripDomain "a.b.c" }} {{ stripPort "a:b:c" }}
        {{ $externalURL }} {{ $externalLabels.site }}
        {{ graphLink "up{a=\"b c\"}" }} {{ tableLink "rate(x[5m])" }}
        {{ safeHtml "<b>" }}
        {{ query "round" | sortByLabel "route" | first | value }}
        {{ range query "round" | sortByLabel "route" }}{{ .Labels.route }}={{ .Value }};{{ end }}
        {{ with query "round{route=\"b\"}" }}{{ . | first | label "route" }}{{ end }}
        {{ with query "nothing" }}some{{ else }}none{{ end }} {{ len (query "round") }}
        {{ (query "round{route=\"a\"}" | first).Value }} {{ (index (query "sum(round)") 0).Value }}
        {{ query "vector(3)" | first | value | humanize }} {{ query "1 + 1" | first | value }}
        {{ query (printf "round{route='%s'}" "b") | first | value }}
        {{ strvalue (query "round" | first) }}
        {{ range $i, $s := query "round" | sortByLabel "route" }}{{ $i }}{{ .Value }} {{ end }}
        {{ range $k, $v := $labels }}{{ $k }}={{ $v }},{{ end }}
        {{ range $labels }}{{ . }},{{ else }}no{{ end }}
        {{ range query "nothing" }}x{{ else }}no{{ end }}
        {{ range query "round" }}{{ break }}{{ end }}
        {{ range query "round" }}a{{ continue }}b{{ end }}
        {{ $x := 3 }}{{ if true }}{{ $x = 4 }}{{ end }}{{ $x }}
        {{ $y := $value | humanize }}{{ $y }}
        {{ $x := 3 }}{{ if true }}{{ $x := 4 }}{{ $x }}{{ end }}{{ $x }}
        {{ with $x := $labels.device }}{{ $x }}{{ end }}
        {{ if $z := $labels.no }}a{{ else }}b{{ $z }}{{ end }}
        {{ if gt $value 1000.0 }}high{{ else if gt $value 10.0 }}mid{{ else }}low{{ end }}
        {{ if and (gt $value 1.0) (lt $value 2.0) }}a{{ else if or false $labels.device }}b{{ end }}
        {{ if eq $labels.village "x" "Nà Ếch" }}a{{ end }}{{ if ne 1 2 }}b{{ end }}
        {{ if not 0 }}c{{ end }}
        {{ and 1 0 }} {{ or 0 "x" }} {{ and true 5 }} {{ not "" }} {{ le 1 1 }} {{ ge "b" "a" }}
        {{ index $labels "device" }} {{ index $labels "no" }} {{ len $labels.device }}
        {{ len $labels }}
        a {{- $labels.device -}} b {{- /* nothing */ -}} c{{/* x */}} {{ "a\tb" }}{{ `c\d` }}
        {{ print 1 2 "x" 3 true }} {{ print $value }} {{ println "a" 1 }}b
        {{ printf "%.1f|%8.2f|%-8.2f|%+.1e" $value $value $value $value }}
        {{ printf "%g|%v|%5.0f" $value $value $value }}
        {{ printf "%d %5d %-5d %05d %+d %x %X %b %o %c %U" 3 4 5 6 7 255 255 5 8 65 7870 }}
        {{ printf "%s|%8s|%-8s|%q|%.2s|%x|%T %T %T" "ab" "ếc" "d" "e\"f" "ghi" "jk" 1 1.5 "x" }}
        {{ printf "%d %s %f %t" $value $value "x" 3 }} {{ printf "%s" }} {{ printf "x" 1 2.5 }}
        {{ printf "%t %v %% %z %!" true false 1 }} {{ printf "%08.2f" $value }}
        {{ printf "%v %v %v %v" 1e6 123456789.0 0.00001 100000.0 }} {{ 1e21 }} {{ 0.1 }} {{ 5.0 }}
        {{ $labels }} {{ $labels.no }}| {{ .Labels.device }} {{ $.Value }}
        {{ if $labels.device }}{{ if $labels.no }}a{{ else }}b{{ end }}{{ end }} {{ true }}
        {{ args 1 "a" 2.5 true $labels 1234567.5 }} {{ args }} {{ (args 1 "ế").arg1 }}
        [{{ (args 1).arg7 }}] [{{ index (args 1) "arg3" }}] {{ index (args 1 "a") "arg0" }}
        {{ index (args (args "z")) "arg0" "arg0" }} {{ (args (args "z")).arg0.arg0 }} {{ len args }}
        {{ range $k, $v := args 1 "b" }}{{ $k }}={{ $v }};{{ end }} {{ len (args 1 2 3) }}
        {{ range args 0 1 2 3 4 5 6 7 8 9 10 11 }}{{ . }};{{ else }}no{{ end }}
        {{ with args $value "x" }}{{ .arg0 | humanize }} {{ .arg1 }}{{ end }} {{ 5 | args 4 }}
        {{ if args }}a{{ else }}b{{ end }}{{ if (args 1).arg4 }}c{{ else }}d{{ end }}
        {{ print (args 1).arg4 (args "a") }} {{ printf "%v %s %d" (args).arg0 (args).a (args).b }}
        {{ printf "%v %s %d" (args 1 "a") (args 1 "a") (args 1 "a") }} {{ printf "%d" $labels }}
        {{ printf "%T %T" (args 1) (args 1).arg2 }} {{ printf "x" (args 1) (args 1).arg2 }}
        {{ printf "%q %5v|%-9v|" (args "a") (args 1) (args 1) }} {{ printf "%s" (args args.x) }}
        {{ args (args 1).arg3 (args 2) }} {{ $x := args $labels }}{{ $x.arg0.device }}
        {{ eq (args 1).arg0 1 }} {{ lt (args 1.5).arg0 2.0 }} {{ toUpper (args "a").arg0 }}
        {{ eq args.x 1 }} {{ eq args.x args.y }} {{ ne args.x "a" }} {{ not args.x }} {{ args.x }}
        {{ range args.x }}a{{ else }}b{{ end }} {{ and args.x 2 }} {{ or args.x 2 }}
        {{ define "r" }}{{ .arg0 }}: {{ .arg1 | humanize }}{{ end }}{{ template "r" args "ế" 1.5 }}
        {{ define "r" }}[{{ . }}{{ $ }}]{{ end }}{{ template "r" }}{{ template `r` 3 }}
        {{ block "b" . }}{{ .Value }} {{ $.Labels.device }}{{ end }}{{ template "b" $ }}
        {{ template "x" 1 }}{{ define "x" }}{{ . }}{{ end }} {{ template "x" $y := 2 }}{{ $y }}
        {{ define "x" }} {{ end }}{{ define "x" }}1{{ end }}{{ template "x" }}
        {{ define "x" }}1{{ end }}{{ define "x" }} {{ end }}{{ template "x" }}
        {{ range $labels }}{{ template "x" . }}{{ end }}{{ define "x" }}<{{ . }}>{{ end }}
        {{ block "x" . }}{{ template "y" .Value }}{{ end }}{{ define "y" }}<{{ . }}>{{ end }}
        {{ define "n" }}{{ if . }}{{ . }}{{ template "n" 0 }}{{ end }}{{ end }}{{ template "n" 5 }}
        """#.split(separator: "\n").map(String.init)

    @Test func `templates expand as with promtool`() throws {
        var rules = "groups:\n  - name: g\n    rules:\n"
        for (index, template) in Self.templates.enumerated() {
            let quoted = "'" + template.replacing("'", with: "''") + "'"
            rules += "      - {alert: A\(index), expr: heat, annotations: {a: \(quoted)}}\n"
        }
        let ours = try Self.expansions(rules: rules)
        #expect(ours.count == Self.templates.count)
        var tests = Self.head
        for (index, text) in ours.enumerated() {
            // A failure's words are our own.
            #expect(!text.contains("<error"), "\(Self.templates[index]): \(text)")
            tests += """

                      - eval_time: 0m
                        alertname: A\(index)
                        exp_alerts:
                          - exp_labels: {device: "bin-00.example:80", village: Nà Ếch}
                            exp_annotations: {a: \(try Self.quoted(text))}
                """
        }
        let answer = try RuleTestComparison(rules: rules, tests: tests).verdict()
        #expect(answer.ours.isEmpty, "\(answer.ours)")
        #expect(answer.promtool.code == 0, "\(answer.promtool.output)")
    }

    /// What this module's engine makes of the templates, in their order.
    private static func expansions(rules: String) throws -> [String] {
        var engine = AlertEngine(
            groups: try RuleFile.parse(text: rules, file: "r.yaml").groups,
            queryEngine: QueryEngine(),
            externalLabels: ["site": "na-ech"],
            externalURL: "http://gateway:8428/prefix"
        )
        var source = MemorySeriesSource()
        let start = Instant(milliseconds: 0)
        let device = ["device": "bin-00.example:80", "village": "Nà Ếch"]
        let samples = [
            (Labels(metric: "heat", device), 1234.5678),
            (Labels(metric: "round", ["route": "b"]), 2.0),
            (Labels(metric: "round", ["route": "a"]), 1.0),
        ]
        for (labels, value) in samples {
            source.append(labels, Sample(time: start, value: value))
        }
        _ = engine.evaluate(at: start, source: source)
        return engine.book.open.sorted { $0.number < $1.number }.map { $0.annotations["a"] ?? "" }
    }

    private static let head = """
        tests:
          - interval: 1m
            external_labels: {site: na-ech}
            external_url: http://gateway:8428/prefix
            input_series:
              - {series: 'heat{device="bin-00.example:80", village="Nà Ếch"}', values: 1234.5678}
              - {series: 'round{route="b"}', values: 2}
              - {series: 'round{route="a"}', values: 1}
            alert_rule_test:
        """

    private static func quoted(_ text: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return String(decoding: try encoder.encode(text), as: UTF8.self)
    }

    private static let broken = [
        "{{ $x }}", "{{ foo 1 }}", "{{ .Foo }}", "{{ end }}", "{{ if true }}", "{{ else }}",
        "{{ range $labels }}", "{{ break }}", "{{ $x := 3 }}{{ $x }}", "{{ }}",
        "{{ printf }}", "{{ humanize 1 2 }}", "{{ toUpper $value }}", "{{ $value | 3 }}",
        "{{ $value 3 }}", "{{ $labels.a-b }}", "{{ \"a }}", "{{ ( 1 }}", "{{ 1 ) }}", "{{ /* }}",
        "{{ if true }}{{ $x := 3 }}{{ end }}{{ $x }}", "{{ with $x := 1 }}{{ end }}{{ $x }}",
        "{{ range $i, $e := $labels }}{{ $i }}{{ end }}", "{{ gt $value 1 }}", "{{ $labels.a..b }}",
        "{{ if true }}{{ else if false }}{{ else }}{{ end }}", "{{ if true }}{{ else }}{{ else }}",
        "a }} b", "{{", "{{ $labels.a", "{{ 3x }}", "{{ & }}", "{{ | 1 }}",
        "{{ $x := $x }}", "{{ humanize.Value }}", "{{ nothing.Value }}", "{{ $labels.a-}}",
        "{{ print \"a\"1 }}", "{{ print\"a\" }}", "{{-3}}",
        "{{ (1)2 }}", "{{ (1).a }}", "{{ (1) .a }}", "{{ print 1|print }}", "{{ 1 -}}",
        "{{ args 1 }}", "{{ args }}", "{{ args.arg0 }}", "{{ (args 1).arg0 }}", "{{ args | args }}",
        "{{ define \"x\" }}a{{ end }}", "{{ define x }}{{ end }}", "{{ define \"x\" 1 }}{{ end }}",
        "{{ define \"x\" }}{{ $labels.a }}{{ end }}", "{{ define \"x\" }}{{ $.a }}{{ end }}",
        "{{ define \"x\" }}a", "{{ define \"x\" }}a{{ else }}b{{ end }}", "{{ define }}{{ end }}",
        "{{ $y := 1 }}{{ define \"x\" }}{{ $y }}{{ end }}", "{{ define \"x\" | print }}{{ end }}",
        "{{ define \"x\" }}{{ $y := 1 }}{{ end }}{{ $y }}", "{{define\"x\"}}a{{end}}",
        "{{ if true }}{{ define \"x\" }}{{ end }}{{ end }}",
        "{{ define \"x\" }}{{ define \"y\" }}{{ end }}{{ end }}",
        "{{ define \"x\" }}1{{ end }}{{ define \"x\" }}2{{ end }}",
        "{{ define \"x\" }}1{{ end }}{{ define \"x\" }} {{/* c */}}{{ end }}",
        "{{ block \"x\" 1 }}1{{ end }}{{ define \"x\" }}2{{ end }}",
        "{{ range $labels }}{{ block \"x\" . }}{{ break }}{{ end }}{{ end }}",
        "{{ range $labels }}{{ block \"x\" . }}a{{ end }}{{ break }}{{ end }}",
        "{{ block \"x\" }}a{{ end }}", "{{ block \"x\" . }}{{ $labels.a }}{{ end }}",
        "{{ template \"x\" }}", "{{ template x }}", "{{ template \"x\" . | print }}",
        "{{ template \"x\" | print }}", "{{ template }}", "{{ template \"x\" $z }}",
        "{{ template \"x\" 1 2 }}", "{{ template \"x\"1 }}", "{{ end }}{{ define \"x\" }}",
    ]

    /// What Go 1.19 reads by oversight and fails to expand.
    @Test(arguments: ["{{ $x = 3 }}", "{{ 1 | }}"])
    func `what can only fail is refused although promtool takes it`(template: String) throws {
        #expect(throws: AlertingError.self) { try TextTemplate(parsing: template) }
    }

    @Test(arguments: broken)
    func `templates are accepted and refused as promtool does`(template: String) throws {
        let rules = """
            groups: [{name: g, rules: [{alert: A, expr: up, annotations: {a: \(
                try Self.quoted(template)
            )}}]}]
            """
        try Promtool.withFolder { folder in
            try rules.write(toFile: "\(folder)/r.yaml", atomically: true, encoding: .utf8)
            let isAccepted = try Promtool.run(["check", "rules", "\(folder)/r.yaml"]).code == 0
            if isAccepted {
                _ = try RuleFile.parse(text: rules, file: "r.yaml")
            } else {
                #expect(throws: ConfigurationFaults.self) {
                    try RuleFile.parse(text: rules, file: "r.yaml")
                }
            }
        }
    }
}
