internal import Foundation
internal import Measuring

/// Messages per second, journalled, decoded, stored and acknowledged, beside the library's ceiling.
struct Throughput {
    let bench: Bench
    let count: Int
    let rounds: Int

    private static let profile = """
        id: mqbench
        manufacturer: langso
        model: message of mqbench
        title: Message of mqbench
        kind: other
        source: shared/baselines/mqbench.c
        families: [plain_json]
        expected_interval: 1m
        device: dev
        messages:
          - time: {path: ts, format: unix_ms}
            json:
              - {quantity: air.temperature, path: temp}
              - {quantity: air.humidity, path: hum}
              - {quantity: battery.voltage, path: bat}
              - {quantity: link.rssi, path: rssi}
              - {quantity: link.snr, path: snr}
        """

    func run() throws {
        let mqbench = try bench.mqbench()
        for way in ["broker", "stand-in"] {
            var ratios: [Double] = []
            for round in 1...rounds {
                let peer = try peerRate(mqbench, way, round)
                let own = try ownRate(mqbench, way, round)
                ratios.append(own.rate / peer)
                print(
                    "\(way) round \(round): langso \(Int(own.rate))/s, "
                        + "libmosquitto \(Int(peer))/s, ratio \(Self.short(own.rate / peer)); "
                        + "\(Self.short(own.commits)) commits per 1000 messages"
                )
            }
            let sorted = ratios.sorted()
            print(
                "\(way): median ratio \(Self.short(sorted[sorted.count / 2])) "
                    + "(\(Self.short(sorted[0])) to \(Self.short(sorted[sorted.count - 1])))"
            )
        }
    }

    private static func short(_ value: Double) -> String { String(format: "%.2f", value) }

    /// The subscriber of mqbench with the same batches: one write and fdatasync each, no decoding.
    private func peerRate(_ mqbench: String, _ way: String, _ round: Int) throws -> Double {
        let port = 20_000 + round
        let subscriber: Child
        let file = "\(bench.folder)/peer.log"
        let options = [
            "sub", "-p", "\(port)", "-q", "1", "-n", "\(count)", "-m", "ext", "-b", "1000", "-k",
            "-f", file, "-T", "120",
        ]
        if way == "broker" {
            let broker = try bench.mosquitto(port: port)
            subscriber = try Child(mqbench, options, collectsOutput: true)
            Thread.sleep(forTimeInterval: 1)
            let publisher = try self.publisher(mqbench, port)
            let text = subscriber.finish()
            withExtendedLifetime((broker, publisher)) {}
            return try Self.rate(text, count)
        }
        let sender = try Child(mqbench, ["fake", "-p", "\(port)", "-q", "1", "-n", "\(count)"])
        try wait("the stand-in") { Self.listens(port) }
        subscriber = try Child(mqbench, options, collectsOutput: true)
        let text = subscriber.finish()
        withExtendedLifetime(sender) {}
        return try Self.rate(text, count)
    }

    private func publisher(_ mqbench: String, _ port: Int) throws -> Child {
        try Child(
            mqbench,
            ["rawpub", "-p", "\(port)", "-q", "1", "-n", "\(count)", "-w", "1000", "-T", "120"]
        )
    }

    /// The gateway itself: from the first message stored to the last.
    ///
    /// A commit is one write and one fdatasync, whatever machine it runs on.
    private func ownRate(_ mqbench: String, _ way: String, _ round: Int) throws -> (
        rate: Double, commits: Double
    ) {
        let port = 21_000 + round
        let web = 22_000 + round + (way == "broker" ? 0 : 500)
        _ = try bench.write("profiles/mqbench/profile.yaml", Self.profile)
        let data = "data-\(way)-\(round)"
        let config = try bench.write(
            "langso.yaml",
            """
            name: benchmark
            data: \(data)
            profiles: profiles
            broker: {host: 127.0.0.1, port: \(port), client_id: bench}
            subscriptions:
              - topic: village/#
                family: plain_json
                profile: mqbench
                address: 4
                clock: {maximum_age: 36500d}
            store: {size: 512MiB}
            journal: {size: 512MiB}
            web: {port: \(web)}
            """
        )
        var children: [Child] = []
        if way == "broker" {
            children.append(try bench.mosquitto(port: port))
        } else {
            children.append(
                try Child(mqbench, ["fake", "-p", "\(port)", "-q", "1", "-n", "\(count)"])
            )
            try wait("the stand-in") { Self.listens(port) }
        }
        let gateway = try Child(
            try bench.langso,
            ["serve", "--config", config, "--log-level", "error"]
        )
        if way == "broker" {
            try wait("the subscription") {
                bench.metric("langso_broker_connected", port: web) == 1
            }
            children.append(try publisher(mqbench, port))
        }
        var first: (Date, Double)?
        var last = Date.now
        try wait("\(count) messages", seconds: 180) {
            let now = Date.now
            guard let stored = bench.metric("langso_ingest_decoded_messages_total", port: web)
            else { return false }
            if first == nil, stored > 0 { first = (now, stored) }
            last = now
            return stored >= Double(count)
        }
        let samples = bench.metric("langso_ingest_stored_samples_total", port: web)
        // A few more are the gateway's own: what it says of its link, once a minute.
        guard let samples, samples - Double(count * 6) >= 0, samples - Double(count * 6) < 20 else {
            throw Failure(
                "\(count) messages of 6 samples gave \(samples ?? 0) samples"
            )
        }
        let commits = bench.metric("langso_broker_commits_total", port: web) ?? 0
        gateway.process.terminate()
        gateway.process.waitUntilExit()
        withExtendedLifetime(children) {}
        try? FileManager.default.removeItem(atPath: "\(bench.folder)/\(data)")
        guard let (began, early) = first, last > began else {
            throw Failure("too few messages to be timed; give --count a larger one")
        }
        let rate = (Double(count) - early) / last.timeIntervalSince(began)
        return (rate, commits * 1000 / Double(count))
    }

    /// A look at the kernel's table: a connection would be taken for the subscriber's.
    private static func listens(_ port: Int) -> Bool {
        let table = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
        let wanted = ":" + String(port + 0x10000, radix: 16, uppercase: true).suffix(4)
        return table.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            return fields.count > 3 && fields[1].hasSuffix(wanted) && fields[3] == "0A"
        }
    }

    private static func rate(_ text: String, _ count: Int) throws -> Double {
        var values: [Substring: Double] = [:]
        for pair in text.split(whereSeparator: \.isWhitespace) {
            let sides = pair.split(separator: "=")
            if sides.count == 2 { values[sides[0]] = Double(sides[1]) }
        }
        guard let got = values["n"] ?? values["got"] ?? values["recv"], Int(got) == count,
            let rate = values["rate"] ?? values["msgs_per_s"] ?? values["per_s"]
        else { throw Failure("mqbench said: \(text)") }
        return rate
    }
}
