#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "attach.h"
#include "scope.h"

#define READ_PER_TURN 65536u

struct client {
  struct watch watch;
  struct client *next;
  uint64_t number;
  bool subscribed;
  /* Closed by its own handler at the next event: it may be in use further up the stack. */
  bool doomed;
  bool stream;
  /* It asked for something other than a stream. */
  bool ordinary;
  /* Its frames wait until the program takes input again. */
  bool held;
  /* Gets its output and no more; what it still sends is dropped until it closes. */
  bool finishing;
  /* All of that is sent, and the end of it. */
  bool finished;
  uint32_t events;
  /* When it last took something, or began to have something to take. */
  int64_t progress_ms;
  /* What it had not taken out of its socket then. */
  int unread;
  uint8_t *input;
  size_t input_length;
  size_t input_capacity;
  uint8_t *output;
  size_t output_start;
  size_t output_length;
  size_t output_capacity;
};

static struct watch listener = {.descriptor = -1};
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static struct client *clients;
static int client_count;
static int stream_count;
static int ordinary_count;
/* When clients are let in again; 0 = they are. */
static int64_t accept_again_ms;
static uint64_t last_client;

static struct client *find_client(uint64_t number) {
  for (struct client *client = clients; client != NULL; client = client->next)
    if (client->number == number) return client;
  return NULL;
}

static void free_client(struct client *client) {
  for (struct client **link = &clients; *link != NULL; link = &(*link)->next) {
    if (*link != client) continue;
    *link = client->next;
    client_count--;
    if (client->stream) stream_count--;
    if (client->ordinary) ordinary_count--;
    break;
  }
  uint64_t number = client->stream ? client->number : 0;
  loop_close(&client->watch);
  free(client->input);
  free(client->output);
  free(client);
  if (number != 0) stream_client_gone(number);
}

static void doom(struct client *client) {
  client->doomed = true;
  (void)shutdown(client->watch.descriptor, SHUT_RDWR);
}

static void update_events(struct client *client) {
  uint32_t events = client->held ? 0 : EPOLLIN;
  if (client->output_length > 0) events |= EPOLLOUT;
  if (events == client->events || client->doomed) return;
  client->events = events;
  if (!loop_change(&client->watch, events)) doom(client);
}

/* The socket takes more only when most of it was read, so a slow reader shows in what is left in there. */
static void note_progress(struct client *client) {
  int unread = 0;
  (void)ioctl(client->watch.descriptor, SIOCOUTQ, &unread);
  if (unread < client->unread) client->progress_ms = monotonic_ms();
  client->unread = unread;
}

