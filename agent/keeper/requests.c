#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "cleanup.h"
#include "container.h"
#include "execution.h"
#include "netlink.h"
#include "server.h"
#include "stream_exec.h"
#include "takeover.h"

/* Netlink requests of one message. */
#define MAX_NETLINK_REQUESTS 8192

bool shutdown_requested;

static char instance[33];

const char *keeper_instance(void) { return instance; }

bool make_instance(void) {
  unsigned char bytes[16];
  if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) return false;
  for (size_t index = 0; index < sizeof bytes; index++)
    (void)snprintf(instance + 2 * index, 3, "%02x", bytes[index]);
  return true;
}

bool set_instance(const char *taken_over) {
  if (strlen(taken_over) != sizeof instance - 1) return false;
  memcpy(instance, taken_over, sizeof instance);
  return true;
}

void send_answer(struct reply_address reply, struct writer *writer) {
  bool whole = !writer->failed;
  if (whole) server_send(reply.client, writer->bytes, writer->length);
  free_writer(writer);
  if (!whole) answer_error(reply, ERROR_LIMIT, EMSGSIZE, "the answer is too long");
}

void answer_ok(struct reply_address reply) {
  struct writer writer = {0};
  begin_message(&writer, MESSAGE_OK, reply.request);
  end_message(&writer);
  send_answer(reply, &writer);
}

static void send_error(struct reply_address reply, struct writer *writer) {
  end_message(writer);
  if (!writer->failed) server_send(reply.client, writer->bytes, writer->length);
  free_writer(writer);
}

void answer_error(struct reply_address reply, enum keeper_error code, int error, const char *text) {
  struct writer writer = {0};
  begin_message(&writer, MESSAGE_ERROR, reply.request);
  write_number(&writer, FIELD_ERROR_CODE, code);
  write_number(&writer, FIELD_ERRNO, (uint64_t)error);
  write_string(&writer, FIELD_ERROR_TEXT, text);
  send_error(reply, &writer);
}

void answer_failed_step(struct reply_address reply, const struct step_failure *failure, const char *name) {
  struct writer writer = {0};
  begin_message(&writer, MESSAGE_ERROR, reply.request);
  write_number(&writer, FIELD_ERROR_CODE, ERROR_STEP_FAILED);
  write_number(&writer, FIELD_ERRNO, (uint64_t)failure->error);
  write_string(&writer, FIELD_ERROR_TEXT, failure->text[0] != 0 ? failure->text : strerror(failure->error));
  write_number(&writer, FIELD_STEP_INDEX, failure->step);
  write_string(&writer, FIELD_STEP_NAME, name);
  send_error(reply, &writer);
}

void push_exit_event(const struct container *container) {
  struct writer writer = {0};
  begin_message(&writer, MESSAGE_EXIT_EVENT, 0);
  container_describe(container, &writer, FIELD_CONTAINER);
  end_message(&writer);
  if (!writer.failed) server_send(0, writer.bytes, writer.length);
  free_writer(&writer);
}

static void hello(struct reply_address reply) {
  struct writer writer = {0};
  begin_message(&writer, MESSAGE_OK, reply.request);
  write_number(&writer, FIELD_VERSION, KEEPER_VERSION);
  write_number(&writer, FIELD_PID, (uint64_t)getpid());
  write_string(&writer, FIELD_INSTANCE, instance);
  write_string(&writer, FIELD_STATE_FOLDER, state_folder());
  write_string(&writer, FIELD_BUILD, keeper_build());
  end_message(&writer);
  send_answer(reply, &writer);
}

static void list(struct reply_address reply) {
  struct writer writer = {0};
  begin_message(&writer, MESSAGE_OK, reply.request);
  for (struct container *container = container_first(); container != NULL; container = container->next)
    if (container->phase != CONTAINER_UNDOING) container_describe(container, &writer, FIELD_CONTAINER);
  end_message(&writer);
  send_answer(reply, &writer);
}

/* Requests that name one container: signal, kill, remove, pause, unpause. */
static void act_on_container(uint16_t kind, struct reader reader, struct reply_address reply) {
  const char *id = NULL;
  uint64_t number = kind == MESSAGE_KILL ? SIGKILL : 0;
  struct field field;
  enum read_result result;
  while ((result = read_field(&reader, &field)) == READ_FIELD) {
    bool good = field.tag == FIELD_ID ? field_string(&field, &id)
                                      : field.tag == FIELD_SIGNAL && field_number(&field, &number);
    if (!good) break;
  }
  if (result != READ_END || id == NULL) return answer_error(reply, ERROR_MALFORMED, 0, "malformed request");
  struct container *container = container_find(id);
  if (container == NULL && kind == MESSAGE_REMOVE) return answer_ok(reply);
  if (container == NULL) return answer_error(reply, ERROR_NOT_FOUND, 0, "no container has this id");
  if (kind == MESSAGE_REMOVE) return container_remove(container, reply);
  if (kind == MESSAGE_PAUSE) return container_pause(container, reply);
  if (kind == MESSAGE_UNPAUSE) return container_unpause(container, reply);
  if (number == 0 || number >= (uint64_t)NSIG)
    return answer_error(reply, ERROR_MALFORMED, EINVAL, "no such signal");
  container_signal(container, (int)number, reply);
}

