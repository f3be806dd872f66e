#include "takeover.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "attach.h"
#include "cleanup.h"
#include "execution.h"
#include "program.h"
#include "scope.h"
#include "server.h"
#include "state.h"
#include "stream_exec.h"

#define EXEC_FAILED_EXIT 126
#define REPLACED "the keeper was replaced by a new version"

static struct {
  /* The new program, asked whether it can; 0 = nobody is asked. */
  pid_t checker;
  /* It can. */
  bool ready;
  int64_t quiet_deadline_ms;
  /* The sealed copy, or -1. */
  int program;
  struct reply_address reply;
} takeover = {.program = -1};

const char *keeper_build(void) {
  static char build[BUILD_BYTES];
  if (build[0] != 0) return build;
  SCOPED_FD own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (own < 0 || !hash_program(own, build)) build[0] = 0;
  return build;
}

static void forget(void) {
  takeover.checker = 0;
  takeover.ready = false;
  close_descriptor(&takeover.program);
}

static void refuse(int error, const char *text) {
  struct reply_address reply = takeover.reply;
  forget();
  answer_error(reply, ERROR_SYSTEM, error, text);
}

struct under_way {
  int starts;
  /* Pauses, removals, and ends that are waited for. */
  int changes;
  int streams;
  int execs;
};

static struct under_way count_under_way(void) {
  struct under_way count = {
    .starts = stream_exec_starting(), .streams = server_streams(), .execs = execution_count()};
  for (const struct container *container = container_first(); container != NULL; container = container->next) {
    if (container->phase == CONTAINER_STARTING || container->phase == CONTAINER_UNDOING) count.starts++;
    else if (container->phase != CONTAINER_RUNNING && container->phase != CONTAINER_EXITED) count.changes++;
    if (container->freezer > 0) count.changes++;
  }
  return count;
}

/* True when it must wait; that is answered then. */
static bool is_busy(struct reply_address reply) {
  struct under_way count = count_under_way();
  if (count.starts + count.changes + count.streams + count.execs == 0) return false;
  char text[200];
  (void)snprintf(text, sizeof text, "under way: %d starts, %d pauses and removals, %d streams, %d health checks",
                 count.starts, count.changes, count.streams, count.execs);
  struct writer writer = {0};
  begin_message(&writer, MESSAGE_ERROR, reply.request);
  write_number(&writer, FIELD_ERROR_CODE, ERROR_BUSY);
  write_number(&writer, FIELD_ERRNO, EBUSY);
  write_string(&writer, FIELD_ERROR_TEXT, text);
  write_number(&writer, FIELD_BUSY_STARTS, (uint64_t)count.starts);
  write_number(&writer, FIELD_BUSY_CHANGES, (uint64_t)count.changes);
  write_number(&writer, FIELD_BUSY_STREAMS, (uint64_t)count.streams);
  write_number(&writer, FIELD_BUSY_EXECS, (uint64_t)count.execs);
  end_message(&writer);
  send_answer(reply, &writer);
  return true;
}

static int open_program(const char *path) {
  SCOPED_FD file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status;
  if (file < 0 || fstat(file, &status) < 0) return -1;
  if (!S_ISREG(status.st_mode) || (status.st_mode & 0111) == 0) {
    errno = EACCES;
    return -1;
  }
  if (status.st_size > MAX_PROGRAM_BYTES) {
    errno = EFBIG;
    return -1;
  }
  return open_sealed_program(file);
}

static _Noreturn void run_checker(int program) {
  char format[16];
  (void)snprintf(format, sizeof format, "%d", STATE_FORMAT_NUMBER);
  char *arguments[] = {"skep-keeper", "--can-resume", format, NULL};
  char *environment[] = {NULL};
  sigset_t none;
  (void)sigemptyset(&none);
  (void)sigprocmask(SIG_SETMASK, &none, NULL);
  (void)alarm(TAKEOVER_CHECK_SECONDS);
  if (dup2(program, 3) == 3 && fcntl(3, F_SETFD, FD_CLOEXEC) == 0 && close_range(4, ~0u, 0) == 0)
    (void)fexecve(3, arguments, environment);
  _exit(EXEC_FAILED_EXIT);
}

