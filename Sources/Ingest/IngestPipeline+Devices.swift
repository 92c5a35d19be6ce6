public import Decoding
public import RingStore

/// Devices that are registered while the gateway runs.
extension IngestPipeline {
    /// Takes other profiles and labels of the devices: later messages are read by them, and what
    /// could not be decoded before waits for ``decodeDeadLetters(_:at:leaving:calls:)``.
    public mutating func replaceDirectories(_ devices: DeviceDirectory, _ labels: IngestDirectory) {
        decoder.replaceDirectory(devices)
        replaceDirectory(labels)
    }

    /// The index of messages that could not be decoded, as the last checkpoint of a folder has it.
    ///
    /// - Throws: ``IngestError`` when it cannot be read.
    public static func deadLetters(
        inFolder folder: String,
        calls: any FileCalls = SystemFileCalls()
    ) throws(IngestError) -> DeadLetters {
        try load(deadLettersFile, folder, calls, DeadLetters.init(bytes:)) ?? DeadLetters()
    }
}
