/// What may be said of commands, and of those that are refused; raw values are stable.
public enum CommandNoteCode: String, CaseIterable, Sendable {
    /// The device reported what was asked; values: quantity, value.
    case reportedValue = "cmd_reported_value"
    /// The device reported; value: how many readings.
    case reportedReadings = "cmd_reported_readings"
    /// A gateway of the network took it.
    case passedOn = "cmd_passed_on"
    /// The device acknowledged the frame.
    case acknowledged = "cmd_acknowledged"
    /// The device did not.
    case notAcknowledged = "cmd_not_acknowledged"
    /// The network server will not send it; value: why.
    case serverRefused = "cmd_server_refused"
    /// A later command took its place; value: its number.
    case replaced = "cmd_replaced"
    /// It waited too long; value: seconds.
    case notSentInTime = "cmd_not_sent_in_time"
    /// No report shows it; value: seconds.
    case notReported = "cmd_not_reported"
    /// The connection had it until its time was over.
    case brokerAway = "cmd_broker_away"
    /// The broker took none of its messages; value: reason codes.
    case brokerRefused = "cmd_broker_refused"
    /// The broker took some of its messages; values: how many not, of how many, reason codes.
    case brokerTookPart = "cmd_broker_took_part"
    /// The connection did not take it; value: why.
    case notHandedOver = "cmd_not_handed_over"
    /// What a record of before holds; value: the sentence.
    case other = "cmd_other"
    /// There is no such action; values: its name, those there are.
    case unknownAction = "cmd_unknown_action"
    /// There is no reason, or it is too long; value: most bytes.
    case noReason = "cmd_no_reason"
    /// The selector cannot be read; values: its text, why.
    case badSelector = "cmd_bad_selector"
    /// Nobody is named, or both a device and a selector.
    case noTarget = "cmd_no_target"
    /// The target is too long; value: most bytes.
    case longTarget = "cmd_long_target"
    /// The device is not in the registry; value: its code.
    case unknownDevice = "cmd_unknown_device"
    /// The device is retired; value: its code.
    case retired = "cmd_retired"
    /// No device has the labels; value: the selector.
    case emptyGroup = "cmd_empty_group"
    /// Too many devices have the labels; values: how many, the selector, the limit.
    case largeGroup = "cmd_large_group"
    /// No device of a group can be told this; value: how many there are.
    case noneCan = "cmd_none_can"
    /// The way back to the device is not known.
    case noRoute = "cmd_no_route"
    /// The registry has no address.
    case noAddress = "cmd_no_address"
    /// The registry has no profile that is known.
    case noProfile = "cmd_no_profile"
    /// The profile states no commands; values: its name, the action.
    case noCommands = "cmd_no_commands"
    /// The profile states others; values: its name, the action, those.
    case notStated = "cmd_not_stated"
    /// Its family does not carry what the profile states; value: the family.
    case otherFamily = "cmd_other_family"
    /// Its topic is not one of the family; values: the topic, what was expected.
    case foreignTopic = "cmd_foreign_topic"
    /// The record is full; value: its file.
    case recordFull = "cmd_record_full"
    /// Too many devices; values: how many, the limit.
    case manyDevices = "cmd_many_devices"
    /// Too many commands; value: how many.
    case tooFast = "cmd_too_fast"
    /// Too many devices are waited for; value: how many.
    case manyOpen = "cmd_many_open"
    /// The downlinks would take too long; values: how many, seconds between them, seconds of all,
    /// the limit.
    case airTime = "cmd_air_time"
    /// The level is missing or out of range; value: what was given.
    case badLevel = "cmd_bad_level"
    /// The action has no level; value: the action.
    case misplacedLevel = "cmd_misplaced_level"

    /// The sentence in English, `{0}` standing for the first value.
    public var template: String {
        switch self {
        case .reportedValue: "it reported {0} = {1}"
        case .reportedReadings: "it reported {0} readings"
        case .passedOn: "the network server passed it on"
        case .acknowledged: "the device acknowledged the frame"
        case .notAcknowledged: "the device did not acknowledge the frame"
        case .serverRefused: "the network server refused it: {0}"
        case .replaced: "command {0} took its place"
        case .notSentInTime:
            "it could not be sent within {0} s: the broker was away, or the gateway"
        case .notReported: "the device reported nothing within {0} s that shows it"
        case .brokerAway: "the broker was away until its time was over; it was not sent"
        case .brokerRefused: "the broker refused it, reason code {0}"
        case .brokerTookPart: "the broker did not take {0} of {1} messages, reason code {2}"
        case .notHandedOver: "it could not be given to the broker: {0}"
        case .other: "{0}"
        default: refusal
        }
    }

    /// Those that are said of a command that is not given.
    private var refusal: String {
        switch self {
        case .unknownAction: #"there is no action "{0}", known are: {1}"#
        case .noReason: "a command needs a reason of 1 to {0} bytes, which stays on record with it"
        case .badSelector: #"the selector "{0}" cannot be read: {1}"#
        case .noTarget: "name a device, or a selector by match, and not both"
        case .longTarget: "the target has more than {0} bytes"
        case .unknownDevice: #"the registry has no device "{0}""#
        case .retired: #"the device "{0}" is retired"#
        case .emptyGroup:
            "no device of the registry has the labels {0}; labels are device, kind, "
                + "village, commune, site, feeder, route and zone"
        case .largeGroup:
            "{0} devices have the labels {1}, more than the {2} of "
                + "commands.maximum_devices; choose fewer"
        case .noneCan: "none of {0} devices can be told this"
        case .noRoute:
            "no message of it is among the newest in the journal, so that the way back to "
                + "it is not known; wait for its next one"
        case .noAddress: "the registry has no address of it, so that no message is its own"
        case .noProfile:
            "the registry has no known profile of it, which would say what it can be told"
        case .noCommands:
            #"its profile "{0}" does not state how to tell it {1}; it states no commands"#
        case .notStated: #"its profile "{0}" does not state how to tell it {1}; it states {2}"#
        case .otherFamily:
            "its messages come as {0}, by which what its profile states cannot be said"
        case .foreignTopic:
            #"its newest message came on "{0}", where {1} was expected: the way back to it "#
                + #"is not known"#
        case .recordFull:
            "the record of commands, {0} in the data folder, is full; stop the gateway, "
                + "move the file to where records are kept, and start it again"
        case .manyDevices:
            "{0} devices are more than the {1} of commands.maximum_devices; choose fewer"
        case .tooFast:
            "{0} commands were accepted within a minute, as many as commands.per_minute "
                + "allows; wait a little"
        case .manyOpen: "{0} devices are still waited for; wait until some of them have answered"
        case .airTime:
            "{0} LoRaWAN downlinks, {1} s apart, would take {2} s, longer than the {3} s "
                + "that a command may wait; choose fewer devices"
        case .badLevel: "dimming needs a level of 0 to 100 percent of full light, got {0}"
        case .misplacedLevel: "a level belongs to dim alone, not to {0}"
        default: ""
        }
    }
}
