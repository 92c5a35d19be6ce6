/// Where the items of a snapshot stand in its arrays.
struct SnapshotIndex: Sendable {
    let units: [String: Int]
    let villages: [String: Int]
    let sites: [String: Int]
    let feeders: [String: Int]
    let devices: [String: Int]
    let addresses: [String: Int]
    let installationsOfDevice: [String: [Int]]
    let membershipsOfVillage: [String: [Int]]
    let membershipsOfUnit: [String: [Int]]
    let programmesOfFeeder: [String: [Int]]
    let collectionsOfRoute: [String: [Int]]

    init(
        units: [RegistrySnapshot.Unit],
        villages: [RegistrySnapshot.Village],
        memberships: [RegistrySnapshot.Membership],
        sites: [RegistrySnapshot.Site],
        feeders: [RegistrySnapshot.Feeder],
        programmes: [RegistrySnapshot.LightingProgramme],
        collections: [RegistrySnapshot.Collection],
        devices: [RegistrySnapshot.Device],
        endedInstallations: [RegistrySnapshot.EndedInstallation]
    ) {
        self.units = Self.places(units, \.code)
        self.villages = Self.places(villages, \.code)
        self.sites = Self.places(sites, \.code)
        self.feeders = Self.places(feeders, \.code)
        self.devices = Self.places(devices, \.code)
        var addresses: [String: Int] = [:]
        for (place, device) in devices.enumerated() {
            if let address = device.address { addresses[DeviceAddress.normalized(address)] = place }
        }
        self.addresses = addresses
        installationsOfDevice = Self.groups(endedInstallations, \.device)
        membershipsOfVillage = Self.groups(memberships, \.village)
        membershipsOfUnit = Self.groups(memberships, \.unit)
        programmesOfFeeder = Self.groups(programmes, \.feeder)
        collectionsOfRoute = Self.groups(collections, \.route)
    }

    private static func places<Item>(_ items: [Item], _ code: (Item) -> String) -> [String: Int] {
        Dictionary(items.enumerated().map { (code($1), $0) }) { $1 }
    }

    private static func groups<Item>(
        _ items: [Item],
        _ code: (Item) -> String
    ) -> [String: [Int]] {
        Dictionary(grouping: items.indices) { code(items[$0]) }
    }
}
