#include "execution.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "scope.h"
#include "spawn.h"

/*
 * A program of the container may trace one that joined it, and then the kernel does not tell the keeper of its end. The
 * answer must come all the same: this long after the kill.
 */
#define UNREAPED_GRACE_MS 1000

struct execution {
  /* Its merged output. */
  struct watch output;
  struct execution *next;
  pid_t pid;
  int pidfd;
  int status;
  int64_t deadline_ms;
  bool timed_out;
  uint32_t captured;
  uint8_t bytes[MAX_CAPTURED_BYTES];
  uint8_t *request;
  struct step_list list;
  struct reply_address reply;
};

static struct execution *executions;
int entered_programs;

static void free_execution(struct execution *execution) {
  for (struct execution **link = &executions; *link != NULL; link = &(*link)->next) {
    if (*link != execution) continue;
    *link = execution->next;
    entered_programs--;
    break;
  }
  loop_close(&execution->output);
  close_descriptor(&execution->pidfd);
  close_descriptor(&execution->status);
  free_steps(&execution->list);
  free(execution->request);
  free(execution);
}

/* The start of the output is kept, the rest read and dropped. False at its end. */
static bool read_output(struct execution *execution) {
  static uint8_t chunk[16384];
  ssize_t received = read(execution->output.descriptor, chunk, sizeof chunk);
  if (received < 0) return errno == EAGAIN || errno == EINTR;
  if (received == 0) return false;
  size_t room = MAX_CAPTURED_BYTES - execution->captured;
  size_t taken = (size_t)received < room ? (size_t)received : room;
  memcpy(execution->bytes + execution->captured, chunk, taken);
  execution->captured += (uint32_t)taken;
  return true;
}

static void output_ready(struct watch *watch, uint32_t events) {
  (void)events;
  if (!read_output((struct execution *)watch)) loop_close(watch);
}

struct execution_request {
  const char *id;
  uint64_t timeout_ms;
};

static bool read_request(struct reader reader, struct execution_request *out, struct step_list *list) {
  struct field field;
  enum read_result result;
  while ((result = read_field(&reader, &field)) == READ_FIELD) {
    bool good = false;
    if (field.tag == FIELD_ID) good = field_string(&field, &out->id);
    if (field.tag == FIELD_TIMEOUT_MS) good = field_number(&field, &out->timeout_ms);
    if (field.tag == FIELD_STEP) good = read_step(list, &field);
    if (!good) return false;
  }
  return result == READ_END && out->id != NULL && out->timeout_ms > 0 && list->count > 0;
}

static void launch(struct execution *execution, const struct container *container, const struct reader *fields) {
  struct spawn_request request = {
    .list = &execution->list, .join = container->pidfd, .merged_output = true, .fields = fields};
  struct spawned spawned;
  if (spawn(&request, &spawned) < 0) {
    answer_error(execution->reply, ERROR_SYSTEM, errno, "join the container");
    free_execution(execution);
    return;
  }
  execution->pid = spawned.pid;
  execution->pidfd = spawned.pidfd;
  execution->status = spawned.status;
  if (!loop_add(&execution->output, spawned.output, EPOLLIN, output_ready)) (void)close(spawned.output);
}

void execution_start(struct reader reader, uint8_t *request, struct reply_address reply) {
  struct execution_request wanted = {0};
  struct step_list list = {0};
  bool good = read_request(reader, &wanted, &list);
  struct container *container = good ? container_find(wanted.id) : NULL;
  struct execution *execution = NULL;
  if (!good) answer_error(reply, ERROR_MALFORMED, 0, "malformed exec request");
  else if (container == NULL || !container_is_running(container))
    answer_error(reply, ERROR_NOT_FOUND, ESRCH, "no running container has this id");
  else if (container->paused || container->freezer > 0)
    answer_error(reply, ERROR_PAUSED, 0, "the container is paused");
  else if (entered_programs >= MAX_EXECUTIONS)
    answer_error(reply, ERROR_LIMIT, 0, "too many programs run inside containers");
  else if ((execution = calloc(1, sizeof *execution)) == NULL)
    answer_error(reply, ERROR_SYSTEM, ENOMEM, "out of memory");
  if (execution == NULL) {
    free_steps(&list);
    free(request);
    return;
  }
  if (wanted.timeout_ms > MAX_EXECUTION_MS) wanted.timeout_ms = MAX_EXECUTION_MS;
  execution->output.descriptor = execution->pidfd = execution->status = -1;
  execution->reply = reply;
  execution->request = request;
  execution->list = list;
  execution->deadline_ms = monotonic_ms() + (int64_t)wanted.timeout_ms;
  execution->next = executions;
  executions = execution;
  entered_programs++;
  launch(execution, container, &reader);
}

