internal import Foundation
public import WebServer

/// Commands to devices on the command line: a running gateway is asked, which alone may send.
public enum CommandTool {
    /// Which gateway, and who asks.
    public struct Access: Sendable {
        let gateway: RunningGateway

        /// The gateway of a settings file, and one of its operators.
        ///
        /// - Parameters:
        ///   - settings: say where it listens.
        ///   - name: of the operator; nil where there is one alone.
        /// - Throws: ``GatewayError/usage(_:)`` when it is not clear who asks.
        public init(_ settings: GatewaySettings, operatorName name: String?) throws(GatewayError) {
            let operators = settings.commands.operators
            let chosen = operators.filter { name == nil || $0.name == name }
            guard chosen.count <= 1, name == nil || !chosen.isEmpty else {
                let names = operators.map { "'\($0.name)'" }.joined(separator: ", ")
                throw .usage("say who gives the command: --operator with one of \(names)")
            }
            gateway = RunningGateway(
                url: settings.firstPage(port: settings.webPort),
                token: chosen.first?.token
            )
        }

        /// A gateway by its address, and an operator by the file of the token.
        ///
        /// - Throws: ``GatewayError/unreadable(path:reason:)``.
        public init(url: String, tokenFile: String) throws(GatewayError) {
            gateway = RunningGateway(url: url, token: try OperatorToken.read(tokenFile))
        }
    }

    private static let path = "/api/langso/v1/commands"

    /// Whom a command is meant for.
    public enum Target: Sendable {
        /// One device, by its code.
        case device(String)
        /// All devices with these labels, a selector as `{feeder="F1"}`.
        case match(String)
    }

    /// Gives a command, or has the gateway say what giving it would do.
    ///
    /// - Parameters:
    ///   - action: `switch_on`, `switch_off`, `dim` or `read`.
    ///   - level: share of full light in percent, of `dim`.
    ///   - target: whom it is meant for.
    ///   - reason: why.
    ///   - isDryRun: whether to send nothing and only tell.
    ///   - access: which gateway, and who asks.
    /// - Throws: ``GatewayError/badAnswer(url:reason:)`` with what the gateway said.
    /// - Returns: the command, or what it would be.
    public static func submit(
        _ action: String,
        level: Int?,
        to target: Target,
        reason: String,
        isDryRun: Bool,
        _ access: Access
    ) async throws -> CommandView {
        var request = CommandRequest(action: action, reason: reason)
        request.level = level
        request.dryRun = isDryRun
        switch target {
        case .device(let code): request.device = code
        case .match(let selector): request.match = selector
        }
        return try read(try await access.gateway.post(path, json: request), access)
    }

    /// The newest commands, the newest first.
    ///
    /// - Throws: ``GatewayError/badAnswer(url:reason:)`` with what the gateway said.
    public static func list(limit: Int, _ access: Access) async throws -> CommandsView {
        try read(try await access.gateway.get("\(path)?limit=\(limit)"), access)
    }

    /// One command.
    ///
    /// - Throws: ``GatewayError/badAnswer(url:reason:)`` with what the gateway said, also when
    ///   there is none of that number.
    public static func show(_ id: Int, _ access: Access) async throws -> CommandView {
        try read(try await access.gateway.get("\(path)/\(id)"), access)
    }

    private static func read<Value: Decodable>(_ answer: String, _ access: Access) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(answer.utf8))
        } catch {
            throw GatewayError.badAnswer(
                url: access.gateway.base,
                reason: "its answer is no gateway's"
            )
        }
    }
}

extension CommandsView {
    /// The commands as lines for people, and those that were refused.
    public var lines: [String] {
        (commands.isEmpty ? ["no command was given yet"] : commands.map(\.line))
            + refused.map(\.line)
    }
}

extension CommandView {
    /// The command in a line for people.
    public var line: String {
        let number = id.map { "command \($0)" } ?? "not given, this was a dry run"
        let what = level.map { "\(action) \($0) %" } ?? action
        let states = Dictionary(grouping: orders, by: \.state).mapValues(\.count)
            .sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        let all = states + (omitted.isEmpty ? [] : ["\(omitted.count) left out"])
        return TerminalText.shown(
            "\(number): \(what) to \(target), by \(by) at \(acceptedAt), \(reason): "
                + all.joined(separator: ", ")
        )
    }

    /// The command with its devices, a line each; of one that was only tried with what they would
    /// be told.
    public var lines: [String] {
        var lines = [line]
        for order in orders {
            let detail = order.detail.map { ", \($0.words)" } ?? ""
            lines.append("  \(order.device): \(order.state) at \(order.changedAt)\(detail)")
            guard id == nil else { continue }
            lines += order.messages.map { "    \($0.topic) \($0.payload)" }
        }
        for (device, reason) in omitted.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(device): left out, \(reason.words)")
        }
        return lines.map(TerminalText.shown)
    }
}

extension RefusedCommandView {
    /// The command that was refused in a line for people.
    public var line: String {
        let what = level.map { "\(action) \($0) %" } ?? action
        let why = refusal.map(\.words).joined(separator: "; ")
        return TerminalText.shown(
            "refused: \(what) to \(target ?? "nobody"), by \(by) at \(at), \(reason): \(why)"
        )
    }
}
