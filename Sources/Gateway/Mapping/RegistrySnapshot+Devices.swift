internal import Decoding
internal import Ingest
internal import Registry
internal import Telemetry

extension RegistrySnapshot {
    /// Which profile reads which device.
    var deviceDirectory: DeviceDirectory {
        var directory = DeviceDirectory()
        for device in devices {
            guard let address = device.address, let profile = device.profile else { continue }
            directory.assign(
                address,
                .init(profile: profile, parameters: device.parameters)
            )
        }
        return directory
    }

    /// What the samples of each device are labelled with, by the units of a day.
    func ingestDirectory(on date: CivilDate) -> IngestDirectory {
        var directory = IngestDirectory()
        for device in devices {
            guard let address = device.address else { continue }
            directory.assign(
                DeviceDirectory.normalized(address),
                labels(of: device, on: date)
            )
        }
        return directory
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
