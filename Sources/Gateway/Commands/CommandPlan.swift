internal import Commands
internal import Decoding
internal import Foundation
internal import PromQL
internal import Registry
internal import Telemetry
internal import WebServer

/// What a request for a command comes to: which devices, and what each is told.
struct CommandPlan {
    let request: CommandRequest
    let registry: RegistrySnapshot
    let profiles: ProfileLibrary
    let limits: CommandLimits

    /// What is asked.
    let action: CommandAction
    /// Whom it is meant for, as a selector of labels.
    let target: String
    private let matchers: [LabelMatcher]

    /// Devices that a refusal names.
    private static let namedDevices = 5

    /// Reads a request.
    ///
    /// - Throws: `CommandRefusal` for one that is not to be understood.
    init(
        _ request: CommandRequest,
        _ registry: RegistrySnapshot,
        _ profiles: ProfileLibrary,
        _ limits: CommandLimits
    ) throws(CommandRefusal) {
        self.request = request
        self.registry = registry
        self.profiles = profiles
        self.limits = limits
        guard let kind = ProfileCommands.Kind(rawValue: request.action) else {
            let known = ProfileCommands.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandRefusal("there is no action '\(request.action)', known are: \(known)")
        }
        action = try CommandAction(kind, percent: request.level)
        let reason = request.reason.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !reason.isEmpty, reason.utf8.count <= CommandLimits.textBytes else {
            throw CommandRefusal(
                "a command needs a reason of 1 to \(CommandLimits.textBytes) bytes, which stays on "
                    + "record with it"
            )
        }
        switch (request.device, request.match) {
        case (let device?, nil):
            target = Self.selector(of: device)
            matchers = [LabelMatcher("device", .equal(device))]
        case (nil, let match?):
            target = match
            do {
                matchers = try PromQLParser.parseSelector(match)
            } catch {
                throw CommandRefusal("the selector '\(match)' cannot be read: \(error)")
            }
        default: throw CommandRefusal("name a device, or a selector by match, and not both")
        }
        guard target.utf8.count <= CommandLimits.textBytes else {
            throw CommandRefusal("the target has more than \(CommandLimits.textBytes) bytes")
        }
    }

    /// The selector that names one device.
    static func selector(of device: String) -> String {
        let escaped = device.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "{device=\"\(escaped)\"}"
    }

    /// The devices that are meant, sorted by code.
    ///
    /// - Parameter day: labels are those of this day.
    /// - Throws: `CommandRefusal` when there are none, or too many.
    /// - Returns: one device at least.
    func devices(on day: CivilDate) throws(CommandRefusal) -> [RegistrySnapshot.Device] {
        if let code = request.device {
            guard let device = registry.device(code) else {
                throw CommandRefusal("the registry has no device '\(code)'")
            }
            guard registry.retirement(of: code) == nil else {
                throw CommandRefusal("the device '\(code)' is retired")
            }
            return [device]
        }
        let found = registry.devicesInService.filter { device in
            let labels = registry.labels(of: device, on: day)
            return matchers.allSatisfy { $0.accepts(labels) }
        }
        guard !found.isEmpty else {
            throw CommandRefusal(
                "no device of the registry has the labels \(target); labels are device, kind, "
                    + "village, commune, site, feeder, route and zone"
            )
        }
        guard found.count <= limits.devices else {
            throw CommandRefusal(
                "\(found.count) devices have the labels \(target), more than the "
                    + "\(limits.devices) of commands.maximum_devices; choose fewer"
            )
        }
        return found.sorted { $0.code < $1.code }
    }

    /// The command, with what each device is told.
    ///
    /// Devices of a group that cannot be told this are left out, and named with the reason.
    /// - Parameters:
    ///   - devices: that are meant.
    ///   - routes: to those that were heard, by their codes.
    ///   - id: number of the command.
    ///   - person: who asks.
    ///   - now: the time.
    ///   - token: makes a UUID.
    /// - Throws: `CommandRefusal` when no device at all can be told this.
    /// - Returns: the command; nothing is accepted yet.
    func command(
        _ devices: [RegistrySnapshot.Device],
        _ routes: [String: DeviceRoute],
        id: Int,
        by person: String,
        at now: Instant,
        token: () -> String = { UUID().uuidString.lowercased() }
    ) throws(CommandRefusal) -> Command {
        var orders: [CommandOrder] = []
        var omitted: [Command.Omission] = []
        for device in devices {
            do throws(CommandRefusal) {
                orders.append(try order(device, routes[device.code], token(), now))
            } catch {
                omitted.append(.init(device: device.code, reason: "\(error)"))
            }
        }
        guard !orders.isEmpty else {
            let reasons = omitted.prefix(Self.namedDevices).map { "\($0.device): \($0.reason)" }
            let more = omitted.count - reasons.count
            throw CommandRefusal(
                reasons.joined(separator: "; ") + (more > 0 ? "; and \(more) more devices" : "")
            )
        }
        return Command(
            id: id,
            action: action,
            target: target,
            operatorName: person,
            reason: request.reason.trimmingCharacters(in: .whitespacesAndNewlines),
            acceptedAt: now,
            orders: orders,
            omitted: omitted
        )
    }

    private func order(
        _ device: RegistrySnapshot.Device,
        _ route: DeviceRoute?,
        _ token: String,
        _ now: Instant
    ) throws(CommandRefusal) -> CommandOrder {
        let (profile, template) = try template(of: device)
        guard let route else {
            throw CommandRefusal(
                "no message of it is among the newest in the journal, so that the way back to it "
                    + "is not known; wait for its next one"
            )
        }
        let interval = registry.knownInterval(of: device)?.span ?? .zero
        let usual =
            route.isRadio
            ? max(CommandLimits.radioDeadline, interval * 2 + .minutes(1))
            : CommandLimits.directDeadline
        let deadline = profile.commands?.confirmsWithin ?? usual
        let encoder = CommandEncoder(
            route: route,
            token: token,
            now: now,
            // Whenever it is given away in time, no report of it counts any more then.
            expiresAt: now + CommandLimits.sendsWithin + deadline
        )
        return CommandOrder(
            device: device.code,
            address: route.address,
            isRadio: route.isRadio,
            token: token,
            messages: try encoder.messages(template, for: action),
            confirms: template.confirms?.id,
            deadline: deadline,
            acceptedAt: now
        )
    }

    private func template(
        of device: RegistrySnapshot.Device
    ) throws(CommandRefusal) -> (DeviceProfile, CommandTemplate) {
        guard device.address != nil else {
            throw CommandRefusal("the registry has no address of it, so that no message is its own")
        }
        guard let profile = device.profile.flatMap({ profiles[$0] }) else {
            throw CommandRefusal(
                "the registry has no known profile of it, which would say what it can be told"
            )
        }
        guard let template = profile.commands?[action.kind] else {
            let known = profile.commands?.kinds.map(\.rawValue) ?? []
            throw CommandRefusal(
                "its profile '\(profile.id)' does not state how to tell it "
                    + "\(action.kind.rawValue); "
                    + (known.isEmpty
                        ? "it states no commands" : "it states \(known.joined(separator: ", "))")
            )
        }
        return (profile, template)
    }
}
