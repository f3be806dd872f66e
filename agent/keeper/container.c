#include "container.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "attach.h"
#include "cleanup.h"
#include "freezer.h"
#include "joining.h"
#include "lookup.h"
#include "scope.h"
#include "spawn.h"

static struct container *containers;
static int container_count;
/* Most turns of the loop need no look at the list: nothing is starting. */
static int starting_count;
/* Containers whose output is held back. */
static int held_count;

struct container *container_first(void) { return containers; }

void container_adopt(struct container *container) {
  struct container **end = &containers;
  while (*end != NULL) end = &(*end)->next;
  *end = container;
  container_count++;
  if (container->streams.flow == FLOW_HELD) held_count++;
}

static void free_request(struct container *container) {
  free_steps(&container->list);
  free(container->request);
  container->request = NULL;
  container->failed_step = NULL;
}

static void free_container(struct container *container) {
  lookup_forget(container);
  for (struct container **link = &containers; *link != NULL; link = &(*link)->next) {
    if (*link != container) continue;
    *link = container->next;
    container_count--;
    break;
  }
  attached_let_go(&container->streams, "the container is gone");
  streams_close(&container->streams);
  close_terminal(&container->terminal);
  log_close(&container->log);
  if (container->freezer > 0) answer_error(container->freeze_reply, ERROR_NOT_FOUND, ESRCH, "the container is gone");
  loop_close(&container->status);
  close_descriptor(&container->pidfd);
  free_request(container);
  for (int index = 0; index < container->cgroup_count; index++) free(container->cgroups[index]);
  free(container->oom_path);
  free(container->note);
  free(container);
}

static void leave_starting(struct container *container, enum container_phase phase) {
  if (container->phase == CONTAINER_STARTING) starting_count--;
  container->phase = phase;
}

/* Frees groups and folder in a process of its own, so that a slow disk holds up nobody else. */
static bool begin_cleaning(struct container *container) {
  container->cleaner = spawn_worker();
  if (container->cleaner == 0)
    _exit(clean_up(container->id, container->cgroups, container->cgroup_count));
  if (container->cleaner > 0) return true;
  container->cleaner = 0;
  return false;
}

static void finish_undo(struct container *container) {
  answer_failed_step(container->reply, &container->failure,
                     container->failed_step == NULL ? "" : container->failed_step);
  free_container(container);
}

/* Kills what there is; the rest happens when it was reaped. */
static void undo(struct container *container) {
  uint32_t index = container->failure.step;
  if (index >= container->list.count && container->list.count > 0 && container->about_to_exec)
    index = container->failure.step = container->list.count - 1;
  container->failed_step = index < container->list.count ? container->list.steps[index].name : "";
  leave_starting(container, CONTAINER_UNDOING);
  loop_close(&container->status);
  if (container->pid > 0) {
    if (pidfd_send_signal(container->pidfd, SIGKILL, NULL, 0) < 0 && errno != ESRCH) perror("skep-keeper: kill");
    return;
  }
  if (!begin_cleaning(container)) finish_undo(container);
}

static void fail_start(struct container *container, int error, const char *text) {
  container->failure = (struct step_failure){.step = UINT32_MAX, .error = error};
  (void)snprintf(container->failure.text, sizeof container->failure.text, "%s", text);
  undo(container);
}

/* What the process that becomes the program waits for, now that it has its namespaces. */
static void link_and_go(struct container *container) {
  bool linked = has_step(&container->list, DO_NETLINK_HOST);
  if (linked && !link_to_node(container)) return undo(container);
  if (!has_step(&container->list, DO_AWAIT_KEEPER)) return;
  char go = STATUS_GO;
  /* A child that failed already closed its end; its report is read in its turn. */
  (void)!write(container->status.descriptor, &go, 1);
}

/*
 * The first stage made the process that becomes the program, and ends. It tells before it ends, so this comes before
 * its end is looked at; until then the container's process is the stage.
 */
