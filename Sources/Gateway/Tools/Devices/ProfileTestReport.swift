internal import ConfigurationText
internal import Decoding
internal import DeviceProfiles
internal import Foundation

/// What `langso devices test` found: every example of every profile, decoded and compared.
public struct ProfileTestReport: Codable, Sendable {
    /// An example that did not come out as expected.
    public struct Failure: Codable, Sendable {
        /// Name of the example; empty for a file that cannot be read.
        public var example: String
        /// File, line and column of it.
        public var place: String
        /// Each difference, what was expected and what was got.
        public var differences: [String]
    }

    /// What came of the examples of one profile.
    public struct Profile: Codable, Sendable {
        /// Identifier of the profile.
        public var profile: String
        /// Examples that came out as expected.
        public var passed = 0
        /// Those that did not.
        public var failures: [Failure] = []
    }

    /// The profiles, sorted by identifier; those without examples are among them.
    public var profiles: [Profile]
    /// Examples that came out as expected.
    public var passed: Int
    /// Examples that did not, and files of examples that cannot be read.
    public var failed: Int

    /// Whether everything came out as expected.
    public var isGood: Bool { failed == 0 }

    /// Runs the examples that come with langso, and those of an operator's folder.
    ///
    /// An operator's profile takes the place of a shipped one of its name; the shipped one's
    /// examples are for the shipped one and are left out then. A maker's codec in the folder of its
    /// profile is run as a gateway runs it.
    ///
    /// - Parameter folder: a folder of models, `profile.yaml` and `examples.yaml` in each; nil for
    ///   none.
    /// - Throws: ``GatewayError/unreadable(path:reason:)`` when the folder cannot be read;
    ///   `ConfigurationFaults` with every fault of its profiles; `CodecError` for codecs that
    ///   cannot be read.
    public init(folder: String?) async throws {
        let folder = folder.map { $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        let library: ProfileLibrary
        let own: Set<String>
        var files: [ProfileText]
        do {
            library = try ProfileLibrary.shipped(overlaidWith: folder)
            files = try DeviceProfiles.examples().map { ProfileText(file: $0.name, text: $0.text) }
            own = try Self.ownProfiles(folder)
            if let folder {
                files += try DeviceProfiles.examples(in: folder).map {
                    ProfileText(file: "\(folder)/\($0.name)", text: $0.text)
                }
            }
        } catch let faults as ConfigurationFaults {
            throw faults
        } catch {
            throw GatewayError.unreadable(
                path: folder ?? DeviceProfiles.folder,
                reason: "\(error.localizedDescription); expected a folder of device profiles"
            )
        }
        let codecs = try ProfileCodecs(library, folder: folder, asker: "a test of profiles")
        defer { codecs?.stop() }
        var found = Dictionary(
            uniqueKeysWithValues: library.profiles.map { ($0.id, Profile(profile: $0.id)) }
        )
        for file in files {
            let isShipped = folder.map { !file.file.hasPrefix("\($0)/") } ?? true
            let replaced = isShipped ? own : []
            for (profile, failure) in try await Self.run(file, library, codecs, replaced) {
                var entry = found[profile] ?? Profile(profile: profile)
                if let failure {
                    entry.failures.append(failure)
                } else {
                    entry.passed += 1
                }
                found[profile] = entry
            }
        }
        profiles = found.values.sorted { $0.profile < $1.profile }
        passed = profiles.reduce(0) { $0 + $1.passed }
        failed = profiles.reduce(0) { $0 + $1.failures.count }
    }

    private static func ownProfiles(_ folder: String?) throws -> Set<String> {
        guard let folder else { return [] }
        let texts = try DeviceProfiles.profiles(in: folder).map {
            ProfileText(file: "\(folder)/\($0.name)", text: $0.text)
        }
        return Set(try ProfileLibrary(folder: texts).profiles.map(\.id))
    }

    /// The examples of one file but for those of profiles that are replaced: the profile of each,
    /// and its failure when it is one.
    private static func run(
        _ file: ProfileText,
        _ library: ProfileLibrary,
        _ codecs: ProfileCodecs?,
        _ replaced: Set<String>
    ) async throws -> [(profile: String, failure: Failure?)] {
        let examples: [ProfileExample]
        do {
            examples = try ProfileExample.read(file)
        } catch {
            // The folder's name stands for the profile that the file does not get to say.
            let model = file.file.split(separator: "/").dropLast().last.map(String.init)
            let failure = Failure(
                example: "",
                place: file.file,
                differences: error.faults.map(\.description)
            )
            return [(model ?? file.file, failure)]
        }
        var found: [(profile: String, failure: Failure?)] = []
        for example in examples where !replaced.contains(example.profile) {
            let answer = try await codecs?.answer(to: example, library)
            let differences = example.differences(with: library, answer: answer)
            let place = example.place
            let failure = Failure(
                example: example.name,
                place: "\(place.file):\(place.line):\(place.column)",
                differences: differences
            )
            found.append((example.profile, differences.isEmpty ? nil : failure))
        }
        return found
    }
}

extension ProfileTestReport {
    /// The report as lines for people: one a profile, then its differences; the sums last.
    public var lines: [String] {
        profiles.flatMap { profile in
            let total = profile.passed + profile.failures.count
            let word = profile.failures.isEmpty ? "ok" : "FAILED"
            let count = total == 0 ? "no examples" : "\(profile.passed) of \(total)"
            return ["\(word)  \(profile.profile)  \(count)"]
                + profile.failures.flatMap { failure in
                    ["    \(failure.place): \(failure.example)"]
                        + failure.differences.map { "        \($0)" }
                }
        } + ["\(passed) passed, \(failed) failed"]
    }
}
