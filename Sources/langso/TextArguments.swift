internal import ArgumentParser
internal import Foundation
internal import Gateway
internal import PromQL
internal import Telemetry

/// A time on the command line: RFC 3339, or seconds since 1970.
struct TimeArgument: ExpressibleByArgument, Sendable {
    let instant: Instant

    init?(argument: String) {
        if let instant = Instant(rfc3339: argument) {
            self.instant = instant
        } else if let seconds = Double(argument), let instant = Instant(secondsSince1970: seconds) {
            self.instant = instant
        } else {
            return nil
        }
    }
}

/// A duration on the command line, as PromQL writes it.
struct SpanArgument: ExpressibleByArgument, Sendable {
    let span: Milliseconds

    init?(argument: String) {
        guard let span = DurationText.parse(argument), span > .zero else { return nil }
        self.span = span
    }
}

/// A size on the command line, as the settings file writes it.
struct SizeArgument: ExpressibleByArgument, Sendable {
    let bytes: UInt64

    init?(argument: String) {
        guard let bytes = SizeText.parse(argument) else { return nil }
        self.bytes = bytes
    }
}

/// The size of a rollup tier on the command line, as `5m=512MiB`.
struct RollupArgument: ExpressibleByArgument, Sendable {
    let size: RollupSize

    init?(argument: String) {
        guard let size = RollupSize(argument) else { return nil }
        self.size = size
    }
}

/// A text form of samples on the command line.
struct FormatArgument: ExpressibleByArgument, Sendable {
    let format: SampleFormat

    static let allValueStrings = SampleFormat.allCases.map(\.rawValue)

    init(_ format: SampleFormat) {
        self.format = format
    }

    init?(argument: String) {
        guard let format = SampleFormat(rawValue: argument) else { return nil }
        self.format = format
    }

    var defaultValueDescription: String { format.rawValue }
}

/// How a registry is written, on the command line.
struct RegistryFormatArgument: ExpressibleByArgument, Sendable {
    let format: RegistryFormat

    static let allValueStrings = RegistryFormat.allCases.map(\.rawValue)

    init?(argument: String) {
        guard let format = RegistryFormat(rawValue: argument) else { return nil }
        self.format = format
    }
}
