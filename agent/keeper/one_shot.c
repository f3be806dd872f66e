/*
 * skep-keeper --one-shot: makes one container, or enters one, and is gone. For callers that are the parents of their
 * containers themselves, as an OCI runtime's are: what it starts is left to the nearest subreaper.
 */
#include "one_shot.h"

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
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "child.h"
#include "console.h"
#include "scope.h"
#include "spawn.h"
#include "wire.h"

struct one_shot {
  /* The caller's socket. */
  int channel;
  uint32_t request;
  uint64_t namespaces;
  /* A process of the container to enter; 0 = a new container. */
  uint64_t join;
  uint64_t wait;
  const char *cgroup;
  const char *gate;
  const char *console_socket;
  struct step_list list;
  pid_t pid;
  int status;
  int terminal;
  bool about_to_exec;
};

static bool read_whole(int descriptor, void *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t received = read(descriptor, (uint8_t *)bytes + done, length - done);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) return false;
    done += (size_t)received;
  }
  return true;
}

static bool write_whole(int descriptor, const void *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t written = send(descriptor, (const uint8_t *)bytes + done, length - done, MSG_NOSIGNAL);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    done += (size_t)written;
  }
  return true;
}

static void answer(struct one_shot *shot, struct writer *writer) {
  end_message(writer);
  /* A caller that is gone cannot be told; what it asked for stands. */
  if (!writer->failed) (void)write_whole(shot->channel, writer->bytes, writer->length);
  free_writer(writer);
}

static void answer_started(struct one_shot *shot, bool waiting) {
  struct writer writer = {0};
  begin_message(&writer, MESSAGE_OK, shot->request);
  write_number(&writer, FIELD_PID, (uint64_t)shot->pid);
  if (waiting) write_number(&writer, FIELD_WAITING, 1);
  answer(shot, &writer);
}

static int answer_failure(struct one_shot *shot, enum keeper_error code, const struct step_failure *failure) {
  bool known = failure->step < shot->list.count;
  struct writer writer = {0};
  begin_message(&writer, MESSAGE_ERROR, shot->request);
  write_number(&writer, FIELD_ERROR_CODE, code);
  write_number(&writer, FIELD_ERRNO, (uint64_t)failure->error);
  write_string(&writer, FIELD_ERROR_TEXT, failure->text[0] != 0 ? failure->text : strerror(failure->error));
  write_number(&writer, FIELD_STEP_INDEX, failure->step);
  write_string(&writer, FIELD_STEP_NAME, known ? shot->list.steps[failure->step].name : "");
  answer(shot, &writer);
  return 1;
}

static int fail(struct one_shot *shot, const char *text) {
  struct step_failure failure = {.step = UINT32_MAX, .error = errno};
  (void)snprintf(failure.text, sizeof failure.text, "%s: %s", text, strerror(failure.error));
  return answer_failure(shot, ERROR_SYSTEM, &failure);
}

static bool read_request_fields(struct one_shot *shot, struct reader reader) {
  struct field field;
  enum read_result result;
  while ((result = read_field(&reader, &field)) == READ_FIELD) {
    bool good = false;
    switch (field.tag) {
      case FIELD_NAMESPACES: good = field_number(&field, &shot->namespaces); break;
      case FIELD_CGROUP: good = field_string(&field, &shot->cgroup); break;
      case FIELD_STEP: good = read_step(&shot->list, &field); break;
      case FIELD_CONSOLE_SOCKET: good = field_string(&field, &shot->console_socket); break;
      case FIELD_WAIT: good = field_number(&field, &shot->wait); break;
      case FIELD_GATE: good = field_string(&field, &shot->gate); break;
      case FIELD_JOIN: good = field_number(&field, &shot->join); break;
      default: break;
    }
    if (!good) return false;
  }
  if (result != READ_END || shot->list.count == 0) return false;
  if (shot->join != 0) return shot->namespaces == 0 && shot->gate == NULL;
  return (shot->namespaces & ~(uint64_t)ALLOWED_NAMESPACES) == 0 && (shot->namespaces & CLONE_NEWNS) != 0;
}

