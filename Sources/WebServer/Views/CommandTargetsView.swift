/// What can be told to whom, as `GET /api/langso/v1/commands/targets` gives it.
public struct CommandTargetsView: Codable, Sendable {
    /// A device that can be told something.
    public struct Device: Codable, Sendable {
        /// Its code.
        public var device: String
        /// Its name; its code where it has none.
        public var name: String
        /// Labels of the registry that it has now, by which groups are made.
        public var labels: [String: String]
        /// What it can be told: `switch_on`, `switch_off`, `dim`, `read`.
        public var actions: [String]

        /// Creates a device.
        public init(
            device: String,
            name: String,
            labels: [String: String],
            actions: [String]
        ) {
            self.device = device
            self.name = name
            self.labels = labels
            self.actions = actions
        }
    }

    /// Who asks.
    public var `operator`: String
    /// The devices in service whose profile states a command, by their codes.
    public var devices: [Device]

    /// Creates the view.
    public init(operator person: String, devices: [Device]) {
        self.operator = person
        self.devices = devices
    }
}
