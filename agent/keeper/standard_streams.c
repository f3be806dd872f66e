#include "standard_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "attach.h"
#include "scope.h"
#include "state.h"

/* Turns of reading after the end: a pipe holds 1 MiB at most, so everything written before is read. */
#define MAX_DRAIN_TURNS 64
#define HEADER_BYTES (FRAME_HEADER_BYTES + MESSAGE_HEADER_BYTES)
/* One more frame than what may wait. */
#define INPUT_CAPACITY (MAX_WAITING_INPUT_BYTES + MAX_STREAM_FRAME_BYTES)

static void input_ready(struct watch *watch, uint32_t events);
static void output_ready(struct watch *watch, uint32_t events);

void streams_init(struct standard_streams *streams, struct log_file *log) {
  *streams = (struct standard_streams){.log = log, .slave = -1};
  for (int index = 0; index < 2; index++) {
    struct output_source *source = &streams->outputs[index];
    source->watch = (struct watch){.descriptor = -1, .ready = output_ready};
    source->streams = streams;
    source->log.name = index == 0 ? "stdout" : "stderr";
  }
  streams->input.watch = (struct watch){.descriptor = -1, .ready = input_ready};
  streams->input.streams = streams;
}

void streams_take_pipes(struct standard_streams *streams, const struct spawned *spawned) {
  streams->outputs[0].watch.descriptor = spawned->output;
  streams->outputs[1].watch.descriptor = spawned->errors;
  streams->input.watch.descriptor = spawned->input;
}

bool streams_take_terminal(struct standard_streams *streams, struct terminal *terminal, bool input) {
  streams->is_terminal = true;
  if (terminal->master < 0) {
    errno = EMFILE;
    return false;
  }
  if (input) {
    streams->input.watch.descriptor = fcntl(terminal->master, F_DUPFD_CLOEXEC, FIRST_KEEPER_DESCRIPTOR);
    if (streams->input.watch.descriptor < 0) return false;
  }
  streams->outputs[0].watch.descriptor = take_descriptor(&terminal->master);
  streams->slave = take_descriptor(&terminal->slave);
  return true;
}

static bool watch_outputs(struct standard_streams *streams) {
  for (int index = 0; index < 2; index++) {
    struct watch *watch = &streams->outputs[index].watch;
    if (watch->descriptor >= 0 && !loop_watch(watch, EPOLLIN)) return false;
  }
  return true;
}

bool streams_begin(struct standard_streams *streams, bool hold) {
  streams->flow = hold ? FLOW_HELD : FLOW_OPEN;
  streams->held_until_ms = monotonic_ms() + MAX_HOLD_MS;
  return hold || watch_outputs(streams);
}

void streams_release(struct standard_streams *streams) {
  if (streams->flow != FLOW_HELD) return;
  streams->flow = FLOW_OPEN;
  streams_reconsider(streams);
  if (streams->flow == FLOW_OPEN) (void)watch_outputs(streams);
}

void streams_reconsider(struct standard_streams *streams) {
  bool behind = attached_backlog(streams) > MAX_STREAM_BACKLOG_BYTES;
  if (behind && streams->flow == FLOW_OPEN) {
    streams->flow = FLOW_SLOWED;
    for (int index = 0; index < 2; index++) loop_forget(&streams->outputs[index].watch);
  } else if (!behind && streams->flow == FLOW_SLOWED) {
    streams->flow = FLOW_OPEN;
    (void)watch_outputs(streams);
  }
}

static void close_output(struct output_source *source) {
  loop_close(&source->watch);
  if (source->streams->log != NULL) log_flush(source->streams->log, &source->log);
}

