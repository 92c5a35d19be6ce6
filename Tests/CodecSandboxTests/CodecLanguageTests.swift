import CodecSandbox
import Testing

/// What a codec sees and what becomes of what it gives, by TS013.
struct CodecLanguageTests {
    @Test func `the input is an array of bytes, a port, a time and the operator's variables`()
        async throws
    {
        let script = Codecs.giving(
            """
            [Array.isArray(input.bytes), input.bytes.slice(1).concat([9]), input.fPort,
              input.recvTime instanceof Date, input.recvTime, input.variables.height,
              new Date(2026, 0, 1).toISOString()]
            """
        )
        let codecs = try Codecs([script], variables: ["height": "2\"5\n\\"])
        let found = try await codecs.data(
            [1, 255, 0],
            port: 223,
            at: 1_772_000_000_123
        )
        #expect(
            found == #"{"value":[true,[255,0,9],223,true,"2026-02-25T06:13:20.123Z","#
                + #""2\"5\n\\","2026-01-01T00:00:00.000Z"]}"#
        )
    }

    @Test(arguments: [
        ("(undeclared = 4, undeclared)", "4"), ("010", "8"), ("this === globalThis", "true"),
        ("(function () { return this === globalThis; })()", "true"),
        ("[0 / 0, 1 / 0, undefined]", "[null,null,null]"), ("undefined", nil),
        ("new Date(5)", #""1970-01-01T00:00:00.005Z""#),
        ("`${1}${[2, 3].map((x) => x * 2)}`", #""14,6""#),
        ("typeof require + typeof process", #""undefinedundefined""#),
        ("typeof print + typeof load", #""undefinedundefined""#),
        ("typeof console.log('x') + Object.keys(globalThis)", #""undefineddecodeUplink""#),
        // The console of the engine, where a script does not name it as others do.
        (
            """
            Object.values(globalThis['con' + 'sole']).map(function (one) {
              try { return typeof one('x'); } catch (error) { return 'undefined'; }
            }).filter(function (kind) { return kind !== 'undefined'; })
            """, "[]"
        ),
    ])
    func `scripts are sloppy, current, and alone`(expression: String, value: String?) async throws {
        let codecs = try Codecs([Codecs.giving(expression)])
        #expect(try await codecs.data() == (value.map { "{\"value\":\($0)}" } ?? "{}"))
    }

    @Test(arguments: [
        ("Buffer.from(input.bytes).toString('hex')", #""0102ff""#),
        ("Buffer.from('4869', 'hex').toString()", #""Hi""#),
        ("Buffer.from('w6TigqzwnZCA', 'base64').toString('utf8')", #""ä€𝐀""#),
        ("Buffer.from('ä€𝐀').toString('base64')", #""w6TigqzwnZCA""#),
        ("Buffer.from([0xfb, 0xff]).toString('base64url')", #""-_8""#),
        ("Buffer.from([0xc3, 0x28, 0xe2, 0x82]).toString()", "\"\u{FFFD}(\u{FFFD}\""),
        ("Buffer.from('hi', 'utf16le').toString('hex')", #""68006900""#),
        ("Buffer.from([1, 2, 3, 4]).readUInt16BE(1)", "515"),
        ("Buffer.from([1, 2, 3, 4]).readUInt16LE(1)", "770"),
        ("Buffer.from([255, 255, 255, 254]).readInt32BE(0)", "-2"),
        ("Buffer.from([0, 0, 128, 63]).readFloatLE(0)", "1"),
        ("Buffer.from([255, 255, 254]).readIntBE(0, 3)", "-2"),
        ("Buffer.from([1, 2, 3]).readUIntLE(0, 3)", "197121"),
        ("Number(Buffer.from([0, 0, 0, 0, 0, 0, 1, 0]).readBigUInt64BE(0))", "256"),
        ("Buffer.from([1, 2, 3]).slice(1).length", "2"),
        (
            "(function () { var b = Buffer.alloc(4); b.slice(2).writeUInt16BE(258, 0); "
                + "return b.toString('hex'); })()", #""00000102""#
        ),
        ("Buffer.isBuffer(Buffer.from([1]).subarray(0))", "true"),
        ("Buffer.concat([Buffer.from([1]), Buffer.from([2])]).toJSON().data", "[1,2]"),
        ("new Buffer([7, 8])[1]", "8"), ("Buffer.alloc(2, 'ab').toString('latin1')", #""ab""#),
        ("Buffer.from([1, 2]).equals(Buffer.from([1, 2]))", "true"),
        (
            "(function () { try { Buffer.from([1]).readUInt16LE(0); } "
                + "catch (e) { return e.name; } })()",
            #""RangeError""#
        ),
    ])
    func `Buffer reads and writes as that of Node`(expression: String, value: String) async throws {
        let codecs = try Codecs([Codecs.giving(expression)])
        #expect(try await codecs.data([1, 2, 255]) == "{\"value\":\(value)}")
    }

    @Test(arguments: [
        "function Decode(fPort, bytes, variables) { return { value: [fPort, bytes, variables] }; }",
        "function Decoder(bytes, port) { return { value: [port, bytes, {}] }; }",
        "const decodeUplink = (i) => ({ data: { value: [i.fPort, i.bytes, i.variables] } });",
    ])
    func `older forms and constants are found too`(script: String) async throws {
        let codecs = try Codecs([script])
        #expect(try await codecs.data([5], port: 2) == #"{"value":[2,[5],{}]}"#)
    }

    @Test func `warnings are kept, and errors mean that there are no values`() async throws {
        let codecs = try Codecs([
            "function decodeUplink() { return { data: { a: 1 }, warnings: ['cold\\u001f', 2] }; }",
            "function decodeUplink() { return { data: { a: 1 }, errors: ['too short'] }; }",
        ])
        #expect(
            try await codecs.ask()
                == .decoded(CodecResult(data: Array(#"{"a":1}"#.utf8), warnings: ["cold ", "2"]))
        )
        #expect(try await codecs.ask(codec: 1) == .failed(CodecResult(errors: ["too short"])))
    }

    @Test(arguments: ["[]", "''", "null", "undefined", "false", "0"])
    func `errors that are none leave the values`(errors: String) async throws {
        let codecs = try Codecs([
            "function decodeUplink() { return { data: { a: 1 }, errors: \(errors) }; }"
        ])
        #expect(try await codecs.data([5]) == #"{"a":1}"#)
    }

    @Test(arguments: [
        ("throw new RangeError('no');", "RangeError: no"),
        ("throw 'words';", "words"), ("return 5;", "the codec gave 5"),
        ("return {};", "the codec gave no object as data"),
        ("return { data: [1] };", "the codec gave no object as data"),
        ("return null;", "the codec gave null"), ("syntax error", "SyntaxError"),
        ("return { data: { a: 'x'.repeat(300000) } };", "the result has more than 262144"),
        ("var a = {}; a.a = a; return { data: a };", "TypeError"),
        ("return f(); function f() { return f(); }", "RangeError"),
        ("return { data: { a: 1 }, errors: [''] };", "(no words)"),
        ("return { data: { a: 1 }, errors: ['', 'b', ''] };", "(no words); b; (no words)"),
        ("return { data: { a: 1 }, errors: [null] };", "null"),
        ("return { data: { a: 1 }, errors: 'short' };", "short"),
    ])
    func `a codec that gives nothing of use says so`(body: String, words: String) async throws {
        let codecs = try Codecs(["function decodeUplink(input) { \(body) }", Codecs.giving("1")])
        let outcome = try await codecs.ask()
        guard case .failed = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(outcome.failure?.contains(words) == true, "\(outcome)")
        // The worker goes on.
        #expect(try await codecs.data(codec: 1) == #"{"value":1}"#)
        #expect(codecs.supervisor.figures.starts == 1)
    }

    @Test func `a script without a function it knows says which it needs`() async throws {
        let codecs = try Codecs(["var x = 1;"])
        #expect(try await codecs.ask().failure?.contains("decodeUplink") == true)
    }

    @Test func `a fresh context remembers nothing, a kept one what its device said`() async throws {
        let script = Codecs.giving("++count", before: "var count = 0;")
        let fresh = try Codecs([script])
        for _ in 0..<3 { #expect(try await fresh.data() == #"{"value":1}"#) }
        let kept = try Codecs([script], keepsContexts: true)
        for round in 1...3 {
            #expect(try await kept.data(device: "a") == "{\"value\":\(round)}")
            #expect(try await kept.data(device: "b") == "{\"value\":\(round)}")
        }
    }

    @Test func `a kept context goes when there are too many, the longest unused first`()
        async throws
    {
        let script = Codecs.giving("++count", before: "var count = 0;")
        let codecs = try Codecs([script], keepsContexts: true)
        for number in 0...CodecLimits.keptContexts {
            #expect(try await codecs.data(device: "\(number)") == #"{"value":1}"#)
        }
        #expect(try await codecs.data(device: "1") == #"{"value":2}"#)
        #expect(try await codecs.data(device: "0") == #"{"value":1}"#)
    }
}