/* Sends what is queued as far as the socket takes it. */
static void flush_output(struct client *client) {
  while (client->output_length > 0 && !client->doomed) {
    ssize_t sent = send(client->watch.descriptor, client->output + client->output_start, client->output_length,
                        MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (sent < 0) return doom(client);
    client->output_start += (size_t)sent;
    client->output_length -= (size_t)sent;
    client->unread = INT_MAX;
  }
  if (client->output_length == 0) {
    free(client->output);
    client->output = NULL;
    client->output_start = client->output_capacity = 0;
  }
  /* Closed by the client first: who writes into a closed socket is told so, and may not read what is left in it. */
  if (client->output_length == 0 && client->finishing && !client->finished) {
    client->finished = true;
    (void)shutdown(client->watch.descriptor, SHUT_WR);
  }
  if (client->output_length > 0) note_progress(client);
  update_events(client);
}

static bool append_output(struct client *client, const uint8_t *bytes, size_t length) {
  if (length > MAX_BACKLOG_BYTES - client->output_length) return false;
  if (client->output_length == 0) client->unread = INT_MAX;
  size_t needed = client->output_length + length;
  if (client->output_start + needed > client->output_capacity) {
    uint8_t *moved = malloc(needed * 2);
    if (moved == NULL) return false;
    if (client->output_length > 0) memcpy(moved, client->output + client->output_start, client->output_length);
    free(client->output);
    client->output = moved;
    client->output_start = 0;
    client->output_capacity = needed * 2;
  }
  memcpy(client->output + client->output_start + client->output_length, bytes, length);
  client->output_length = needed;
  return true;
}

static void send_to(struct client *client, const uint8_t *bytes, size_t length) {
  if (client->doomed) return;
  if (!append_output(client, bytes, length)) return doom(client);
  flush_output(client);
}

void server_send(uint64_t number, const uint8_t *bytes, size_t length) {
  for (struct client *client = clients; client != NULL; client = client->next)
    if (client->number == number || (number == 0 && client->subscribed)) send_to(client, bytes, length);
}

void server_subscribe(uint64_t number) {
  struct client *client = find_client(number);
  if (client != NULL) client->subscribed = true;
}

bool server_make_stream(uint64_t number) {
  struct client *client = find_client(number);
  if (client == NULL || client->doomed || client->stream || stream_count >= MAX_STREAMS) return false;
  client->stream = true;
  stream_count++;
  return true;
}

size_t server_backlog(uint64_t number) {
  const struct client *client = find_client(number);
  return client == NULL || client->doomed ? 0 : client->output_length;
}

void server_finish(uint64_t number) {
  struct client *client = find_client(number);
  if (client == NULL || client->doomed) return;
  client->finishing = true;
  client->held = false;
  client->progress_ms = monotonic_ms();
  flush_output(client);
}

/* Whether the next frame may be handled now. One that is being handled is not held, so it is not resumed in between. */
static bool may_handle(struct client *client) {
  if (client->finishing) return false;
  client->held = client->stream && !stream_takes_frames(client->number);
  return !client->held;
}

/* Streams come in bursts, so which kind of client it is shows with its first request, not when it is let in. */
static bool may_be_ordinary(struct client *client, uint16_t kind) {
  if (client->ordinary || kind == MESSAGE_ATTACH || kind == MESSAGE_EXEC_STREAM) return true;
  if (ordinary_count >= MAX_CLIENTS) return false;
  client->ordinary = true;
  ordinary_count++;
  return true;
}

static bool handle_frame(struct client *client, const uint8_t *bytes, size_t length) {
  if (client->stream) return stream_message(client->number, bytes, length);
  if (!may_be_ordinary(client, read_u16(bytes))) return false;
  return handle_message(client->number, bytes, length);
}

/* Handles whole frames as long as they are taken; false when the client must go. */
static bool handle_frames(struct client *client) {
  size_t at = 0;
  bool good = true;
  while (good && client->input_length - at >= FRAME_HEADER_BYTES && may_handle(client)) {
    uint32_t length = read_u32(client->input + at);
    good = length >= MESSAGE_HEADER_BYTES && length <= (client->stream ? MAX_STREAM_FRAME_BYTES : MAX_REQUEST_BYTES);
    if (!good) answer_error((struct reply_address){client->number, 0}, ERROR_MALFORMED, 0, "impossible frame length");
    if (!good || client->input_length - at - FRAME_HEADER_BYTES < length) break;
    good = handle_frame(client, client->input + at + FRAME_HEADER_BYTES, length);
    at += FRAME_HEADER_BYTES + length;
  }
  client->input_length -= at;
  if (client->input_length > 0 && at > 0) memmove(client->input, client->input + at, client->input_length);
  if (client->input_length == 0) {
    free(client->input);
    client->input = NULL;
    client->input_capacity = 0;
  }
  return good;
}

void server_resume(uint64_t number) {
  struct client *client = find_client(number);
  if (client == NULL || client->doomed || !client->held) return;
  client->held = false;
  if (!handle_frames(client)) doom(client);
  update_events(client);
}

static bool read_input(struct client *client) {
  if (client->input_capacity - client->input_length < READ_PER_TURN) {
    size_t capacity = client->input_length + 2 * READ_PER_TURN;
    uint8_t *input = realloc(client->input, capacity);
    if (input == NULL) return false;
    client->input = input;
    client->input_capacity = capacity;
  }
  ssize_t received =
    recv(client->watch.descriptor, client->input + client->input_length, READ_PER_TURN, MSG_DONTWAIT);
  if (received < 0) return errno == EAGAIN || errno == EINTR;
  if (received == 0) return false;
  client->input_length += (size_t)received;
  return handle_frames(client);
}

/* False once nothing more comes. */
static bool drop_input(struct client *client) {
  uint8_t dropped[4096];
  ssize_t received = recv(client->watch.descriptor, dropped, sizeof dropped, MSG_DONTWAIT);
  return received > 0 || (received < 0 && (errno == EAGAIN || errno == EINTR));
}

static void client_ready(struct watch *watch, uint32_t events) {
  struct client *client = (struct client *)watch;
  bool keep = !client->doomed;
  if (keep && (events & EPOLLOUT) != 0) {
    flush_output(client);
    if (client->stream && !client->finishing) stream_client_drained(client->number);
  }
  bool ignored = client->held || client->finishing;
  if (keep && client->finishing && (events & EPOLLIN) != 0) keep = drop_input(client);
  /* One that is gone can be told nothing, and what it still had to say has no end that would be waited for. */
  if (keep && ignored && (events & (EPOLLHUP | EPOLLERR)) != 0) keep = false;
  if (keep && !ignored && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) keep = read_input(client);
  if (!keep || client->doomed) return free_client(client);
  update_events(client);
}

/* The socket's mode says the same; this holds where someone changed it. */
static bool may_connect(int connection) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return false;
  return peer.uid == geteuid();
}

