/// What may be said of changes of devices, and of those that are refused; raw values are stable.
public enum DeviceChangeNoteCode: String, CaseIterable, Sendable {
    /// There is no such device; value: its code.
    case unknownDevice = "change_unknown_device"
    /// It is dated ahead; value: its time.
    case inFuture = "change_in_future"
    /// It lies before another one; values: device, what was done then, when, the time given.
    case beforeLast = "change_before_last"
    /// The device is retired; values: its code, since when.
    case outOfService = "change_out_of_service"
    /// All is as it would be.
    case nothing = "change_nothing"
    /// The address is given and empty.
    case emptyAddress = "change_empty_address"
    /// The box was elsewhere at the time; values: address, device, until when.
    case boxWasElsewhere = "change_box_was_elsewhere"
    /// The box is elsewhere; values: address, device.
    case boxIsElsewhere = "change_box_is_elsewhere"
    /// The device has no box, and none is named.
    case noBox = "change_no_box"
    /// There is no such site; value: its code.
    case unknownSite = "change_unknown_site"
    /// The site is in another village; values: site, its village.
    case otherVillage = "change_other_village"
    /// A device would be merged with itself.
    case intoItself = "change_into_itself"
    /// The two are of different kinds; values: kind, other device, its kind.
    case otherKind = "change_other_kind"
    /// The two have a box each; values: both addresses, the other device.
    case twoBoxes = "change_two_boxes"
    /// The registry refuses a cell; values: column, why.
    case registryCell = "change_registry_cell"
    /// Nobody is named, or at too great length; values: bytes, most bytes.
    case badPerson = "change_bad_person"
    /// The time cannot be read; value: its text.
    case badTime = "change_bad_time"
    /// There is no such profile; value: its name.
    case unknownProfile = "change_unknown_profile"
    /// The profile lacks a parameter; values: parameter, profile.
    case unknownParameter = "change_unknown_parameter"
    /// A parameter cannot be true; values: parameter, value, unit, least, most.
    case parameterRange = "change_parameter_range"
    /// One of latitude and longitude is missing.
    case halfPosition = "change_half_position"
    /// The device that a merged one goes on as is not named.
    case noSuccessor = "change_no_successor"
    /// There is no such change.
    case unknownChange = "change_unknown_change"
    /// The kind of device has no usual counter; value: the index.
    case noUsualCounter = "change_no_usual_counter"
    /// An index is given twice; value: the counter.
    case indexTwice = "change_index_twice"
    /// Too many wait; value: the limit.
    case tooMany = "change_too_many"
    /// The change is written, and messages are still being stored again.
    case underWay = "change_under_way"
    /// The change is written, and messages could not be stored again; value: the code of the cause,
    /// which is one of `journal`, `store`, `registry`, `stopping` and `other`.
    case notStoredAgain = "change_not_stored_again"
    /// The journal holds less; value: since when.
    case heldSince = "change_held_since"
    /// Messages cannot be read now; values: how many, the reason's code.
    case undecoded = "change_undecoded"
    /// Samples are too old to be changed; values: how many, times of the first and the last.
    case tooOld = "change_too_old"
    /// The journal is damaged; value: in how many places.
    case damaged = "change_damaged"

    /// The sentence in English, `{0}` standing for the first value.
    public var template: String {
        switch self {
        case .underWay:
            "the change stands; messages of its boxes are still being stored again, which goes on "
                + "by itself: the first page shows how far it is, and so does "
                + "langso_retaking_progress_ratio of /metrics"
        case .notStoredAgain:
            "the change stands; what the journal holds of it cannot be stored again now, and is "
                + "at the next start: {0}"
        case .heldSince:
            "the journal holds messages since {0} only: what was said before stays where it was "
                + "stored"
        case .undecoded:
            "{0} messages cannot be read as it is known now ({1}): they stay where they were "
                + "stored, and are among the undecodable ones"
        case .tooOld:
            "{0} samples of {1} to {2} are older than what the store still holds one by one: "
                + "they stay where they were stored"
        case .damaged:
            "the journal is damaged in {0} places: messages behind them stay where they were "
                + "stored; langso store verify says where"
        default: refusal
        }
    }

    /// Those that are said of a change that is not made.
    private var refusal: String {
        switch self {
        case .unknownDevice: "the registry has no device \"{0}\"; correct the code"
        case .inFuture: "{0} lies in the future; note it when it was done"
        case .beforeLast: "\"{0}\" was {1} at {2}; give a later time than that, {3} is not"
        case .outOfService:
            "\"{0}\" is out of service since {1}; replace puts it in service again"
        case .nothing: "nothing would be another than it is; say what changes"
        case .emptyAddress:
            "its address is empty; name the box, or retire the device to take its box away"
        case .boxWasElsewhere: "the box {0} was at \"{1}\" until {2}; give a time from then on"
        case .boxIsElsewhere:
            "the box {0} is at \"{1}\"; retire or replace it there first, or merge the two if it "
                + "was registered twice"
        case .noBox: "it has no box now; name the address of the new one"
        case .unknownSite: "the registry has no site \"{0}\"; correct the code"
        case .otherVillage: "the site \"{0}\" is in the village \"{1}\"; name one of the two"
        case .intoItself: "it cannot become itself"
        case .otherKind: "it is a {0} and \"{1}\" a {2}; they are not the same thing"
        case .twoBoxes:
            "they are two boxes, {0} and {1}; retire one of them, or replace the box of \"{2}\""
        case .registryCell: "{0}: {1}"
        default: misread
        }
    }

    /// Those that are said of what was asked for, before the registry is looked at.
    private var misread: String {
        switch self {
        case .badPerson: "the name of who decides has {0} bytes, 1 to {1} are allowed"
        case .badTime: "\"{0}\" is no time with an offset as 2026-11-01T08:00:00+07:00"
        case .unknownProfile:
            "there is no device profile \"{0}\"; langso devices test lists them"
        case .unknownParameter: "the profile \"{1}\" has no parameter \"{0}\""
        case .parameterRange: "{0} = {1} {2} is outside {3} to {4}"
        case .halfPosition: "latitude and longitude belong together; give both or none"
        case .noSuccessor: "name the device that it goes on as (into)"
        case .unknownChange: "there is no such change; there are replace, move, retire and merge"
        case .noUsualCounter:
            "a device of its kind has no usual counter; name it, as water.volume={0}"
        case .indexTwice: "the index of {0} is given twice"
        case .tooMany: "{0} changes are under way; try again when they are done"
        default: ""
        }
    }
}