/* The frame is never freed: steps point into it until the end. */
static bool read_request(struct one_shot *shot) {
  uint8_t header[FRAME_HEADER_BYTES];
  if (!read_whole(shot->channel, header, sizeof header)) return false;
  uint32_t length = read_u32(header);
  if (length < MESSAGE_HEADER_BYTES || length > MAX_REQUEST_BYTES) return false;
  uint8_t *message = malloc(length);
  if (message == NULL || !read_whole(shot->channel, message, length)) return false;
  shot->request = read_u32(message + 2);
  uint16_t kind = read_u16(message);
  if (kind != MESSAGE_START && kind != MESSAGE_EXEC) return false;
  return read_request_fields(
    shot, (struct reader){.at = message + MESSAGE_HEADER_BYTES, .end = message + length});
}

/* A descriptor above those that the child arranges, taking over `*from`. */
static int lift(int *from) {
  int lifted = fcntl(*from, F_DUPFD_CLOEXEC, FIRST_KEEPER_DESCRIPTOR);
  close_descriptor(from);
  return lifted;
}

/* Opened for both directions: it neither blocks nor ends while the container waits at it. */
static int open_gate(const char *path) {
  if (mkfifo(path, 0600) < 0) return -1;
  SCOPED_FD gate = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  return gate < 0 ? -1 : lift(&gate);
}

/* A pid namespace is entered by birth only, so this comes before the clone; all others are the child's to join. */
static int join_process_namespaces(const struct one_shot *shot, int member) {
  if (member >= 0) return setns(member, CLONE_NEWPID);
  for (uint32_t index = 0; index < shot->list.count; index++) {
    const struct step *step = &shot->list.steps[index];
    if (step->kind != DO_JOIN_PATH || (step->flags & CLONE_NEWPID) == 0) continue;
    SCOPED_FD space = open(step->path, O_RDONLY | O_CLOEXEC);
    if (space < 0 || setns(space, CLONE_NEWPID) < 0) return -1;
  }
  return 0;
}

static int clone_one(struct one_shot *shot, int member, int gate) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return -1;
  shot->status = lift(&ends[0]);
  SCOPED_FD child_status = lift(&ends[1]);
  SCOPED_FD group = shot->cgroup == NULL ? -1 : open(shot->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (shot->status < 0 || child_status < 0 || (shot->cgroup != NULL && group < 0)) return -1;
  struct child_setup setup = {
    .list = &shot->list,
    .standard_input = STDIN_FILENO,
    .standard_output = STDOUT_FILENO,
    .standard_error = STDERR_FILENO,
    .status = child_status,
    .program = gate,
    .namespaces = member,
  };
  if (getrlimit(RLIMIT_NOFILE, &setup.open_files) < 0) return -1;
  struct clone_args arguments = {
    .flags = shot->namespaces | (group >= 0 ? CLONE_INTO_CGROUP : 0),
    .exit_signal = SIGCHLD,
    .cgroup = (uint64_t)(group >= 0 ? group : 0),
  };
  shot->pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
  if (shot->pid == 0) run_child(&setup);
  return shot->pid < 0 ? -1 : 0;
}

/* The caller runs its hooks now and then sends one byte, or is gone. */
static bool wait_for_caller(struct one_shot *shot) {
  uint8_t answered;
  answer_started(shot, true);
  if (!read_whole(shot->channel, &answered, 1)) return false;
  char go = STATUS_GO;
  return send(shot->status, &go, 1, MSG_NOSIGNAL) == 1;
}

enum progress { PROGRESS_ON, PROGRESS_STARTED, PROGRESS_FAILED };

