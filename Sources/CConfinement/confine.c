#define _GNU_SOURCE
#include "confinement.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// The filter is a list of what is allowed: what it does not name, as a call of a newer kernel,
// fails. Numbers are compared whole, so that the x32 calls of x86-64 are none of them.

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the filter knows x86-64 and AArch64"
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ARGUMENT(index) LOAD(args[index])
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define REFUSE(error) RETURN(SECCOMP_RET_ERRNO | (error))
#define SKIP_UNLESS(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (count))
#define ALLOW(name) SKIP_UNLESS(__NR_##name, 1), RETURN(SECCOMP_RET_ALLOW)
// Allowed when the low half of an argument, masked, is a value. Flags and numbers are in that half.
#define ALLOW_MASKED(name, index, mask, value)                                                  \
  SKIP_UNLESS(__NR_##name, 5), ARGUMENT(index), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (mask)),    \
      SKIP_UNLESS((value), 1), RETURN(SECCOMP_RET_ALLOW), REFUSE(EPERM)

// Those with which the C library starts a thread, and no others: none makes a process, or gives the
// thread another view of the system.
#define THREAD_FLAGS                                                                            \
  (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |           \
   CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

// Descriptors, for what is open already and the counters by which threads wake each other.
#define MOST_DESCRIPTORS 64
// Threads. The kernel counts all those of the user, and the gateway has some: this is far above
// what both need, and far below what a machine has.
#define MOST_THREADS 4096

int langso_die_with_parent(void) {
  return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 ? 0 : errno;
}

// Lowers a limit; one that is lower already stays.
static int limit(int what, rlim_t value) {
  struct rlimit both;
  if (getrlimit(what, &both) != 0) return errno;
  if (both.rlim_max > value) both.rlim_max = value;
  if (both.rlim_cur > both.rlim_max) both.rlim_cur = both.rlim_max;
  return setrlimit(what, &both) == 0 ? 0 : errno;
}

int langso_confine(void) {
  struct sock_filter filter[] = {
      LOAD(arch),
      SKIP_UNLESS(ARCHITECTURE, 1),
      BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
      RETURN(SECCOMP_RET_KILL_PROCESS),
      LOAD(nr),
      // What is open already: the channel to the gateway, the pipe for errors and
      // /proc/self/status.
      ALLOW(read),
      ALLOW(write),
      ALLOW(pread64),
      // Waiting for what is open already; threads of the engine wake each other by such counters.
#ifdef __NR_poll
      ALLOW(poll),
#endif
      ALLOW(ppoll),
      ALLOW(eventfd2),
      // Memory. No file is mapped any more.
      ALLOW_MASKED(mmap, 3, MAP_ANONYMOUS, MAP_ANONYMOUS),
      ALLOW(munmap),
      ALLOW(mprotect),
      ALLOW(mremap),
      ALLOW(madvise),
      ALLOW(brk),
      // Time.
      ALLOW(clock_gettime),
      ALLOW(clock_getres),
      ALLOW(clock_nanosleep),
      ALLOW(nanosleep),
      ALLOW(gettimeofday),
      ALLOW(getrusage),
      ALLOW(restart_syscall),
      // Threads and locks: compilation and the collection of garbage have threads of their own.
      ALLOW(futex),
      ALLOW(sched_yield),
      ALLOW(sched_getaffinity),
      ALLOW(set_robust_list),
      ALLOW(rseq),
      ALLOW(membarrier),
      ALLOW(gettid),
      ALLOW(getpid),
      ALLOW_MASKED(clone, 0, 0xFFFFFFFF, THREAD_FLAGS),
      // Its flags lie in memory, which a filter cannot see; the C library then takes clone.
      SKIP_UNLESS(__NR_clone3, 1),
      REFUSE(ENOSYS),
      ALLOW_MASKED(prctl, 0, 0xFFFFFFFF, PR_SET_NAME),
      // Signals: to threads of this process only, as the collection of garbage stops them.
      ALLOW_MASKED(tgkill, 0, 0xFFFFFFFF, (uint32_t)getpid()),
      ALLOW(rt_sigaction),
      ALLOW(rt_sigprocmask),
      ALLOW(rt_sigreturn),
      ALLOW(rt_sigsuspend),
      ALLOW(sigaltstack),
      ALLOW(getrandom),
      ALLOW(exit),
      ALLOW(exit_group),
      REFUSE(EPERM),
  };
  const struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
  int error = limit(RLIMIT_CORE, 0);
  if (error == 0) error = limit(RLIMIT_FSIZE, 0);
  if (error == 0) error = limit(RLIMIT_NOFILE, MOST_DESCRIPTORS);
  if (error == 0) error = limit(RLIMIT_NPROC, MOST_THREADS);
  if (error != 0) return error;
  // Nobody reads or steers it through /proc or ptrace either.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  const long done = syscall(
      SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
  // A thread that could not be brought under the filter is told by its number.
  return done == 0 ? 0 : done > 0 ? EBUSY : errno;
}
