internal import Telemetry

/// How a payload is built from a record.
struct PayloadTemplate: Sendable {
    /// Whether the record goes out as it is, behind the members.
    let copiesRecord: Bool
    /// Members in the order of the payload.
    let members: [MemberTemplate]
    /// Names of members; no message is made when all of them are missing, if there are any.
    let skippedWithout: Set<String>

    /// The fields that are read.
    var references: [FieldReference] {
        members.compactMap { member in
            if case .field(let reference, _, _) = member.source { reference } else { nil }
        }
    }

    /// The payload of a record; nil when none is to be made.
    func payload(of record: Record, at time: Instant) throws(RecordProblem) -> [UInt8]? {
        if copiesRecord, members.isEmpty { return try checked(copied(record)) }
        var payload: [UInt8] = [UInt8(ascii: "{")]
        var isEmpty = true
        var missing = 0
        for member in members {
            guard let value = try member.value(of: record, at: time) else {
                if skippedWithout.contains(member.name) { missing += 1 }
                continue
            }
            if !isEmpty { payload.append(UInt8(ascii: ",")) }
            payload += member.quotedName
            payload.append(UInt8(ascii: ":"))
            payload += value
            isEmpty = false
        }
        if !skippedWithout.isEmpty, missing == skippedWithout.count { return nil }
        guard copiesRecord, case .line(let root, let bytes) = record.content,
            case .object(let own) = root.content
        else {
            payload.append(UInt8(ascii: "}"))
            return try checked(payload)
        }
        for member in members where own.contains(where: { $0.key == member.name }) {
            throw RecordProblem(field: member.name, message: "the record has this member already")
        }
        if !isEmpty, !own.isEmpty { payload.append(UInt8(ascii: ",")) }
        payload += bytes[root.range].dropFirst()
        return try checked(payload)
    }

    private func copied(_ record: Record) -> [UInt8] {
        guard case .line(let root, let bytes) = record.content else { return [] }
        return Array(bytes[root.range])
    }

    private func checked(_ payload: [UInt8]) throws(RecordProblem) -> [UInt8] {
        guard payload.count <= ReplayLimits.payloadBytes else {
            throw RecordProblem(
                field: "payload",
                message:
                    "\(payload.count) bytes, the limit is \(ReplayLimits.payloadBytes)"
            )
        }
        return payload
    }
}

/// One member of a payload.
struct MemberTemplate: Sendable {
    /// How a field is written.
    enum Kind: String, CaseIterable, Sendable {
        case number
        case text
    }

    /// How a time is written.
    enum TimeForm: String, CaseIterable, Sendable {
        case rfc3339
        case seconds = "unix_s"
        case milliseconds = "unix_ms"
    }

    enum Source: Sendable {
        case field(FieldReference, Kind?, missing: [String])
        case text([UInt8])
        case time(TimeForm)
    }

    let name: String
    let quotedName: [UInt8]
    let source: Source

    init(name: String, source: Source) {
        self.name = name
        quotedName = JSONText.quoted(name)
        self.source = source
    }

    /// Whether the member can be missing.
    var canBeMissing: Bool {
        if case .field = source { true } else { false }
    }

    /// The member's value as JSON; nil when it is missing.
    func value(of record: Record, at time: Instant) throws(RecordProblem) -> [UInt8]? {
        switch source {
        case .text(let json): return json
        case .time(let form): return Self.written(time, form)
        case .field(let reference, let kind, let missing):
            guard let value = record.value(of: reference) else { return nil }
            let trimmed = value.text?.withoutBlanks
            if let trimmed, missing.contains(trimmed) { return nil }
            switch kind {
            case .number:
                guard let trimmed, JSONText.isNumber(trimmed) else {
                    throw problem(reference, "expected a JSON number, found", value)
                }
                return Array(trimmed.utf8)
            case .text:
                guard let text = value.text else {
                    throw problem(reference, "expected a text or number, found", value)
                }
                return JSONText.quoted(text)
            case nil: return value.json.map { Array($0) } ?? JSONText.quoted(value.text ?? "")
            }
        }
    }

    private func problem(
        _ reference: FieldReference,
        _ expectation: String,
        _ value: Record.Value
    ) -> RecordProblem {
        // Forty characters show what is wrong and keep a wrong file out of the log.
        let found = value.text.map { "'\($0.prefix(40))'" } ?? "an object or array"
        return RecordProblem(field: reference.description, message: "\(expectation) \(found)")
    }

    private static func written(_ time: Instant, _ form: TimeForm) -> [UInt8] {
        switch form {
        case .rfc3339: return JSONText.quoted(time.rfc3339)
        case .milliseconds: return Array("\(time.milliseconds)".utf8)
        case .seconds:
            let (seconds, rest) = time.milliseconds.quotientAndRemainder(dividingBy: 1000)
            if rest == 0 { return Array("\(seconds)".utf8) }
            let digits = String(rest.magnitude)
            let zeros = String(repeating: "0", count: 3 - digits.count)
            let sign = time.milliseconds < 0 ? "-" : ""
            return Array("\(sign)\(seconds.magnitude).\(zeros)\(digits)".utf8)
        }
    }
}
