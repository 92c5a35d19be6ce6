internal import Commands
internal import Decoding
internal import Foundation
internal import Ingest
internal import Logging
internal import MQTT
internal import Registry
internal import RingStore
internal import Telemetry
internal import WebServer

/// Commands of a running gateway, as the web server asks for them.
struct LiveCommands: CommandBackend {
    let runtime: GatewayRuntime
    let desk: CommandDesk

    func operatorName(of token: String) -> String? { desk.settings.operatorName(of: token) }

    func submit(_ request: CommandRequest, by person: String) async throws -> CommandView {
        let isDryRun = request.dryRun ?? false
        do {
            let plan = try CommandPlan(
                request,
                runtime.registry,
                runtime.deployment.profiles,
                desk.settings.limits
            )
            let devices = try plan.devices(on: runtime.today)
            let routes = try await runtime.routes(to: devices)
            let now = runtime.clock()
            let command = try await desk.accept(isDryRun: isDryRun) { id in
                try plan.command(devices, routes, id: id, by: person, at: now)
            }
            return CommandView(command, isDryRun: isDryRun)
        } catch let refusal as CommandRefusal {
            if !isDryRun {
                await desk.refuse(CommandAttempt(request, by: person, refusal, runtime.clock()))
            }
            throw CommandNotGiven(refusal.notes.map { CommandNoteView($0) })
        }
    }

    func list(limit: Int) async -> CommandsView {
        CommandsView(
            commands: await desk.newest(limit).map { CommandView($0) },
            refused: await desk.newestAttempts(limit).map { RefusedCommandView($0) }
        )
    }

    func command(_ id: Int) async -> CommandView? { await desk.command(id).map { CommandView($0) } }

    func targets(for person: String) async -> CommandTargetsView {
        let (registry, profiles, day) = (
            runtime.registry, runtime.deployment.profiles, runtime.today
        )
        let devices = registry.devicesInService.compactMap { device in
            let kinds = device.profile.flatMap { profiles[$0]?.commands?.kinds } ?? []
            return kinds.isEmpty || device.address == nil
                ? nil
                : CommandTargetsView.Device(
                    device: device.code,
                    name: device.name ?? device.code,
                    labels: Dictionary(
                        registry.labels(of: device, on: day).sorted.map { ($0.name, $0.value) },
                        uniquingKeysWith: { first, _ in first }
                    ),
                    actions: kinds.map(\.rawValue)
                )
        }
        return CommandTargetsView(
            operator: person,
            devices: devices.sorted { $0.device < $1.device }
        )
    }
}

/// Commands whose record cannot be kept: who asks is told so, and nothing is sent.
struct ClosedCommands: CommandBackend {
    let settings: CommandSettings
    /// Why.
    let fault: CommandLogError

    func operatorName(of token: String) -> String? { settings.operatorName(of: token) }

    func submit(_ request: CommandRequest, by person: String) async throws -> CommandView {
        throw refusal
    }

    func targets(for person: String) async throws -> CommandTargetsView { throw refusal }

    func list(limit: Int) async throws -> CommandsView { throw refusal }

    func command(_ id: Int) async throws -> CommandView? { throw refusal }

    private var refusal: APIError {
        APIError(
            .unavailable,
            "commands are closed, all else of the gateway works: \(fault) / lệnh điều khiển đang "
                + "bị đóng vì không đọc hoặc ghi được nhật ký lệnh \(CommandLog.fileName) trong "
                + "thư mục dữ liệu, các phần khác vẫn hoạt động; hãy cất tệp này đi nơi khác rồi "
                + "khởi động lại hệ thống"
        )
    }
}

extension CommandAttempt {
    fileprivate init(
        _ request: CommandRequest,
        by person: String,
        _ refusal: CommandRefusal,
        _ now: Instant
    ) {
        self.init(
            at: now,
            operatorName: person,
            action: request.action,
            percent: request.level,
            target: request.match ?? request.device.map(CommandPlan.selector(of:)),
            reason: request.reason,
            refusal: refusal.notes
        )
    }
}

extension CommandNoteView {
    fileprivate init(_ note: CommandNote) {
        self.init(code: note.code, values: note.values, words: note.words)
    }
}

extension RefusedCommandView {
    fileprivate init(_ attempt: CommandAttempt) {
        self.init(
            at: attempt.at.rfc3339,
            by: attempt.operatorName,
            action: attempt.action,
            level: attempt.percent,
            target: attempt.target,
            reason: attempt.reason,
            refusal: attempt.refusal.map { CommandNoteView($0) }
        )
    }
}

