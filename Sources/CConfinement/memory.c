#define _GNU_SOURCE
#include "confinement.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
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

static uint64_t resident_bytes(void) {
  char text[128];
  const ssize_t count = pread(file, text, sizeof text - 1, 0);
  if (count <= 0) return 0;
  text[count] = 0;
  // The second number is the resident size in pages.
  char *rest = NULL;
  (void)strtoull(text, &rest, 10);
  return strtoull(rest, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void *watch(void *nothing) {
  const struct timespec pause = {0, PAUSE_NANOSECONDS};
  for (;;) {
    pthread_mutex_lock(&lock);
    while (!running) pthread_cond_wait(&begun, &lock);
    pthread_mutex_unlock(&lock);
    nanosleep(&pause, NULL);
    if (resident_bytes() > limit) _exit(code);
  }
  return nothing;
}

int langso_watch_memory(int statm, uint64_t limit_bytes, int exit_code) {
  file = statm;
  limit = limit_bytes;
  code = exit_code;
  if (resident_bytes() == 0) return EIO;
  pthread_t thread;
  return pthread_create(&thread, NULL, watch, NULL);
}

void langso_script_runs(int runs) {
  pthread_mutex_lock(&lock);
  running = runs;
  if (runs) pthread_cond_signal(&begun);
  pthread_mutex_unlock(&lock);
}
