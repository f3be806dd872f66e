/* skep-keeper --socket PATH [--state FOLDER]: the parent of all containers of one node. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "container.h"
#include "execution.h"
#include "forker.h"
#include "init.h"
#include "one_shot.h"
#include "program.h"
#include "scope.h"
#include "server.h"
#include "spawn.h"
#include "state.h"
#include "stream_exec.h"
#include "takeover.h"

static struct watch child_signals;

static void reap_children(void) {
  for (;;) {
    int status;
    pid_t ended = waitpid(-1, &status, WNOHANG);
    if (ended <= 0) return;
    /* Most are health checks, and the list of those is the shortest. */
    if (execution_process_ended(ended, status) || stream_exec_process_ended(ended, status)) continue;
    if (takeover_process_ended(ended, status)) continue;
    (void)container_process_ended(ended, status);
  }
}

static void child_ended(struct watch *watch, uint32_t events) {
  (void)events;
  struct signalfd_siginfo information[16];
  if (read(watch->descriptor, information, sizeof information) < 0 && errno != EAGAIN) return;
  reap_children();
}

static bool watch_children(void) {
  sigset_t signals;
  (void)sigemptyset(&signals);
  (void)sigaddset(&signals, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0) return false;
  int descriptor = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  return descriptor >= 0 && loop_add(&child_signals, descriptor, EPOLLIN, child_ended);
}

/* See open_sealed_program. */
static int run_sealed(int own, char **argv, char **env) {
  SCOPED_FD sealed = open_sealed_program(own);
  if (sealed >= 0) (void)fexecve(sealed, argv, env);
  return -1;
}

static bool detach(void) {
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
    container_next_deadline(), execution_next_deadline(), stream_exec_next_deadline(), server_next_deadline(),
    takeover_next_deadline()};
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
    takeover_go_on(now);
  }
  container_thaw_all();
  server_close();
  container_end_all();
  return 0;
}

struct arguments {
  const char *socket;
  const char *state;
  /* Descriptors of a keeper that this one takes over from: its state and its program; -1 = there is none. */
  int resume;
  int previous;
};

static bool read_arguments(int argc, char **argv, struct arguments *out) {
  for (int index = 1; index + 1 < argc; index += 2) {
    if (strcmp(argv[index], "--socket") == 0) out->socket = argv[index + 1];
    else if (strcmp(argv[index], "--state") == 0) out->state = argv[index + 1];
    else if (strcmp(argv[index], "--resume") == 0) out->resume = atoi(argv[index + 1]);
    else if (strcmp(argv[index], "--previous") == 0) out->previous = atoi(argv[index + 1]);
    else return false;
  }
  return argc % 2 == 1 && out->socket != NULL && out->socket[0] == '/' && (out->state[0] == '/' || out->state[0] == 0);
}

static bool set_up(int program, char **argv) {
  bool prepared = program >= 0 && detach() && spawn_prepare(program);
  if (prepared) forker_begin(argv);
  if (prepared && loop_open() && watch_children()) return true;
  perror("skep-keeper: set-up");
  return false;
}

static int begin(const struct arguments *arguments, char **argv) {
  if (close_range(3, ~0u, 0) < 0) return 1;
  /* Stays open, like all that holds the low descriptors. */
  SCOPED_FD program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (!set_up(program, argv) || !make_instance()) return 1;
  set_state_folder(arguments->state);
  if (!server_open(arguments->socket)) return 1;
  return serve();
}

/* Everything that this keeper has not opened itself is what the other one left open for it. */
static int resume(const struct arguments *arguments, char **argv) {
  SCOPED_FD program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (!set_up(program, argv) || !read_whole_state(arguments->resume, arguments->socket)) {
    takeover_go_back(arguments->previous, arguments->socket, arguments->state, arguments->resume);
    return 1;
  }
  set_state_folder(arguments->state);
  (void)close(arguments->resume);
  if (arguments->previous >= 0) (void)close(arguments->previous);
  if (close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) < 0) perror("skep-keeper: descriptors");
  /* Who ended in between was announced to the other keeper. */
  reap_children();
  return serve();
}

static int print_build(void) {
  if (keeper_build()[0] == 0) return 1;
  return puts(keeper_build()) < 0 || fflush(stdout) != 0 ? 1 : 0;
}

int main(int argc, char **argv, char **env) {
  if (argc > 2 && strcmp(argv[0], INIT_NAME) == 0) run_init(argv, env);
  if (argc == 2 && strcmp(argv[1], "--build") == 0) return print_build();
  if (argc == 3 && strcmp(argv[1], "--can-resume") == 0) return can_resume(argv[2]);
  struct arguments arguments = {.state = "", .resume = -1, .previous = -1};
  bool one_shot = argc == 2 && strcmp(argv[1], ONE_SHOT_OPTION) == 0;
  if (!one_shot && !read_arguments(argc, argv, &arguments)) {
    (void)fprintf(stderr, "usage: skep-keeper --socket /PATH [--state /FOLDER]\n");
    return 2;
  }
  int own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (own < 0) {
    perror("skep-keeper: /proc/self/exe");
    return 1;
  }
  if (!is_sealed(own)) {
    (void)run_sealed(own, argv, env);
    perror("skep-keeper: run from a sealed copy");
    return 1;
  }
  (void)close(own);
  if (one_shot) return run_one_shot();
  return arguments.resume >= 0 ? resume(&arguments, argv) : begin(&arguments, argv);
}