extension GatewayRuntime {
    /// The desk of a data folder; where its record cannot be kept commands are closed, and that
    /// alone: measuring and alerting go on.
    static func commandDesk(
        _ settings: GatewaySettings,
        _ logger: Logger
    ) -> Result<CommandDesk?, CommandLogError> {
        guard settings.commands.isEnabled else { return .success(nil) }
        do throws(CommandLogError) {
            let folder = settings.dataFolder
            return .success(
                try CommandDesk(settings.commands, folder: folder, logger: logger)
            )
        } catch {
            logger.error("commands are closed: \(error)")
            return .failure(error)
        }
    }

    /// Gives commands; nil where the settings do not open that.
    var commandBackend: (any CommandBackend)? {
        if let commandFault {
            return ClosedCommands(settings: settings.commands, fault: commandFault)
        }
        return desk.map { LiveCommands(runtime: self, desk: $0) }
    }

    /// The ways by which the newest messages of devices came, by their codes; without those that
    /// have none, or whose message is not in the journal any more.
    ///
    /// - Throws: `JournalError` when the journal cannot be read, or ``GatewayError/stopping``.
    func routes(to devices: [RegistrySnapshot.Device]) async throws -> [String: DeviceRoute] {
        let addresses = devices.compactMap { device in
            device.address.map { (code: device.code, address: DeviceDirectory.normalized($0)) }
        }
        let found = await worker.run { pipeline in
            addresses.map { pipeline.lastPosition(of: $0.address) }
        }
        guard let found else { throw GatewayError.stopping }
        let (folder, rules) = (settings.dataFolder, settings.subscriptions)
        var routes = try await OwnThread.run {
            let reader = try JournalReader(folder: folder)
            var routes: [String: DeviceRoute] = [:]
            for (device, position) in zip(addresses, found) {
                guard let position, let record = try? reader.record(at: position) else { continue }
                let topic = String(decoding: record.topic, as: UTF8.self)
                guard let rule = rules.first(where: { $0.topicFilter.matches(topic) }) else {
                    continue
                }
                routes[device.code] = DeviceRoute(
                    rule,
                    topic: topic,
                    payload: record.payload,
                    address: device.address
                )
            }
            return routes
        }
        try await nameByAlias(&routes, devices)
        return routes
    }

    /// Gives the routes of Sparkplug devices the aliases that metrics have now.
    ///
    /// While the broker is away a command waits, and an alias may then stand for another metric:
    /// so it goes by name.
    private func nameByAlias(
        _ routes: inout [String: DeviceRoute],
        _ devices: [RegistrySnapshot.Device]
    ) async throws {
        guard session.status.isConnected else { return }
        var wanted: [(code: String, topic: String, metrics: Set<SparkplugMetricName>)] = []
        for device in devices {
            guard let route = routes[device.code], route.family == .sparkplug,
                let commands = device.profile.flatMap({ deployment.profiles[$0] })?.commands
            else { continue }
            wanted.append((device.code, route.topic, commands.metrics))
        }
        guard !wanted.isEmpty else { return }
        let asked = wanted
        let found = await worker.run { pipeline in
            asked.map { pipeline.sparkplugAliases(of: $0.metrics, topic: $0.topic) }
        }
        guard let found else { throw GatewayError.stopping }
        for (device, aliases) in zip(wanted, found) { routes[device.code]?.aliases = aliases }
    }
}

extension CommandView {
    init(_ command: Command, isDryRun: Bool = false) {
        self.init(
            id: isDryRun ? nil : command.id,
            action: command.action.kind.rawValue,
            level: command.action.percent,
            target: command.target,
            by: command.operatorName,
            reason: command.reason,
            acceptedAt: command.acceptedAt.rfc3339,
            orders: command.orders.map { CommandOrderView($0) },
            omitted: Dictionary(
                command.omitted.map { ($0.device, CommandNoteView($0.reason)) },
                uniquingKeysWith: { first, _ in first }
            )
        )
    }
}

extension CommandOrderView {
    fileprivate init(_ order: CommandOrder) {
        self.init(
            device: order.device,
            state: order.state.rawValue,
            changedAt: order.changedAt.rfc3339,
            detail: order.detail.map { CommandNoteView($0) },
            confirms: order.confirms,
            deadlineSeconds: Milliseconds(order.deadlineMilliseconds).seconds,
            messages: order.messages.map { message in
                Message(
                    topic: message.topic,
                    payload: message.shownPayload,
                    qos: message.isAtMostOnce ? 0 : 1
                )
            }
        )
    }
}
