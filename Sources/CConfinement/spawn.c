#define _GNU_SOURCE
#include "confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

// Starts the program with an end of a pipe as descriptor 2.
static int spawn(
    const char *program, int socket, int errors, char *const environment[], int *process_id) {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int error = posix_spawnattr_init(&attributes);
  if (error != 0) return error;
  error = posix_spawn_file_actions_init(&actions);
  if (error != 0) {
    posix_spawnattr_destroy(&attributes);
    return error;
  }
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  error = posix_spawn_file_actions_adddup2(&actions, socket, 0);
  if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, socket, 1);
  if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, errors, 2);
  if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  char *const words[] = {(char *)program, NULL};
  pid_t child = 0;
  if (error == 0) {
    error = posix_spawn(&child, program, &actions, &attributes, words, environment);
  }
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  *process_id = child;
  return error;
}

int langso_spawn_worker(
    const char *program, int socket, char *const environment[], int *process_id, int *errors) {
  int ends[2];
  // Neither end waits: what the pipe has no room for is lost, and no worker hangs by it.
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return errno;
  const int error = spawn(program, socket, ends[1], environment, process_id);
  close(ends[1]);
  if (error != 0) close(ends[0]);
  *errors = ends[0];
  return error;
}
