internal import Telemetry

/// A payload of groups that stand one after another, each there or not, once or repeated.
///
/// Three ways say whether a group is there: a bit of a presence mask in the payload's head (as
/// Decentlab's sensors send), a value that stood before it, or always. What is not there takes no
/// room, so that each group begins where the one before it ended.
final class GroupList: Sendable {
    /// Bytes before the first group.
    let skip: Int
    /// The mask whose bits say which groups follow; nil when none does.
    let presence: ByteField?
    let groups: [Group]
    /// Whether all groups follow again and again to the payload's end, each time with a mask of
    /// their own.
    ///
    /// Places of the mask, of conditions and of counts then count from where they begin, and what
    /// an earlier one gave is not read again.
    let repeats: Bool

    init(skip: Int, presence: ByteField?, groups: [Group], repeats: Bool) {
        self.skip = skip
        self.presence = presence
        self.groups = groups
        self.repeats = repeats
    }

    /// How often a group stands in a row.
    enum Repetition: Sendable {
        case times(Int)
        /// As a number in the payload says.
        case counted(ByteField)
        /// To the payload's end.
        case rest
    }

    final class Group: Sendable {
        let name: String
        /// The bit of the presence mask, from 0; nil when the mask does not rule it.
        let bit: Int?
        /// All must hold; places count from the payload's start, or from where the record begins.
        let conditions: [Condition]
        /// Bytes of one element.
        let length: Int
        let repetition: Repetition
        let fields: [FieldLayout]
        /// Seconds since 1970 of an element; nil for the time of the message.
        let time: ByteField?
        /// From one element to the next; the first has the time of the message.
        let step: Milliseconds?
        /// Whether readings carry the element's number, from 1, as their channel.
        let numbersChannels: Bool

        init(
            name: String,
            bit: Int?,
            conditions: [Condition],
            length: Int,
            repetition: Repetition,
            fields: [FieldLayout],
            time: ByteField?,
            step: Milliseconds?,
            numbersChannels: Bool
        ) {
            self.name = name
            self.bit = bit
            self.conditions = conditions
            self.length = length
            self.repetition = repetition
            self.fields = fields
            self.time = time
            self.step = step
            self.numbersChannels = numbersChannels
        }
    }
}
