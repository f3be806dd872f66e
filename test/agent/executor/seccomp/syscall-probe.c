/* Makes system calls with arguments that do no harm and prints `<name> <errno>` for each; 0 = it worked. */
#include <errno.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *name, long result) { printf("%s %d\n", name, result < 0 ? errno : 0); }

static long clone_with(unsigned long flags) {
  long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
  if (pid == 0) _exit(0);
  if (pid > 0) (void)waitpid((pid_t)pid, NULL, 0);
  return pid;
}

static long trace_child(void) {
  pid_t pid = fork();
  if (pid == 0) {
    (void)pause();
    _exit(0);
  }
  long result = ptrace(PTRACE_SEIZE, pid, 0, 0);
  int saved = errno;
  (void)kill(pid, SIGKILL);
  (void)waitpid(pid, NULL, 0);
  errno = saved;
  return result;
}

static long open_socket(int family) {
  long result = socket(family, SOCK_SEQPACKET, 0);
  return result < 0 && errno != EPERM ? 0 : result;
}

int main(int count, char **arguments) {
  if (count > 1 && strcmp(arguments[1], "user") == 0) {
    printf("%d\n", (int)geteuid());
    return 0;
  }
  tell("unshare", unshare(CLONE_NEWNS));
  tell("mount", mount("none", "/tmp", "tmpfs", 0, ""));
  tell("setns", syscall(SYS_setns, -1, 0));
  tell("keyctl", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1));
  tell("userfaultfd", syscall(SYS_userfaultfd, 0));
  tell("io_uring_setup", syscall(SYS_io_uring_setup, 0, 0));
  tell("bpf", syscall(SYS_bpf, 0, 0, 0));
  tell("clone3", syscall(SYS_clone3, 0, 0));
  tell("clone", clone_with(0));
  tell("clone-user", clone_with(CLONE_NEWUSER));
  tell("ptrace", trace_child());
  tell("alg", open_socket(38));
  tell("vsock", open_socket(40));
  tell("unix", open_socket(AF_UNIX));
  tell("personality", syscall(SYS_personality, 0xffffffffu));
  tell("personality-bad", syscall(SYS_personality, 0x0040000));
  tell("getppid", syscall(SYS_getppid));
  tell("mkdir", syscall(SYS_mkdir, "/tmp/made", 0755));
  tell("x32", syscall(0x40000000 | SYS_getpid));
  return 0;
}
