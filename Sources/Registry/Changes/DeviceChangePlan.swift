internal import Telemetry

/// The rows that a change writes, and what differs by them.
struct DeviceChangePlan {
    /// Rows of `devices` and of `installations`.
    let files: [RegistryFile]
    let differences: [DeviceChangeReport.Difference]
    /// What each counter is offset by from the change on, where it is offset.
    let counterOffsets: [String: Double]
    /// Addresses of the boxes that are, or were, somewhere else by it.
    let boxes: Set<String>
}

extension DeviceChange {
    /// Works out what to write.
    ///
    /// What the tables' own rules find is left to them.
    /// - Throws: ``RegistryError/changeRefused(change:device:reasons:)``.
    func plan(
        _ registry: RegistrySnapshot,
        now: Instant
    ) throws(RegistryError) -> DeviceChangePlan {
        let device = try self.device(device, registry, now)
        let before = Columns(device)
        var after = before
        var rows = DeviceRows(name: "\(verb) \(self.device)")
        switch action {
        case .replace(let box): try replace(box, &after, registry)
        case .move(let place): try move(to: place, &after, registry)
        case .retire: after["address"] = ""
        case .merge(let code):
            let other = try successor(code, of: device, registry, now)
            after["address"] = ""
            // The box goes on as the other device, which had none.
            var taken = Columns(other)
            if device.address != nil {
                for column in Columns.box { taken[column] = before[column] }
                rows.add(other, taken)
                rows.end(other, Columns(other), self, .replaced)
            }
        }
        var offsets = registry.installations(of: self.device).last?.counterOffsets ?? [:]
        if case .replace(let box) = action {
            for (counter, last) in box.lastIndices {
                offsets[counter, default: 0] += last - (box.firstIndices[counter] ?? 0)
            }
        }
        let differences = after.differences(from: before)
        guard !differences.isEmpty || changesWithoutColumns else {
            throw refusal(.nothing)
        }
        rows.add(device, after)
        rows.end(device, before, self, ending)
        return DeviceChangePlan(
            files: rows.files,
            differences: differences,
            counterOffsets: offsets.filter { $0.value != 0 },
            boxes: Set([before["address"], after["address"]].filter { !$0.isEmpty })
        )
    }

    /// Whether the change is one though no column of the device differs.
    private var changesWithoutColumns: Bool {
        switch action {
        case .replace(let box): !box.lastIndices.isEmpty
        case .retire, .merge: true
        case .move: false
        }
    }

    /// The device of a code, if its last change lies before this one.
    private func device(
        _ code: String,
        _ registry: RegistrySnapshot,
        _ now: Instant
    ) throws(RegistryError) -> RegistrySnapshot.Device {
        guard let device = registry.device(code) else {
            throw refusal(.unknownDevice, code)
        }
        guard since <= now else {
            throw refusal(.inFuture, since.rfc3339)
        }
        let last = registry.endedInstallations(of: code).last
        if let last, last.until >= since {
            let (done, at) = (last.ending.rawValue, last.until.rfc3339)
            throw refusal(.beforeLast, code, done, at, since.rfc3339)
        }
        if case .replace = action { return device }
        if let retired = registry.retirement(of: code) {
            throw refusal(.outOfService, code, retired.rfc3339)
        }
        return device
    }

    // MARK: Each change

    private func replace(
        _ box: Box,
        _ columns: inout Columns,
        _ registry: RegistrySnapshot
    ) throws(RegistryError) {
        if let given = box.address {
            let address = DeviceAddress.normalized(given)
            guard !address.isEmpty else { throw refusal(.emptyAddress) }
            for ended in registry.endedInstallations
            where ended.device != device && ended.address == address && ended.until > since {
                throw refusal(.boxWasElsewhere, address, ended.device, ended.until.rfc3339)
            }
            if let holder = registry.device(address: address), holder.code != device {
                throw refusal(.boxIsElsewhere, address, holder.code)
            }
            columns["address"] = address
        } else if columns["address"].isEmpty {
            throw refusal(.noBox)
        }
        if let profile = box.profile { columns["profile"] = profile }
        if let parameters = box.parameters { columns["parameters"] = Columns.text(of: parameters) }
    }

    private func move(
        to place: Place,
        _ columns: inout Columns,
        _ registry: RegistrySnapshot
    ) throws(RegistryError) {
        var village = place.village
        if let code = place.site {
            guard let site = registry.site(code) else { throw refusal(.unknownSite, code) }
            guard village == nil || village == site.village else {
                throw refusal(.otherVillage, code, site.village)
            }
            village = site.village
        }
        if let village, village != columns["village"] {
            for column in Columns.place { columns[column] = "" }
            columns["village"] = village
        }
        let given: [(String, String?)] = [
            ("site", place.site), ("feeder", place.feeder), ("route", place.route),
            ("zone", place.zone),
            ("latitude", place.position.map { RegistryTable.Value.text(of: $0.latitude) }),
            ("longitude", place.position.map { RegistryTable.Value.text(of: $0.longitude) }),
        ]
        for case (let column, let value?) in given { columns[column] = value }
    }

    private func successor(
        _ code: String,
        of device: RegistrySnapshot.Device,
        _ registry: RegistrySnapshot,
        _ now: Instant
    ) throws(RegistryError) -> RegistrySnapshot.Device {
        guard code != device.code else { throw refusal(.intoItself) }
        let other = try self.device(code, registry, now)
        guard other.kind == device.kind else {
            throw refusal(.otherKind, device.kind.rawValue, code, other.kind.rawValue)
        }
        if let one = device.address, let two = other.address {
            throw refusal(.twoBoxes, one, two, code)
        }
        return other
    }
}
