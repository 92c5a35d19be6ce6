internal import Telemetry

/// Stored form: times in milliseconds since 1970, the value as text so that NaN survives,
/// memberships as cause and time in turn.
extension Alert: Codable {
    private enum CodingKeys: String, CodingKey {
        case number, rule, name, labels, annotations, expression, value, state, activeAt, firedAt
        case resolvedAt, resolution, goneAt, isSuspended, absorbedBy, absorbedCount, releasedAt
        case announcedAt, isLate, memberships
    }

    /// Reads the stored form.
    ///
    /// - Throws: `DecodingError` when a field is missing or malformed.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let valueText = try container.decode(String.self, forKey: .value)
        guard let value = Double(valueText) else {
            throw DecodingError.dataCorruptedError(
                forKey: .value,
                in: container,
                debugDescription: "'\(valueText)' is no number"
            )
        }
        func instant(_ key: CodingKeys) throws -> Instant? {
            try container.decodeIfPresent(Int64.self, forKey: key)
                .map { Instant(milliseconds: $0) }
        }
        let labels = try container.decode([String: String].self, forKey: .labels)
        let absorbedBy = try container.decodeIfPresent(Int.self, forKey: .absorbedBy)
        var memberships = try container.decodeIfPresent([Int64].self, forKey: .memberships) ?? []
        guard memberships.count % 2 == 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .memberships,
                in: container,
                debugDescription: "\(memberships.count) numbers are no pairs of cause and time"
            )
        }
        // Stored before memberships were: one that lasts began after the alert did.
        if memberships.isEmpty, let absorbedBy {
            let activeAt = try container.decode(Int64.self, forKey: .activeAt)
            memberships = [Int64(absorbedBy), activeAt]
        }
        self.init(
            number: try container.decode(Int.self, forKey: .number),
            rule: try container.decode(RuleID.self, forKey: .rule),
            name: try container.decode(String.self, forKey: .name),
            labels: Labels(labels.map { Label($0.key, $0.value) }),
            annotations: try container.decode([String: String].self, forKey: .annotations),
            expression: try container.decode(String.self, forKey: .expression),
            value: value,
            state: try container.decode(State.self, forKey: .state),
            activeAt: Instant(
                milliseconds: try container.decode(Int64.self, forKey: .activeAt)
            ),
            firedAt: try instant(.firedAt),
            resolvedAt: try instant(.resolvedAt),
            resolution: try container.decodeIfPresent(Resolution.self, forKey: .resolution),
            goneAt: try instant(.goneAt),
            isSuspended: try container.decode(Bool.self, forKey: .isSuspended),
            absorbedBy: absorbedBy,
            memberships: stride(from: 0, to: memberships.count, by: 2).map { index in
                Membership(
                    cause: Int(memberships[index]),
                    since: Instant(milliseconds: memberships[index + 1])
                )
            },
            absorbedCount: try container.decode(Int.self, forKey: .absorbedCount),
            releasedAt: try instant(.releasedAt),
            announcedAt: try instant(.announcedAt),
            isLate: try container.decode(Bool.self, forKey: .isLate)
        )
    }

    /// Writes the stored form.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(number, forKey: .number)
        try container.encode(rule, forKey: .rule)
        try container.encode(name, forKey: .name)
        try container.encode(labels.dictionary, forKey: .labels)
        try container.encode(annotations, forKey: .annotations)
        try container.encode(expression, forKey: .expression)
        try container.encode(value.description, forKey: .value)
        try container.encode(state, forKey: .state)
        try container.encode(activeAt.milliseconds, forKey: .activeAt)
        try container.encodeIfPresent(firedAt?.milliseconds, forKey: .firedAt)
        try container.encodeIfPresent(resolvedAt?.milliseconds, forKey: .resolvedAt)
        try container.encodeIfPresent(resolution, forKey: .resolution)
        try container.encodeIfPresent(goneAt?.milliseconds, forKey: .goneAt)
        try container.encode(isSuspended, forKey: .isSuspended)
        try container.encodeIfPresent(absorbedBy, forKey: .absorbedBy)
        if !memberships.isEmpty {
            let numbers = memberships.flatMap { [Int64($0.cause), $0.since.milliseconds] }
            try container.encode(numbers, forKey: .memberships)
        }
        try container.encode(absorbedCount, forKey: .absorbedCount)
        try container.encodeIfPresent(releasedAt?.milliseconds, forKey: .releasedAt)
        try container.encodeIfPresent(announcedAt?.milliseconds, forKey: .announcedAt)
        try container.encode(isLate, forKey: .isLate)
    }
}

extension Labels {
    /// The labels as names and values.
    var dictionary: [String: String] {
        Dictionary(sorted.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last })
    }
}
