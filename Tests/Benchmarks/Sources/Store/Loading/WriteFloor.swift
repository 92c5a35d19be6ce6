internal import Glibc
internal import Measuring

/// What the system alone takes for the writes and waits of a journal's commits: no program that
/// commits as often takes less.
enum WriteFloor {
    /// Writes so many stretches of bytes, one behind the other over the zeros of a file, and waits
    /// for the disk after each.
    ///
    /// - Throws: ``Failure`` when the system refuses.
    static func measure(_ folder: String, count: Int, bytesEach: Int) throws -> Cost {
        let descriptor = open("\(folder)/floor", O_RDWR | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else { throw Failure("the file for the floor cannot be made") }
        defer { close(descriptor) }
        let zeros = [UInt8](repeating: 0, count: bytesEach)
        for index in 0..<count {
            guard pwrite(descriptor, zeros, bytesEach, off_t(index * bytesEach)) == bytesEach else {
                throw Failure("there is no room for the file for the floor")
            }
        }
        guard fsync(descriptor) == 0 else {
            throw Failure("the file for the floor cannot be written")
        }
        let bytes = [UInt8](repeating: 0xA5, count: bytesEach)
        let mark = Mark()
        for index in 0..<count {
            guard pwrite(descriptor, bytes, bytesEach, off_t(index * bytesEach)) == bytesEach,
                fdatasync(descriptor) == 0
            else { throw Failure("the file for the floor cannot be written") }
        }
        return mark.elapsed
    }
}