static void attach(struct reader reader, struct reply_address reply) {
  const char *id = NULL;
  uint64_t input = 0;
  uint64_t output = 0;
  struct field field;
  enum read_result result;
  while ((result = read_field(&reader, &field)) == READ_FIELD) {
    bool good = (field.tag == FIELD_ID && field_string(&field, &id)) ||
                (field.tag == FIELD_INPUT && field_number(&field, &input)) ||
                (field.tag == FIELD_WANT_OUTPUT && field_number(&field, &output));
    if (!good) break;
  }
  if (result != READ_END || id == NULL) return answer_error(reply, ERROR_MALFORMED, 0, "malformed attach request");
  struct container *container = container_find(id);
  if (container == NULL) return answer_error(reply, ERROR_NOT_FOUND, 0, "no container has this id");
  container_attach(container, input != 0, output != 0, reply);
}

/* One answer per request, in order; a failed one does not stop the rest. */
static void netlink(struct reader reader, struct reply_address reply) {
  struct writer writer = {0};
  begin_message(&writer, MESSAGE_OK, reply.request);
  struct field field;
  enum read_result result;
  bool good = true;
  int count = 0;
  while (good && (result = read_field(&reader, &field)) == READ_FIELD) {
    good = field.tag == FIELD_NETLINK && field.length > 4 && count++ < MAX_NETLINK_REQUESTS;
    if (!good) break;
    size_t start = begin_nested(&writer, FIELD_NETLINK_ANSWER);
    char text[200] = "";
    int error = netlink_exchange((int)read_u32(field.bytes), field.bytes + 4, field.length - 4, &writer, text, sizeof text);
    if (error < 0) error = errno;
    write_number(&writer, FIELD_ERRNO, (uint64_t)error);
    if (text[0] != 0) write_string(&writer, FIELD_ERROR_TEXT, text);
    end_nested(&writer, start);
  }
  if (!good || result != READ_END) {
    free_writer(&writer);
    return answer_error(reply, ERROR_MALFORMED, 0, "malformed netlink request");
  }
  end_message(&writer);
  send_answer(reply, &writer);
}

/* The steps of a start or an exec are used long after the client's buffer is gone. */
static void hand_over(uint16_t kind, const uint8_t *bytes, size_t length, struct reply_address reply) {
  uint8_t *copy = malloc(length + 1);
  if (copy == NULL) return answer_error(reply, ERROR_SYSTEM, ENOMEM, "out of memory");
  memcpy(copy, bytes, length);
  struct reader reader = {.at = copy, .end = copy + length};
  if (kind == MESSAGE_START) container_start(reader, copy, reply);
  else if (kind == MESSAGE_EXEC_STREAM) stream_exec_start(reader, copy, reply);
  else execution_start(reader, copy, reply);
}

bool handle_message(uint64_t client, const uint8_t *bytes, size_t length) {
  uint16_t kind = read_u16(bytes);
  struct reply_address reply = {.client = client, .request = read_u32(bytes + 2)};
  bytes += MESSAGE_HEADER_BYTES;
  length -= MESSAGE_HEADER_BYTES;
  struct reader reader = {.at = bytes, .end = bytes + length};
  switch (kind) {
    case MESSAGE_HELLO: hello(reply); return true;
    case MESSAGE_LIST: list(reply); return true;
    case MESSAGE_START:
    case MESSAGE_EXEC:
    case MESSAGE_EXEC_STREAM: hand_over(kind, bytes, length, reply); return true;
    case MESSAGE_SIGNAL:
    case MESSAGE_KILL:
    case MESSAGE_PAUSE:
    case MESSAGE_UNPAUSE:
    case MESSAGE_REMOVE: act_on_container(kind, reader, reply); return true;
    case MESSAGE_ATTACH: attach(reader, reply); return true;
    case MESSAGE_TAKE_OVER: takeover_request(reader, reply); return true;
    case MESSAGE_NETLINK: netlink(reader, reply); return true;
    case MESSAGE_SUBSCRIBE:
      server_subscribe(client);
      answer_ok(reply);
      return true;
    case MESSAGE_SHUTDOWN:
      shutdown_requested = true;
      answer_ok(reply);
      return true;
    default: answer_error(reply, ERROR_MALFORMED, 0, "unknown kind of message"); return false;
  }
}
