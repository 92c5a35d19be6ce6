internal import Foundation
internal import Measuring

func option(_ name: String, _ standard: Int) -> Int {
    let arguments = CommandLine.arguments
    guard let index = arguments.firstIndex(of: "--\(name)"), index + 1 < arguments.count else {
        return standard
    }
    return Int(arguments[index + 1]) ?? standard
}

do {
    let bench = try Bench()
    defer { bench.remove() }
    switch CommandLine.arguments.dropFirst().first {
    case "throughput":
        try Throughput(
            bench: bench,
            count: option("count", 300_000),
            rounds: option("rounds", 3)
        ).run()
    case "memory":
        try Memory(
            bench: bench,
            devices: option("devices", 10_000),
            messages: option("messages", 60)
        ).run()
    default:
        print(
            """
            usage: EndToEnd throughput [--count N] [--rounds N]
                   EndToEnd memory [--devices N] [--messages N]
            """
        )
        exit(64)
    }
} catch {
    FileHandle.standardError.write(Data("EndToEnd: \(error)\n".utf8))
    exit(1)
}
