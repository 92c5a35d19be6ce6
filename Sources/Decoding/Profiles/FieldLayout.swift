internal import Telemetry

/// Where a value stands in a message.
enum ValueSource: Hashable, Sendable {
    /// In the payload's bytes.
    case bytes(ByteField)
    /// In the plain JSON document, or in what the envelope's own codec decoded.
    case json(JSONPath)
    /// In the SenML record of that name.
    case record(JSONKey)
}

/// One value that a message may hold, and how it becomes a reading.
///
/// A class, so that going through the fields of a message costs one reference count each and no
/// copies.
final class FieldLayout: Sendable {
    /// A raw value and what it stands for.
    struct Meaning: Hashable, Sendable {
        let raw: RawMatch
        let value: Double
    }

    /// A unit that a SenML record may name, and what it does to the value.
    struct RecordUnit: Sendable {
        let name: JSONKey
        let scaling: Scaling
    }

    /// Name for errors: the path, record name or quantity.
    let name: String
    let quantity: Quantity
    /// Channel of the reading; nil when the device has one such sensor.
    let channel: String?
    let source: ValueSource
    /// Whether the channel is the place in the array of a `[*]` path, counted from 1.
    let countsChannels: Bool
    /// Whether numbers may come as text.
    let acceptsText: Bool
    /// Meanings of raw values; empty when raw numbers are taken as they are.
    let meanings: [Meaning]
    /// Raw values that say there is no measurement: no reading.
    let absent: [RawMatch]
    /// Raw values that say the measurement failed: a rejected reading.
    let sentinels: [Double]
    let scaling: Scaling
    /// What is worked out from the raw value before it is scaled; nil takes it as it is.
    let formula: Formula?
    /// Further raw values that the formula takes, in the order of its inputs.
    let inputs: [ValueSource]
    /// All must hold in the piece of the message that the field stands in.
    let conditions: [Condition]
    /// Physically possible values in the quantity's unit.
    let range: ClosedRange<Double>
    /// Whether a message without the value is refused.
    let isRequired: Bool
    /// For records: how values in the units that one may name are scaled, to what a formula takes
    /// where there is one, else to the quantity's unit; empty otherwise.
    let recordUnits: [RecordUnit]
    /// Places of ``recordUnits`` by their names.
    private let unitPlaces: KeyTable

    init(
        name: String,
        quantity: Quantity,
        channel: String?,
        source: ValueSource,
        acceptsText: Bool,
        meanings: [Meaning],
        absent: [RawMatch],
        sentinels: [Double],
        scaling: Scaling,
        formula: Formula?,
        inputs: [ValueSource],
        conditions: [Condition],
        range: ClosedRange<Double>,
        isRequired: Bool,
        recordUnits: [RecordUnit]
    ) {
        self.name = name
        self.quantity = quantity
        self.channel = channel
        self.source = source
        if case .json(let path) = source {
            countsChannels = path.hasEach
        } else {
            countsChannels = false
        }
        self.acceptsText = acceptsText
        self.meanings = meanings
        self.absent = absent
        self.sentinels = sentinels
        self.scaling = scaling
        self.formula = formula
        self.inputs = inputs
        self.conditions = conditions
        self.range = range
        self.isRequired = isRequired
        self.recordUnits = recordUnits
        unitPlaces = recordUnits.isEmpty ? .empty : KeyTable(recordUnits.map(\.name))
    }

    /// What a unit that a record names does to its value; nil for one that the field does not know.
    ///
    /// - Parameters:
    ///   - text: where the unit's name stands.
    ///   - range: its place there.
    /// - Returns: how values in the unit are scaled.
    func scaling(ofUnit text: Span<UInt8>, _ range: Range<Int>) -> Scaling? {
        unitPlaces.first(JSONKey.signature(text, range), text, range).map {
            recordUnits[$0].scaling
        }
    }
}

/// A raw value to compare with: a number, or a text.
enum RawMatch: Hashable, Sendable {
    case number(Double)
    case text([UInt8])
}

/// A value that several messages of a profile are told apart by, or that casts doubt on others.
struct Condition: Sendable {
    enum Test: Sendable {
        /// One of these.
        case equals([RawMatch])
        /// There, and none of these.
        case differs([RawMatch])
        /// A number in this range.
        case between(ClosedRange<Double>)
    }

    let name: String
    let source: ValueSource
    let test: Test
}

/// Readings that must not be believed while a condition holds.
struct Rejection: Sendable {
    let condition: Condition
    let quantities: Set<Quantity>
    /// That the device is in fault, or is being calibrated.
    let reason: QualityReason
}

/// A quantity worked out from another: 0 % at one value of it, 100 % at another.
struct DerivedLayout: Sendable {
    /// A number in the profile, or a parameter of the device.
    enum Bound: Sendable {
        case value(Double)
        case parameter(Int)

        func value(_ parameters: [Double]) -> Double {
            switch self {
            case .value(let value): value
            case .parameter(let index): parameters[index]
            }
        }
    }

    let quantity: Quantity
    let from: Quantity
    let empty: Bound
    let full: Bound
    /// A reading at or below this counts as full: the dead zone of a distance sensor.
    let fullBelow: Bound?
    /// Limits that the result is held to, as a level sensor's dead zone counts as full; nil for
    /// none.
    let clamp: ClosedRange<Double>?
}

/// Where a message says when it was measured, and how that is written.
struct TimeSource: Sendable {
    enum Form: Sendable {
        /// Seconds since 1970 UTC.
        case unixSeconds
        /// Milliseconds since 1970 UTC.
        case unixMilliseconds
        /// ISO 8601 text; the zone is for texts without offset.
        case iso(TimeZoneRule?)
    }

    let name: String
    let source: ValueSource
    let form: Form
}

/// A row of earlier values in a payload, evenly spaced in time.
struct HistoryLayout: Sendable {
    let quantity: Quantity
    let channel: String?
    let scaling: Scaling
    let range: ClosedRange<Double>
    /// First value of the row when the values are differences; the value at the row's time.
    let first: ByteField?
    /// Seconds since 1970 of the row's start; nil counts from the message's own time.
    let time: ByteField?
    /// The row's time is taken back to the last whole multiple of this span; nil leaves it.
    let alignment: Milliseconds?
    /// First element: byte offset, and in bits for rows that are not on byte limits.
    let at: Int
    let bitWidth: Int
    let isLittleEndian: Bool
    let count: Int
    /// From one value to the next; below zero when the newest stands first.
    let step: Milliseconds
    /// Whether each element is added to the value before.
    let accumulates: Bool
    /// Raw elements that say nothing was measured.
    let absent: [Double]
}
