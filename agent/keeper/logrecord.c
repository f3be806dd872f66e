#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "logfile.h"

#define TIME_BYTES 30
/* A byte of output becomes six at most (\u0000). */
#define MAX_RECORD_BYTES (MAX_LOG_PIECE * 6 + 256)
#define BATCH_BYTES (4 * MAX_RECORD_BYTES)

/* Records of the current turn: the keeper has one thread, so one batch serves every log. */
static char batch[BATCH_BYTES];
static size_t batch_length;
/* When the output of the current turn was read, as the records say it. */
static char batch_time[TIME_BYTES + 1];

static void put(const char *bytes, size_t length) {
  memcpy(batch + batch_length, bytes, length);
  batch_length += length;
}

#define PUT_LITERAL(text) put(text, sizeof(text) - 1)

static void write_batch(struct log_file *log) {
  log_write(log, batch, batch_length);
  batch_length = 0;
}

/* RFC 3339 with nanoseconds in UTC: always TIME_BYTES characters. */
static void format_time(char text[TIME_BYTES + 1]) {
  static time_t second = -1;
  static char date[21];
  struct timespec now;
  (void)clock_gettime(CLOCK_REALTIME, &now);
  if (now.tv_sec != second) {
    struct tm parts;
    (void)gmtime_r(&now.tv_sec, &parts);
    (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S.", &parts);
    second = now.tv_sec;
  }
  memcpy(text, date, 20);
  long left = now.tv_nsec;
  for (int index = 28; index >= 20; index--, left /= 10) text[index] = (char)('0' + left % 10);
  text[29] = 'Z';
  text[30] = 0;
}

/* Length of the valid UTF-8 sequence at `at` (RFC 3629: no overlong form, no surrogate), or 0. */
static size_t utf8_length(const unsigned char *at, size_t left) {
  unsigned char first = at[0];
  if (first < 0x80) return 1;
  size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || left < length) return 0;
  for (size_t index = 1; index < length; index++)
    if ((at[index] & 0xc0) != 0x80) return 0;
  if (first == 0xe0 && at[1] < 0xa0) return 0;
  if (first == 0xed && at[1] > 0x9f) return 0;
  if (first == 0xf0 && at[1] < 0x90) return 0;
  if (first == 0xf4 && at[1] > 0x8f) return 0;
  return length;
}

/* One character that cannot stand as it is; returns how many bytes it had. */
static size_t put_special(const unsigned char *at, size_t left) {
  size_t taken = utf8_length(at, left);
  if (taken == 0) {
    PUT_LITERAL("\\ufffd");
    return 1;
  }
  if (taken > 1) put((const char *)at, taken);
  else if (*at == '"') PUT_LITERAL("\\\"");
  else if (*at == '\\') PUT_LITERAL("\\\\");
  else if (*at == '\t') PUT_LITERAL("\\t");
  else if (*at == '\r') PUT_LITERAL("\\r");
  else {
    const char digits[] = "0123456789abcdef";
    char code[6] = {'\\', 'u', '0', '0', digits[*at >> 4], digits[*at & 15]};
    put(code, sizeof code);
  }
  return taken;
}

static bool is_plain(unsigned char byte) {
  return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

static void put_escaped(const char *bytes, size_t length) {
  static bool plain[256];
  if (!plain['a'])
    for (int byte = 0; byte < 256; byte++) plain[byte] = is_plain((unsigned char)byte);
  const unsigned char *at = (const unsigned char *)bytes;
  const unsigned char *end = at + length;
  while (at < end) {
    const unsigned char *run = at;
    while (at < end && plain[*at]) at++;
    if (at > run) put((const char *)run, (size_t)(at - run));
    if (at < end) at += put_special(at, (size_t)(end - at));
  }
}

static void put_record(struct log_file *log, const struct log_stream *stream, const char *bytes, size_t length,
                       bool newline) {
  if (batch_length + MAX_RECORD_BYTES > sizeof batch) write_batch(log);
  PUT_LITERAL("{\"log\":\"");
  put_escaped(bytes, length);
  if (newline) PUT_LITERAL("\\n");
  PUT_LITERAL("\",\"stream\":\"");
  put(stream->name, strlen(stream->name));
  PUT_LITERAL("\",\"time\":\"");
  put(batch_time, TIME_BYTES);
  PUT_LITERAL("\"}\n");
}

size_t log_format_note(char *record, size_t capacity, const char *text) {
  char time_text[TIME_BYTES + 1];
  format_time(time_text);
  int length = snprintf(record, capacity, "{\"log\":\"%s\\n\",\"stream\":\"stderr\",\"time\":\"%s\"}\n", text, time_text);
  return length < 0 || (size_t)length >= capacity ? 0 : (size_t)length;
}

/* Where to cut a piece that is too long: not inside a character, if it has one. */
static size_t cut_length(const char *bytes, size_t length) {
  if (length < MAX_LOG_PIECE) return length;
  for (size_t back = 1; back <= 3; back++) {
    unsigned char lead = (unsigned char)bytes[MAX_LOG_PIECE - back];
    if ((lead & 0xc0) == 0x80) continue;
    size_t needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    return needed > back ? MAX_LOG_PIECE - back : MAX_LOG_PIECE;
  }
  return MAX_LOG_PIECE;
}

static void keep_partial(struct log_stream *stream, const char *bytes, size_t length) {
  free(stream->partial);
  stream->partial = NULL;
  stream->partial_length = 0;
  if (length == 0) return;
  stream->partial = malloc(length);
  if (stream->partial == NULL) return;
  memcpy(stream->partial, bytes, length);
  stream->partial_length = length;
}

/* Splits into lines and pieces; what is left of an unfinished line is kept. */
static void split_output(struct log_file *log, struct log_stream *stream, const char *bytes, size_t length) {
  while (length > 0) {
    size_t window = length < MAX_LOG_PIECE ? length : MAX_LOG_PIECE;
    const char *newline = memchr(bytes, '\n', window);
    size_t taken;
    if (newline != NULL) {
      taken = (size_t)(newline - bytes);
      put_record(log, stream, bytes, taken, true);
      taken++;
    } else {
      if (length < MAX_LOG_PIECE) break;
      taken = cut_length(bytes, length);
      put_record(log, stream, bytes, taken, false);
    }
    bytes += taken;
    length -= taken;
  }
  keep_partial(stream, bytes, length);
}

/* The start of an unfinished line and, behind it, what came now. */
static char chunk[MAX_LOG_PIECE + MAX_READ_PER_TURN];

/* Writes the records of the chunk, in which `length` bytes stand behind the unfinished line. */
static void take_chunk(struct log_file *log, struct log_stream *stream, size_t length) {
  if (log->discards) return;
  format_time(batch_time);
  if (stream->partial_length > 0) memcpy(chunk, stream->partial, stream->partial_length);
  split_output(log, stream, chunk, stream->partial_length + length);
  write_batch(log);
}

void log_append(struct log_file *log, struct log_stream *stream, const void *bytes, size_t length) {
  if (length > MAX_READ_PER_TURN) length = MAX_READ_PER_TURN;
  memcpy(chunk + stream->partial_length, bytes, length);
  take_chunk(log, stream, length);
}

void log_flush(struct log_file *log, struct log_stream *stream) {
  if (stream->partial_length > 0) {
    format_time(batch_time);
    put_record(log, stream, stream->partial, stream->partial_length, false);
    write_batch(log);
  }
  keep_partial(stream, NULL, 0);
}
