#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

static noreturn void become_program(char **argv, char **env, const sigset_t *mask) {
  (void)sigprocmask(SIG_SETMASK, mask, NULL);
  (void)execve(argv[1], argv + 2, env);
  struct step_failure failure = {.step = UINT32_MAX, .error = errno};
  (void)snprintf(failure.text, sizeof failure.text, "exec: \"%s\": %s", argv[2], strerror(errno));
  if (write(CHILD_STATUS, &failure, sizeof failure) < 0) _exit(126);
  _exit(errno == ENOENT ? 127 : 126);
}

/* Reaps everything there is; ends the container when the program itself ended. */
static void reap(pid_t program) {
  for (;;) {
    int status;
    pid_t ended = waitpid(-1, &status, WNOHANG);
    if (ended <= 0) return;
    if (ended == program) _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
  }
}

noreturn void run_init(char **argv, char **env) {
  sigset_t all;
  sigset_t before;
  (void)prctl(PR_SET_NAME, INIT_NAME, 0, 0, 0);
  (void)sigfillset(&all);
  (void)sigprocmask(SIG_SETMASK, &all, &before);
  if (fcntl(CHILD_STATUS, F_SETFD, FD_CLOEXEC) < 0) _exit(126);
  pid_t program = fork();
  if (program < 0) _exit(126);
  if (program == 0) become_program(argv, env, &before);
  (void)close(CHILD_STATUS);
  for (;;) {
    siginfo_t information;
    int number = sigwaitinfo(&all, &information);
    if (number == SIGCHLD) reap(program);
    else if (number > 0) (void)kill(program, number);
  }
}
