internal import ArgumentParser
internal import Foundation
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
