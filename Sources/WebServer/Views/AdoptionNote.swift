internal import Telemetry

/// What an adoption has to say: a code with its values, so that each page says it in its language,
/// and the same in English.
public struct AdoptionNote: Codable, Hashable, Sendable {
    /// What may be said; raw values are stable.
    public enum Code: String, CaseIterable, Sendable {
        /// There is no profile of that name; value: the name.
        case unknownProfile = "unknown_profile"
        /// The inbox has no devices at all.
        case inboxEmpty = "inbox_empty"
        /// The inbox has others; value: the first of them.
        case notInInbox = "not_in_inbox"
        /// The journal has overwritten the frames.
        case framesGone = "frames_gone"
        /// No subscription names the family; value: the topic.
        case noSubscription = "no_subscription"
        /// The family finds no device in the messages; values: family, reason.
        case namesNoDevice = "names_no_device"
        /// No profile reads the frames; values: profile, how many frames.
        case unfit
        /// Others read the frames; values: profile, how many frames, the others.
        case unfitBeside = "unfit_beside"
        /// The code is another device's; values: code, its address.
        case otherAddress = "other_address"
        /// The address is another device's; values: address, its code.
        case addressTaken = "address_taken"
        /// Neither village nor site is given.
        case noVillage = "no_village"
        /// The village is not in the registry; value: its code.
        case unknownVillage = "unknown_village"
        /// The site is not in the registry; value: its code.
        case unknownSite = "unknown_site"
        /// The code has other characters than codes may have; value: the code.
        case badCode = "bad_code"
        /// A parameter that the profile lacks; values: parameter, profile.
        case unknownParameter = "unknown_parameter"
        /// A parameter that cannot be true; values: parameter, value, unit, least, most.
        case parameterRange = "parameter_range"
        /// Another cell that the registry refuses; values: column, reason.
        case registryCell = "registry_cell"
        /// The settings name no folder of own profiles.
        case noProfilesFolder = "no_profiles_folder"
        /// The test is there already; value: its path.
        case testExists = "test_exists"
        /// The test does not give what it was made from; value: the difference.
        case testFails = "test_fails"
        /// Too many wait; value: the limit.
        case tooMany = "too_many"
        /// Another process adopts a device of the folder; values: folder, the process.
        case beingAdopted = "being_adopted"
        /// A frame is no example; values: its number, reason.
        case frameLeftOut = "frame_left_out"
        /// The settings lack a subscription; value: its line.
        case subscriptionMissing = "subscription_missing"
        /// What waited waits on; value: the code of the cause, which is one of `journal`, `store`,
        /// `registry`, `stopping` and `other`.
        case stillWaiting = "still_waiting"

        /// The sentence in English, `{0}` standing for the first value.
        public var template: String {
            switch self {
            case .unknownProfile:
                #"there is no device profile "{0}"; langso devices test lists them"#
            case .inboxEmpty: "no device of this name is in the inbox; it is empty"
            case .notInInbox: "no device of this name is in the inbox; there are {0}"
            case .framesGone: "the journal does not hold its frames any more"
            case .noSubscription:
                #"no subscription of the settings says which family "{0}" carries; add one"#
            case .namesNoDevice: "as {0} its messages name no device: {1}"
            case .unfit:
                #"the profile "{0}" finds no measurement in its {1} frames; no profile reads "#
                    + "them; write one, see the page Device profiles"
            case .unfitBeside:
                #"the profile "{0}" finds no measurement in its {1} frames; these would: {2}"#
            case .otherAddress:
                #""{0}" is the device with the address {1}; choose another code, or exchange the "#
                    + "device"
            case .addressTaken: #"the address {0} is that of the device "{1}" already"#
            case .noVillage: "it has to stand somewhere: name the village, or a site"
            case .unknownVillage:
                #"the village "{0}" is not known; add it to the registry or correct the code"#
            case .unknownSite:
                #"the site "{0}" is not known; add it to the registry or name the village"#
            case .badCode:
                #"the code "{0}" cannot be: codes are 1 to 64 of A-Z a-z 0-9 . _ -"#
            case .unknownParameter: #"the profile "{1}" has no parameter "{0}""#
            case .parameterRange: "{0} = {1} {2} is outside {3} to {4}"
            case .registryCell: "the registry does not take the column {0}: {1}"
            case .noProfilesFolder:
                "the settings name no folder of own profiles, where its regression test belongs; "
                    + "add profiles: profiles to them"
            case .testExists:
                "its regression test {0} is there already, of an earlier adoption; move it away"
            case .testFails: "the test of its own frames fails: {0}"
            case .tooMany: "{0} adoptions are under way; try again when they are done"
            case .beingAdopted:
                "{1} adopts a device in {0} at this moment; try again when it is done"
            case .frameLeftOut: "frame {0} is no part of the test: {1}"
            case .subscriptionMissing:
                "its messages are decoded once the settings have the subscription {0}, before any "
                    + "other for the topic"
            case .stillWaiting:
                "what waited cannot be decoded now, and is tried again at the next start: {0}"
            }
        }
    }

    /// Stable code, as `no_village`.
    public var code: String
    /// What the code says it of.
    public var values: [String]
    /// The sentence in English.
    public var words: String

    /// Creates a note; its words are the code's with the values in their places.
    public init(_ code: Code, _ values: String...) {
        self.code = code.rawValue
        self.values = values
        words = code.template.filled(with: values)
    }
}

/// Why a device was not adopted.
public struct AdoptionRefusal: Error, Sendable, CustomStringConvertible {
    /// What is wrong, and what to do.
    public let faults: [AdoptionNote]

    /// Creates a refusal.
    public init(_ faults: [AdoptionNote]) { self.faults = faults }

    /// Creates a refusal for one reason.
    public init(_ fault: AdoptionNote) { faults = [fault] }

    /// All sentences.
    public var description: String { faults.map(\.words).joined(separator: "; ") }
}
