#include "logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "scope.h"

/* A byte of output becomes six at most (\u0000). */
#define MAX_RECORD_BYTES (MAX_LOG_PIECE * 6 + 256)
#define BATCH_BYTES (4 * MAX_RECORD_BYTES)

/* Records of the current turn: the keeper has one thread, so one batch serves every log. */
static char batch[BATCH_BYTES];
static size_t batch_length;

bool log_open(struct log_file *log, const char *path) {
  SCOPED_FD file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);
  struct stat status;
  if (file < 0 || fstat(file, &status) < 0) return false;
  if (!S_ISREG(status.st_mode)) {
    errno = EINVAL;
    return false;
  }
  log->end = status.st_size;
  log->descriptor = take_descriptor(&file);
  return true;
}

void log_close(struct log_file *log) { close_descriptor(&log->descriptor); }

/* A full disk loses records, never half of one, and never the keeper. */
static void write_batch(struct log_file *log) {
  size_t done = 0;
  while (done < batch_length) {
    ssize_t written = write(log->descriptor, batch + done, batch_length - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    done += (size_t)written;
  }
  if (done == batch_length) {
    log->end += (int64_t)done;
  } else {
    while (done > 0 && batch[done - 1] != '\n') done--;
    log->end += (int64_t)done;
    if (ftruncate(log->descriptor, log->end) < 0) errno = 0;
  }
  batch_length = 0;
}

static void put(const char *bytes, size_t length) {
  memcpy(batch + batch_length, bytes, length);
  batch_length += length;
}

static void put_text(const char *text) { put(text, strlen(text)); }

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

static void put_escaped(const char *bytes, size_t length) {
  const unsigned char *at = (const unsigned char *)bytes;
  for (size_t left = length; left > 0;) {
    size_t taken = utf8_length(at, left);
    if (taken == 0) {
      put_text("\\ufffd");
      taken = 1;
    } else if (taken > 1 || (*at >= 0x20 && *at != '"' && *at != '\\' && *at != 0x7f)) {
      put((const char *)at, taken);
    } else if (*at == '"' || *at == '\\') {
      char pair[2] = {'\\', (char)*at};
      put(pair, 2);
    } else {
      char code[8];
      (void)snprintf(code, sizeof code, *at == '\t' ? "\\t" : *at == '\r' ? "\\r" : "\\u%04x", *at);
      put_text(code);
    }
    at += taken;
    left -= taken;
  }
}

/* RFC 3339 with nanoseconds in UTC. */
static void put_time(void) {
  struct timespec now;
  struct tm parts;
  char text[64];
  (void)clock_gettime(CLOCK_REALTIME, &now);
  (void)gmtime_r(&now.tv_sec, &parts);
  size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  (void)snprintf(text + length, sizeof text - length, ".%09ldZ", now.tv_nsec);
  put_text(text);
}

static void put_record(struct log_file *log, const struct log_stream *stream, const char *bytes, size_t length,
                       bool newline) {
  if (batch_length + MAX_RECORD_BYTES > sizeof batch) write_batch(log);
  put_text("{\"log\":\"");
  put_escaped(bytes, length);
  put_text(newline ? "\\n\",\"stream\":\"" : "\",\"stream\":\"");
  put_text(stream->name);
  put_text("\",\"time\":\"");
  put_time();
  put_text("\"}\n");
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

void log_append(struct log_file *log, struct log_stream *stream, const void *bytes, size_t length) {
  static char chunk[MAX_LOG_PIECE + MAX_READ_PER_TURN];
  size_t kept = stream->partial_length;
  if (kept > 0) memcpy(chunk, stream->partial, kept);
  memcpy(chunk + kept, bytes, length);
  split_output(log, stream, chunk, kept + length);
  write_batch(log);
}

void log_flush(struct log_file *log, struct log_stream *stream) {
  if (stream->partial_length > 0) {
    put_record(log, stream, stream->partial, stream->partial_length, false);
    write_batch(log);
  }
  keep_partial(stream, NULL, 0);
}
