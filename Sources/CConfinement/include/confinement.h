#ifndef LANGSO_CONFINEMENT_H
#define LANGSO_CONFINEMENT_H

#include <stdint.h>

// What starts and confines the process that runs payload codecs: calls that Swift cannot make,
// because they take a varying number of arguments, are of GNU programs only, or belong to a thread
// without any Swift in it.

/// Starts a program in a session of its own, with a socket as descriptors 0 and 1, the end of a
/// pipe as 2, and no other.
///
/// `environment` ends with a null. `errors` gets the pipe's other end, which never waits. Returns
/// 0, else the number of the error.
int langso_spawn_worker(
    const char *program, int socket, char *const environment[], int *process_id, int *errors);

/// Has the kernel end this process when the thread that started it ends.
///
/// Returns 0, else the number of the error.
int langso_die_with_parent(void);

/// Memory that a process holds, in the main store or moved to the disk, in bytes.
///
/// `status` is a descriptor of its /proc/PID/status. Returns 0 when that cannot be read.
uint64_t langso_memory_bytes(int status);

/// Starts the thread that ends the process, with `exit_code`, when it holds more memory, or when
/// that cannot be told.
///
/// It looks every 5 ms while a script runs, and sleeps otherwise. `status` is a descriptor of
/// /proc/self/status. Returns 0, else the number of the error.
int langso_watch_memory(int status, uint64_t limit_bytes, int exit_code);

/// Looks as that thread does, and ends the process likewise.
///
/// Who has run a script for longer than the thread sleeps calls it before the answer leaves: what
/// one script took must not be held against the next.
void langso_look_at_memory(void);

/// The memory that was seen last, in bytes; 0 before anybody has looked.
uint64_t langso_memory_seen(void);

/// Says that a script begins to run, or has ended.
void langso_script_runs(int runs);

/// Takes from this process, all its threads and whatever they start, every way to files, the
/// network and other processes.
///
/// What stays: reading and writing what is open already, memory, time, threads, locks. Everything
/// else fails with EPERM. Descriptors and threads have limits. It cannot be undone. Returns 0, else
/// the number of the error.
int langso_confine(void);

/// Tries to break out of the confinement, for the test that nothing can: writes a line an attempt
/// to descriptor 1, its name and the number of the error, 0 where it was let through.
void langso_probe_confinement(void);

#endif
