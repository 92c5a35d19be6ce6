internal import CodecSandbox

/// Has the engine load what it loads at first use, while files can still be read: tables of time
/// zones and languages, its threads, code for the processor.
enum WarmUp {
    /// The number that no codec of the gateway has.
    private static let codec = UInt32.max

    private static let script = """
        function decodeUplink(input) {
          var sum = 0;
          for (var index = 0; index < 20000; index++) sum += index % 7;
          var text = new Date(0).toString() + new Date(0).toLocaleString()
            + (1234.5).toLocaleString() + 'ä'.normalize('NFD') + 'a'.localeCompare('b')
            + Buffer.from(input.bytes).toString('hex') + 'abc'.replace(/b+/u, 'x');
          return { data: { sum: sum, text: text, now: new Date() } };
        }
        """

    static func run(_ engine: ScriptEngine) {
        engine.load(codec, keepsContexts: false, variables: "", script: script)
        // Its result says nothing; that codecs run is seen by the first of them.
        _ = try? engine.decode(
            codec: codec,
            port: 1,
            milliseconds: 0,
            device: "",
            payload: [1, 2]
        )
        engine.load(codec, keepsContexts: false, variables: "", script: "")
    }
}
