internal import ArgumentParser
internal import WebServer

/// `langso devices replace`.
struct DevicesReplaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Notes that another box, or another meter behind it, does a device's work.",
        discussion: """
            The device's code is that of its place, and its history goes on: with the last index \
            of the old meter and the first of the new one a counter goes on where the old one \
            ended. Messages are read and labelled by what stood at their time, late ones too. \
            Without --address the box stays and only the meter behind it is another. A retired \
            device is in service again. \(DeviceChangeOptions.answer)
            """
    )

    @Argument(help: "Code of the device.")
    var device: String

    @Option(name: .long, help: "Address of the new box, as its messages name it.")
    var address: String?

    @Option(name: .long, help: "Profile that reads the new box; the old one's unless given.")
    var profile: String?

    @Option(name: .long, help: "A size of what it sits on, as bin_depth=1200; may be repeated.")
    var parameter: [String] = []

    @Option(
        name: .long,
        help: "What the old meter showed at last, in m3 or kW.h; or COUNTER=INDEX; repeated."
    )
    var oldIndex: [String] = []

    @Option(name: .long, help: "What the new meter showed at first; as --old-index.")
    var newIndex: [String] = []

    @OptionGroup var options: DeviceChangeOptions

    func validate() throws {
        _ = try Self.numbers(parameter, isNameNeeded: true)
        let (old, new) = (try Self.numbers(oldIndex), try Self.numbers(newIndex))
        guard Set(old.keys) == Set(new.keys) else {
            throw ValidationError("give --old-index and --new-index of the same counters")
        }
    }

    func run() async throws {
        let parameters = try Self.numbers(parameter, isNameNeeded: true)
        let (old, new) = (try Self.numbers(oldIndex), try Self.numbers(newIndex))
        try await options.carryOut("replace", device) { request in
            request.address = address
            request.profile = profile
            request.parameters = parameters.isEmpty ? nil : parameters
            request.oldIndices = old
            request.newIndices = new
        }
    }

    /// Numbers by name; one without a name has the empty one.
    static func numbers(
        _ texts: [String],
        isNameNeeded: Bool = false
    ) throws -> [String: Double] {
        var numbers: [String: Double] = [:]
        for text in texts {
            let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard let last = sides.last, let value = Double(last), value.isFinite,
                sides.count == 2 || !isNameNeeded
            else {
                throw ValidationError("'\(text)' is no number with a name, as water.volume=12.5")
            }
            guard numbers.updateValue(value, forKey: sides.count == 2 ? sides[0] : "") == nil
            else { throw ValidationError("'\(text)': this one is given twice") }
        }
        return numbers
    }
}
