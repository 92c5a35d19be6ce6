extension Tables {
    /// How devices stood before each change; what they are now is in ``devices``.
    static let installations = Table(
        "installations",
        "an installation",
        keyCount: 2,
        columns: [
            .required("device", .code, in: "devices"),
            .required("until", .instant),
            .required("change", .word(RegistrySnapshot.Ending.allCases.map(\.rawValue))),
            .optional("address", .address),
            .optional("profile", .code),
            .optional("parameters", .parameters),
            .required("village", .code, in: "villages"),
            .optional("site", .code, in: "sites"),
            .optional("feeder", .code, in: "feeders"),
            .optional("route", .code, in: "routes"),
            .optional("zone", .code, in: "zones"),
            .optional("latitude", latitude),
            .optional("longitude", longitude),
            .optional("last_indices", .parameters),
            .optional("first_indices", .parameters),
            .optional("successor", .code, in: "devices"),
            .required("person", .text),
            .required("reason", .text),
        ],
        rules: [.wholePosition, .indicesMatch],
        tableRules: [.endsInThePast]
    )
}