static void adopt(struct container *container, pid_t pid) {
  bool expected = container->first_stage == 0 && !container->about_to_exec;
  int pidfd = expected ? pidfd_open(pid, 0) : -1;
  if (pidfd < 0) return fail_start(container, errno, "the second stage of the start");
  close_descriptor(&container->pidfd);
  container->pidfd = pidfd;
  container->first_stage = container->pid;
  container->pid = pid;
  char go = STATUS_GO;
  (void)!write(container->status.descriptor, &go, 1);
  link_and_go(container);
}

static void program_runs(struct container *container, struct terminal *terminal) {
  bool is_terminal = has_step(&container->list, DO_TERMINAL);
  if (is_terminal && !streams_take_terminal(&container->streams, terminal, container->open_input))
    return fail_start(container, errno, "take the terminal");
  if (!streams_begin(&container->streams, container->hold_output))
    return fail_start(container, errno, "watch the output");
  if (container->hold_output) held_count++;
  leave_starting(container, CONTAINER_RUNNING);
  loop_close(&container->status);
  free_request(container);
  struct writer writer = {0};
  begin_message(&writer, MESSAGE_OK, container->reply.request);
  container_describe(container, &writer, FIELD_CONTAINER);
  end_message(&writer);
  send_answer(container->reply, &writer);
}

static void read_status(struct container *container) {
  struct terminal *terminal = &container->terminal;
  pid_t next = 0;
  switch (read_start_status(container->status.descriptor, &container->failure, &container->about_to_exec, terminal,
                            &next)) {
    case START_PENDING: return;
    case START_NEXT_STAGE: return adopt(container, next);
    case START_DONE: program_runs(container, terminal); break;
    case START_FAILED: undo(container); break;
    case START_DIED:
      fail_start(container, ECHILD, "the container's first process ended before it became the program");
      break;
  }
  close_terminal(terminal);
}

static void status_ready(struct watch *watch, uint32_t events) {
  (void)events;
  read_status((struct container *)watch);
}

static bool read_cgroups(struct container *container, uint32_t made_before) {
  for (uint32_t index = 0; index < container->list.count && index < made_before; index++) {
    const struct step *step = &container->list.steps[index];
    if (step->kind != DO_CGROUP) continue;
    if (container->cgroup_count >= MAX_CGROUPS) return false;
    char *path = strdup(step->path);
    if (path == NULL) return false;
    container->cgroups[container->cgroup_count++] = path;
  }
  return true;
}

struct start_request {
  const char *id;
  const char *log_path;
  const char *oom_path;
  const char *cgroup;
  uint64_t input;
  uint64_t input_once;
  uint64_t hold_output;
  uint64_t namespaces;
  struct field note;
  struct log_settings log;
  struct join_request wanted;
  struct namespace_joins joins;
};

static bool read_start(struct reader reader, struct start_request *start, struct step_list *list) {
  struct field field;
  enum read_result result;
  while ((result = read_field(&reader, &field)) == READ_FIELD) {
    bool good = false;
    switch (field.tag) {
      case FIELD_ID: good = field_string(&field, &start->id) && container_id_is_valid(start->id); break;
      case FIELD_LOG_PATH: good = field_string(&field, &start->log_path); break;
      case FIELD_OOM_PATH: good = field_string(&field, &start->oom_path); break;
      case FIELD_CGROUP: good = field_string(&field, &start->cgroup); break;
      case FIELD_NAMESPACES: good = field_number(&field, &start->namespaces); break;
      case FIELD_STEP: good = read_step(list, &field); break;
      case FIELD_INPUT: good = field_number(&field, &start->input); break;
      case FIELD_INPUT_ONCE: good = field_number(&field, &start->input_once); break;
      case FIELD_HOLD_OUTPUT: good = field_number(&field, &start->hold_output); break;
      case FIELD_LOG_KIND:
      case FIELD_LOG_MAX_BYTES:
      case FIELD_LOG_MAX_FILES: good = log_read_setting(&start->log, &field); break;
      case FIELD_NOTE:
        start->note = field;
        good = field.length <= MAX_NOTE_BYTES;
        break;
      default: good = read_join(&start->wanted, &field); break;
    }
    if (!good) return false;
  }
  return result == READ_END && start->id != NULL && start->log_path != NULL && list->count > 0 &&
         (start->namespaces & ~(uint64_t)ALLOWED_NAMESPACES) == 0 && (start->namespaces & CLONE_NEWNS) != 0;
}

