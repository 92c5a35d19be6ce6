/// All tables of the registry, each after those that it refers to.
enum Tables {
    static let all = [
        units, villages, memberships, sites, feeders, lighting, routes, collections, zones,
        devices, installations, roads, supplies, supplyVillages, supplyDevices, laboratory, points,
        counts,
        attestations,
    ]

    static let units = Table(
        "units",
        "a unit",
        columns: [
            .required("code", .code),
            .required("name", .text),
            .required("kind", .word(["province", "district", "commune"])),
            .optional("regions", .keys),
            .optional("from", .date),
            .optional("to", .date),
        ],
        rules: [.ordered("from", "to")],
        tableRules: [.steadyKind, .codeUnknown(in: "villages")]
    )
    static let villages = Table(
        "villages",
        "a village",
        columns: [
            .required("code", .code),
            .required("name", .text),
            .optional("latitude", latitude),
            .optional("longitude", longitude),
            .optional("households", people),
            .optional("people", people),
        ],
        rules: [.wholePosition],
        tableRules: [.codeUnknown(in: "units")]
    )
    static let memberships = Table(
        "memberships",
        "a membership",
        keyCount: 3,
        columns: [
            .required("unit", .code, in: "units"),
            .required("village", .code, in: "villages"),
            .required("from", .date),
            .optional("to", .date),
        ],
        rules: [.ordered("from", "to")],
        tableRules: [.oneUnitOfAKind]
    )
    static let sites = Table(
        "sites",
        "a site",
        columns: [
            .required("code", .code),
            .required("name", .text),
            .required("village", .code, in: "villages"),
            .optional("latitude", latitude),
            .optional("longitude", longitude),
        ],
        rules: [.wholePosition]
    )
    static let feeders = Table(
        "feeders",
        "a feeder",
        columns: [
            .required("code", .code),
            .required("name", .text),
            .required("village", .code, in: "villages"),
            .optional("site", .code, in: "sites"),
        ]
    )
    static let lighting = Table(
        "lighting",
        "a lighting programme",
        keyCount: 2,
        columns: [
            .required("feeder", .code, in: "feeders"),
            .required("from", .date),
            .required("mode", .word(["sun", "clock"])),
            .optional("on", .switching),
            .optional("off", .switching),
        ],
        rules: [.switchingSuitsMode]
    )
    static let routes = Table(
        "routes",
        "a route",
        columns: [.required("code", .code), .required("name", .text)]
    )
    static let collections = Table(
        "collections",
        "a collection",
        keyCount: 4,
        columns: [
            .required("route", .code, in: "routes"),
            .required("weekdays", .weekdays),
            .required("start", .clock),
            .required("from", .date),
            .required("end", .clock),
            .optional("to", .date),
        ],
        rules: [.timesDiffer, .ordered("from", "to")]
    )
    static let zones = Table(
        "zones",
        "a zone",
        columns: [.required("code", .code), .required("name", .text)]
    )
    static let devices = Table(
        "devices",
        "a device",
        maximumCount: RegistryLimits.maximumDeviceCount,
        columns: [
            .required("code", .code),
            .optional("address", .address),
            .optional("name", .text),
            .required("kind", .word(RegistrySnapshot.DeviceKind.allCases.map(\.rawValue))),
            .optional("profile", .code),
            .optional("parameters", .parameters),
            .required("village", .code, in: "villages"),
            .optional("site", .code, in: "sites"),
            .optional("feeder", .code, in: "feeders"),
            .optional("route", .code, in: "routes"),
            .optional("zone", .code, in: "zones"),
            .optional("latitude", latitude),
            .optional("longitude", longitude),
            .optional("expected_interval", .span),
            .optional("nominal_power_watts", .decimal(0...100_000)),
            .optional("fullness_threshold_ratio", share),
            .simulated,
        ],
        rules: [.wholePosition],
        tableRules: [.uniqueAddress, .staysAsChanged]
    )

    static let latitude = ColumnKind.decimal(-90...90)
    static let longitude = ColumnKind.decimal(-180...180)
    static let share = ColumnKind.decimal(0...1)
    /// Ten million: more than any province of Vietnam has.
    static let people = ColumnKind.whole(0...10_000_000)
    /// Counts of offices: people, đồng and square metres among them.
    static let counted = ColumnKind.decimal(0...1e15)
}
