internal import Commands
internal import ConfigurationText
internal import Foundation
internal import Telemetry

extension SettingsReader {
    /// Reads who may give commands, and how many.
    mutating func readCommands(_ node: ConfigurationNode, into commands: inout CommandSettings) {
        node.allowKeys(
            ["enabled", "operators", "maximum_devices", "per_minute", "lorawan_spacing"],
            &faults
        )
        if let isEnabled = node["enabled"]?.flag(&faults) { commands.isEnabled = isEnabled }
        if let list = node["operators"] { commands.operators = operators(list) }
        if commands.isEnabled, commands.operators.isEmpty, node["operators"] == nil {
            faults.note(
                node,
                "commands need an operator: operators: [{name: Hoàng Văn A, token_file: FILE}]"
            )
        }
        let devices = 1...CommandLimits.largestCommand
        if let count = node["maximum_devices"]?.integer(in: devices, &faults) {
            commands.limits.devices = count
        }
        let rates = 1...CommandLimits.fastestRate
        if let count = node["per_minute"]?.integer(in: rates, &faults) {
            commands.limits.commandsPerMinute = count
        }
        if let spacing = node["lorawan_spacing"], let span = span(spacing) {
            if Self.spacings.contains(span) {
                commands.limits.radioSpacing = span
            } else {
                faults.note(spacing, "expected 1s to 5m")
            }
        }
    }

    private static let spacings = Milliseconds.seconds(1)...Milliseconds.minutes(5)

    private mutating func operators(_ list: ConfigurationNode) -> [CommandOperator] {
        var operators: [CommandOperator] = []
        for node in list.sequence(&faults) {
            node.allowKeys(["name", "token_file"], &faults)
            guard let name = node.required("name", &faults)?.text(&faults),
                let file = node.required("token_file", &faults), let token = token(file)
            else { continue }
            if name.isEmpty || operators.contains(where: { $0.name == name }) {
                faults.note(node, "the operator '\(name)' needs a name of its own")
            }
            if operators.contains(where: { $0.token.isEqual(to: token.text) }) {
                faults.note(
                    file,
                    "the token is another operator's: nobody could tell who gave a command"
                )
            }
            operators.append(CommandOperator(name: name, token: token))
        }
        if operators.count > CommandSettings.maximumOperators {
            faults.note(list, "more than \(CommandSettings.maximumOperators) operators")
        }
        return operators
    }

    private mutating func token(_ file: ConfigurationNode) -> OperatorToken? {
        guard let path = path(file) else { return nil }
        do {
            return try OperatorToken.read(path)
        } catch {
            faults.note(file, "the token: \(error)")
            return nil
        }
    }
}

extension OperatorToken {
    /// Reads a token from a file: its text without blanks and line breaks around it.
    ///
    /// - Throws: ``GatewayError/unreadable(path:reason:)``, also for one that could be guessed.
    static func read(_ path: String) throws(GatewayError) -> OperatorToken {
        let text = try InputFile.text(path, limit: SettingsReader.passwordBytes)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        guard (shortest...longest).contains(text.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw .unreadable(
                path: path,
                reason: "a token has \(shortest) to \(longest) letters, digits and signs of ASCII, "
                    + "as openssl rand -hex 32 writes"
            )
        }
        return OperatorToken(text)
    }
}
