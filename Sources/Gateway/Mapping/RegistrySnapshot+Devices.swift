internal import Decoding
internal import Ingest
internal import Registry
internal import Telemetry

extension RegistrySnapshot {
    /// Which profile reads which device, now and before its changes.
    var deviceDirectory: DeviceDirectory {
        var directory = DeviceDirectory()
        for (address, installations) in installationsByAddress {
            for (place, installation) in installations.enumerated() {
                guard let profile = installation.device.profile else { continue }
                let assignment = DeviceDirectory.Assignment(
                    profile: profile,
                    parameters: installation.device.parameters
                )
                if place == installations.count - 1 {
                    // What a box that is at no place now had measured before is read as it was.
                    directory.assign(address, assignment)
                    if let until = installation.until { directory.end(address, at: until) }
                } else if let until = installation.until {
                    directory.assign(address, assignment, until: until)
                }
            }
        }
        return directory
    }

    /// What the samples of each device are labelled with, by the units of a day.
    func ingestDirectory(on date: CivilDate) -> IngestDirectory {
        var directory = IngestDirectory()
        for (address, installations) in installationsByAddress {
            if installations.count == 1, let only = installations.first, only.isUndated {
                directory.assign(address, labels(of: only.device, on: date))
                continue
            }
            directory.assign(
                address,
                installations.map { installation in
                    IngestDirectory.Installation(
                        from: installation.from,
                        until: installation.until,
                        labels: labels(of: installation.device, on: date),
                        counterOffsets: installation.counterOffsets
                    )
                }
            )
        }
        return directory
    }

    /// Where each box is and has been, the one that ends first before the others.
    private var installationsByAddress: [String: [Installation]] {
        var found: [String: [Installation]] = [:]
        for device in devices {
            for installation in installations(of: device.code) {
                guard let address = installation.device.address else { continue }
                found[DeviceDirectory.normalized(address), default: []].append(installation)
            }
        }
        return found.mapValues { installations in
            guard installations.count > 1 else { return installations }
            return installations.sorted {
                ($0.until ?? .distantFuture) < ($1.until ?? .distantFuture)
            }
        }
    }

    /// The labels of everything that belongs to a device.
    func labels(of device: Device, on date: CivilDate) -> Labels {
        var labels = [
            Label("device", device.code), Label("village", device.village),
            Label("kind", device.kind.rawValue),
        ]
        let more: [(String, String?)] = [
            ("commune", unit(of: device.village, on: date)?.code), ("site", device.site),
            ("feeder", device.feeder), ("route", device.route), ("zone", device.zone),
            ("simulated", device.isSimulated ? "true" : nil),
        ]
        for (name, value) in more {
            if let value { labels.append(Label(name, value)) }
        }
        return Labels(labels)
    }
}

extension RegistrySnapshot.Installation {
    /// Whether the device was always so.
    fileprivate var isUndated: Bool { from == nil && until == nil && counterOffsets.isEmpty }
}