static enum progress take_packet(struct one_shot *shot, struct step_failure *failure) {
  int descriptor = -1;
  ssize_t received = receive_with_descriptor(shot->status, failure, sizeof *failure, &descriptor);
  if (received < 0 && (errno == EINTR || errno == ECONNRESET)) return PROGRESS_ON;
  if (received == (ssize_t)sizeof *failure) {
    failure->text[sizeof failure->text - 1] = 0;
    /* The reaper is not used here, so a failure without a step of its own is none of a program's. */
    return PROGRESS_FAILED;
  }
  char word = received == 1 ? *(const char *)failure : 0;
  *failure = (struct step_failure){.step = UINT32_MAX, .error = ECHILD};
  (void)strcpy(failure->text, "the container's first process ended before it became the program");
  if (received <= 0) return shot->about_to_exec ? PROGRESS_STARTED : PROGRESS_FAILED;
  if (word == STATUS_AT_GATE) return PROGRESS_STARTED;
  if (word == STATUS_ABOUT_TO_EXEC) shot->about_to_exec = true;
  if (word == STATUS_TERMINAL && descriptor >= 0) {
    shot->terminal = descriptor;
    if (shot->console_socket == NULL || send_terminal(shot->console_socket, descriptor) == 0) return PROGRESS_ON;
    failure->error = errno;
    (void)snprintf(failure->text, sizeof failure->text, "console socket %.300s", shot->console_socket);
    return PROGRESS_FAILED;
  }
  if (word == STATUS_WAITING && !wait_for_caller(shot)) {
    failure->error = ECANCELED;
    (void)strcpy(failure->text, "the caller gave up");
    return PROGRESS_FAILED;
  }
  return PROGRESS_ON;
}

/* For a caller that stays: what became of the program. */
static int wait_for_end(struct one_shot *shot) {
  if (shot->terminal >= 0 && shot->console_socket == NULL) relay_terminal(shot->terminal, shot->pid);
  int status = 0;
  while (waitpid(shot->pid, &status, 0) < 0 && errno == EINTR) continue;
  struct writer writer = {0};
  begin_message(&writer, MESSAGE_OK, shot->request);
  write_number(&writer, FIELD_EXIT_CODE, (uint64_t)(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status)));
  write_number(&writer, FIELD_EXIT_SIGNAL, WIFSIGNALED(status) ? (uint64_t)WTERMSIG(status) : 0);
  answer(shot, &writer);
  return 0;
}

static int follow(struct one_shot *shot) {
  struct step_failure failure;
  enum progress progress;
  do progress = take_packet(shot, &failure);
  while (progress == PROGRESS_ON);
  if (progress == PROGRESS_FAILED) {
    (void)kill(shot->pid, SIGKILL);
    while (waitpid(shot->pid, NULL, 0) < 0 && errno == EINTR) continue;
    return answer_failure(shot, ERROR_STEP_FAILED, &failure);
  }
  close_descriptor(&shot->status);
  answer_started(shot, false);
  return shot->wait != 0 ? wait_for_end(shot) : 0;
}

int run_one_shot(void) {
  struct one_shot shot = {.status = -1, .terminal = -1};
  int channel = ONE_SHOT_CHANNEL;
  shot.channel = lift(&channel);
  if (shot.channel < 0 || !read_request(&shot)) {
    (void)fprintf(stderr, "skep-keeper: no request on descriptor %d\n", ONE_SHOT_CHANNEL);
    return 2;
  }
  /* The caller passes signals on as it sees fit; those of its terminal must not end what waits for the program. */
  const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};
  for (size_t index = 0; index < sizeof ignored / sizeof ignored[0]; index++) (void)signal(ignored[index], SIG_IGN);
  (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  struct step_failure failure;
  if (!run_keeper_steps(&shot.list, false, -1, &failure)) return answer_failure(&shot, ERROR_STEP_FAILED, &failure);
  SCOPED_FD member = -1;
  if (shot.join != 0) {
    int opened = pidfd_open((pid_t)shot.join, 0);
    member = opened < 0 ? -1 : lift(&opened);
    if (member < 0) return fail(&shot, "open the container's first process");
  }
  SCOPED_FD gate = shot.gate == NULL ? -1 : open_gate(shot.gate);
  if (shot.gate != NULL && gate < 0) return fail(&shot, "make the start gate");
  if (join_process_namespaces(&shot, member) < 0) return fail(&shot, "join the pid namespace");
  if (clone_one(&shot, member, gate) < 0) return fail(&shot, "clone");
  return follow(&shot);
}
