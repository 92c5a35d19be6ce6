/// Which unknown device becomes what, as `POST /api/langso/v1/inbox/adopt` takes it.
public struct AdoptionRequest: Codable, Sendable {
    /// Name of the device in the inbox, or its address.
    public var device: String
    /// Profile that reads it from now on.
    public var profile: String
    /// Code that the registry has, or will have, for it.
    public var code: String
    /// Name as people know it.
    public var name: String?
    /// Kind of service; that of the profile unless given.
    public var kind: String?
    /// Code of the village; that of the site, or of the registered device, unless given.
    public var village: String?
    /// Code of the site.
    public var site: String?
    /// Code of the feeder, of lamps.
    public var feeder: String?
    /// Code of the route, of bins.
    public var route: String?
    /// Code of the zone, of meters.
    public var zone: String?
    /// Sizes of the thing that it sits on, as `bin_depth`.
    public var parameters: [String: Double]?
    /// Who decides, for the audit log.
    public var by: String?
    /// Whether to write nothing and only tell.
    public var dryRun: Bool?

    /// Creates a request.
    public init(device: String, profile: String, code: String) {
        self.device = device
        self.profile = profile
        self.code = code
    }
}

/// What an adoption did, or would do.
public struct AdoptionView: Codable, Sendable {
    /// Whether registry and test were written.
    public var written: Bool
    /// Code of the device in the registry.
    public var code: String
    /// Address under which messages name it.
    public var address: String
    /// Profile that reads it.
    public var profile: String
    /// Whether the registry has a new row, or one that is changed.
    public var isNew: Bool
    /// File of the regression test.
    public var testFile: String
    /// Frames that became examples of the test.
    public var examples: Int
    /// Messages that were decoded again; nil where no gateway runs on the data.
    public var decoded: Int?
    /// Messages of all devices that still cannot be decoded; nil likewise.
    public var failed: Int?
    /// What is odd, or left to do.
    public var warnings: [AdoptionNote]

    /// Creates the view.
    public init(
        written: Bool,
        code: String,
        address: String,
        profile: String,
        isNew: Bool,
        testFile: String,
        examples: Int,
        decoded: Int? = nil,
        failed: Int? = nil,
        warnings: [AdoptionNote]
    ) {
        self.written = written
        self.code = code
        self.address = address
        self.profile = profile
        self.isNew = isNew
        self.testFile = testFile
        self.examples = examples
        self.decoded = decoded
        self.failed = failed
        self.warnings = warnings
    }
}