static struct container *make_container(const struct start_request *start, struct step_list list, uint8_t *request,
                                        struct reply_address reply) {
  struct container *container = calloc(1, sizeof *container);
  if (container == NULL) return NULL;
  (void)snprintf(container->id, sizeof container->id, "%s", start->id);
  container->status.descriptor = container->pidfd = container->log.descriptor = -1;
  container->terminal = (struct terminal){.master = -1, .slave = -1};
  streams_init(&container->streams, &container->log);
  container->streams.input_once = start->input_once != 0;
  container->open_input = start->input != 0;
  container->hold_output = start->hold_output != 0;
  container->reply = reply;
  container->request = request;
  container->list = list;
  container->start_deadline_ms = monotonic_ms() + START_TIMEOUT_MS;
  container->next = containers;
  containers = container;
  container_count++;
  starting_count++;
  if (start->note.length > 0) {
    container->note = malloc(start->note.length);
    if (container->note == NULL) return container;
    memcpy(container->note, start->note.bytes, start->note.length);
    container->note_length = start->note.length;
  }
  if (start->oom_path != NULL) container->oom_path = strdup(start->oom_path);
  return container;
}

static void launch(struct container *container, const struct start_request *start) {
  bool prepared = run_keeper_steps(&container->list, false, -1, &container->failure);
  if (!read_cgroups(container, prepared ? UINT32_MAX : container->failure.step))
    return fail_start(container, ENOMEM, "too many control groups");
  if (!prepared) return undo(container);
  if (!log_open(&container->log, start->log_path, &start->log)) return fail_start(container, errno, "open the log file");
  struct spawn_request request = {
    .list = &container->list, .namespaces = start->namespaces, .cgroup = start->cgroup, .join = -1,
    .joins = &start->joins,
    .input = container->open_input, .terminal = has_step(&container->list, DO_TERMINAL)};
  struct spawned spawned;
  if (spawn(&request, &spawned) < 0) return fail_start(container, errno, "clone");
  container->pid = spawned.pid;
  container->pidfd = spawned.pidfd;
  container->started_ms = realtime_ms();
  streams_take_pipes(&container->streams, &spawned);
  if (!loop_add(&container->status, spawned.status, EPOLLIN, status_ready)) {
    (void)close(spawned.status);
    return fail_start(container, errno, "watch the start");
  }
  if (!has_step(&container->list, DO_ENTER_USERS)) link_and_go(container);
}

void container_start(struct reader reader, uint8_t *request, struct reply_address reply) {
  struct start_request start = {.joins = {.users = -1}};
  struct step_list list = {0};
  enum keeper_error code = 0;
  const char *text = NULL;
  if (!read_start(reader, &start, &list)) code = ERROR_MALFORMED, text = "malformed start request";
  else if (container_find(start.id) != NULL) code = ERROR_EXISTS, text = "a container with this id exists";
  else if (container_count >= MAX_CONTAINERS) code = ERROR_LIMIT, text = "too many containers on this node";
  else if (!open_joins(&start.wanted, &list, &start.joins, &text)) code = ERROR_NOT_FOUND;
  struct container *container = code == 0 ? make_container(&start, list, request, reply) : NULL;
  if (container == NULL) {
    if (code == 0) code = ERROR_SYSTEM, text = "out of memory";
    answer_error(reply, code, 0, text);
    close_joins(&start.joins);
    free_steps(&list);
    free(request);
    return;
  }
  container->own_pids = makes_pid_namespace(start.namespaces, &list);
  launch(container, &start);
  close_joins(&start.joins);
}

static void finish_container(struct container *container);

/* What was held back goes out, and so does an end that came meanwhile. */
static void release_output(struct container *container) {
  if (container->streams.flow != FLOW_HELD) return;
  held_count--;
  streams_release(&container->streams);
  if (container->ended_unseen) finish_container(container);
}

