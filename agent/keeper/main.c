/* skep-keeper --socket PATH [--state FOLDER]: the parent of all containers of one node. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "container.h"
#include "execution.h"
#include "init.h"
#include "one_shot.h"
#include "scope.h"
#include "server.h"
#include "spawn.h"
#include "stream_exec.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static struct watch child_signals;

static void reap_children(struct watch *watch, uint32_t events) {
  (void)events;
  struct signalfd_siginfo information[16];
  if (read(watch->descriptor, information, sizeof information) < 0 && errno != EAGAIN) return;
  for (;;) {
    int status;
    pid_t ended = waitpid(-1, &status, WNOHANG);
    if (ended <= 0) return;
    if (container_process_ended(ended, status) || execution_process_ended(ended, status)) continue;
    (void)stream_exec_process_ended(ended, status);
  }
}

static bool watch_children(void) {
  sigset_t signals;
  (void)sigemptyset(&signals);
  (void)sigaddset(&signals, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0) return false;
  int descriptor = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  return descriptor >= 0 && loop_add(&child_signals, descriptor, EPOLLIN, reap_children);
}

/*
 * CVE-2019-5736: a container may get hold of the program that set it up through /proc/self/exe. So the keeper never
 * runs from its file but from a sealed copy in memory, which nobody can write to.
 */
static int run_sealed(int own, char **argv, char **env) {
  struct stat status;
  if (fstat(own, &status) < 0) return -1;
  SCOPED_FD sealed = memfd_create("skep-keeper", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (sealed < 0) return -1;
  for (off_t left = status.st_size; left > 0;) {
    ssize_t copied = sendfile(sealed, own, NULL, (size_t)left);
    if (copied <= 0) return -1;
    left -= copied;
  }
  /* Any user of a container may run it, as its reaper; one who cannot read it cannot trace that reaper either. */
  if (fchmod(sealed, 0511) < 0 || fcntl(sealed, F_ADD_SEALS, SEALS) < 0) return -1;
  (void)fexecve(sealed, argv, env);
  return -1;
}

static bool detach(void) {
  if (close_range(3, ~0u, 0) < 0) return false;
  (void)setsid();
  (void)umask(0022);
  if (chdir("/") < 0) return false;
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  const int ignored[] = {SIGPIPE, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};
  for (size_t index = 0; index < sizeof ignored / sizeof ignored[0]; index++)
    if (sigaction(ignored[index], &ignore, NULL) < 0) return false;
  return prctl(PR_SET_NAME, "skep-keeper", 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static int next_timeout(void) {
  const int64_t deadlines[] = {
    container_next_deadline(), execution_next_deadline(), stream_exec_next_deadline(), server_next_deadline()};
  int64_t deadline = INT64_MAX;
  for (size_t index = 0; index < sizeof deadlines / sizeof deadlines[0]; index++)
    if (deadlines[index] < deadline) deadline = deadlines[index];
  if (deadline == INT64_MAX) return -1;
  int64_t left = deadline - monotonic_ms();
  if (left < 0) return 0;
  return left > 60000 ? 60000 : (int)left + 1;
}

static int serve(void) {
  while (!shutdown_requested) {
    if (!loop_turn(next_timeout())) {
      perror("skep-keeper: event loop");
      return 1;
    }
    int64_t now = monotonic_ms();
    container_check_deadlines(now);
    execution_check_deadlines(now);
    stream_exec_check_deadlines(now);
    server_check_deadlines(now);
  }
  container_thaw_all();
  server_close();
  container_end_all();
  return 0;
}

static bool read_arguments(int argc, char **argv, const char **socket, const char **state) {
  for (int index = 1; index + 1 < argc; index += 2) {
    if (strcmp(argv[index], "--socket") == 0) *socket = argv[index + 1];
    else if (strcmp(argv[index], "--state") == 0) *state = argv[index + 1];
    else return false;
  }
  return argc % 2 == 1 && *socket != NULL && (*socket)[0] == '/' && ((*state)[0] == '/' || (*state)[0] == 0);
}

int main(int argc, char **argv, char **env) {
  if (argc > 2 && strcmp(argv[0], INIT_NAME) == 0) run_init(argv, env);
  const char *socket = NULL;
  const char *state = "";
  bool one_shot = argc == 2 && strcmp(argv[1], ONE_SHOT_OPTION) == 0;
  if (!one_shot && !read_arguments(argc, argv, &socket, &state)) {
    (void)fprintf(stderr, "usage: skep-keeper --socket /PATH [--state /FOLDER]\n");
    return 2;
  }
  int own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (own < 0) {
    perror("skep-keeper: /proc/self/exe");
    return 1;
  }
  int seals = fcntl(own, F_GET_SEALS);
  if (seals < 0 || (seals & SEALS) != SEALS) {
    (void)run_sealed(own, argv, env);
    perror("skep-keeper: run from a sealed copy");
    return 1;
  }
  (void)close(own);
  if (one_shot) return run_one_shot();
  if (!detach()) {
    perror("skep-keeper: detach");
    return 1;
  }
  SCOPED_FD program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (program < 0 || !spawn_prepare(program) || !make_instance() || !loop_open() || !watch_children()) {
    perror("skep-keeper: set-up");
    return 1;
  }
  set_state_folder(state);
  if (!server_open(socket)) return 1;
  return serve();
}
