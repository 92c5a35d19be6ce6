extension Tables {
    static let roads = Table(
        "roads",
        "a road segment",
        columns: [
            .required("code", .code),
            .required("village", .code, in: "villages"),
            .required("class", .code),
            .required("length_kilometres", .decimal(0.001...1000)),
            .optional("lamps", .codes, in: "devices"),
        ]
    )
    static let supplies = Table(
        "supplies",
        "a water supply",
        columns: [
            .required("code", .code),
            .required("name", .text),
            .optional("loss_share", share),
            .required("chlorinated", .flag),
        ]
    )
    static let supplyVillages = Table(
        "supply_villages",
        "a served village",
        keyCount: 2,
        columns: [
            .required("supply", .code, in: "supplies"),
            .required("village", .code, in: "villages"),
            .optional("households", people),
            .optional("people", people),
        ]
    )
    static let supplyDevices = Table(
        "supply_devices",
        "a device of a supply",
        keyCount: 3,
        columns: [
            .required("supply", .code, in: "supplies"),
            .required("device", .code, in: "devices"),
            .required("role", .word(["meter", "quality"])),
        ]
    )
    static let laboratory = Table(
        "laboratory",
        "a laboratory result",
        keyCount: 3,
        columns: [
            .required("supply", .code, in: "supplies"),
            .required("from", .date),
            .required("document", .text),
            .required("passes", .flag),
            .required("to", .date),
            .simulated,
        ],
        rules: [.ordered("from", "to")]
    )
    static let points = Table(
        "points",
        "a public point",
        columns: [
            .required("device", .code, in: "devices"),
            .required("kind", .code),
        ]
    )
    static let counts = Table(
        "counts",
        "a count",
        keyCount: 3,
        columns: [
            .required("key", .key),
            .required("area", .code, in: "villages", "units"),
            .required("date", .date),
            .required("numerator", counted),
            .optional("denominator", .decimal(1e-6...1e15)),
            .optional("valid_to", .date),
            .optional("source", .text),
            .simulated,
        ],
        rules: [.ordered("date", "valid_to")]
    )
    static let attestations = Table(
        "attestations",
        "an attestation",
        keyCount: 3,
        columns: [
            .required("key", .key),
            .required("area", .code, in: "villages", "units"),
            .required("from", .date),
            .required("passes", .flag),
            .optional("to", .date),
            .required("document", .text),
            .simulated,
        ],
        rules: [.ordered("from", "to")]
    )
}
