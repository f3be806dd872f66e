#include "stream_exec.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

#include "attach.h"
#include "execution.h"
#include "scope.h"
#include "spawn.h"

struct stream_exec {
  /* The status socket while it starts. */
  struct watch status;
  struct standard_streams streams;
  struct stream_exec *next;
  pid_t pid;
  int pidfd;
  bool running;
  /* The client knows already that it does not run. */
  bool given_up;
  bool about_to_exec;
  bool open_input;
  int64_t start_deadline_ms;
  uint8_t *request;
  struct step_list list;
  struct step_failure failure;
  struct terminal terminal;
  struct reply_address reply;
};

static struct stream_exec *programs;
/* Most turns of the loop need no look at the list: nothing is starting. */
static int starting_count;

static void free_program(struct stream_exec *program) {
  for (struct stream_exec **link = &programs; *link != NULL; link = &(*link)->next) {
    if (*link != program) continue;
    *link = program->next;
    entered_programs--;
    if (!program->running && !program->given_up) starting_count--;
    break;
  }
  program->streams.client_lost = NULL;
  attached_finish(&program->streams);
  streams_close(&program->streams);
  close_terminal(&program->terminal);
  loop_close(&program->status);
  close_descriptor(&program->pidfd);
  free_steps(&program->list);
  free(program->request);
  free(program);
}

static void kill_program(struct stream_exec *program) {
  if (program->pid > 0) (void)pidfd_send_signal(program->pidfd, SIGKILL, NULL, 0);
}

/* Says that the program does not run, once, and lets go of the client; the process is reaped in its time. */
static void give_up(struct stream_exec *program, int error, const char *text) {
  if (program->given_up) return;
  program->given_up = true;
  starting_count--;
  if (text != NULL) {
    answer_error(program->reply, ERROR_SYSTEM, error, text);
  } else {
    uint32_t index = program->failure.step;
    answer_failed_step(program->reply, &program->failure,
                       index < program->list.count ? program->list.steps[index].name : "");
  }
  program->streams.client_lost = NULL;
  attached_finish(&program->streams);
  loop_close(&program->status);
  kill_program(program);
}

static void program_runs(struct stream_exec *program) {
  bool is_terminal = has_step(&program->list, DO_TERMINAL);
  if (is_terminal && !streams_take_terminal(&program->streams, &program->terminal, program->open_input))
    return give_up(program, errno, "take the terminal");
  if (!streams_begin(&program->streams, false)) return give_up(program, errno, "watch the output");
  program->running = true;
  starting_count--;
  loop_close(&program->status);
  free_steps(&program->list);
  free(program->request);
  program->request = NULL;
  struct writer writer = {0};
  begin_message(&writer, MESSAGE_OK, program->reply.request);
  write_number(&writer, FIELD_PID, (uint64_t)program->pid);
  end_message(&writer);
  send_answer(program->reply, &writer);
  attached_resume_input(&program->streams);
}

static void read_status(struct stream_exec *program) {
  if (program->running || program->given_up) return;
  pid_t next;
  switch (read_start_status(program->status.descriptor, &program->failure, &program->about_to_exec, &program->terminal,
                            &next)) {
    case START_PENDING: return;
    case START_DONE: return program_runs(program);
    case START_FAILED: return give_up(program, 0, NULL);
    case START_NEXT_STAGE:
    case START_DIED: return give_up(program, ECHILD, "the process ended before it became the program");
  }
}

static void status_ready(struct watch *watch, uint32_t events) {
  (void)events;
  read_status((struct stream_exec *)watch);
}

static struct stream_exec *program_of(struct standard_streams *streams) {
  for (struct stream_exec *program = programs; program != NULL; program = program->next)
    if (&program->streams == streams) return program;
  return NULL;
}

static void client_lost(struct standard_streams *streams) {
  struct stream_exec *program = program_of(streams);
  if (program == NULL) return;
  if (program->running) streams_hang_up(streams);
  else kill_program(program);
}

struct exec_request {
  const char *id;
  uint64_t input;
};

static bool read_request(struct reader reader, struct exec_request *out, struct step_list *list) {
  struct field field;
  enum read_result result;
  while ((result = read_field(&reader, &field)) == READ_FIELD) {
    bool good = false;
    if (field.tag == FIELD_ID) good = field_string(&field, &out->id);
    if (field.tag == FIELD_INPUT) good = field_number(&field, &out->input);
    if (field.tag == FIELD_STEP) good = read_step(list, &field);
    if (!good) return false;
  }
  return result == READ_END && out->id != NULL && list->count > 0;
}

static void launch(struct stream_exec *program, const struct container *container) {
  struct spawn_request request = {
    .list = &program->list,
    .join = container->pidfd,
    .input = program->open_input,
    .terminal = has_step(&program->list, DO_TERMINAL),
  };
  struct spawned spawned;
  if (spawn(&request, &spawned) < 0) {
    give_up(program, errno, "join the container");
    return free_program(program);
  }
  program->pid = spawned.pid;
  program->pidfd = spawned.pidfd;
  streams_take_pipes(&program->streams, &spawned);
  if (loop_add(&program->status, spawned.status, EPOLLIN, status_ready)) return;
  (void)close(spawned.status);
  give_up(program, errno, "watch the start");
}

