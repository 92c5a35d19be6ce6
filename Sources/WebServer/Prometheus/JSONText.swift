internal import HTTPTypes
internal import Hummingbird
internal import PromQL
public import Telemetry

/// A JSON document that is written piece by piece, so that a large result is never held twice.
public struct JSONText: Sendable {
    private var buffer = ByteBuffer()
    /// The end of the text: to write to a buffer costs more than the few bytes that it mostly is.
    private var recent: [UInt8] = []
    private var needsComma = false

    /// Bytes that are gathered before they go to the buffer.
    private static let gatheredBytes = 32 << 10

    /// Creates an empty document.
    public init() {}

    /// The text so far as a string.
    public var string: String {
        String(buffer: buffer) + String(decoding: recent, as: UTF8.self)
    }

    /// Ends the document and gives all of its text.
    consuming func finish() -> ByteBuffer {
        flush()
        return buffer
    }

    private mutating func flush() {
        buffer.writeBytes(recent)
        recent.removeAll(keepingCapacity: true)
    }

    /// Writes an object whose members a closure writes.
    public mutating func object<E: Error>(_ members: (inout JSONText) throws(E) -> Void) throws(E) {
        begin(UInt8(ascii: "{"))
        try members(&self)
        end(UInt8(ascii: "}"))
    }

    /// Writes an array whose elements a closure writes.
    public mutating func array<E: Error>(_ elements: (inout JSONText) throws(E) -> Void) throws(E) {
        begin(UInt8(ascii: "["))
        try elements(&self)
        end(UInt8(ascii: "]"))
    }

    /// Writes a member's name; its value must follow.
    public mutating func name(_ name: String) {
        separate()
        quote(name)
        recent.append(UInt8(ascii: ":"))
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
        write(json)
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
        begin(UInt8(ascii: "["))
        seconds(sample.time)
        recent.append(UInt8(ascii: ","))
        // Digits, a sign, NaN or Inf: nothing in it has to be escaped.
        recent.append(UInt8(ascii: "\""))
        NumberFormat.appendAnswer(sample.value, to: &recent)
        recent.append(UInt8(ascii: "\""))
        end(UInt8(ascii: "]"))
    }

    /// Writes a time in seconds, with no fraction or exactly three decimals.
    mutating func time(_ instant: Instant) {
        separate()
        seconds(instant)
        needsComma = true
    }

    private mutating func seconds(_ instant: Instant) {
        let magnitude = instant.milliseconds.magnitude
        if instant.milliseconds < 0 { recent.append(UInt8(ascii: "-")) }
        if magnitude.isMultiple(of: 1000) {
            NumberFormat.append(magnitude / 1000, to: &recent)
        } else {
            NumberFormat.append(magnitude, decimals: 3, to: &recent)
        }
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        recent.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        recent.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if recent.count >= Self.gatheredBytes { flush() }
        if needsComma { recent.append(UInt8(ascii: ",")) }
    }

    private mutating func write(_ text: String) {
        recent.append(contentsOf: text.utf8)
    }

    private mutating func quote(_ text: String) {
        recent.append(UInt8(ascii: "\""))
        let first = recent.count
        write(text)
        // An array is looked through faster than a string, and few texts have to be taken back.
        if recent[first...].contains(where: Self.needsEscape) {
            recent.removeSubrange(first...)
            escape(text)
        }
        recent.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): write("\\\"")
            case UInt8(ascii: "\\"): write("\\\\")
            case 0x0A: write("\\n")
            case 0x0D: write("\\r")
            case 0x09: write("\\t")
            case 0..<0x20:
                let hex = String(UInt16(byte) + 0x100, radix: 16).dropFirst()
                write("\\u00\(hex)")
            default: recent.append(byte)
            }
        }
    }
}

extension JSONText {
    /// Writes Prometheus' envelope of a successful answer; the closure writes the data.
    public mutating func success(
        warnings: [String] = [],
        infos: [String] = [],
        _ data: (inout JSONText) -> Void
    ) {
        object { json in
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
    }
}

extension Response {
    /// Creates an answer that carries a JSON document.
    init(_ json: consuming JSONText, status: HTTPResponse.Status = .ok) {
        self.init(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: json.finish())
        )
    }

    /// Creates a successful answer in Prometheus' envelope; the closure writes the data.
    static func success(
        warnings: [String] = [],
        infos: [String] = [],
        _ data: (inout JSONText) -> Void
    ) -> Response {
        var json = JSONText()
        json.success(warnings: warnings, infos: infos, data)
        return Response(json)
    }
}