void takeover_request(struct reader reader, struct reply_address reply) {
  const char *path = NULL;
  uint64_t force = 0;
  struct field field;
  enum read_result result;
  while ((result = read_field(&reader, &field)) == READ_FIELD) {
    bool good = (field.tag == FIELD_PROGRAM && field_string(&field, &path)) ||
                (field.tag == FIELD_FORCE && field_number(&field, &force));
    if (!good) break;
  }
  if (result != READ_END || path == NULL) return answer_error(reply, ERROR_MALFORMED, 0, "malformed takeover request");
  if (takeover.program >= 0) return answer_error(reply, ERROR_BUSY, EBUSY, "under way: another takeover");
  int program = open_program(path);
  if (program < 0) return answer_error(reply, ERROR_SYSTEM, errno, "the new program cannot be read or run");
  takeover.program = program;
  takeover.reply = reply;
  if (force == 0 && is_busy(reply)) return forget();
  takeover.checker = fork();
  if (takeover.checker == 0) run_checker(program);
  if (takeover.checker < 0) return refuse(errno, "ask the new program");
  if (force == 0) return;
  attached_let_go_everyone(REPLACED);
  execution_give_up_all(REPLACED);
}

bool takeover_process_ended(pid_t pid, int status) {
  if (pid != takeover.checker || takeover.checker == 0) return false;
  takeover.checker = 0;
  takeover.ready = WIFEXITED(status) && WEXITSTATUS(status) == CAN_RESUME_EXIT;
  takeover.quiet_deadline_ms = monotonic_ms() + TAKEOVER_QUIET_MS;
  if (WIFEXITED(status) && WEXITSTATUS(status) == EXEC_FAILED_EXIT) refuse(ENOEXEC, "the new program cannot be run");
  else if (!takeover.ready) refuse(EINVAL, "the new program is no keeper that can take over from this one");
  return true;
}

int64_t takeover_next_deadline(void) { return takeover.ready ? takeover.quiet_deadline_ms : INT64_MAX; }

static bool keep_open(int descriptor, bool keep) {
  return fcntl(descriptor, F_SETFD, keep ? 0 : FD_CLOEXEC) == 0;
}

static void run_program(int program, const char *socket, const char *state, int resume, int previous) {
  char resume_text[16], previous_text[16];
  (void)snprintf(resume_text, sizeof resume_text, "%d", resume);
  (void)snprintf(previous_text, sizeof previous_text, "%d", previous);
  char *arguments[] = {"skep-keeper", "--socket", (char *)socket, "--state", (char *)state, "--resume", resume_text,
                       previous < 0 ? NULL : "--previous", previous_text, NULL};
  (void)fexecve(program, arguments, environ);
}

/* Returns only when it failed, with everything as it was. */
static void become(void) {
  struct state_writer state = {0};
  SCOPED_FD previous = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  SCOPED_FD resume = previous < 0 ? -1 : write_whole_state(&state);
  bool ready = resume >= 0 && keep_open(resume, true) && keep_open(previous, true);
  for (size_t index = 0; index < state.count; index++) ready = ready && keep_open(state.descriptors[index], true);
  if (ready) run_program(takeover.program, server_path(), state_folder(), resume, previous);
  int error = errno;
  for (size_t index = 0; index < state.count; index++) (void)keep_open(state.descriptors[index], false);
  free_state(&state);
  refuse(error, "the new program could not be run");
}

void takeover_go_on(int64_t now) {
  if (!takeover.ready) return;
  if (is_busy(takeover.reply)) return forget();
  if (server_is_quiet() || now >= takeover.quiet_deadline_ms) become();
}

int can_resume(const char *format) {
  char own[16];
  (void)snprintf(own, sizeof own, "%d", STATE_FORMAT_NUMBER);
  return strcmp(format, own) == 0 ? CAN_RESUME_EXIT : 1;
}

void takeover_go_back(int previous, const char *socket, const char *state, int resume) {
  if (previous >= 0) run_program(previous, socket, state, resume, -1);
}
