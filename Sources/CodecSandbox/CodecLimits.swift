/// What the running of payload codecs is bounded by, each with its name.
public enum CodecLimits {
    /// Longest run of a script's top level, and of its decoding function, in seconds.
    ///
    /// - Source: the default of ChirpStack (`codec.js.max_execution_time`) and of The Things Stack.
    public static let scriptSeconds = 0.1
    /// Most bytes of a script; the largest of two public catalogues has 190 KiB.
    public static let scriptBytes = 1 << 20
    /// Most bytes of a result, written as JSON: as much as the decoder takes of a message.
    public static let resultBytes = 256 << 10
    /// Most bytes of a payload: the longest of LoRaWAN has 242, of NB-IoT devices 1 500.
    public static let payloadBytes = 4096
    /// Most bytes of an operator's variables, written as JSON.
    public static let variablesBytes = 16 << 10
    /// Most bytes that a worker may hold in memory; it ends above.
    ///
    /// It holds 30 MB when it is idle, and a script that takes memory for ever some 10 MB more than
    /// this before it is noticed.
    public static let residentBytes: UInt64 = 160 << 20
    /// Memory in bytes above which a worker gives up the contexts that it keeps, before the next
    /// call: so what codecs have kept counts against none of them.
    ///
    /// As many small contexts as may be kept take some 80 MiB with the engine itself; a script has
    /// what is left up to ``residentBytes``.
    public static let keptBytes: UInt64 = 112 << 20
    /// Most contexts that a worker keeps, those of all codecs together; the one that was used
    /// longest ago gives way.
    public static let keptContexts = 256
    /// Most warnings, and most errors, of one result; the rest is left out.
    public static let remarks = 32
    /// Most characters of one warning or error.
    public static let remarkCharacters = 500
    /// Most calls of one codec that wait, where there are few codecs.
    public static let waitingPerCodec = 1000
    /// Most calls that wait, those of all codecs together: some 10 MB.
    ///
    /// Where there are many codecs each has the same share.
    public static let waiting = 10_000
    /// Most codecs.
    public static let codecs = 1000
    /// Kills after which a codec is not run any more.
    public static let kills = 3
    /// Most calls that a worker is given at once, and most bytes of them.
    ///
    /// It has twice as many at most: those that it answers, and the following. Of short calls they
    /// last for some two milliseconds, in which the supervisor's thread gets its turn on a machine
    /// that has other work.
    static let batch = (count: 128, bytes: 64 << 10)
    /// Calls are given at once as long as they will probably take less together, in seconds: what
    /// comes for another codec waits for twice that at most, or for two calls that take longer.
    static let batchSeconds = 0.0025
    /// Most bytes of what a worker writes to its error output that are told at once.
    static let errorBytes = 2048
    /// Exit code of a worker that held too much memory.
    package static let memoryExitCode: Int32 = 86
}
