import DashboardFiles
import Foundation
import Hummingbird
import Logging
import PromQL
import ServiceLifecycle
import Telemetry
import TestKit
import Testing
import WebServer

/// The pages in a browser, skipped where no Chromium is installed.
///
/// Each is opened 360 pixels wide in both languages, one after another, by a page of this test,
/// which posts what it sees. `--dump-dom` would not do: its virtual time stands still while a page
/// listens for events.
@Suite struct PageTests {
    /// What the browser posts.
    private struct Report: Decodable {
        let sights: [Sight]
        /// ``hostileNames`` as words of a shell's command line.
        let words: [String]
        /// ``codedNotes`` in Vietnamese.
        let notes: [String]
    }

    /// Notes whose values are codes, or English, with what a page says of them.
    private static let codedNotes = [
        (
            NoteView(
                code: "change_other_kind",
                values: ["water_meter", "T-2", "bin"],
                words: "they are not the same"
            ),
            #"loại đồng hồ nước, còn "T-2" là loại thùng rác"#
        ),
        (
            NoteView(
                code: "change_registry_cell",
                values: ["village", "not known"],
                words: "village: not known"
            ),
            "cột village: cột này nhận mã của một thôn"
        ),
        (
            NoteView(code: "registry_cell", values: ["x", "not known"], words: "x: not known"),
            "cột x: not known"
        ),
        (
            NoteView(code: "change_not_stored_again", values: ["journal"], words: "not now"),
            "không đọc được nhật ký bản tin"
        ),
        (
            NoteView(code: "change_undecoded", values: ["3", "no_profile"], words: "three"),
            "3 bản tin không đọc được theo những gì biết bây giờ (chưa có hồ sơ)"
        ),
    ]

    /// Names that a device may give itself.
    private static let hostileNames = [
        "chirpstack:0102", "topic:a b", "topic:it's; $(id) `id` \\ \"x\" !!", "topic:'",
        "topic:\u{1b}]0;x\u{7}'\\n\n$(id)", "topic:Nà Ếch\u{202e}\u{85}4'",
    ]

    /// What the browser found on one page.
    private struct Sight: Decodable {
        let path: String
        let language: String
        let title: String
        let width: Int
        let text: String
        /// Where its links lead.
        let links: [String]
        let isRun: Bool
        /// Fields and buttons that lie over one another on a wide screen.
        let overlaps: [String]
    }

    /// Where Debian's package and others put it.
    private static let chromium: String? = {
        let found = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        if found == nil { print("PageTests are skipped: no chromium is installed") }
        return found
    }()

    /// The site stands below a path: every link of a page must take that along.
    private static let prefix = "/xa/lang-so"

    private static let paths = [
        "/?", "/indicators?", "/alerts?", "/devices?", "/inbox?", "/changes?", "/commands?",
        "/series?expr=rate(lamp_power_watts[1h])&range=6h&",
    ]

    /// A frame is taken away before the next comes.
    ///
    /// A browser opens six connections at most, and each page holds one for its events. A page has
    /// a minute: other tests hold the cores.
    private static let observer = """
        <!doctype html><meta charset="utf-8"><body><script>
        const paths = PATHS;
        const pause = (time) => new Promise((done) => setTimeout(done, time));
        async function look(path, language) {
          const frame = document.createElement('iframe');
          frame.style.cssText = 'width:360px;height:800px;border:0';
          frame.src = `PREFIX${path}lang=${language}`;
          document.body.append(frame);
          const ready = () => frame.contentDocument?.querySelector('#banners .simulated')
            && frame.contentDocument.querySelector(
              'article, table, .scroll, svg.chart, #change-device');
          for (let count = 0; count < 1200 && !ready(); count += 1) await pause(50);
          await pause(100);
          const page = frame.contentDocument;
          for (const details of page.querySelectorAll('details')) details.open = true;
          await pause(50);
          const sight = { path, language: page.documentElement.lang, title: page.title,
            width: page.scrollingElement.scrollWidth, text: page.body.innerText,
            links: [...page.querySelectorAll('a[href]')].map((link) => link.href),
            isRun: page.title === 'run' || page.querySelector('main img') !== null };
          // A chart draws itself anew, and the browser says so.
          if (!page.querySelector('svg.chart')) frame.style.width = '1366px';
          await pause(100);
          const shown = [...page.querySelectorAll('input, select, button')]
            .map((element) => [element.name || element.innerText, element.getBoundingClientRect()])
            .filter(([, place]) => place.width > 0);
          const covers = (one, other) => one.left < other.right - 1 && other.left < one.right - 1
            && one.top < other.bottom - 1 && other.top < one.bottom - 1;
          sight.overlaps = shown.flatMap(([name, place], index) => shown.slice(index + 1)
            .filter(([, other]) => covers(place, other)).map(([other]) => `${name} ${other}`));
          frame.remove();
          return sight;
        }
        sessionStorage.setItem('operator-token', 'TOKEN');
        (async () => {
          const sights = [];
          for (const language of ['vi', 'en']) {
            for (const path of paths) sights.push(await look(path, language));
          }
          localStorage.setItem('language', 'vi');
          const { note, shellWord } = await import('PREFIX/assets/format.js');
          const report = { sights, words: NAMES.map(shellWord), notes: NOTES.map(note) };
          await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
        })();
        </script>
        """

