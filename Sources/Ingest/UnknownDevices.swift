public import Decoding
public import RingStore
internal import Telemetry

/// The unknown devices among the messages that could not be decoded.
///
/// Nothing is kept for them: the index of undecodable messages and the journal are what there is,
/// so that a restart changes nothing, and a device is gone from the list once its messages are
/// decoded, or have left the ring of the journal.
public struct UnknownDevices: Sendable {
    /// The devices, the one that spoke last first.
    public private(set) var devices: [UnknownDevice] = []
    /// Devices that are left out because there are too many; those that spoke longest ago.
    public private(set) var omittedCount = 0

    /// Most devices that are listed.
    public static let maximumCount = 200

    /// Looks through the undecodable messages, the oldest first.
    ///
    /// Reads and decodes each once more, ``DeadLetters/capacity`` messages at most.
    /// - Parameters:
    ///   - letters: the index of undecodable messages.
    ///   - journal: has their bytes.
    ///   - decoder: with the rules and the directory of now.
    /// - Throws: `JournalError` when the journal cannot be read; a message that leaves the ring
    ///   meanwhile is passed over.
    public init(
        in letters: DeadLetters,
        of journal: borrowing JournalReader,
        decoder: MessageDecoder
    ) throws(JournalError) {
        var decoder = decoder
        var found: [UnknownSender: UnknownDevice] = [:]
        let tail = try journal.tail()
        for entry in letters.newest(DeadLetters.capacity).reversed()
        where entry.position >= tail {
            let record: JournalRecord
            do throws(JournalError) {
                record = try journal.record(at: entry.position)
            } catch {
                if case .overwritten = error { continue }
                throw error
            }
            guard let sender = Self.sender(of: record, &decoder) else { continue }
            var device =
                found[sender]
                ?? UnknownDevice(
                    sender: sender,
                    topic: "",
                    firstAt: record.receivedAt,
                    lastAt: record.receivedAt
                )
            device.topic = String(decoding: record.topic, as: UTF8.self)
            device.messageCount += 1
            device.lastAt = max(device.lastAt, record.receivedAt)
            device.reasons[entry.reason, default: 0] += 1
            device.positions.append(entry.position)
            if device.positions.count > GuessLimits.frames { device.positions.removeFirst() }
            found[sender] = device
        }
        let sorted = found.values.sorted {
            ($1.lastAt, $0.sender.text) < ($0.lastAt, $1.sender.text)
        }
        devices = Array(sorted.prefix(Self.maximumCount))
        omittedCount = sorted.count - devices.count
    }

    /// The device of a name, as `chirpstack:0102030405060708`; its address alone will do where one
    /// device has it.
    public func device(named name: String) -> UnknownDevice? {
        if let sender = UnknownSender(name),
            let found = devices.first(where: { $0.sender == sender })
        {
            return found
        }
        let address = DeviceDirectory.normalized(name)
        let found = devices.filter { $0.sender.address == address }
        return found.count == 1 ? found[0] : nil
    }

    /// Who sent a message that has no profile; nil when it has one, or can be decoded by now.
    private static func sender(
        of record: JournalRecord,
        _ decoder: inout MessageDecoder
    ) -> UnknownSender? {
        do throws(DecodingError) {
            // Not aside: births of unknown Sparkplug devices are what their data is read by.
            _ = try decoder.decode(
                topic: record.topic.span,
                payload: record.payload.span,
                receivedAt: record.receivedAt,
                flags: MessageFlags(record.flags)
            )
            return nil
        } catch {
            switch error {
            case .unknownDevice(let address, let family):
                return UnknownSender(family: family, address: address)
            case .noBirth, .unknownAlias:
                // Whoever sent it is asked for its birth, which says who it is.
                return nil
            default:
                guard !decoder.knowsSender else { return nil }
                let topic = String(decoding: record.topic, as: UTF8.self)
                return UnknownSender(family: nil, address: topic)
            }
        }
    }
}

extension UnknownDevice {
    /// Its newest frames as they came, the oldest first.
    ///
    /// - Throws: `JournalError` when the journal cannot be read; those that have left the ring are
    ///   left out.
    public func frames(
        from journal: borrowing JournalReader
    ) throws(JournalError) -> [(position: UInt64, frame: ObservedFrame)] {
        var frames: [(position: UInt64, frame: ObservedFrame)] = []
        for position in positions {
            do throws(JournalError) {
                let record = try journal.record(at: position)
                let frame = ObservedFrame(
                    topic: record.topic,
                    payload: record.payload,
                    receivedAt: record.receivedAt
                )
                frames.append((position, frame))
            } catch {
                if case .overwritten = error { continue }
                throw error
            }
        }
        return frames
    }
}
