import WebServer

extension Village {
    /// Name of the unknown device in the inbox.
    static let unknownID = "chirpstack:0102030405060708"

    /// One unknown device with a good guess, and one that nobody can read.
    func inbox(limit: Int, canAdopt: Bool) -> InboxView {
        let guess = GuessView(
            profile: "dragino-ldds75",
            model: "Dragino LDDS75",
            title: "Ultrasonic bin level sensor",
            kind: "bin",
            family: "chirpstack",
            score: 0.87,
            topicScore: 1,
            shapeScore: 0.75,
            physicsScore: 0.98,
            reasons: [
                GuessReasonView(code: "port", quantity: nil, value: 2, words: "port 2"),
                GuessReasonView(
                    code: "slow_change",
                    quantity: "bin.distance",
                    value: 3,
                    words: "bin.distance changes slowly"
                ),
                GuessReasonView(code: "new_code", quantity: nil, value: 1, words: "a new reason"),
            ],
            readings: [
                GuessReadingView(
                    quantity: "bin.distance",
                    channel: nil,
                    value: 1234.5,
                    unit: "mm",
                    reason: nil
                )
            ],
            readFrames: 4,
            triedFrames: 4
        )
        let known = UnknownDeviceView(
            id: Self.unknownID,
            family: "chirpstack",
            address: "0102030405060708",
            topic: "application/a/device/0102030405060708/event/up",
            messages: 12,
            firstAt: text(minutesAgo: 240),
            lastAt: text(minutesAgo: 3),
            reasons: ["unknown_device": 12],
            frames: [
                FrameView(
                    position: 4096,
                    receivedAt: text(minutesAgo: 3),
                    topic: "application/a/device/0102030405060708/event/up",
                    payload: #"{"deviceName":"<b>thử</b>"}"#
                )
            ],
            guesses: [guess]
        )
        let strange = UnknownDeviceView(
            id: "topic:village/<img src=x onerror=\"document.title='run'\">",
            family: nil,
            address: "village/<img src=x onerror=\"document.title='run'\">",
            topic: "village/<img src=x onerror=\"document.title='run'\">",
            messages: 1,
            firstAt: text(minutesAgo: 9),
            lastAt: text(minutesAgo: 9),
            reasons: ["not_json": 1],
            frames: [],
            guesses: []
        )
        return InboxView(
            devices: Array([known, strange].prefix(limit)),
            omitted: 2 - min(2, limit),
            damaged: 1,
            faults: ["cannot read journal at position 77: the record there failed its check"],
            canAdopt: canAdopt,
            places: InboxPlaces(
                villages: [.init(code: "v1", name: "Bản Nà Ếch")],
                sites: [.init(code: "s1", name: "Nhà văn hóa")],
                waiting: [.init(code: "thung-7", name: "Thùng 7")]
            ),
            profiles: [
                InboxProfile(
                    id: "dragino-ldds75",
                    model: "Dragino LDDS75",
                    parameters: [
                        .init(
                            id: "bin_depth",
                            standard: 1200,
                            least: 200,
                            most: 6000,
                            unit: "mm",
                            help: "From the sensor to the floor."
                        )
                    ]
                )
            ]
        )
    }
}