/* The report of a failed step, if there is one on the status socket. */
static bool read_failure(struct execution *execution, struct step_failure *failure) {
  for (;;) {
    ssize_t received = recv(execution->status, failure, sizeof *failure, MSG_DONTWAIT);
    if (received < 0 && (errno == EINTR || errno == ECONNRESET)) continue;
    if (received <= 0) return false;
    if (received != (ssize_t)sizeof *failure) continue;
    failure->text[sizeof failure->text - 1] = 0;
    return true;
  }
}

static void finish(struct execution *execution, int status) {
  struct step_failure failure;
  bool failed = read_failure(execution, &failure);
  /* A pipe's worth: a program left behind by the check may keep it open, so its end is not waited for. */
  for (int turn = 0; turn < 8 && execution->output.descriptor >= 0; turn++)
    if (!read_output(execution)) break;
  if (failed && !execution->timed_out) {
    bool known = failure.step < execution->list.count;
    answer_failed_step(execution->reply, &failure, known ? execution->list.steps[failure.step].name : "");
  } else {
    struct writer writer = {0};
    int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    begin_message(&writer, MESSAGE_OK, execution->reply.request);
    write_number(&writer, FIELD_EXIT_CODE, (uint64_t)code);
    write_number(&writer, FIELD_TIMED_OUT, execution->timed_out ? 1 : 0);
    write_field(&writer, FIELD_OUTPUT, execution->bytes, execution->captured);
    end_message(&writer);
    send_answer(execution->reply, &writer);
  }
  free_execution(execution);
}

bool execution_process_ended(pid_t pid, int status) {
  for (struct execution *execution = executions; execution != NULL; execution = execution->next)
    if (execution->pid == pid) return finish(execution, status), true;
  return false;
}

/* When the keeper must look at it next. */
static int64_t deadline_of(const struct execution *execution) {
  return execution->deadline_ms + (execution->timed_out ? UNREAPED_GRACE_MS : 0);
}

int64_t execution_next_deadline(void) {
  int64_t nearest = INT64_MAX;
  for (struct execution *execution = executions; execution != NULL; execution = execution->next)
    if (deadline_of(execution) < nearest) nearest = deadline_of(execution);
  return nearest;
}

/* The program leads a session of its own: its whole process group goes. */
static void kill_program(struct execution *execution) {
  execution->timed_out = true;
  if (kill(-execution->pid, SIGKILL) < 0 && errno != ESRCH) return;
  (void)pidfd_send_signal(execution->pidfd, SIGKILL, NULL, 0);
}

void execution_check_deadlines(int64_t now) {
  struct execution *next;
  for (struct execution *execution = executions; execution != NULL; execution = next) {
    next = execution->next;
    if (deadline_of(execution) > now) continue;
    if (execution->timed_out) finish(execution, SIGKILL);
    else kill_program(execution);
  }
}

int execution_count(void) {
  int count = 0;
  for (const struct execution *execution = executions; execution != NULL; execution = execution->next) count++;
  return count;
}

void execution_give_up_all(const char *reason) {
  while (executions != NULL) {
    kill_program(executions);
    answer_error(executions->reply, ERROR_BUSY, 0, reason);
    free_execution(executions);
  }
}
