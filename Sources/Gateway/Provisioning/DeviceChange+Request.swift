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
        func refusal(_ notes: DeviceChangeNote...) -> DeviceChangeRefusal {
            DeviceChangeRefusal(request, notes)
        }
        var since = now
        if let text = request.at {
            guard let instant = Instant(rfc3339: text) else {
                throw refusal(.init(.badTime, text))
            }
            since = instant
        }
        let action: Action
        switch request.change {
        case "replace":
            let device = registry.device(request.device)
            let profile = request.profile ?? device?.profile
            if let name = request.profile, library[name] == nil {
                throw refusal(.init(.unknownProfile, name))
            }
            let faults = profile.flatMap { library[$0] }?.faults(of: request.parameters ?? [:])
            if let faults, !faults.isEmpty {
                throw DeviceChangeRefusal(request, faults.map { DeviceChangeNote($0) })
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
                throw refusal(.init(.halfPosition))
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
            guard let into = request.into else { throw refusal(.init(.noSuccessor)) }
            action = .merge(into: into)
        default: throw refusal(.init(.unknownChange))
        }
        self.init(request.device, action, since: since, by: request.by, reason: request.reason)
    }

    /// Indices with the name of the usual counter where they have none.
    private static func named(
        _ indices: [String: Double],
        _ usual: String?,
        _ refusal: (DeviceChangeNote...) -> DeviceChangeRefusal
    ) throws -> [String: Double] {
        var named: [String: Double] = [:]
        for (name, index) in indices {
            guard let counter = name.isEmpty ? usual : name else {
                throw refusal(.init(.noUsualCounter, "\(index)"))
            }
            guard named.updateValue(index, forKey: counter) == nil else {
                throw refusal(.init(.indexTwice, counter))
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
    ) throws -> DeviceChangeReport {
        do {
            let change = try DeviceChange(request, snapshot(), library, at: now)
            return try apply(change, at: now, isDryRun: request.dryRun ?? false)
        } catch let error as RegistryError {
            switch error {
            case .changeRefused(_, _, let notes): throw DeviceChangeRefusal(request, notes)
            case .invalidPerson(let bytes):
                let most = "\(RegistryLimits.maximumTextBytes)"
                throw DeviceChangeRefusal(request, [.init(.badPerson, "\(bytes)", most)])
            default: throw error
            }
        }
    }
}

extension DeviceChangeRefusal {
    /// Why what was asked for is not done.
    init(_ request: DeviceChangeRequest, _ notes: [DeviceChangeNote]) {
        self.init(request.change, request.device, notes.map { NoteView($0) })
    }
}

extension NoteView {
    /// That a change is written, and messages could not be stored again.
    init(notStoredAgain cause: DelayCause) {
        let code = DeviceChangeNoteCode.notStoredAgain
        let words = code.template.filled(with: [cause.words])
        self.init(code: code.rawValue, values: [cause.rawValue], words: words)
    }

    /// What is to be said of a change.
    init(_ note: DeviceChangeNote) {
        self.init(code: note.code.rawValue, values: note.values, words: note.description)
    }
}

extension DeviceChangeNote {
    /// What is wrong with a parameter.
    init(_ fault: ParameterFault) {
        switch fault {
        case .unknown(let id, let profile): self.init(.unknownParameter, id, profile)
        case .outside(let parameter, let value):
            self.init(
                .parameterRange,
                parameter.id,
                PlainNumber.of(value),
                parameter.unit,
                PlainNumber.of(parameter.range.lowerBound),
                PlainNumber.of(parameter.range.upperBound)
            )
        }
    }
}
