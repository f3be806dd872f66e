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

/* Tells the keeper why the program does not run, and ends. */
static noreturn void give_up(const char *program, int error) {
  struct step_failure failure = {.step = UINT32_MAX, .error = error};
  (void)snprintf(failure.text, sizeof failure.text, "exec: \"%s\": %s", program, strerror(error));
  if (write(CHILD_STATUS, &failure, sizeof failure) < 0) _exit(126);
  _exit(error == ENOENT ? 127 : 126);
}

/*
 * A process group of its own: what the program sends to its whole group must not come to init, which would hand it on
 * and so deliver it twice. On a terminal that group is the one in the foreground.
 */
static noreturn void become_program(char **argv, char **env, const sigset_t *mask) {
  if (setpgid(0, 0) < 0) give_up(argv[2], errno);
  if (isatty(STDIN_FILENO) == 1) (void)tcsetpgrp(STDIN_FILENO, getpgrp());
  (void)sigprocmask(SIG_SETMASK, mask, NULL);
  (void)execve(argv[1], argv + 2, env);
  give_up(argv[2], errno);
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
  /* Where the pid namespace is another's, the init is not its first process, and orphans would pass it by. */
  (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  (void)sigfillset(&all);
  (void)sigprocmask(SIG_SETMASK, &all, &before);
  if (fcntl(CHILD_STATUS, F_SETFD, FD_CLOEXEC) < 0) _exit(126);
  pid_t program = fork();
  if (program < 0) give_up(argv[2], errno);
  if (program == 0) become_program(argv, env, &before);
  (void)close(CHILD_STATUS);
  for (;;) {
    siginfo_t information;
    int number = sigwaitinfo(&all, &information);
    if (number == SIGCHLD) reap(program);
    else if (number > 0) (void)kill(program, number);
  }
}
