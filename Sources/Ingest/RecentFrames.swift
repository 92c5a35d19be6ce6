internal import Decoding

/// The last frames of one device, for telling a repeated one.
///
/// LoRaWAN network servers deliver a frame again when another gateway heard it late, or when an
/// integration repeats itself: in the recordings 173 of 600, some of them minutes later.
struct RecentFrames {
    /// How many are remembered: more than the frames that any recording repeats across.
    static let capacity = 16

    private var frames: [MessageSequence] = []
    private var next = 0
    private var newest: MessageSequence?

    /// Notes a frame; false when it is known already.
    mutating func insert(_ frame: MessageSequence) -> Bool {
        if frames.contains(where: { Self.areSame($0, frame) }) { return false }
        if frames.count < Self.capacity {
            frames.append(frame)
        } else {
            frames[next] = frame
            next = (next + 1) % Self.capacity
        }
        return true
    }

    /// Forgets a frame, so that it can come again.
    mutating func remove(_ frame: MessageSequence) {
        guard let place = frames.firstIndex(where: { Self.areSame($0, frame) }) else { return }
        // The oldest frame is at `next` once the list is full: it is written anew in that order.
        frames = Array(frames[next...] + frames[..<next])
        frames.remove(at: (place - next + frames.count) % frames.count)
        next = 0
    }

    /// Forgets all: the device joined anew and its counter begins again.
    mutating func removeAll() {
        frames.removeAll(keepingCapacity: true)
        next = 0
        newest = nil
    }

    /// Notes the counter of a frame that is no repetition; true when it is lower than that of the
    /// frame before in the same session: the device counts anew, or frames come out of order.
    mutating func falls(_ frame: MessageSequence) -> Bool {
        guard let counter = frame.counter else { return false }
        defer { newest = frame }
        guard let newest, newest.session == frame.session, let last = newest.counter else {
            return false
        }
        return counter < last
    }

    private static func areSame(_ left: MessageSequence, _ right: MessageSequence) -> Bool {
        if let known = left.identifier, known == right.identifier { return true }
        guard let counter = left.counter, counter == right.counter else { return false }
        return left.session == right.session
    }
}