bool container_is_running(const struct container *container) {
  return container->phase == CONTAINER_RUNNING && !container->ended_unseen;
}

static void kill_container(struct container *container) {
  container->killed = true;
  if (container->paused) thaw_groups(container->cgroups, container->cgroup_count);
  container->paused = false;
  release_output(container);
}

void container_signal(struct container *container, int number, struct reply_address reply) {
  bool ended = container->phase != CONTAINER_STARTING && container->phase != CONTAINER_RUNNING;
  if (ended && number == SIGKILL) return answer_ok(reply);
  if (ended) return answer_error(reply, ERROR_NOT_FOUND, ESRCH, "the container has ended");
  int error = pidfd_send_signal(container->pidfd, number, NULL, 0) == 0 ? 0 : errno;
  if (number == SIGKILL && error == ESRCH) error = 0;
  if (error == 0 && number == SIGKILL) kill_container(container);
  if (error == 0) return answer_ok(reply);
  answer_error(reply, error == ESRCH ? ERROR_NOT_FOUND : ERROR_SYSTEM, error, "send the signal");
}

void container_attach(struct container *container, bool input, bool output, struct reply_address reply) {
  if (container->phase != CONTAINER_RUNNING)
    return answer_error(reply, ERROR_NOT_FOUND, ESRCH, "the container does not run");
  struct attach_wish wish = {.client = reply.client, .input = input, .output = output};
  if (!attach_client(&container->streams, &wish))
    return answer_error(reply, ERROR_LIMIT, 0, "too many streams are open");
  answer_ok(reply);
  if (output) release_output(container);
}

void container_pause(struct container *container, struct reply_address reply) {
  if (!container_is_running(container)) return answer_error(reply, ERROR_NOT_FOUND, ESRCH, "the container does not run");
  if (container->paused) return answer_ok(reply);
  if (container->freezer > 0) return answer_error(reply, ERROR_PAUSED, EBUSY, "the container is being paused");
  pid_t worker = spawn_worker();
  if (worker == 0) _exit(freeze_groups(container->cgroups, container->cgroup_count));
  if (worker < 0) return answer_error(reply, ERROR_SYSTEM, errno, "start the freezer");
  container->freezer = worker;
  container->freeze_reply = reply;
}

void container_unpause(struct container *container, struct reply_address reply) {
  if (!container_is_running(container)) return answer_error(reply, ERROR_NOT_FOUND, ESRCH, "the container does not run");
  if (container->freezer > 0) return answer_error(reply, ERROR_PAUSED, EBUSY, "the container is being paused");
  thaw_groups(container->cgroups, container->cgroup_count);
  container->paused = false;
  answer_ok(reply);
}

static void freezer_ended(struct container *container, int status) {
  int error = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
  container->freezer = 0;
  bool gone = !container_is_running(container) || container->killed;
  if (gone) thaw_groups(container->cgroups, container->cgroup_count);
  container->paused = !gone && error == 0;
  if (gone) answer_error(container->freeze_reply, ERROR_NOT_FOUND, ESRCH, "the container does not run");
  else if (error != 0) answer_error(container->freeze_reply, ERROR_SYSTEM, error, "freeze the control group");
  else answer_ok(container->freeze_reply);
}

void container_remove(struct container *container, struct reply_address reply) {
  if (container->phase == CONTAINER_STARTING || container->phase == CONTAINER_RUNNING)
    return answer_error(reply, ERROR_STILL_RUNNING, EBUSY, "the container is still running");
  if (container->phase != CONTAINER_EXITED)
    return answer_error(reply, ERROR_STILL_RUNNING, EBUSY, "the container is being removed already");
  container->reply = reply;
  container->phase = CONTAINER_REMOVING;
  if (begin_cleaning(container)) return;
  container->phase = CONTAINER_EXITED;
  answer_error(reply, ERROR_SYSTEM, errno, "start the clean-up");
}

/* Everything that wrote into the pipes is dead; what they hold is the end of the log. */
static void finish_container(struct container *container) {
  int status = container->end_status;
  container->ended_unseen = false;
  container->exit_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  container->exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  container->oom_killed = container->oom_path != NULL && count_oom_kills(container->oom_path) > 0;
  streams_end(&container->streams, container->exit_code);
  log_close(&container->log);
  close_descriptor(&container->pidfd);
  container->paused = false;
  container->phase = CONTAINER_EXITED;
  push_exit_event(container);
}

