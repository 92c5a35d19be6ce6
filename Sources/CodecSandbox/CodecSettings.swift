/// One codec as the supervisor is told of it.
public struct CodecFile: Hashable, Sendable {
    /// Name for people, as the identifier of its profile.
    public var name: String
    /// Where the script lies.
    public var path: String
    /// Whether a device's context is kept from call to call: much faster, and the script may then
    /// remember what it saw of the device before.
    public var keepsContexts: Bool
    /// The operator's variables.
    public var variables: [String: String]

    /// Creates the description of a codec.
    public init(
        name: String,
        path: String,
        keepsContexts: Bool = false,
        variables: [String: String] = [:]
    ) {
        self.name = name
        self.path = path
        self.keepsContexts = keepsContexts
        self.variables = variables
    }

    /// The variables as a JSON object, its members sorted.
    var variablesJSON: String {
        let members = variables.sorted { $0.key < $1.key }
            .map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
        return "{\(members.joined(separator: ","))}"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// How codecs are run.
public struct CodecSettings: Hashable, Sendable {
    /// The program that runs scripts; nil for `langso-codec` beside the running one.
    public var program: String?
    /// Worker processes, 1 to the number of processor cores.
    public var workerCount: Int
    /// Processor time that a worker may take for one call before it is killed; what else the
    /// machine does counts against no codec.
    public var patience: Duration
    /// How long a worker may be busy with one call at all before it is killed.
    public var longestCall: Duration
    /// How long a worker may take to start.
    public var startPatience: Duration
    /// How often the files of codecs are looked at for changes.
    public var fileInterval: Duration

    /// Creates settings; what is not given is preset.
    public init(
        program: String? = nil,
        workerCount: Int = 1,
        patience: Duration = .seconds(2),
        longestCall: Duration = .seconds(10),
        startPatience: Duration = .seconds(20),
        fileInterval: Duration = .seconds(5)
    ) {
        self.program = program
        self.workerCount = workerCount
        self.patience = patience
        self.longestCall = longestCall
        self.startPatience = startPatience
        self.fileInterval = fileInterval
    }
}
