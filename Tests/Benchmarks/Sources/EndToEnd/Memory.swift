internal import Foundation
internal import Measuring

/// Peak memory of a gateway with many devices.
struct Memory {
    let bench: Bench
    let devices: Int
    let messages: Int

    private static let profile = """
        id: five
        manufacturer: langso
        model: five quantities
        title: Five quantities
        kind: other
        source: this benchmark
        families: [plain_json]
        expected_interval: 15m
        device: dev
        messages:
          - time: {path: time}
            json:
              - {quantity: lamp.power, path: p}
              - {quantity: lamp.energy, path: e}
              - {quantity: supply.voltage, path: u}
              - {quantity: lamp.level, path: l}
        """

    func run() throws {
        let (port, web) = (23_001, 23_002)
        _ = try bench.write("profiles/five/profile.yaml", Self.profile)
        var registry =
            "code,address,name,kind,profile,village,expected_interval,nominal_power_watts\n"
        for device in 0..<devices {
            registry += "L\(device),l\(device),Đèn \(device),lamp,five,v\(device % 20),15m,60\n"
        }
        _ = try bench.write("registry/devices.csv", registry)
        let villages = (0..<20).map { "v\($0),Bản \($0),21.5,107.4\n" }.joined()
        _ = try bench.write("registry/villages.csv", "code,name,latitude,longitude\n" + villages)
        let config = try bench.write(
            "langso.yaml",
            """
            name: benchmark
            data: data
            profiles: profiles
            registry: registry
            broker: {host: 127.0.0.1, port: \(port), client_id: bench}
            subscriptions:
              - {topic: lamps/+, family: plain_json, profile: five}
            store: {size: 512MiB}
            journal: {size: 256MiB}
            web: {port: \(web)}
            """
        )
        let broker = try bench.mosquitto(port: port)
        let gateway = try Child(
            try bench.langso,
            ["serve", "--config", config, "--log-level", "error"]
        )
        try wait("the subscription") {
            bench.metric("langso_broker_connected", port: web) == 1
        }
        let idle = gateway.figures.peakBytes
        try play(port)
        let wanted = Double(devices * messages)
        try wait("the messages", seconds: 300) {
            (bench.metric("langso_ingest_decoded_messages_total", port: web) ?? 0) >= wanted
        }
        try waitForRules(web)
        for path in [
            "/", "/api/langso/v1/overview", "/api/langso/v1/devices",
            "/api/v1/query?query=sum(lamp_power_watts)",
        ] { _ = bench.get(path, port: web) }
        let series = bench.metric("langso_store_series", port: web) ?? 0
        let peak = gateway.figures.peakBytes
        print(
            "\(devices) devices, \(Int(series)) series, \(Int(wanted)) messages: peak "
                + "\(peak >> 20) MB resident, \(idle >> 20) MB before the first message"
        )
        withExtendedLifetime(broker) {}
    }

    /// Waits until the rules have judged three minutes after the last message, late samples among
    /// them: judging takes memory too.
    private func waitForRules(_ web: Int) throws {
        let name = "langso_rule_evaluations_total"
        let before = bench.metric(name, port: web) ?? 0
        try wait("three evaluations of the rules", seconds: 400) {
            (bench.metric(name, port: web) ?? 0) >= before + 3
        }
    }

    private func play(_ port: Int) throws {
        let mapping = try bench.write(
            "mapping.yaml",
            """
            format: json_lines
            topic: lamps/{dev}
            time: {path: time, format: rfc3339}
            payload: {as: record}
            """
        )
        var lines = ""
        let start = Date(timeIntervalSinceNow: -Double(messages) * 900)
        for message in 0..<messages {
            let time = start.addingTimeInterval(Double(message) * 900).ISO8601Format()
            for device in 0..<devices {
                lines +=
                    #"{"dev":"l\#(device)","time":"\#(time)","p":\#(40 + (device + message) % 20),"#
                lines +=
                    #""e":\#(message * 15),"u":\#(225 + message % 7),"l":\#(50 + message % 2)}"#
                lines += "\n"
            }
        }
        let recording = try bench.write("recording.jsonl", lines)
        let replay = try Child(
            try bench.langso,
            ["replay", "--mapping", mapping, "--port", "\(port)", "--speed", "max", recording]
        )
        replay.process.waitUntilExit()
        guard replay.process.terminationStatus == 0 else {
            throw Failure("langso replay failed")
        }
    }
}
