/* A container as one keeper leaves it to the next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "state.h"

#define AT(member) offsetof(struct container, member)

static const struct state_place places[] = {
  {STATE_PHASE, STATE_INT, AT(phase)},
  {STATE_PID, STATE_INT, AT(pid)},
  {STATE_PIDFD, STATE_DESCRIPTOR, AT(pidfd)},
  {STATE_FIRST_STAGE, STATE_INT, AT(first_stage)},
  {STATE_OWN_PIDS, STATE_BOOL, AT(own_pids)},
  {STATE_STARTED_MS, STATE_LONG, AT(started_ms)},
  {STATE_FINISHED_MS, STATE_LONG, AT(finished_ms)},
  {STATE_EXIT_CODE, STATE_INT, AT(exit_code)},
  {STATE_EXIT_SIGNAL, STATE_INT, AT(exit_signal)},
  {STATE_OOM_KILLED, STATE_BOOL, AT(oom_killed)},
  {STATE_ENDED_UNSEEN, STATE_BOOL, AT(ended_unseen)},
  {STATE_END_STATUS, STATE_INT, AT(end_status)},
  {STATE_PAUSED, STATE_BOOL, AT(paused)},
  {STATE_KILLED, STATE_BOOL, AT(killed)},
  {STATE_OPEN_INPUT, STATE_BOOL, AT(open_input)},
  {STATE_HOLD_OUTPUT, STATE_BOOL, AT(hold_output)},
};

void container_write_state(const struct container *container, struct state_writer *state) {
  struct writer *fields = &state->fields;
  size_t start = begin_nested(fields, STATE_CONTAINER);
  write_string(fields, STATE_ID, container->id);
  state_write_places(state, STATE_PLACES(places), container);
  for (int index = 0; index < container->cgroup_count; index++)
    write_string(fields, STATE_CGROUP, container->cgroups[index]);
  if (container->oom_path != NULL) write_string(fields, STATE_OOM_PATH, container->oom_path);
  if (container->note_length > 0) write_field(fields, STATE_NOTE, container->note, container->note_length);
  streams_write_state(&container->streams, state);
  log_write_state(&container->log, state);
  end_nested(fields, start);
}

static bool read_id(struct container *container, const struct field *field) {
  const char *id;
  if (!field_string(field, &id) || !container_id_is_valid(id)) return false;
  (void)snprintf(container->id, sizeof container->id, "%s", id);
  return true;
}

static bool read_cgroup(struct container *container, const struct field *field) {
  if (container->cgroup_count >= MAX_CGROUPS) return false;
  return state_copy_string(field, &container->cgroups[container->cgroup_count++]);
}

static bool read_note(struct container *container, const struct field *field) {
  size_t length;
  if (!state_copy_bytes(field, &container->note, &length)) return false;
  container->note_length = (uint32_t)length;
  return true;
}

static bool read_member(struct container *container, const struct field *field) {
  switch (field->tag) {
    case STATE_ID: return read_id(container, field);
    case STATE_CGROUP: return read_cgroup(container, field);
    case STATE_OOM_PATH: return state_copy_string(field, &container->oom_path);
    case STATE_NOTE: return read_note(container, field);
    case STATE_STREAMS: return streams_read_state(&container->streams, field);
    case STATE_LOG: return log_read_state(&container->log, field);
    default: return state_read_place(field, STATE_PLACES(places), container);
  }
}

/* What is missing would be taken for zero: a container without a pid, or one that has ended well. */
static bool is_whole(const struct container *container) {
  if (container->id[0] == 0 || container->pid <= 0) return false;
  if (container->phase == CONTAINER_EXITED) return true;
  return container->phase == CONTAINER_RUNNING && container->pidfd >= 0 && container->streams.flow != FLOW_NOT_BEGUN &&
         (container->log.descriptor >= 0 || container->log.discards);
}

bool container_read_state(const struct field *field) {
  struct container *container = calloc(1, sizeof *container);
  if (container == NULL) return false;
  container->status.descriptor = container->pidfd = container->log.descriptor = -1;
  container->terminal = (struct terminal){.master = -1, .slave = -1};
  streams_init(&container->streams, &container->log);
  container->phase = CONTAINER_STARTING;
  struct reader reader = {.at = field->bytes, .end = field->bytes + field->length};
  struct field member;
  enum read_result result;
  while ((result = read_field(&reader, &member)) == READ_FIELD)
    if (!read_member(container, &member)) return false;
  if (result != READ_END || !is_whole(container) || container_find(container->id) != NULL) return false;
  container_adopt(container);
  return streams_resume(&container->streams);
}