    /// Lamps of the last six hours, since a chart ends now.
    private static func source(until now: Telemetry.Instant) -> MemorySeriesSource {
        var source = MemorySeriesSource()
        for minute in stride(from: Int64(0), through: 360, by: 10) {
            source.append(
                Labels(metric: "lamp_power_watts", ["device": "den-01", "simulated": "true"]),
                Sample(time: now - .minutes(360 - minute), value: 78.25)
            )
        }
        return source
    }

    @Test(.enabled(if: chromium != nil), .timeLimit(.minutes(10)))
    func `the pages show the gateway's data in both languages on a phone`() async throws {
        let chromium = try #require(Self.chromium)
        let now = Telemetry.Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        let backend = VillageBackend(
            Village(now: now),
            commands: VillageCommands(),
            source: Self.source(until: now)
        )
        let router = WebApplication.router(
            backend,
            pagesFolder: DashboardFiles.pagesFolder,
            prefix: try SitePrefix(Self.prefix)
        )
        let paths = String(decoding: try JSONEncoder().encode(Self.paths), as: UTF8.self)
        let names = String(decoding: try JSONEncoder().encode(Self.hostileNames), as: UTF8.self)
        let coded = try JSONEncoder().encode(Self.codedNotes.map(\.0))
        let notes = String(decoding: coded, as: UTF8.self)
        let observer = Self.observer.replacing("PATHS", with: paths)
            .replacing("NAMES", with: names)
            .replacing("NOTES", with: notes)
            .replacing("PREFIX", with: Self.prefix)
            .replacing("TOKEN", with: VillageCommands.token)
        router.get("observer") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/html; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: observer))
            )
        }
        let reports = AsyncStream.makeStream(of: Data.self)
        router.post("report") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            reports.continuation.yield(Data(body.readableBytesView))
            return "thanks"
        }
        let (report, messages) = try await serve(router) { port in
            try await Self.open("http://127.0.0.1:\(port)/observer", chromium, reports)
        }
        let posted = try JSONDecoder().decode(Report.self, from: try #require(report))
        let sights = posted.sights
        try #require(sights.count == 2 * Self.paths.count)
        for sight in sights { check(sight) }
        try #require(posted.notes.count == Self.codedNotes.count)
        for (said, (_, wanted)) in zip(posted.notes, Self.codedNotes) {
            #expect(said.contains(wanted), "\(said)")
        }
        // Each page links to all others, and none leads out of the site.
        for sight in sights {
            let places = Set(sight.links.compactMap { URL(string: $0)?.path() })
            let pages = [
                "/", "/indicators", "/alerts", "/devices", "/inbox", "/changes", "/commands",
                "/series",
            ]
            #expect(places == Set(pages.map { Self.prefix + $0 }), "\(sight.path)")
        }
        for line in messages.split(separator: "\n") where line.contains(":CONSOLE") {
            Issue.record("the browser says \(line)")
        }
        try checkWords(posted.words)
        let time = try #require(sights[0].text.firstMatch(of: /Cập nhật (\S+ \S+)/)).output.1
        #expect(time.wholeMatch(of: /\d\d\/\d\d\/\d{4} \d\d:\d\d/) != nil)
    }

    /// A shell takes each word for the name that it stands for, and nothing of it as an order.
    private func checkWords(_ words: [String]) throws {
        #expect(words.count == Self.hostileNames.count)
        for (name, word) in zip(Self.hostileNames, words) {
            let orders = word.unicodeScalars.filter { $0.properties.generalCategory == .control }
            #expect(orders.isEmpty, "\(word)")
            let shell = Process()
            shell.executableURL = URL(filePath: "/bin/bash")
            shell.arguments = ["-c", "printf %s \(word)"]
            let output = Pipe()
            shell.standardOutput = output
            try shell.run()
            let said = output.fileHandleForReading.readDataToEndOfFile()
            shell.waitUntilExit()
            #expect(String(decoding: said, as: UTF8.self) == name, "\(word)")
        }
    }

    private func check(_ sight: Sight) {
        let isVietnamese = sight.language == "vi"
        let words: [String: (vi: [String], en: [String])] = [
            "/?": (
                ["Làng số Tiên Yên", "4.812,5", "chưa có dữ liệu", "Mất điện tuyến đèn", "Nà Ếch"],
                ["4,812.5", "no data yet", "Outage of lighting feeder", "Khe Lạc “Trên”"]
            ),
            "/indicators?": (
                ["96,42", "94,1 – 97,85", "96,3", "≥ 90,5 %", "chưa đạt", "chưa đủ dữ liệu"],
                ["96.42", "≥ 90.5 %", "not met", "not enough data", "no threshold", "avg(lamp_on{"]
            ),
            "/alerts?": (
                ["Đang mở (8)", "Đã qua (20)", "Đèn den-01", "Thuộc cảnh báo số 101"],
                ["Open (8)", "Past (20)", "Belongs to alert 101"]
            ),
            "/devices?": (
                [Village.hostileName, "78,25", "mất tín hiệu", "chưa từng báo", "<b>thử</b>"],
                [Village.hostileName, "78.25", "silent", "never heard", "Decode again"]
            ),
            "/commands?": (
                [
                    "Người vận hành: Hoàng Văn A", "Bật đèn", "thiết bị báo đã làm",
                    "chưa được xác nhận", "bị từ chối", "<b>thử</b>", "cmnd/den-1/POWER ON",
                    "Hiện 4 / 4", "thiết bị báo lamp.on = 1.0",
                ],
                [
                    "Operator: Hoàng Văn A", "Switch on", "device reports it done",
                    "not confirmed", "refused", "it reported lamp.on = 1.0", "left out",
                ]
            ),
            "/changes?": (
                ["Thay thiết bị", "Địa chỉ thiết bị mới", "Chỉ số cuối của đồng hồ cũ", "Ghi"],
                ["Replace the device", "Address of the new device", "Write"]
            ),
            "/inbox?": (
                [
                    "0102030405060708", "dragino-ldds75", "87 %", "bin.distance thay đổi chậm",
                    "1.234,5", "Đăng ký", "<b>thử</b>", "Bản Nà Ếch", "FPort 2 là của",
                    "thiết bị lạ: 12", "Từ cảm biến đến đáy thùng (mm)", "đã bỏ qua: 1",
                ],
                [
                    "dragino-ldds75", "87 %", "bin.distance changes slowly (3", "1,234.5",
                    "Register", "unknown device: 12", "Sensor to bin floor (mm)", "position 77",
                ]
            ),
        ]
        let wanted =
            words[sight.path] ?? (
                ["den-01", "MÔ PHỎNG", "PromQL info: metric might not be a counter"],
                ["den-01", "SIMULATED", "\"lamp_power_watts\" (1:6)"]
            )
        for word in isVietnamese ? wanted.vi : wanted.en {
            let text = sight.text.replacing("\u{a0}", with: " ")
            #expect(text.contains(word), "\(sight.path) \(sight.language) lacks \(word)")
        }
        #expect(sight.text.contains("MÔ PHỎNG / SIMULATED"), "\(sight.path)")
        #expect(sight.title.hasPrefix(isVietnamese ? "[MÔ PHỎNG]" : "[SIMULATED]"))
        #expect(sight.width <= 360, "\(sight.path) \(sight.language) is \(sight.width) wide")
        #expect(sight.overlaps.isEmpty, "\(sight.path) \(sight.language)")
        #expect(!sight.isRun, "\(sight.path) took a device's name as HTML")
    }

    private func serve<Value: Sendable>(
        _ router: Router<GatewayRequestContext>,
        _ body: (Int) async throws -> Value
    ) async throws -> Value {
        let ports = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "PageTests")
        logger.logLevel = .critical
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { ports.continuation.yield($0.localAddress?.port ?? 0) },
            logger: logger
        )
        let services = ServiceGroup(services: [application], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            var iterator = ports.stream.makeAsyncIterator()
            let value = try await body(try #require(await iterator.next()))
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            return value
        }
    }

    /// Opens an address until its report has come; gives that and what the browser said.
    private static func open(
        _ address: String,
        _ chromium: String,
        _ reports: (stream: AsyncStream<Data>, continuation: AsyncStream<Data>.Continuation)
    ) async throws -> (report: Data?, messages: String) {
        let folder = try TemporaryFolder("langso-pages")
        let messages = folder.path(of: "messages.txt")
        _ = FileManager.default.createFile(atPath: messages, contents: nil)
        let process = Process()
        process.executableURL = URL(filePath: chromium)
        process.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--user-data-dir=\(folder.path(of: "profile"))", "--enable-logging=stderr",
            "--remote-debugging-port=0", address,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: messages)
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in
            reports.continuation.finish()
            ended.finish()
        }
        try process.run()
        var iterator = reports.stream.makeAsyncIterator()
        let report = await iterator.next()
        // The child inherits a mask that blocks SIGTERM; its own children go with it.
        kill(process.processIdentifier, SIGKILL)
        for await _ in ends {}
        let said = FileManager.default.contents(atPath: messages) ?? Data()
        return (report, String(decoding: said, as: UTF8.self))
    }
}