/* Reads one turn's worth. False when there is nothing (more) to read just now. */
static bool read_output(struct output_source *source) {
  static uint8_t frame[HEADER_BYTES + MAX_READ_PER_TURN];
  struct standard_streams *streams = source->streams;
  ssize_t received = read(source->watch.descriptor, frame + HEADER_BYTES, MAX_READ_PER_TURN);
  if (received < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (received <= 0) {
    close_output(source);
    return false;
  }
  if (streams->log != NULL) log_append(streams->log, &source->log, frame + HEADER_BYTES, (size_t)received);
  uint16_t kind = source == &streams->outputs[0] ? MESSAGE_STREAM_OUTPUT : MESSAGE_STREAM_ERRORS;
  write_header(frame, kind, 0, (size_t)received);
  attached_deliver(streams, frame, HEADER_BYTES + (size_t)received);
  return true;
}

static void output_ready(struct watch *watch, uint32_t events) {
  (void)events;
  struct output_source *source = (struct output_source *)watch;
  if (read_output(source)) streams_reconsider(source->streams);
}

bool streams_take_input(const struct standard_streams *streams) {
  const struct input_sink *sink = &streams->input;
  if (streams->flow == FLOW_NOT_BEGUN) return false;
  return sink->watch.descriptor < 0 || sink->ending || sink->length < MAX_WAITING_INPUT_BYTES;
}

static void close_input(struct input_sink *sink) {
  loop_close(&sink->watch);
  free(sink->bytes);
  sink->bytes = NULL;
  sink->start = sink->length = 0;
}

/* The program takes nothing any more. */
static void lose_input(struct input_sink *sink) {
  close_input(sink);
  attached_input_lost(sink->streams);
}

/* What the program takes at once; -1 when it will never take anything again. */
static ssize_t write_some(const struct input_sink *sink, const uint8_t *bytes, size_t length) {
  ssize_t written;
  do written = write(sink->watch.descriptor, bytes, length);
  while (written < 0 && errno == EINTR);
  return written < 0 && errno == EAGAIN ? 0 : written;
}

void streams_write_input(struct standard_streams *streams, const uint8_t *bytes, size_t length) {
  struct input_sink *sink = &streams->input;
  if (sink->watch.descriptor < 0 || sink->ending || length == 0) return;
  if (sink->length == 0) {
    ssize_t written = write_some(sink, bytes, length);
    if (written < 0) return lose_input(sink);
    bytes += written;
    length -= (size_t)written;
    if (length == 0) return;
    if (!loop_watch(&sink->watch, EPOLLOUT)) return lose_input(sink);
  }
  if (sink->bytes == NULL) sink->bytes = malloc(INPUT_CAPACITY);
  if (sink->bytes == NULL || length > INPUT_CAPACITY - sink->length) return lose_input(sink);
  if (sink->start > 0) memmove(sink->bytes, sink->bytes + sink->start, sink->length);
  sink->start = 0;
  memcpy(sink->bytes + sink->length, bytes, length);
  sink->length += length;
}

static void input_ready(struct watch *watch, uint32_t events) {
  (void)events;
  struct input_sink *sink = (struct input_sink *)watch;
  ssize_t written = write_some(sink, sink->bytes + sink->start, sink->length);
  if (written < 0) return lose_input(sink);
  sink->start += (size_t)written;
  sink->length -= (size_t)written;
  if (sink->length == 0) {
    loop_forget(&sink->watch);
    free(sink->bytes);
    sink->bytes = NULL;
    sink->start = 0;
    if (sink->ending) close_input(sink);
  }
  if (sink->length < MAX_WAITING_INPUT_BYTES) attached_resume_input(sink->streams);
}

void streams_end_input(struct standard_streams *streams) {
  if (streams->is_terminal) return;
  streams->input.ending = true;
  if (streams->input.length == 0) close_input(&streams->input);
}

void streams_resize(struct standard_streams *streams, uint16_t columns, uint16_t rows) {
  int master = streams->outputs[0].watch.descriptor;
  if (streams->is_terminal && master >= 0) (void)resize_terminal(master, columns, rows);
}

void streams_hang_up(struct standard_streams *streams) {
  if (!streams->is_terminal) return streams_end_input(streams);
  close_input(&streams->input);
  close_output(&streams->outputs[0]);
  close_descriptor(&streams->slave);
}

void streams_end(struct standard_streams *streams, int exit_code) {
  for (int index = 0; index < 2; index++) {
    struct output_source *source = &streams->outputs[index];
    for (int turn = 0; turn < MAX_DRAIN_TURNS && source->watch.descriptor >= 0; turn++)
      if (!read_output(source)) break;
  }
  streams_close(streams);
  attached_end(streams, exit_code);
}

void streams_close(struct standard_streams *streams) {
  close_input(&streams->input);
  for (int index = 0; index < 2; index++) close_output(&streams->outputs[index]);
  close_descriptor(&streams->slave);
}

#define AT(member) offsetof(struct standard_streams, member)

static const struct state_place places[] = {
  {STATE_OUTPUT, STATE_DESCRIPTOR, AT(outputs[0].watch.descriptor)},
  {STATE_ERRORS, STATE_DESCRIPTOR, AT(outputs[1].watch.descriptor)},
  {STATE_INPUT, STATE_DESCRIPTOR, AT(input.watch.descriptor)},
  {STATE_SLAVE, STATE_DESCRIPTOR, AT(slave)},
  {STATE_FLOW, STATE_INT, AT(flow)},
  {STATE_HELD_UNTIL_MS, STATE_LONG, AT(held_until_ms)},
  {STATE_IS_TERMINAL, STATE_BOOL, AT(is_terminal)},
  {STATE_INPUT_ONCE, STATE_BOOL, AT(input_once)},
  {STATE_INPUT_CLAIMED, STATE_BOOL, AT(input_claimed)},
  {STATE_INPUT_ENDING, STATE_BOOL, AT(input.ending)},
};

void streams_write_state(const struct standard_streams *streams, struct state_writer *state) {
  const struct input_sink *sink = &streams->input;
  size_t start = begin_nested(&state->fields, STATE_STREAMS);
  state_write_places(state, STATE_PLACES(places), streams);
  if (sink->length > 0) write_field(&state->fields, STATE_WAITING_INPUT, sink->bytes + sink->start, sink->length);
  for (int index = 0; index < 2; index++) {
    const struct log_stream *log = &streams->outputs[index].log;
    uint16_t tag = index == 0 ? STATE_PARTIAL_OUTPUT : STATE_PARTIAL_ERRORS;
    if (log->partial_length > 0) write_field(&state->fields, tag, log->partial, log->partial_length);
  }
  end_nested(&state->fields, start);
}

static bool read_waiting_input(struct input_sink *sink, const struct field *field) {
  if (field->length > INPUT_CAPACITY) return false;
  sink->bytes = malloc(INPUT_CAPACITY);
  if (sink->bytes == NULL) return false;
  memcpy(sink->bytes, field->bytes, field->length);
  sink->length = field->length;
  return true;
}

static bool read_partial(struct log_stream *log, const struct field *field) {
  if (field->length > MAX_LOG_PIECE) return false;
  return state_copy_bytes(field, (uint8_t **)(void *)&log->partial, &log->partial_length);
}

bool streams_read_state(struct standard_streams *streams, const struct field *field) {
  struct reader reader = {.at = field->bytes, .end = field->bytes + field->length};
  struct field member;
  enum read_result result;
  while ((result = read_field(&reader, &member)) == READ_FIELD) {
    bool good = false;
    switch (member.tag) {
      case STATE_WAITING_INPUT: good = read_waiting_input(&streams->input, &member); break;
      case STATE_PARTIAL_OUTPUT:
      case STATE_PARTIAL_ERRORS:
        good = read_partial(&streams->outputs[member.tag - STATE_PARTIAL_OUTPUT].log, &member);
        break;
      default: good = state_read_place(&member, STATE_PLACES(places), streams);
    }
    if (!good) return false;
  }
  return result == READ_END;
}

bool streams_resume(struct standard_streams *streams) {
  struct input_sink *sink = &streams->input;
  /* Who was behind is gone. */
  if (streams->flow == FLOW_SLOWED) streams->flow = FLOW_OPEN;
  if (streams->flow == FLOW_OPEN && !watch_outputs(streams)) return false;
  return sink->length == 0 || loop_watch(&sink->watch, EPOLLOUT);
}