/* Whoever waits to be let in keeps the socket readable: without a pause the loop would only ever try again. */
static void pause_accepting(void) {
  loop_forget(&listener);
  accept_again_ms = monotonic_ms() + ACCEPT_PAUSE_MS;
}

static void accept_client(struct watch *watch, uint32_t events) {
  (void)events;
  SCOPED_FD connection = accept4(watch->descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (connection < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
    return pause_accepting();
  if (connection < 0 || client_count >= MAX_CLIENTS + MAX_STREAMS || !may_connect(connection)) return;
  struct client *client = calloc(1, sizeof *client);
  if (client == NULL) return;
  if (!loop_add(&client->watch, connection, EPOLLIN, client_ready)) {
    free(client);
    return;
  }
  (void)take_descriptor(&connection);
  client->number = ++last_client;
  client->events = EPOLLIN;
  client->next = clients;
  clients = client;
  client_count++;
}

/* A socket that nobody answers on is left over from a keeper that is gone. */
static bool clear_path(const char *path) {
  SCOPED_FD probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  if (connect(probe, (struct sockaddr *)&address, sizeof address) == 0) {
    (void)fprintf(stderr, "skep-keeper: another keeper serves %s\n", path);
    return false;
  }
  if (errno == ENOENT) return true;
  if (errno != ECONNREFUSED) {
    (void)fprintf(stderr, "skep-keeper: %s: %s\n", path, strerror(errno));
    return false;
  }
  return unlink(path) == 0 || errno == ENOENT;
}

bool server_open(const char *path) {
  if (strlen(path) >= sizeof address.sun_path) {
    (void)fprintf(stderr, "skep-keeper: socket path %s is longer than %zu bytes\n", path, sizeof address.sun_path - 1);
    return false;
  }
  (void)strcpy(address.sun_path, path);
  if (!clear_path(path)) return false;
  SCOPED_FD server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (server < 0) return false;
  (void)umask(0177);
  bool bound = bind(server, (struct sockaddr *)&address, sizeof address) == 0;
  (void)umask(0022);
  if (!bound || listen(server, MAX_CLIENTS + MAX_STREAMS) < 0) {
    (void)fprintf(stderr, "skep-keeper: %s: %s\n", path, strerror(errno));
    return false;
  }
  if (!loop_add(&listener, server, EPOLLIN, accept_client)) return false;
  (void)take_descriptor(&server);
  return true;
}

/* Who must take something by then; INT64_MAX = nobody. */
static int64_t patience_end(const struct client *client) {
  if (client->doomed || (client->output_length == 0 && !client->finished)) return INT64_MAX;
  bool awaited = client->finishing || (client->stream && client->output_length > MAX_STREAM_BACKLOG_BYTES);
  return awaited ? client->progress_ms + STREAM_PATIENCE_MS : INT64_MAX;
}

int64_t server_next_deadline(void) {
  int64_t nearest = accept_again_ms == 0 ? INT64_MAX : accept_again_ms;
  for (const struct client *client = clients; client != NULL; client = client->next)
    if (patience_end(client) < nearest) nearest = patience_end(client);
  return nearest;
}

void server_check_deadlines(int64_t now) {
  if (accept_again_ms != 0 && accept_again_ms <= now) {
    accept_again_ms = 0;
    if (!loop_watch(&listener, EPOLLIN)) pause_accepting();
  }
  for (struct client *client = clients; client != NULL; client = client->next) {
    if (patience_end(client) > now) continue;
    note_progress(client);
    if (patience_end(client) > now) continue;
    if (client->finishing) doom(client);
    else stream_client_stalled(client->number);
  }
}

void server_close(void) {
  loop_close(&listener);
  (void)unlink(address.sun_path);
}

const char *server_path(void) { return address.sun_path; }

int server_listener(void) { return listener.descriptor; }

bool server_adopt(const char *path, int descriptor) {
  if (strlen(path) >= sizeof address.sun_path) return false;
  (void)strcpy(address.sun_path, path);
  return loop_add(&listener, descriptor, EPOLLIN, accept_client);
}

int server_streams(void) { return stream_count; }

bool server_is_quiet(void) {
  for (const struct client *client = clients; client != NULL; client = client->next) {
    int unread = 0;
    if (ioctl(client->watch.descriptor, FIONREAD, &unread) < 0) unread = 0;
    if (unread > 0 || client->output_length > 0) return false;
  }
  return true;
}
