internal import ArgumentParser
internal import WebServer

/// `langso devices move`.
struct DevicesMoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: "Notes that a device stands somewhere else.",
        discussion: """
            From then on its samples carry the labels of the new place; figures of the past stay \
            with the old one. What is not named stays as it is; in another village site, feeder, \
            route, zone and position are emptied. Samples that were stored since --at stay where \
            they are. \(DeviceChangeOptions.answer)
            """
    )

    @Argument(help: "Code of the device.")
    var device: String

    @Option(name: .long, help: "Code of the village; that of the site unless given.")
    var village: String?

    @Option(name: .long, help: "Code of the site.")
    var site: String?

    @Option(name: .long, help: "Code of the lighting feeder.")
    var feeder: String?

    @Option(name: .long, help: "Code of the collection route.")
    var route: String?

    @Option(name: .long, help: "Code of the water zone.")
    var zone: String?

    @Option(name: .long, help: "Degrees north, as 21.51.")
    var latitude: Double?

    @Option(name: .long, help: "Degrees east, as 107.49.")
    var longitude: Double?

    @OptionGroup var options: DeviceChangeOptions

    func run() async throws {
        try await options.carryOut("move", device) { request in
            request.village = village
            request.site = site
            request.feeder = feeder
            request.route = route
            request.zone = zone
            request.latitude = latitude
            request.longitude = longitude
        }
    }
}
