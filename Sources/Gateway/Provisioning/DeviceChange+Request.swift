internal import Decoding
internal import Registry
internal import Telemetry
internal import WebServer

extension DeviceChange {
    /// Reads what was asked for.
    ///
    /// - Parameters:
    ///   - request: a change with its members.
    ///   - registry: says of which kind the device is.
    ///   - library: the profiles that there are.
    ///   - now: the time of a change that names none.
    /// - Throws: `DeviceChangeRefusal` for what cannot be meant.
    init(
        _ request: DeviceChangeRequest,
        _ registry: RegistrySnapshot,
        _ library: ProfileLibrary,
        at now: Instant
    ) throws {
        func refusal(_ reason: String) -> DeviceChangeRefusal {
            DeviceChangeRefusal("cannot \(request.change) \(request.device): \(reason)")
        }
        var since = now
        if let text = request.at {
            guard let instant = Instant(rfc3339: text) else {
                throw refusal("'\(text)' is no time with an offset as 2026-11-01T08:00:00+07:00")
            }
            since = instant
        }
        let action: Action
        switch request.change {
        case "replace":
            let device = registry.device(request.device)
            let profile = request.profile ?? device?.profile
            if let name = request.profile, library[name] == nil {
                throw refusal(
                    "there is no device profile '\(name)'; langso devices test lists them"
                )
            }
            let faults = profile.flatMap { library[$0] }?.faults(of: request.parameters ?? [:])
            if let faults, !faults.isEmpty {
                throw refusal(faults.map(\.description).joined(separator: "; "))
            }
            let usual = device?.kind.usualCounter
            action = .replace(
                Box(
                    address: request.address,
                    profile: request.profile,
                    parameters: request.parameters,
                    lastIndices: try Self.named(request.oldIndices ?? [:], usual, refusal),
                    firstIndices: try Self.named(request.newIndices ?? [:], usual, refusal)
                )
            )
        case "move":
            guard (request.latitude == nil) == (request.longitude == nil) else {
                throw refusal("latitude and longitude belong together; give both or none")
            }
            var place = Place(
                village: request.village,
                site: request.site,
                feeder: request.feeder,
                route: request.route,
                zone: request.zone
            )
            if let latitude = request.latitude, let longitude = request.longitude {
                place.position = .init(latitude: latitude, longitude: longitude)
            }
            action = .move(place)
        case "retire": action = .retire
        case "merge":
            guard let into = request.into else {
                throw refusal("say by into which device it goes on as")
            }
            action = .merge(into: into)
        default:
            throw refusal("there is no such change; there are replace, move, retire and merge")
        }
        self.init(request.device, action, since: since, by: request.by, reason: request.reason)
    }

    /// Indices with the name of the usual counter where they have none.
    private static func named(
        _ indices: [String: Double],
        _ usual: String?,
        _ refusal: (String) -> DeviceChangeRefusal
    ) throws -> [String: Double] {
        var named: [String: Double] = [:]
        for (name, index) in indices {
            guard let counter = name.isEmpty ? usual : name else {
                throw refusal(
                    "a device of its kind has no usual counter; name it, as water.volume=\(index)"
                )
            }
            guard named.updateValue(index, forKey: counter) == nil else {
                throw refusal("the index of \(counter) is given twice")
            }
        }
        return named
    }
}

extension DeviceChangeView {
    /// What the registry reports.
    init(_ report: DeviceChangeReport) {
        self.init(
            written: report.isWritten,
            change: report.verb,
            device: report.device,
            at: report.since.rfc3339,
            differences: report.differences.map {
                Difference(column: $0.column, before: $0.before, after: $0.after)
            },
            counterOffsets: report.counterOffsets
        )
    }
}

extension RegistryDatabase {
    /// Changes a device as asked, or says what would change.
    ///
    /// - Throws: `DeviceChangeRefusal` for what cannot be right, `RegistryError` for what fails.
    func apply(
        _ request: DeviceChangeRequest,
        _ library: ProfileLibrary,
        at now: Instant
    ) throws -> DeviceChangeView {
        do {
            let change = try DeviceChange(request, snapshot(), library, at: now)
            let report = try apply(change, at: now, isDryRun: request.dryRun ?? false)
            return DeviceChangeView(report)
        } catch let error as RegistryError {
            switch error {
            case .changeRefused, .invalidPerson: throw DeviceChangeRefusal("\(error)")
            default: throw error
            }
        }
    }
}
