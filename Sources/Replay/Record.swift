/// One record of a recording.
struct Record: Sendable {
    enum Content: Sendable {
        /// Fields in the order of the header, and which column stands where.
        case row([String], columns: [String: Int])
        /// A JSON object, and the file that its ranges point into.
        case line(JSONValue, bytes: [UInt8])
    }

    /// A value of a record.
    struct Value {
        /// The text of a csv field, a JSON text, number or flag; nil for containers.
        let text: String?
        /// The value as JSON, as it was written; nil for a csv field.
        let json: ArraySlice<UInt8>?
    }

    /// Line on which it begins, from 1.
    let line: Int
    let content: Content
    /// The columns that `each` adds.
    var added: [String: String] = [:]

    /// The value of a field; nil when the record has no such field, or null there.
    func value(of reference: FieldReference) -> Value? {
        switch (reference, content) {
        case (.column(let name), .row(let fields, let columns)):
            if let text = added[name] { return Value(text: text, json: nil) }
            guard let index = columns[name], index < fields.count else { return nil }
            return Value(text: fields[index], json: nil)
        case (.path(let path), .line(let root, let bytes)):
            guard let value = root.value(at: path) else { return nil }
            let json = bytes[value.range]
            switch value.content {
            case .null: return nil
            case .text(let text): return Value(text: text, json: json)
            case .number, .flag:
                return Value(text: String(decoding: json, as: UTF8.self), json: json)
            case .object, .array: return Value(text: nil, json: json)
            }
        default: return nil
        }
    }

    /// The text of a field that must be there.
    func text(of reference: FieldReference) throws(RecordProblem) -> String {
        guard let value = value(of: reference) else {
            throw RecordProblem(field: reference.description, message: "the record has no value")
        }
        guard let text = value.text else {
            throw RecordProblem(
                field: reference.description,
                message: "expected a text or number, found an object or array"
            )
        }
        return text
    }
}

extension StringProtocol {
    /// The text without blanks and tabs around it.
    var withoutBlanks: String {
        let start = self.drop { $0 == " " || $0 == "\t" }
        let past = start.lastIndex { $0 != " " && $0 != "\t" }
        return past.map { String(start[...$0]) } ?? ""
    }
}
