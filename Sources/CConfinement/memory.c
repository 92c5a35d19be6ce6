#define _GNU_SOURCE
#include "confinement.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// A script takes 180 MB in 0.1 s: 5 ms let it go 10 MB over the limit.
#define PAUSE_NANOSECONDS 5000000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t begun = PTHREAD_COND_INITIALIZER;
static int running;
static int file;
static uint64_t limit;
static int code;
static _Atomic uint64_t seen;

// The number behind a name at the beginning of a line, in kB; 0 where there is none.
static uint64_t kilobytes(const char *text, const char *name) {
  const char *place = strstr(text, name);
  return place == NULL ? 0 : strtoull(place + strlen(name), NULL, 10);
}

uint64_t langso_memory_bytes(int status) {
  char text[4096];
  const ssize_t count = pread(status, text, sizeof text - 1, 0);
  if (count <= 0) return 0;
  text[count] = 0;
  // What the kernel has moved to the disk is held as well.
  return (kilobytes(text, "\nVmRSS:") + kilobytes(text, "\nVmSwap:")) * 1024;
}

void langso_look_at_memory(void) {
  const uint64_t bytes = langso_memory_bytes(file);
  // A limit that cannot be watched is none: nothing runs without it.
  if (bytes == 0 || bytes > limit) _exit(code);
  atomic_store_explicit(&seen, bytes, memory_order_relaxed);
}

static void *watch(void *nothing) {
  const struct timespec pause = {0, PAUSE_NANOSECONDS};
  for (;;) {
    pthread_mutex_lock(&lock);
    while (!running) pthread_cond_wait(&begun, &lock);
    pthread_mutex_unlock(&lock);
    nanosleep(&pause, NULL);
    langso_look_at_memory();
  }
  return nothing;
}

int langso_watch_memory(int status, uint64_t limit_bytes, int exit_code) {
  file = status;
  limit = limit_bytes;
  code = exit_code;
  if (langso_memory_bytes(status) == 0) return EIO;
  pthread_t thread;
  return pthread_create(&thread, NULL, watch, NULL);
}

uint64_t langso_memory_seen(void) { return atomic_load_explicit(&seen, memory_order_relaxed); }

void langso_script_runs(int runs) {
  pthread_mutex_lock(&lock);
  running = runs;
  if (runs) pthread_cond_signal(&begun);
  pthread_mutex_unlock(&lock);
}
