#include "attach.h"

#include <stdlib.h>

#include "container.h"

struct attachment {
  struct attachment *next;
  struct standard_streams *streams;
  uint64_t client;
  bool input;
  bool output;
  /* Its end is the end of input. */
  bool ends_input;
  /* It knows that the program takes nothing any more. */
  bool told_lost;
};

static struct attachment *attachments;

static struct attachment *find_attachment(uint64_t client) {
  for (struct attachment *attachment = attachments; attachment != NULL; attachment = attachment->next)
    if (attachment->client == client) return attachment;
  return NULL;
}

static void forget(struct attachment *attachment) {
  for (struct attachment **link = &attachments; *link != NULL; link = &(*link)->next) {
    if (*link != attachment) continue;
    *link = attachment->next;
    break;
  }
  free(attachment);
}

static void send_plain(uint64_t client, uint16_t kind) {
  uint8_t frame[FRAME_HEADER_BYTES + MESSAGE_HEADER_BYTES];
  write_header(frame, kind, 0, 0);
  server_send(client, frame, sizeof frame);
}

bool attach_client(struct standard_streams *streams, const struct attach_wish *wish) {
  struct attachment *attachment = calloc(1, sizeof *attachment);
  if (attachment == NULL) return false;
  if (!server_make_stream(wish->client)) {
    free(attachment);
    return false;
  }
  *attachment = (struct attachment){
    .next = attachments,
    .streams = streams,
    .client = wish->client,
    .input = wish->input,
    .output = wish->output,
    .ends_input = wish->input && streams->input_once && !streams->input_claimed,
  };
  if (wish->input) streams->input_claimed = true;
  attachments = attachment;
  return true;
}

size_t attached_backlog(const struct standard_streams *streams) {
  size_t most = 0;
  for (const struct attachment *attachment = attachments; attachment != NULL; attachment = attachment->next) {
    if (attachment->streams != streams || !attachment->output) continue;
    size_t backlog = server_backlog(attachment->client);
    if (backlog > most) most = backlog;
  }
  return most;
}

void attached_deliver(const struct standard_streams *streams, const uint8_t *frame, size_t length) {
  for (const struct attachment *attachment = attachments; attachment != NULL; attachment = attachment->next)
    if (attachment->streams == streams && attachment->output) server_send(attachment->client, frame, length);
}

void attached_resume_input(const struct standard_streams *streams) {
  for (const struct attachment *attachment = attachments; attachment != NULL; attachment = attachment->next)
    if (attachment->streams == streams && attachment->input) server_resume(attachment->client);
}

static void tell_lost(struct attachment *attachment) {
  if (!attachment->told_lost) send_plain(attachment->client, MESSAGE_STREAM_END_OF_INPUT);
  attachment->told_lost = true;
}

void attached_input_lost(const struct standard_streams *streams) {
  for (struct attachment *attachment = attachments; attachment != NULL; attachment = attachment->next)
    if (attachment->streams == streams && attachment->input) tell_lost(attachment);
  attached_resume_input(streams);
}

/* The first one attached to these streams, taken off the list. */
static bool take_client(const struct standard_streams *streams, uint64_t *client) {
  for (struct attachment *attachment = attachments; attachment != NULL; attachment = attachment->next) {
    if (attachment->streams != streams) continue;
    *client = attachment->client;
    forget(attachment);
    return true;
  }
  return false;
}

void attached_end(struct standard_streams *streams, int exit_code) {
  uint64_t client;
  while (take_client(streams, &client)) {
    struct writer writer = {0};
    begin_message(&writer, MESSAGE_STREAM_ENDED, 0);
    write_number(&writer, FIELD_EXIT_CODE, (uint64_t)exit_code);
    end_message(&writer);
    if (!writer.failed) server_send(client, writer.bytes, writer.length);
    free_writer(&writer);
    server_finish(client);
  }
}

/* `code` is 0 where nothing but the reason is to be told. */
static void send_let_go(uint64_t client, const char *reason, enum keeper_error code) {
  struct writer writer = {0};
  begin_message(&writer, MESSAGE_STREAM_LET_GO, 0);
  write_string(&writer, FIELD_ERROR_TEXT, reason);
  if (code != 0) write_number(&writer, FIELD_ERROR_CODE, code);
  end_message(&writer);
  if (!writer.failed) server_send(client, writer.bytes, writer.length);
  free_writer(&writer);
  server_finish(client);
}

void attached_let_go(struct standard_streams *streams, const char *reason) {
  uint64_t client;
  while (take_client(streams, &client)) send_let_go(client, reason, 0);
}

void attached_finish(struct standard_streams *streams) {
  uint64_t client;
  while (take_client(streams, &client)) server_finish(client);
}

static void lose(struct attachment *attachment) {
  struct standard_streams *streams = attachment->streams;
  bool ends_input = attachment->ends_input;
  forget(attachment);
  if (ends_input) streams_end_input(streams);
  streams_reconsider(streams);
  if (streams->client_lost != NULL) streams->client_lost(streams);
}

void stream_client_gone(uint64_t client) {
  struct attachment *attachment = find_attachment(client);
  if (attachment != NULL) lose(attachment);
}

void stream_client_stalled(uint64_t client) {
  struct attachment *attachment = find_attachment(client);
  if (attachment == NULL) return;
  send_let_go(client, "the client took no output for a minute", 0);
  lose(attachment);
}

void attached_let_go_everyone(const char *reason) {
  while (attachments != NULL) {
    struct attachment *attachment = attachments;
    send_let_go(attachment->client, reason, ERROR_BUSY);
    lose(attachment);
  }
}

void stream_client_drained(uint64_t client) {
  struct attachment *attachment = find_attachment(client);
  if (attachment != NULL) streams_reconsider(attachment->streams);
}

bool stream_takes_frames(uint64_t client) {
  const struct attachment *attachment = find_attachment(client);
  return attachment == NULL || streams_take_input(attachment->streams);
}

static bool resize(const struct attachment *attachment, struct reader reader) {
  uint64_t columns = 0;
  uint64_t rows = 0;
  struct field field;
  enum read_result result;
  while ((result = read_field(&reader, &field)) == READ_FIELD) {
    bool good = (field.tag == FIELD_COLUMNS && field_number(&field, &columns)) ||
                (field.tag == FIELD_ROWS && field_number(&field, &rows));
    if (!good) return false;
  }
  if (result != READ_END || columns > UINT16_MAX || rows > UINT16_MAX) return false;
  streams_resize(attachment->streams, (uint16_t)columns, (uint16_t)rows);
  return true;
}

bool stream_message(uint64_t client, const uint8_t *bytes, size_t length) {
  struct attachment *attachment = find_attachment(client);
  uint16_t kind = read_u16(bytes);
  bytes += MESSAGE_HEADER_BYTES;
  length -= MESSAGE_HEADER_BYTES;
  if (attachment == NULL) return true;
  switch (kind) {
    case MESSAGE_STREAM_INPUT:
      if (!attachment->input) return false;
      if (attachment->streams->input.watch.descriptor < 0) tell_lost(attachment);
      else streams_write_input(attachment->streams, bytes, length);
      return true;
    case MESSAGE_STREAM_END_OF_INPUT:
      if (attachment->ends_input) streams_end_input(attachment->streams);
      attachment->ends_input = false;
      return length == 0;
    case MESSAGE_STREAM_RESIZE: return resize(attachment, (struct reader){.at = bytes, .end = bytes + length});
    default: return false;
  }
}
