#include "loop.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

static int epoll = -1;

bool loop_open(void) {
  epoll = epoll_create1(EPOLL_CLOEXEC);
  return epoll >= 0;
}

bool loop_add(struct watch *watch, int descriptor, uint32_t events, void (*ready)(struct watch *, uint32_t)) {
  struct epoll_event event = {.events = events, .data.ptr = watch};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) < 0) {
    watch->descriptor = -1;
    return false;
  }
  watch->ready = ready;
  watch->descriptor = descriptor;
  return true;
}

bool loop_change(struct watch *watch, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = watch};
  return epoll_ctl(epoll, EPOLL_CTL_MOD, watch->descriptor, &event) == 0;
}

void loop_forget(struct watch *watch) {
  if (watch->descriptor >= 0) (void)epoll_ctl(epoll, EPOLL_CTL_DEL, watch->descriptor, NULL);
}

bool loop_watch(struct watch *watch, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = watch};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, watch->descriptor, &event) == 0;
}

void loop_close(struct watch *watch) {
  if (watch->descriptor < 0) return;
  /* A child may still hold a copy of the descriptor, so closing alone would not end the watch. */
  (void)epoll_ctl(epoll, EPOLL_CTL_DEL, watch->descriptor, NULL);
  (void)close(watch->descriptor);
  watch->descriptor = -1;
}

/* One event per wait: a handler may free any other watch, and the kernel rotates its ready list, so all get turns. */
bool loop_turn(int timeout_ms) {
  struct epoll_event event;
  int count = epoll_wait(epoll, &event, 1, timeout_ms);
  if (count < 0) return errno == EINTR;
  if (count == 1) {
    struct watch *watch = event.data.ptr;
    watch->ready(watch, event.events);
  }
  return true;
}

int64_t monotonic_ms(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t realtime_ms(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
