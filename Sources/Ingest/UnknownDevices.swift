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

    /// Messages that are left out because their bytes are damaged in the journal.
    public private(set) var damagedCount = 0
    /// What is wrong with the first of them; ``maximumFaults`` at most.
    public private(set) var faults: [JournalError] = []

    /// Most devices that are listed.
    public static let maximumCount = 200
    /// Most damaged messages that are named.
    public static let maximumFaults = 5
    /// Most devices of one message that are listed.
    public static let maximumParts = 16

    /// Looks through the undecodable messages, the oldest first.
    ///
    /// Reads and decodes each once more, ``DeadLetters/capacity`` messages at most.
    /// - Parameters:
    ///   - letters: the index of undecodable messages.
    ///   - journal: has their bytes.
    ///   - decoder: with the rules and the directory of now.
    /// - Throws: `JournalError` when the journal cannot be read; a message that leaves the ring
    ///   meanwhile is passed over, one that is damaged is counted.
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
                guard error.loss != nil else { throw error }
                noteLoss(error)
                continue
            }
            let (senders, areParts) = Self.senders(of: record, &decoder)
            for sender in senders {
                found[sender, default: UnknownDevice(sender, at: record.receivedAt)]
                    .note(record, entry.reason, isPart: areParts)
            }
        }
        let sorted = found.values.sorted {
            ($1.lastAt, $0.sender.text) < ($0.lastAt, $1.sender.text)
        }
        devices = Array(sorted.prefix(Self.maximumCount))
        omittedCount = sorted.count - devices.count
    }

    private mutating func noteLoss(_ error: JournalError) {
        guard case .damaged = error else { return }
        damagedCount += 1
        if faults.count < Self.maximumFaults { faults.append(error) }
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

    /// Whom a message without a profile is from, or whom it speaks of, and whether it speaks of
    /// others too; nobody when it has a profile, or can be decoded by now.
    private static func senders(
        of record: JournalRecord,
        _ decoder: inout MessageDecoder
    ) -> (senders: [UnknownSender], areParts: Bool) {
        do throws(DecodingError) {
            // Not aside: births of unknown Sparkplug devices are what their data is read by.
            let message = try decoder.decode(
                topic: record.topic.span,
                payload: record.payload.span,
                receivedAt: record.receivedAt,
                flags: MessageFlags(record.flags)
            )
            return (senders(decoder.unknownParts, message.family), true)
        } catch {
            switch error {
            case .unknownDevice(let address, let family):
                let parts = decoder.unknownParts
                let senders = senders(parts.isEmpty ? [address] : parts, family)
                return (senders, senders.count > 1)
            case .noBirth, .unknownAlias:
                // Whoever sent it is asked for its birth, which says who it is.
                return ([], false)
            default:
                guard !decoder.knowsSender else { return ([], false) }
                let topic = String(decoding: record.topic, as: UTF8.self)
                return ([UnknownSender(family: nil, address: topic)], false)
            }
        }
    }

    /// Each address once, ``maximumParts`` at most.
    private static func senders(_ addresses: [String], _ family: Family) -> [UnknownSender] {
        var senders: [UnknownSender] = []
        for address in addresses where senders.count < maximumParts {
            let sender = UnknownSender(family: family, address: address)
            if !senders.contains(sender) { senders.append(sender) }
        }
        return senders
    }
}

extension UnknownDevice {
    fileprivate init(_ sender: UnknownSender, at time: Instant) {
        self.init(sender: sender, topic: "", firstAt: time, lastAt: time)
    }

    /// Counts a message of it, or one that speaks of it beside others.
    fileprivate mutating func note(_ record: JournalRecord, _ reason: String, isPart: Bool) {
        topic = String(decoding: record.topic, as: UTF8.self)
        messageCount += 1
        lastAt = max(lastAt, record.receivedAt)
        reasons[reason, default: 0] += 1
        positions.append(record.position)
        if positions.count > GuessLimits.frames { positions.removeFirst() }
        self.isPart = self.isPart || isPart
    }

    /// Its newest frames as they came, the oldest first.
    ///
    /// - Throws: `JournalError` when the journal cannot be read; those that have left the ring, or
    ///   are damaged, are left out.
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
                    receivedAt: record.receivedAt,
                    part: isPart ? sender.address : nil
                )
                frames.append((position, frame))
            } catch {
                guard error.loss != nil else { throw error }
            }
        }
        return frames
    }
}