static void program_ended(struct container *container) {
  container->phase = CONTAINER_RUNNING;
  container->ended_unseen = true;
  if (container->streams.flow == FLOW_HELD && !container->killed) return;
  if (container->streams.flow == FLOW_HELD) held_count--;
  finish_container(container);
}

/* Ends what no pid namespace of its own ends with the first process. False when there is nobody to do it. */
static bool begin_ending(struct container *container) {
  container->phase = CONTAINER_ENDING;
  container->cleaner = spawn_worker();
  if (container->cleaner == 0) _exit(end_members(container->cgroups, container->cgroup_count));
  return container->cleaner > 0;
}

static void first_process_ended(struct container *container, int status) {
  if (container->phase == CONTAINER_STARTING) read_status(container);
  /* A first stage that has not ended yet holds the socket open, so no end of file tells that the program ran. */
  if (container->phase == CONTAINER_STARTING && container->about_to_exec && container->first_stage != 0) {
    program_runs(container, &container->terminal);
    close_terminal(&container->terminal);
  }
  container->finished_ms = realtime_ms();
  if (container->phase == CONTAINER_STARTING) {
    container->pid = 0;
    return fail_start(container, ECHILD, "the container's first process ended before it became the program");
  }
  if (container->phase == CONTAINER_UNDOING) {
    container->pid = 0;
    if (!begin_cleaning(container)) finish_undo(container);
    return;
  }
  container->end_status = status;
  if (!container->own_pids && begin_ending(container)) return;
  program_ended(container);
}

static void cleaner_ended(struct container *container, int status) {
  container->cleaner = 0;
  if (container->phase == CONTAINER_ENDING) return program_ended(container);
  if (container->phase == CONTAINER_UNDOING) return finish_undo(container);
  struct reply_address reply = container->reply;
  int error = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
  if (error != 0) {
    container->phase = CONTAINER_EXITED;
    return answer_error(reply, ERROR_SYSTEM, error, "free the control groups and the folder");
  }
  free_container(container);
  answer_ok(reply);
}

bool container_process_ended(pid_t pid, int status) {
  for (struct container *container = containers; container != NULL; container = container->next) {
    bool alive = (container->phase == CONTAINER_STARTING || container->phase == CONTAINER_RUNNING ||
                  container->phase == CONTAINER_UNDOING) &&
                 !container->ended_unseen;
    if (container->pid == pid && container->phase == CONTAINER_STARTING) read_status(container);
    if (container->first_stage == pid) return container->first_stage = 0, true;
    if (container->pid == pid && alive) return first_process_ended(container, status), true;
    if (container->freezer == pid) return freezer_ended(container, status), true;
    if (container->cleaner == pid) return cleaner_ended(container, status), true;
  }
  return false;
}

/* Until when it may start or its output may be held; INT64_MAX = neither. */
static int64_t deadline_of(const struct container *container) {
  if (container->phase == CONTAINER_STARTING) return container->start_deadline_ms;
  bool held = container->phase == CONTAINER_RUNNING && container->streams.flow == FLOW_HELD;
  return held ? container->streams.held_until_ms : INT64_MAX;
}

int64_t container_next_deadline(void) {
  int64_t nearest = INT64_MAX;
  if (starting_count + held_count == 0) return nearest;
  for (struct container *container = containers; container != NULL; container = container->next)
    if (deadline_of(container) < nearest) nearest = deadline_of(container);
  return nearest;
}

void container_check_deadlines(int64_t now) {
  if (starting_count + held_count == 0) return;
  for (struct container *container = containers; container != NULL; container = container->next) {
    if (deadline_of(container) > now) continue;
    /* Neither takes a container off the list, so it does not change under this loop. */
    if (container->phase == CONTAINER_RUNNING) release_output(container);
    else fail_start(container, ETIMEDOUT, "the start took too long");
  }
}
