#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "program.h"
#include "scope.h"
#include "state.h"

static int null_device = -1;
static int own_program = -1;
static int own_pid_namespace = -1;
/* Set when the keeper could not leave a container's pid namespace again: it must start nothing more. */
static bool astray;
static struct rlimit open_files;

bool spawn_prepare(int program) {
  for (;;) {
    int filler = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (filler < 0) {
      perror("skep-keeper: /dev/null");
      return false;
    }
    if (filler >= FIRST_KEEPER_DESCRIPTOR) {
      null_device = filler;
      break;
    }
  }
  own_program = open_unchangeable_program(program, FIRST_KEEPER_DESCRIPTOR);
  own_pid_namespace = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
  if (own_program < 0 || own_pid_namespace < 0 || getrlimit(RLIMIT_NOFILE, &open_files) < 0) {
    perror("skep-keeper: own process");
    return false;
  }
  struct rlimit raised = {.rlim_cur = open_files.rlim_max, .rlim_max = open_files.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &raised) < 0) perror("skep-keeper: open file limit");
  return true;
}

/* A pipe whose end of ours never blocks the keeper; the other stays as programs expect it. */
static int make_pipe(int ends[2], int ours) {
  if (pipe2(ends, O_CLOEXEC) < 0) return -1;
  return fcntl(ends[ours], F_SETFL, O_NONBLOCK);
}

struct pipes {
  int input[2];
  int output[2];
  int errors[2];
};

static bool make_pipes(const struct spawn_request *request, struct pipes *pipes) {
  *pipes = (struct pipes){.input = {-1, -1}, .output = {-1, -1}, .errors = {-1, -1}};
  if (request->terminal) return true;
  if (request->input && make_pipe(pipes->input, 1) < 0) return false;
  return make_pipe(pipes->output, 0) == 0 && (request->merged_output || make_pipe(pipes->errors, 0) == 0);
}

static int or_null_device(int descriptor) { return descriptor < 0 ? null_device : descriptor; }

bool spawn_is_astray(void) { return astray; }

bool spawn_needs(int descriptor) {
  return descriptor == null_device || descriptor == own_program || descriptor == own_pid_namespace;
}

/* Joining a pid namespace shows in children only, so the process itself never leaves its own. */
static pid_t clone_into(int pid_namespace, struct clone_args *arguments) {
  if (setns(pid_namespace, CLONE_NEWPID) < 0) return -1;
  pid_t pid = (pid_t)syscall(SYS_clone3, arguments, sizeof *arguments);
  if (pid == 0) return 0;
  int saved = errno;
  if (setns(own_pid_namespace, CLONE_NEWPID) < 0) astray = true;
  errno = saved;
  return pid;
}

pid_t spawn_sibling(const struct step_list *list, const struct forked_ends *ends) {
  struct clone_args arguments = {.flags = CLONE_PARENT | CLONE_CLEAR_SIGHAND};
  pid_t pid = clone_into(ends->join, &arguments);
  if (pid != 0) return pid;
  /* Whoever looks at it before it is the program sees what it sees of every start. */
  (void)prctl(PR_SET_NAME, "skep-keeper", 0, 0, 0);
  run_child(&(struct child_setup){
    .list = list,
    .standard_input = null_device,
    .standard_output = ends->output,
    .standard_error = ends->output,
    .status = ends->status,
    .program = own_program,
    .namespaces = ends->join,
    .open_files = open_files,
  });
}

/* By the forker: cheap however much the keeper holds. -1 when it has to be done here. */
static pid_t clone_elsewhere(const struct spawn_request *request, int output, int status, int *pidfd) {
  if (request->fields == NULL) return -1;
  pid_t pid =
    forker_clone(*request->fields, &(struct forked_ends){.output = output, .status = status, .join = request->join});
  if (pid < 0) return -1;
  *pidfd = pidfd_open(pid, 0);
  if (*pidfd >= 0) return pid;
  (void)kill(pid, SIGKILL);
  return -1;
}

static pid_t clone_child(const struct spawn_request *request, int group, int *pidfd) {
  struct clone_args arguments = {
    /* No handler of the keeper must run in a child; what it ignores, the child resets itself. */
    .flags = CLONE_PIDFD | CLONE_CLEAR_SIGHAND | request->namespaces | (group >= 0 ? CLONE_INTO_CGROUP : 0),
    .pidfd = (uint64_t)(uintptr_t)pidfd,
    .exit_signal = SIGCHLD,
    .cgroup = (uint64_t)(group >= 0 ? group : 0),
  };
  int pid_namespace = request->join;
  if (request->joins != NULL && !request->joins->late) pid_namespace = request->joins->pid;
  if (pid_namespace < 0) return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
  return clone_into(pid_namespace, &arguments);
}

int spawn(const struct spawn_request *request, struct spawned *out) {
  if (astray) {
    errno = EIO;
    return -1;
  }
  struct pipes pipes;
  int status[2] = {-1, -1};
  SCOPED_FD group = -1;
  bool ready =
    make_pipes(request, &pipes) && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, status) == 0;
  if (ready && request->cgroup != NULL) {
    group = open(request->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ready = group >= 0;
  }
  int pidfd = -1;
  pid_t pid = ready ? clone_elsewhere(request, pipes.output[1], status[1], &pidfd) : -1;
  if (ready && pid < 0) pid = clone_child(request, group, &pidfd);
  if (pid == 0) {
    run_child(&(struct child_setup){
      .list = request->list,
      .standard_input = or_null_device(pipes.input[0]),
      .standard_output = or_null_device(pipes.output[1]),
      .standard_error = or_null_device(request->merged_output ? pipes.output[1] : pipes.errors[1]),
      .status = status[1],
      .program = own_program,
      .namespaces = request->join,
      .joins = request->joins,
      .open_files = open_files,
    });
  }
  int saved = errno;
  close_descriptor(&pipes.input[0]);
  close_descriptor(&pipes.output[1]);
  close_descriptor(&pipes.errors[1]);
  close_descriptor(&status[1]);
  if (pid < 0) {
    close_descriptor(&pipes.input[1]);
    close_descriptor(&pipes.output[0]);
    close_descriptor(&pipes.errors[0]);
    close_descriptor(&status[0]);
    errno = saved;
    return -1;
  }
  (void)fcntl(status[0], F_SETFL, O_NONBLOCK);
  *out = (struct spawned){
    .pid = pid,
    .pidfd = pidfd,
    .input = pipes.input[1],
    .output = pipes.output[0],
    .errors = pipes.errors[0],
    .status = status[0],
  };
  return 0;
}

pid_t spawn_worker(void) {
  pid_t pid = astray ? -1 : fork();
  if (pid == 0) (void)close_range(3, ~0u, 0);
  return pid;
}

void spawn_write_state(struct state_writer *state) {
  write_number(&state->fields, STATE_OPEN_FILES, open_files.rlim_cur);
  write_number(&state->fields, STATE_ASTRAY, astray ? 1 : 0);
}

bool spawn_read_state(const struct field *field) {
  uint64_t value;
  if (!field_number(field, &value)) return false;
  if (field->tag == STATE_OPEN_FILES) open_files.rlim_cur = value;
  /* The namespace for children outlives an exec: what could not be left may be left now, and if not, it stays so. */
  if (field->tag == STATE_ASTRAY && value != 0) astray = setns(own_pid_namespace, CLONE_NEWPID) < 0;
  return true;
}
