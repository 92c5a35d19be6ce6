internal import HTTPTypes
public import Hummingbird
internal import PromQL
public import Telemetry

/// A JSON document that is written piece by piece, so that a large result is never held twice.
public struct JSONText: Sendable {
    /// The text so far.
    public private(set) var buffer = ByteBuffer()
    private var needsComma = false

    /// Creates an empty document.
    public init() {}

    /// The text so far as a string.
    public var string: String { String(buffer: buffer) }

    /// Writes an object whose members a closure writes.
    public mutating func object<E: Error>(_ members: (inout JSONText) throws(E) -> Void) throws(E) {
        begin("{")
        try members(&self)
        end("}")
    }

    /// Writes an array whose elements a closure writes.
    public mutating func array<E: Error>(_ elements: (inout JSONText) throws(E) -> Void) throws(E) {
        begin("[")
        try elements(&self)
        end("]")
    }

    /// Writes a member's name; its value must follow.
    public mutating func name(_ name: String) {
        separate()
        quote(name)
        buffer.writeStaticString(":")
        needsComma = false
    }

    /// Writes a member that holds a text.
    public mutating func member(_ name: String, _ value: String) {
        self.name(name)
        text(value)
    }

    /// Writes a text.
    public mutating func text(_ value: String) {
        separate()
        quote(value)
        needsComma = true
    }

    /// Writes text that is JSON already.
    public mutating func raw(_ json: String) {
        separate()
        buffer.writeString(json)
        needsComma = true
    }

    /// Writes labels as an object.
    public mutating func labels(_ labels: Labels) {
        object { json in
            for label in labels.sorted { json.member(label.name, label.value) }
        }
    }

    /// Writes a sample as Prometheus does: `[1435781430.781,"1"]`.
    public mutating func sample(_ sample: Sample) {
        begin("[")
        buffer.writeString(Self.seconds(sample.time))
        // Digits, a sign, NaN or Inf: nothing in it has to be escaped.
        buffer.writeStaticString(",\"")
        buffer.writeString(NumberFormat.prometheus(sample.value))
        buffer.writeStaticString("\"")
        end("]")
    }

    /// Seconds with no fraction or exactly three decimals.
    static func seconds(_ instant: Instant) -> String {
        let magnitude = instant.milliseconds.magnitude
        var text = String(magnitude / 1000)
        if instant.milliseconds < 0 { text = "-" + text }
        let rest = magnitude % 1000
        if rest == 0 { return text }
        text += rest < 10 ? ".00" : rest < 100 ? ".0" : "."
        text += String(rest)
        return text
    }

    private mutating func begin(_ bracket: StaticString) {
        separate()
        buffer.writeStaticString(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: StaticString) {
        buffer.writeStaticString(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { buffer.writeStaticString(",") }
    }

    private mutating func quote(_ text: String) {
        buffer.writeStaticString("\"")
        if Self.needsEscape(text) { escape(text) } else { buffer.writeString(text) }
        buffer.writeStaticString("\"")
    }

    private static func needsEscape(_ text: String) -> Bool {
        text.utf8.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    }

    private mutating func escape(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): buffer.writeStaticString("\\\"")
            case UInt8(ascii: "\\"): buffer.writeStaticString("\\\\")
            case 0x0A: buffer.writeStaticString("\\n")
            case 0x0D: buffer.writeStaticString("\\r")
            case 0x09: buffer.writeStaticString("\\t")
            case 0..<0x20:
                let hex = String(UInt16(byte) + 0x100, radix: 16).dropFirst()
                buffer.writeString("\\u00\(hex)")
            default: buffer.writeInteger(byte)
            }
        }
    }
}

extension Response {
    /// Creates an answer that carries a JSON document.
    init(_ json: JSONText, status: HTTPResponse.Status = .ok) {
        self.init(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: json.buffer)
        )
    }

    /// Creates a successful answer in Prometheus' envelope; the closure writes the data.
    static func success(
        warnings: [String] = [],
        infos: [String] = [],
        _ data: (inout JSONText) -> Void
    ) -> Response {
        var json = JSONText()
        json.object { json in
            json.member("status", "success")
            json.name("data")
            data(&json)
            for (name, texts) in [("warnings", warnings), ("infos", infos)]
            where !texts.isEmpty {
                json.name(name)
                json.array { json in
                    for text in texts { json.text(text) }
                }
            }
        }
        return Response(json)
    }
}
