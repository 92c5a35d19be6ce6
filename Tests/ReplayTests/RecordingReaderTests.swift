import ConfigurationText
import Replay
import Telemetry
import Testing

struct RecordingReaderTests {
    private static let csv = """
        format: csv
        topic: "s/{name}"
        time: {column: t, format: unix_s}
        payload:
          members:
            v: {column: v, type: number, missing: ["", "NULL"]}
            label: {column: name}
            unit: {text: "L/s"}
            at: {time: unix_s}
        skip_when_missing: [v]
        """

    @Test func `numbers keep their text`() throws {
        let texts = ["7.73250000000002", "1.0", "-0", "1E+05", "12345678901234567890.10"]
        let rows = texts.map { "1.5,n, \($0) " }.joined(separator: "\n")
        let playing = try Playing("t,name,v\n" + rows, by: Self.csv)
        #expect(
            playing.payloads
                == texts.map { #"{"v":\#($0),"label":"n","unit":"L/s","at":1.500}"# }
        )
    }

    @Test func `a bad record is a fault with its line, and reading goes on`() throws {
        let playing = try Playing(
            """
            t,name,v
            1,a,1
            x,b,2
            3,c
            4,"d"d,4
            5,,5
            6,f+,6
            7,g,007
            8,h,NULL
            9,i,9
            """,
            by: Self.csv
        )
        #expect(playing.messages.map(\.topic) == ["s/a", "s/i"])
        let starts = [
            "r:3:1: t: 'x' is no time", "r:4:1: the record has 2 fields, the header has 3",
            "r:5:1: column 2: cannot read the record", "r:6:1: name: the topic needs it",
            "r:7:1: topic: cannot publish under 's/f+'",
            "r:8:1: v: expected a JSON number, found '007'",
        ]
        #expect(playing.faults.count == starts.count)
        for (fault, start) in zip(playing.faults, starts) {
            #expect(fault.hasPrefix(start), "\(fault)")
        }
        #expect(playing.counts.recordsRead == 9)
        #expect(playing.counts.recordsRefused == 6)
        #expect(playing.counts.messagesMade == 2)
        #expect(playing.counts.messagesSkipped == 1)
    }

    @Test func `a file without columns of the mapping gives a fault for each, and no message`()
        throws
    {
        let playing = try Playing("t,x\n1,2\n", by: Self.csv)
        #expect(playing.messages.isEmpty)
        #expect(playing.faults.count == 2)
        #expect(playing.faults.first?.hasPrefix("r:1:1: name: the column is not in") == true)
        #expect(try Playing("", by: Self.csv).faults == ["r: the file has no line of columns"])
    }

    @Test func `a wide record becomes a message for each column`() throws {
        let mapping = """
            format: csv
            separator: ";"
            topic: w/{zone}
            time: {column: t, format: unix_s}
            each: {columns: {a: z1, b: z2, c: z3}, as: {name: zone, value: flow}}
            payload:
              members:
                flow: {column: flow, type: number}
                zone: {column: zone}
            skip_when_missing: [flow]
            """
        let playing = try Playing("t;a;b;c\n1;2.50;;4\n2;5;bad;6\n", by: mapping)
        #expect(playing.messages.map(\.topic) == ["w/z1", "w/z3"])
        #expect(
            playing.payloads == [#"{"flow":2.50,"zone":"z1"}"#, #"{"flow":4,"zone":"z3"}"#]
        )
        #expect(playing.faults.count == 1)
    }

    private static let lines = """
        format: json_lines
        topic: 'd/{p.id}/{["a.b"][1]}'
        time: {path: t, format: unix_ms}
        payload: PAYLOAD
        """

    @Test func `a JSON line goes out byte for byte`() throws {
        let line = #"{ "t":1000.0 ,"p":{"id":7},"a.b":[0,"x\u00e9"],"n":1.50, "e":"\/" }"#
        let mapping = Self.lines.replacing("PAYLOAD", with: "{as: record}")
        let playing = try Playing("\u{FEFF}\r\n\(line)\r\n \n", by: mapping)
        #expect(playing.payloads == [line])
        #expect(playing.messages.map(\.topic) == ["d/7/xé"])
        #expect(playing.faults.isEmpty)
    }

    @Test func `members are put in front of a record's own, but never twice`() throws {
        let mapping = """
            format: json_lines
            topic: x
            time: {path: t, format: unix_ms}
            payload: {as: record, members: {time: {time: unix_s}}}
            """
        let playing = try Playing(
            #"{"t":1000,"n":1.50}"# + "\n" + #"{"t":2,"time":0}"#,
            by: mapping
        )
        #expect(playing.payloads == [#"{"time":1,"t":1000,"n":1.50}"#])
        #expect(playing.faults == ["r:2:1: time: the record has this member already"])
    }

    @Test func `JSON values stay as they are unless a type is asked for`() throws {
        let mapping = """
            format: json_lines
            topic: x
            time: {path: t, format: unix_ms}
            payload:
              members:
                same: {path: a}
                number: {path: b, type: number}
                text: {path: c, type: text}
                none: {path: d}
            """
        let playing = try Playing(
            #"{"t":1,"a":[1.0, {"k":null}],"b":"2.50","c":3.0,"d":null}"#,
            by: mapping
        )
        #expect(
            playing.payloads == [#"{"same":[1.0, {"k":null}],"number":2.50,"text":"3.0"}"#],
            "\(playing.faults)"
        )
    }

    @Test(arguments: [
        "[1]", "1", "{\"t\":1", "{\"t\":1}x", "{\"t\":01}", "{t:1}", "{\"t\":\"\\ud800\"}",
        "{\"t\":tru}", String(repeating: "[", count: 1000), "{\"t\":{}}", "{\"x\":1}",
        "{\"t\":1,}", "{\"t\":\"\\x\"}",
    ])
    func `a line that is no JSON object is a fault, and reading goes on`(line: String) throws {
        let mapping = """
            format: json_lines
            topic: x
            time: {path: t, format: unix_ms}
            payload: {as: record}
            """
        let playing = try Playing("\(line)\n{\"t\":5}\n", by: mapping)
        #expect(playing.faults.count == 1)
        #expect(playing.faults.first?.hasPrefix("r:1:") == true)
        #expect(playing.messages.map(\.time.milliseconds) == [5])
    }

    @Test func `limits of line and payload make a record a fault`() throws {
        let mapping = """
            format: json_lines
            topic: x
            time: {path: t, format: unix_ms}
            payload: {as: record}
            """
        for size in [ReplayLimits.payloadBytes, ReplayLimits.lineBytes] {
            let long = "{\"t\":1,\"x\":\"\(String(repeating: "a", count: size))\"}"
            let playing = try Playing(long + "\n{\"t\":5}\n", by: mapping)
            #expect(playing.faults.count == 1)
            #expect(playing.faults.first?.contains("the limit is \(size)") == true)
            #expect(playing.messages.count == 1)
        }
    }

    @Test func `progress rises from 0 to 1`() throws {
        let mapping = try ReplayMapping(parsing: Self.csv, file: "m")
        let bytes = Array("t,name,v\n1,a,1\n2,b,2\n3,c,3\n".utf8)
        var reader = RecordingReader(bytes, file: "r", mapping: mapping, now: Playing.now)
        var last = reader.progress
        #expect(last == 0)
        while try reader.next() != nil {
            #expect(reader.progress > last)
            last = reader.progress
        }
        #expect(reader.progress == 1)
    }
}
