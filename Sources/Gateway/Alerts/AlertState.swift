internal import Alerting
internal import Foundation
internal import RingStore
internal import Telemetry

/// What must outlive the process about alerts: the book and what receivers are still to hear.
struct AlertState: Codable, Sendable {
    var book: AlertBook
    var schedule: DeliverySchedule
    private var lateSinceMilliseconds: Int64?

    /// Earliest late sample whose stretch is still to be judged again.
    var lateSince: Instant? { lateSinceMilliseconds.map { Instant(milliseconds: $0) } }

    init(book: AlertBook, schedule: DeliverySchedule, lateSince: Instant? = nil) {
        self.book = book
        self.schedule = schedule
        lateSinceMilliseconds = lateSince?.milliseconds
    }

    /// Name of the file in the data folder.
    static let fileName = "alerts.json"

    /// Reads the state of a data folder; nil when there is none yet.
    ///
    /// - Throws: `GatewayError.damagedState` when it cannot be what this program wrote.
    static func load(_ folder: String) throws -> AlertState? {
        let path = "\(folder)/\(fileName)"
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(AlertState.self, from: data)
        } catch {
            throw GatewayError.damagedState(path: path, reason: "\(error)")
        }
    }

    /// Writes the state so that after a crash it is whole, the new or the old.
    func store(_ folder: String) throws {
        let bytes = [UInt8](try JSONEncoder().encode(self))
        try StorageFolder(folder).replace(Self.fileName, with: bytes)
    }
}