static struct stream_exec *make_program(struct reply_address reply, bool input) {
  struct stream_exec *program = calloc(1, sizeof *program);
  if (program == NULL) return NULL;
  streams_init(&program->streams, NULL);
  program->streams.input_once = true;
  program->streams.client_lost = client_lost;
  program->status.descriptor = program->pidfd = -1;
  program->terminal = (struct terminal){.master = -1, .slave = -1};
  program->reply = reply;
  program->open_input = input;
  program->start_deadline_ms = monotonic_ms() + START_TIMEOUT_MS;
  struct attach_wish wish = {.client = reply.client, .input = input, .output = true};
  if (attach_client(&program->streams, &wish)) return program;
  free(program);
  return NULL;
}

void stream_exec_start(struct reader reader, uint8_t *request, struct reply_address reply) {
  struct exec_request wanted = {0};
  struct step_list list = {0};
  bool good = read_request(reader, &wanted, &list);
  struct container *container = good ? container_find(wanted.id) : NULL;
  struct stream_exec *program = NULL;
  if (!good) answer_error(reply, ERROR_MALFORMED, 0, "malformed exec request");
  else if (container == NULL || !container_is_running(container))
    answer_error(reply, ERROR_NOT_FOUND, ESRCH, "no running container has this id");
  else if (container->paused || container->freezer > 0)
    answer_error(reply, ERROR_PAUSED, 0, "the container is paused");
  else if (entered_programs >= MAX_EXECUTIONS)
    answer_error(reply, ERROR_LIMIT, 0, "too many programs run inside containers");
  else if ((program = make_program(reply, wanted.input != 0)) == NULL)
    answer_error(reply, ERROR_LIMIT, 0, "too many streams are open");
  if (program == NULL) {
    free_steps(&list);
    free(request);
    return;
  }
  program->request = request;
  program->list = list;
  program->next = programs;
  programs = program;
  entered_programs++;
  starting_count++;
  launch(program, container);
}

static void finish(struct stream_exec *program, int status) {
  read_status(program);
  if (program->running)
    streams_end(&program->streams, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
  else give_up(program, ECHILD, "the process ended before it became the program");
  free_program(program);
}

bool stream_exec_process_ended(pid_t pid, int status) {
  for (struct stream_exec *program = programs; program != NULL; program = program->next)
    if (program->pid == pid) return finish(program, status), true;
  return false;
}

int64_t stream_exec_next_deadline(void) {
  int64_t nearest = INT64_MAX;
  if (starting_count == 0) return nearest;
  for (const struct stream_exec *program = programs; program != NULL; program = program->next)
    if (!program->running && !program->given_up && program->start_deadline_ms < nearest)
      nearest = program->start_deadline_ms;
  return nearest;
}

void stream_exec_check_deadlines(int64_t now) {
  if (starting_count == 0) return;
  for (struct stream_exec *program = programs; program != NULL; program = program->next)
    if (!program->running && !program->given_up && program->start_deadline_ms <= now)
      give_up(program, ETIMEDOUT, "the start took too long");
}

int stream_exec_starting(void) { return starting_count; }

const struct stream_exec *stream_exec_next(const struct stream_exec *program) {
  program = program == NULL ? programs : program->next;
  while (program != NULL && !program->running) program = program->next;
  return program;
}

static const struct state_place places[] = {
  {STATE_PID, STATE_INT, offsetof(struct stream_exec, pid)},
  {STATE_PIDFD, STATE_DESCRIPTOR, offsetof(struct stream_exec, pidfd)},
};

void stream_exec_write_state(const struct stream_exec *program, struct state_writer *state) {
  size_t start = begin_nested(&state->fields, STATE_PROGRAM);
  state_write_places(state, STATE_PLACES(places), program);
  streams_write_state(&program->streams, state);
  end_nested(&state->fields, start);
}

bool stream_exec_read_state(const struct field *field) {
  struct stream_exec *program = calloc(1, sizeof *program);
  if (program == NULL) return false;
  streams_init(&program->streams, NULL);
  program->status.descriptor = program->pidfd = -1;
  program->terminal = (struct terminal){.master = -1, .slave = -1};
  program->running = true;
  program->next = programs;
  programs = program;
  entered_programs++;
  struct reader reader = {.at = field->bytes, .end = field->bytes + field->length};
  struct field member;
  enum read_result result;
  while ((result = read_field(&reader, &member)) == READ_FIELD) {
    bool good = member.tag == STATE_STREAMS ? streams_read_state(&program->streams, &member)
                                            : state_read_place(&member, STATE_PLACES(places), program);
    if (!good) return false;
  }
  return result == READ_END && program->pid > 0 && program->pidfd >= 0 && streams_resume(&program->streams);
}
