public import Telemetry

extension RegistrySnapshot {
    /// What ended an installation.
    public enum Ending: String, CaseIterable, Hashable, Sendable {
        /// Another box, or another meter behind the same box, came to its place.
        case replaced
        /// The device went to another place.
        case moved
        /// The device was taken out of service.
        case retired
        /// The box was registered twice: it goes on as another device.
        case merged

        /// Whether the device is in service no more after it.
        var takesOutOfService: Bool { self == .retired || self == .merged }
    }

    /// How a device stood until a change, as the table `installations` has it.
    ///
    /// The first begins with the device, each other where the one before ended, so that they
    /// neither overlap nor leave gaps.
    public struct EndedInstallation: Hashable, Sendable {
        /// Code of the device, which is that of the place: a lamp, a bin, a meter.
        public let device: String
        /// When it ended.
        public let until: Instant
        /// What ended it.
        public let ending: Ending
        /// How messages named the box; nil where there was none.
        public let address: String?
        /// Identifier of the profile that read it.
        public let profile: String?
        /// Values for parameters of the profile.
        public let parameters: [String: Double]
        /// Code of its village.
        public let village: String
        /// Code of its site.
        public let site: String?
        /// Code of its feeder.
        public let feeder: String?
        /// Code of its route.
        public let route: String?
        /// Code of its zone.
        public let zone: String?
        /// Where it lay; nil when not known.
        public let position: Position?
        /// What the counters of the old meter showed at last, by quantity and in its unit.
        public let lastIndices: [String: Double]
        /// What those of the new meter showed at first.
        public let firstIndices: [String: Double]
        /// Code of the device that a merged one goes on as.
        public let successor: String?
        /// Who decided.
        public let person: String
        /// Why.
        public let reason: String

        /// Creates an installation that has ended.
        public init(
            device: String,
            until: Instant,
            ending: Ending,
            address: String? = nil,
            profile: String? = nil,
            parameters: [String: Double] = [:],
            village: String,
            site: String? = nil,
            feeder: String? = nil,
            route: String? = nil,
            zone: String? = nil,
            position: Position? = nil,
            lastIndices: [String: Double] = [:],
            firstIndices: [String: Double] = [:],
            successor: String? = nil,
            person: String,
            reason: String
        ) {
            self.device = device
            self.until = until
            self.ending = ending
            self.address = address
            self.profile = profile
            self.parameters = parameters
            self.village = village
            self.site = site
            self.feeder = feeder
            self.route = route
            self.zone = zone
            self.position = position
            self.lastIndices = lastIndices
            self.firstIndices = firstIndices
            self.successor = successor
            self.person = person
            self.reason = reason
        }
    }

    /// How a device stands, or stood, for a span of time.
    public struct Installation: Hashable, Sendable {
        /// The device with the box and the place of that time; all else as it is now.
        public let device: Device
        /// When it began; nil for the first.
        public let from: Instant?
        /// When it ended, which is no more part of it; nil for the present one.
        public let until: Instant?
        /// What is added to the index that a counter shows, by quantity and in its unit, so that
        /// the series goes on where the meter before ended; counters that begin anew are absent.
        ///
        /// With each meter that was exchanged its last index is added, and the first one of the
        /// next taken off.
        public let counterOffsets: [String: Double]
        /// Whether the device was in service: not from a retirement on until a box came again.
        public let isInService: Bool

        /// Whether an instant lies in it.
        public func holds(at instant: Instant) -> Bool {
            (from.map { $0 <= instant } ?? true) && (until.map { instant < $0 } ?? true)
        }
    }

    /// How a device stood and stands, the first first; none for a code that is not known.
    ///
    /// A retired device has no present installation.
    public func installations(of code: String) -> [Installation] {
        guard let device = device(code) else { return [] }
        var installations: [Installation] = []
        var begin: Instant?
        var offsets: [String: Double] = [:]
        var isInService = true
        let ended = endedInstallations(of: code)
        for past in ended {
            installations.append(
                Installation(
                    device: Device(device, as: past),
                    from: begin,
                    until: past.until,
                    counterOffsets: offsets,
                    isInService: isInService
                )
            )
            for (counter, last) in past.lastIndices {
                offsets[counter, default: 0] += last - (past.firstIndices[counter] ?? 0)
            }
            begin = past.until
            isInService = !past.ending.takesOutOfService
        }
        guard isInService else { return installations }
        installations.append(
            Installation(
                device: device,
                from: begin,
                until: nil,
                counterOffsets: offsets,
                isInService: true
            )
        )
        return installations
    }

    /// When a device was retired, or became another by a merger; nil while it is in service.
    public func retirement(of code: String) -> Instant? {
        guard let last = endedInstallations(of: code).last, last.ending.takesOutOfService else {
            return nil
        }
        return last.until
    }

    /// Since when a device has had its box, or the meter behind it; nil for ever.
    public func boxSince(of code: String) -> Instant? {
        endedInstallations(of: code).last { $0.ending != .moved }?.until
    }

    /// The boxes that stand, or stood, elsewhere than an earlier registry has it.
    ///
    /// - Parameters:
    ///   - before: the earlier registry.
    ///   - codes: the devices to look at.
    /// - Returns: since when, by the address of each box.
    func boxes(movedSince before: RegistrySnapshot, at codes: Set<String>) -> [String: Instant] {
        var boxes: [String: Instant] = [:]
        for code in codes {
            let (old, new) = (before.installations(of: code), installations(of: code))
            let same = zip(old, new).prefix { $0 == $1 }.count
            for span in old.dropFirst(same) + new.dropFirst(same) {
                guard let address = span.device.address else { continue }
                let start = span.from ?? .distantPast
                boxes[address] = min(boxes[address] ?? start, start)
            }
        }
        return boxes
    }

    /// Devices in service, sorted by code.
    public var devicesInService: [Device] { devices.filter { retirement(of: $0.code) == nil } }
}

extension RegistrySnapshot.Device {
    /// A device with the box and the place that it had.
    init(_ device: RegistrySnapshot.Device, as past: RegistrySnapshot.EndedInstallation) {
        self.init(
            code: device.code,
            address: past.address,
            name: device.name,
            kind: device.kind,
            profile: past.profile,
            parameters: past.parameters,
            village: past.village,
            site: past.site,
            feeder: past.feeder,
            route: past.route,
            zone: past.zone,
            position: past.position,
            expectedInterval: device.expectedInterval,
            nominalPowerWatts: device.nominalPowerWatts,
            fullnessThresholdRatio: device.fullnessThresholdRatio,
            isSimulated: device.isSimulated
        )
    }
}
