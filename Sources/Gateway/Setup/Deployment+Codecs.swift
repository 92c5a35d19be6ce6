internal import CodecSandbox
internal import ConfigurationText
internal import Decoding

/// The codecs that an operator put beside own profiles.
extension ProfileLibrary {
    /// The codec of each profile that has one, in the order of the profiles.
    ///
    /// - Parameter folder: holds a folder for each profile, named for it, with the script.
    /// - Returns: the codecs, named for their profiles.
    func codecFiles(in folder: String) -> [CodecFile] {
        profiles.compactMap { profile in
            profile.codec.map { codec in
                CodecFile(
                    name: profile.id,
                    path: "\(folder)/\(profile.id)/\(codec.file)",
                    keepsContexts: codec.keepsContexts,
                    variables: codec.variables
                )
            }
        }
    }
}

extension Deployment {
    /// The codecs of the own profiles.
    var codecFiles: [CodecFile] { settings.profilesFolder.map(profiles.codecFiles) ?? [] }

    /// Notes codecs that cannot be read, and that there is no program to run them.
    static func checkCodecs(
        of settings: GatewaySettings,
        _ library: ProfileLibrary,
        _ faults: inout FaultCollector
    ) {
        guard let folder = settings.profilesFolder else { return }
        let files = library.codecFiles(in: folder)
        guard !files.isEmpty else { return }
        do throws(CodecError) {
            _ = try CodecProgram.find(settings.codecs.program)
            for file in files { _ = try CodecSupervisor([file], onAnswers: { _ in }) }
        } catch {
            faults.note(ConfigurationFault(file: folder, message: "\(error)"))
        }
    }
}
