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

    /// Reasons that the refusal of a group names.
    private static let namedReasons = 5

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
            throw CommandRefusal(CommandNote(.unknownAction, request.action, known))
        }
        action = try CommandAction(kind, percent: request.level)
        let reason = request.reason.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !reason.isEmpty, reason.utf8.count <= CommandLimits.textBytes else {
            throw CommandRefusal(CommandNote(.noReason, "\(CommandLimits.textBytes)"))
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
                throw CommandRefusal(CommandNote(.badSelector, match, "\(error)"))
            }
        default: throw CommandRefusal(CommandNote(.noTarget))
        }
        guard target.utf8.count <= CommandLimits.textBytes else {
            throw CommandRefusal(CommandNote(.longTarget, "\(CommandLimits.textBytes)"))
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
                throw CommandRefusal(CommandNote(.unknownDevice, code))
            }
            guard registry.retirement(of: code) == nil else {
                throw CommandRefusal(CommandNote(.retired, code))
            }
            return [device]
        }
        let found = registry.devicesInService.filter { device in
            let labels = registry.labels(of: device, on: day)
            return matchers.allSatisfy { $0.accepts(labels) }
        }
        guard !found.isEmpty else {
            throw CommandRefusal(CommandNote(.emptyGroup, target))
        }
        guard found.count <= limits.devices else {
            throw CommandRefusal(
                CommandNote(.largeGroup, "\(found.count)", target, "\(limits.devices)")
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
                omitted += error.notes.prefix(1).map { note in
                    Command.Omission(device: device.code, reason: note)
                }
            }
        }
        guard !orders.isEmpty else {
            var reasons: [CommandNote] = []
            for omission in omitted where !reasons.contains(omission.reason) {
                reasons.append(omission.reason)
            }
            if request.device != nil { throw CommandRefusal(reasons) }
            throw CommandRefusal(
                [CommandNote(.noneCan, "\(devices.count)")] + reasons.prefix(Self.namedReasons)
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
            throw CommandRefusal(CommandNote(.noRoute))
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
            throw CommandRefusal(CommandNote(.noAddress))
        }
        guard let profile = device.profile.flatMap({ profiles[$0] }) else {
            throw CommandRefusal(CommandNote(.noProfile))
        }
        guard let template = profile.commands?[action.kind] else {
            let known = profile.commands?.kinds.map(\.rawValue) ?? []
            let wish = action.kind.rawValue
            throw CommandRefusal(
                known.isEmpty
                    ? CommandNote(.noCommands, profile.id, wish)
                    : CommandNote(.notStated, profile.id, wish, known.joined(separator: ", "))
            )
        }
        return (profile, template)
    }
}
